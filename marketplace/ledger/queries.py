"""Reading the books: where the money of a programme is, and how it got there. Always a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from marketplace.access import Permission, Scope, require, scope_of
from marketplace.accounts.models import Organisation, User
from marketplace.database import PAGE_SIZE, Page, db, page_of
from marketplace.errors import NotFound
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.states import AccountKind, Source, TransactionKind
from marketplace.programmes.models import Contribution, Programme
from marketplace.programmes.sharing import Parts

_ORDER = {source: place for place, source in enumerate(Source)}


@dataclass(frozen=True)
class Position:
    """Where the money of one source, or of one company of it, is: won by kind of account."""

    source: Source | None = None
    company: str | None = None
    company_id: int | None = None
    by_kind: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> int:
        """What lies in accounts of a kind."""
        return self.by_kind.get(kind, 0)

    @property
    def pledged(self) -> int:
        """All that was promised or came in without a promise."""
        return -self.of(AccountKind.OUTSIDE)

    @property
    def received(self) -> int:
        """All that came in, whatever became of it."""
        return self.pledged - self.of(AccountKind.PLEDGED)

    @property
    def spent(self) -> int:
        """What was paid to experts and, for them, to the tax office."""
        return self.of(AccountKind.PAID) + self.of(AccountKind.WITHHELD)

    def plus(self, other: Position) -> Position:
        """Both together, of no source in particular."""
        kinds = {*self.by_kind, *other.by_kind}
        return Position(by_kind={kind: self.of(kind) + other.of(kind) for kind in kinds})


@dataclass(frozen=True)
class TransactionFilter:
    """What the address of the list of transactions asks for; empty means any."""

    kind: str = ""
    source: str = ""
    mentorship: int = 0


def find_ledger(programme_id: int, *, by: User) -> Programme:
    """The programme, when its money is in the reader's reach; else NotFound."""
    require(by, Permission.SEE_LEDGER)
    found = db.session.get(Programme, programme_id)
    if found is None:
        raise NotFound(programme_id)
    require(by, Permission.SEE_LEDGER, found)
    return found


def positions(programme: Programme) -> list[Position]:
    """By source, the large companies each apart; every public source is there, even with nothing in it."""
    query = (
        select(
            LedgerAccount.source,
            LedgerAccount.organisation_id,
            Organisation.name,
            LedgerAccount.kind,
            func.sum(LedgerAccount.balance),
        )
        .outerjoin(Organisation, Organisation.id == LedgerAccount.organisation_id)
        .where(LedgerAccount.programme_id == programme.id)
        .group_by(LedgerAccount.source, LedgerAccount.organisation_id, Organisation.name, LedgerAccount.kind)
    )
    found: dict[tuple[str, int | None, str | None], dict[str, int]] = {
        (str(source), None, None): {} for source in Source if source is not Source.SPONSOR
    }
    for source, company_id, name, kind, amount in db.session.execute(query):
        found.setdefault((source, company_id, name), {})[kind] = int(amount)
    rows = [Position(Source(key[0]), key[2], key[1], kinds) for key, kinds in found.items()]
    return sorted(rows, key=lambda row: (_ORDER[row.source or Source.FIRM], row.company or ""))


def free_accounts(programme: Programme) -> list[LedgerAccount]:
    """Where free money lies, by source."""
    query = (
        select(LedgerAccount)
        .where(
            LedgerAccount.programme_id == programme.id,
            LedgerAccount.kind == AccountKind.CASH,
            LedgerAccount.balance > 0,
        )
        .options(joinedload(LedgerAccount.organisation))
    )
    return sorted(db.session.scalars(query), key=lambda a: (_ORDER[Source(a.source)], a.id))


def shortfall(programme: Programme, parts: Parts) -> list[tuple[Source, int]]:
    """The public sources and large companies whose free money does not do for an agreement, and what each lacks."""
    free: dict[str, int] = defaultdict(int)
    for account in free_accounts(programme):
        free[account.source] += account.balance
    wanted = [(Source(name), amount) for name, amount in parts.items() if name != Source.FIRM]
    return [(source, amount - free[source]) for source, amount in wanted if amount > free[source]]


def left_of_claim(programme: Programme, claim_id: int, kind: AccountKind) -> int:
    """What the transactions about a claim left in accounts of a kind, in won."""
    query = (
        select(func.sum(LedgerEntry.amount))
        .join(LedgerEntry.transaction)
        .join(LedgerEntry.account)
        .where(
            LedgerTransaction.programme_id == programme.id,
            LedgerTransaction.claim_id == claim_id,
            LedgerAccount.kind == kind,
        )
    )
    return int(db.session.scalar(query) or 0)


def agreed(programme_id: int, mentorship_id: int | None) -> bool:
    """Whether something was set aside for the mentorship already."""
    query = select(LedgerTransaction.id).where(
        LedgerTransaction.programme_id == programme_id,
        LedgerTransaction.mentorship_id == mentorship_id,
        LedgerTransaction.kind == TransactionKind.RESERVE,
    )
    return db.session.scalar(query.limit(1)) is not None


def takes_deposit(programme_id: int, mentorship_id: int) -> bool:
    """Whether a firm may pay in for a mentorship: before the agreement always, after it while it owes any."""
    firm = LedgerAccount.source == Source.FIRM
    owed = _of_mentorship(mentorship_id, firm, LedgerAccount.kind == AccountKind.PLEDGED)
    return owed > 0 or not agreed(programme_id, mentorship_id)


def set_aside(mentorship_id: int) -> int:
    """What is still set aside for a mentorship, in won."""
    return _of_mentorship(mentorship_id, LedgerAccount.kind == AccountKind.RESERVED)


def _of_mentorship(mentorship_id: int, *which: ColumnElement[bool]) -> int:
    query = select(func.sum(LedgerAccount.balance)).where(
        LedgerAccount.mentorship_id == mentorship_id, *which
    )
    return int(db.session.scalar(query) or 0)


def total(rows: Sequence[Position]) -> Position:
    """All of them together."""
    whole = Position()
    for row in rows:
        whole = whole.plus(row)
    return whole


def ledgers_for(user: User) -> list[tuple[Programme, Position]]:
    """The programmes whose money a reader may see, newest first, each with its position."""
    query = select(Programme).order_by(Programme.year.desc(), Programme.id.desc())
    if scope_of(user, Permission.SEE_LEDGER) is not Scope.ALL:
        query = query.where(Programme.id.in_(Programme.ids_run_by(user)))
    programmes = list(db.session.scalars(query))
    kinds: dict[int, dict[str, int]] = defaultdict(dict)
    sums = (
        select(LedgerAccount.programme_id, LedgerAccount.kind, func.sum(LedgerAccount.balance))
        .where(LedgerAccount.programme_id.in_([programme.id for programme in programmes]))
        .group_by(LedgerAccount.programme_id, LedgerAccount.kind)
    )
    for programme_id, kind, amount in db.session.execute(sums):
        kinds[programme_id][kind] = int(amount)
    return [(programme, Position(by_kind=kinds[programme.id])) for programme in programmes]


def transactions_page(
    programme: Programme, wanted: TransactionFilter, number: int, size: int = PAGE_SIZE
) -> Page[LedgerTransaction]:
    """Transactions of a programme, newest first, with their entries."""
    query = (
        select(LedgerTransaction)
        .where(LedgerTransaction.programme_id == programme.id)
        .order_by(LedgerTransaction.id.desc())
        .options(*_with_entries())
    )
    if wanted.kind in list(TransactionKind):
        query = query.where(LedgerTransaction.kind == wanted.kind)
    if wanted.source in list(Source):
        query = query.where(LedgerTransaction.id.in_(_touching(wanted.source)))
    if wanted.mentorship:
        query = query.where(LedgerTransaction.mentorship_id == wanted.mentorship)
    return page_of(query, number, size)


def _with_entries() -> list[ExecutableOption]:
    entries = selectinload(LedgerTransaction.entries).joinedload(LedgerEntry.account)
    return [entries.joinedload(LedgerAccount.organisation), joinedload(LedgerTransaction.by)]


def _touching(source: str) -> Select[int]:
    return select(LedgerEntry.transaction_id).join(LedgerEntry.account).where(LedgerAccount.source == source)


def transaction_of(programme: Programme, number: int) -> LedgerTransaction:
    """One transaction with its entries, or NotFound."""
    query = select(LedgerTransaction).where(
        LedgerTransaction.id == number, LedgerTransaction.programme_id == programme.id
    )
    found = db.session.scalar(query.options(*_with_entries()))
    if found is None:
        raise NotFound(number)
    return found


def correction_of(transaction: LedgerTransaction) -> LedgerTransaction | None:
    """What undid a receipt, if anything did."""
    return LedgerTransaction.with_key(transaction.programme_id, f"correct:{transaction.id}")


def ways_of(user: User) -> list[tuple[Contribution, Position]]:
    """What the user's company contributes, programme by programme, and where that money is now."""
    if user.organisation_id is None:
        return []
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.sponsor_id == user.organisation_id)
        .options(selectinload(Contribution.programme))
        .order_by(Contribution.id.desc())
    ).all()
    kinds: dict[int, dict[str, int]] = defaultdict(dict)
    sums = (
        select(LedgerAccount.programme_id, LedgerAccount.kind, func.sum(LedgerAccount.balance))
        .where(LedgerAccount.organisation_id == user.organisation_id)
        .group_by(LedgerAccount.programme_id, LedgerAccount.kind)
    )
    for programme_id, kind, amount in db.session.execute(sums):
        kinds[programme_id][kind] = int(amount)
    return [(row, Position(by_kind=kinds[row.programme_id])) for row in rows]
