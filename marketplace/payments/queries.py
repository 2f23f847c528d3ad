"""Named queries of payments; each takes a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.access import Permission, Role, Scope, require, scope_of
from marketplace.accounts.models import Organisation, User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.states import AccountKind, Source, TransactionKind
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.queries import Wanted, mentorships
from marketplace.mentorships.states import MentorshipState
from marketplace.payments.models import BankAccount, Claim, PaymentOrder
from marketplace.payments.states import DONE, ClaimState
from marketplace.programmes.models import Programme
from marketplace.visits.models import Visit
from marketplace.visits.queries import HELD


def in_reach(user: User) -> ColumnElement[bool]:
    """The condition on a claim, joined as in ``joined``, that the user may see it."""
    scope = scope_of(user, Permission.SEE_PAYMENT)
    if scope is Scope.ALL:
        return Claim.id > 0
    if scope is Scope.PROGRAMME:
        return MentoringRequest.programme_id.in_(Programme.ids_run_by(user))
    if scope is Scope.OWN and user.role == Role.EXPERT:
        return Expert.user_id == user.id
    if scope is Scope.OWN:
        return Company.organisation_id == (user.organisation_id or 0)
    raise NotFound("claims")


def joined(*columns: Any) -> Select[Any]:
    """Claims with visit, expert, mentorship, firm and organisation joined; ``columns`` instead of the rows."""
    query = (
        select(*(columns or (Claim,)))
        .select_from(Claim)
        .join(Claim.visit)
        .join(Claim.expert)
        .join(Expert.user)
        .join(Claim.mentorship)
        .join(Mentorship.case)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .join(Company.organisation)
    )
    if columns:
        return query
    firm = contains_eager(Claim.mentorship).contains_eager(Mentorship.case).contains_eager(MatchCase.request)
    return query.options(
        contains_eager(Claim.visit),
        contains_eager(Claim.expert).contains_eager(Expert.user),
        firm.contains_eager(MentoringRequest.company).contains_eager(Company.organisation),
        joinedload(Claim.order),
    )


def claim_for(user: User, permission: Permission, claim_id: int) -> Claim:
    """A claim within the reach of the user's permission; else NotFound."""
    found = db.session.get(Claim, claim_id)
    if found is None:
        raise NotFound(claim_id)
    require(user, permission, found)
    return found


def claim_of_visit(visit_id: int) -> Claim | None:
    """The claim of a visit, if it was accepted."""
    return db.session.scalar(select(Claim).where(Claim.visit_id == visit_id))


def listed(user: User, state: ClaimState | None, search: str) -> Select[Any]:
    """Claims that the user may see, those longest in their state first in a queue, else the newest visit first."""
    query = joined().where(in_reach(user))
    if search:
        columns = (Organisation.name, User.name, MentoringRequest.reference)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if state is None:
        return query.order_by(Visit.starts_at.desc(), Claim.id.desc())
    return query.where(Claim.state == state).order_by(Claim.entered_at, Claim.id)


@dataclass(frozen=True)
class Tally:
    """Claims in a state: how many, of how many won, and since when the oldest waits."""

    count: int = 0
    amount: int = 0
    since: datetime | None = None


def tallies(user: User) -> dict[ClaimState, Tally]:
    """The counts of the list by state, in one statement; states without claims are left out."""
    columns = (Claim.state, func.count(), func.sum(Claim.amount), func.min(Claim.entered_at))
    query = joined(*columns).where(in_reach(user)).group_by(Claim.state)
    rows = db.session.execute(query)
    return {ClaimState(state): Tally(count, int(amount), since) for state, count, amount, since in rows}


def ticked(user: User, claim_ids: Sequence[int]) -> list[Claim]:
    """Those of the claims that the user may see, in the order of the numbers."""
    wanted = sorted({number for number in claim_ids if 0 < number < 2**31})[:200]
    return list(db.session.scalars(joined().where(Claim.id.in_(wanted), in_reach(user)).order_by(Claim.id)))


def claims_of_expert(user: User, mentorship: Mentorship, expert_id: int) -> list[Claim]:
    """The claims of one expert in a mentorship that the user may see, by the day of the visit."""
    query = joined().where(Claim.mentorship_id == mentorship.id, Claim.expert_id == expert_id, in_reach(user))
    return list(db.session.scalars(query.order_by(Visit.starts_at, Claim.id)))


def experts_paid(user: User, mentorship: Mentorship) -> list[tuple[int, str]]:
    """Number and name of the experts with claims in a mentorship, as far as the user may see them."""
    query = joined(Expert.id, User.name).where(Claim.mentorship_id == mentorship.id, in_reach(user))
    return [(number, name) for number, name in db.session.execute(query.distinct().order_by(Expert.id))]


def claims_with(claim_ids: Sequence[int]) -> list[Claim]:
    """The claims with these numbers, as far as there are any."""
    return list(db.session.scalars(joined().where(Claim.id.in_(claim_ids))))


def orders(user: User) -> Select[Any]:
    """The payment orders in a member of staff's reach, the newest first, with their claims."""
    query = select(PaymentOrder).options(selectinload(PaymentOrder.claims)).order_by(PaymentOrder.id.desc())
    if scope_of(user, Permission.SEE_LEDGER) is not Scope.ALL:
        query = query.where(PaymentOrder.programme_id.in_(Programme.ids_run_by(user)))
    return query


def order_for(user: User, order_id: int) -> PaymentOrder:
    """An order with its claims, within reach; else NotFound."""
    found = db.session.get(PaymentOrder, order_id)
    if found is None:
        raise NotFound(order_id)
    require(user, Permission.SEE_LEDGER, found)
    return found


def claims_of(order: PaymentOrder) -> list[Claim]:
    """The claims in an order, by number."""
    return list(db.session.scalars(joined().where(Claim.order_id == order.id).order_by(Claim.id)))


def own_expert(user: User) -> Expert:
    """The expert that the user is; NotFound before the profile was begun."""
    found = db.session.scalar(select(Expert).where(Expert.user_id == user.id))
    if found is None:
        raise NotFound(user.id)
    return found


def account_of(expert: Expert) -> BankAccount | None:
    """Where the expert's pay goes."""
    return BankAccount.of(expert.id)


def mentorship_for(user: User, permission: Permission, mentorship_id: int) -> Mentorship:
    """A mentorship within the reach of the user's permission; else NotFound."""
    found = db.session.get(Mentorship, mentorship_id)
    if found is None:
        raise NotFound(mentorship_id)
    require(user, permission, found)
    return found


@dataclass(frozen=True)
class Flow:
    """The money of one source in a mentorship, in won."""

    source: Source
    reserved: int
    drawn: int
    paid: int
    withheld: int
    released: int


def flows_of(mentorship: Mentorship) -> list[Flow]:
    """What was set aside, drawn, paid, withheld and freed again, by source; the firm's part as it was paid in.

    Read from the entries, in one statement.
    """
    query = (
        select(LedgerAccount.source, LedgerAccount.kind, LedgerTransaction.kind, func.sum(LedgerEntry.amount))
        .join(LedgerEntry.account)
        .join(LedgerEntry.transaction)
        .where(LedgerTransaction.mentorship_id == mentorship.id)
        .group_by(LedgerAccount.source, LedgerAccount.kind, LedgerTransaction.kind)
    )
    sums = {(source, kind, what): int(won) for source, kind, what, won in db.session.execute(query)}

    def moved(source: Source, kind: AccountKind, *what: TransactionKind) -> int:
        return sum(sums.get((source, kind, of), 0) for of in what)

    A, T = AccountKind, TransactionKind
    return [
        Flow(
            source,
            moved(source, A.RESERVED, T.RESERVE, T.DEPOSIT, T.CORRECTION),
            -moved(source, A.RESERVED, T.DRAW),
            moved(source, A.PAID, T.PAY, T.RECOVERY),
            moved(source, A.WITHHELD, T.PAY),
            -moved(source, A.RESERVED, T.RELEASE),
        )
        for source in Source
    ]


def releasable(user: User) -> list[Mentorship]:
    """Stopped mentorships in reach whose rest waits to be freed: money is set aside, and nothing is undecided."""
    rest = exists().where(
        LedgerAccount.mentorship_id == Mentorship.id,
        LedgerAccount.kind == AccountKind.RESERVED,
        LedgerAccount.balance > 0,
    )
    visits = exists().where(Visit.mentorship_id == Mentorship.id, Visit.state.in_(HELD))
    claims = exists().where(Claim.mentorship_id == Mentorship.id, Claim.state.not_in(DONE))
    stopped = mentorships(user, Wanted(states=(MentorshipState.STOPPED,)))
    return list(db.session.scalars(stopped.where(rest, ~visits, ~claims)).unique())


def recovered_of(claim: Claim) -> dict[TransactionKind, int]:
    """What of a claim's pay was asked back (RECOVERY) and came back (RECOVERED), in won."""
    query = (
        select(LedgerTransaction.kind, func.sum(LedgerTransaction.amount))
        .where(
            LedgerTransaction.claim_id == claim.id,
            LedgerTransaction.kind.in_((TransactionKind.RECOVERY, TransactionKind.RECOVERED)),
        )
        .group_by(LedgerTransaction.kind)
    )
    return {TransactionKind(kind): int(won) for kind, won in db.session.execute(query)}


def booked(claim: Claim) -> list[LedgerTransaction]:
    """The ledger's transactions about a claim, in their order."""
    query = select(LedgerTransaction).where(LedgerTransaction.claim_id == claim.id)
    return list(db.session.scalars(query.order_by(LedgerTransaction.id)))
