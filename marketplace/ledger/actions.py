"""What staff do with money where it stands alone; the course of a mentorship calls the verbs itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.accounts.models import Organisation, OrganisationKind, User
from marketplace.audit import Record, recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.ledger import hooks, verbs, verbs_claims
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.posting import Books, random_key, within_match
from marketplace.ledger.states import AccountKind, Source, TransactionKind
from marketplace.programmes.actions import rules_checked_by
from marketplace.programmes.models import Contribution, Programme


@dataclass(frozen=True)
class Payment:
    """Money from or to a giver: ``sponsor_id`` names the company, ``mentorship_id`` the firm's mentorship.

    ``key`` is given to the page, so that a form that was sent twice counts once.
    """

    source: Source
    amount: int
    memo: str
    key: str
    sponsor_id: int | None = None
    mentorship_id: int | None = None


def save_contribution(
    programme: Programme, sponsor_id: int, pledged: int, received: int, *, by: User
) -> None:
    """Note what a large company pledged and what has arrived; the difference to the ledger is posted."""
    require(by, Permission.EDIT_PROGRAMME, programme)
    sponsor = _sponsor(sponsor_id)
    if received > pledged:
        raise RuleBroken(N_("입금액은 약정액을 넘을 수 없습니다."), field="received")
    facts = {"sponsor": sponsor.name, "pledged": pledged, "received": received}
    with recorded(by, Event.CONTRIBUTION_SAVED, programme, **facts):
        books = Books(programme)
        outside = books.account(AccountKind.OUTSIDE, Source.SPONSOR, sponsor_id).balance
        open_pledge = books.account(AccountKind.PLEDGED, Source.SPONSOR, sponsor_id).balance
        more, came = pledged + outside, received + outside + open_pledge
        # Whatever makes room comes first.
        if came < 0:
            verbs.post_unreceipt(programme, sponsor, -came, key=random_key())
        if more > 0:
            verbs.post_pledge(programme, sponsor, more, key=random_key())
        if more < 0:
            verbs.post_unpledge(programme, sponsor, -more, key=random_key())
        if came > 0:
            verbs.post_receipt(programme, sponsor, came, key=random_key())


def enter_receipt(programme: Programme, payment: Payment, *, by: User) -> None:
    """Note that money of the state, a large company, a local government or a firm came in."""
    require(by, Permission.MOVE_MONEY, programme)
    with recorded(by, Event.MONEY_RECEIVED, programme, **_facts(payment)) as record:
        given = {"key": payment.key, "memo": payment.memo}
        if payment.source is Source.SPONSOR:
            sponsor = _sponsor(payment.sponsor_id)
            done = verbs.post_receipt(programme, sponsor, payment.amount, **given)
        elif payment.source is Source.FIRM:
            done = verbs.post_deposit(programme, payment.mentorship_id or 0, payment.amount, **given)
        elif payment.source is Source.GOVERNMENT:
            done = verbs.post_matching(programme, payment.amount, **given)
        else:
            done = verbs.post_local(programme, payment.amount, **given)
        _once(record, done)


def correct_receipt(transaction: LedgerTransaction, reason: str, *, by: User) -> LedgerTransaction:
    """Undo a receipt that was entered wrongly, by a transaction of its own."""
    require(by, Permission.MOVE_MONEY, transaction)
    programme = transaction.programme
    with recorded(by, Event.RECEIPT_CORRECTED, programme, amount=transaction.amount, reason=reason):
        return verbs.post_correction(programme, transaction, memo=reason)


def return_money(programme: Programme, payment: Payment, *, by: User) -> None:
    """Free money goes back to its giver."""
    require(by, Permission.MOVE_MONEY, programme)
    with recorded(by, Event.MONEY_RETURNED, programme, **_facts(payment)) as record:
        done = verbs_claims.post_return(
            programme,
            payment.source,
            payment.amount,
            key=payment.key,
            sponsor_id=_sponsor(payment.sponsor_id).id if payment.source is Source.SPONSOR else None,
            mentorship_id=payment.mentorship_id,
            memo=payment.memo,
        )
        _once(record, done)


def order_recovery(
    programme: Programme, claim_id: int, amount: int, reason: str, key: str, *, by: User
) -> None:
    """After misuse: so much of what a claim paid out is owed back."""
    require(by, Permission.MOVE_MONEY, programme)
    with recorded(by, Event.RECOVERY_ORDERED, programme, amount=amount, reason=reason) as record:
        done = verbs_claims.post_recovery(programme, claim_id, amount, key=key, memo=reason)
        if _once(record, done):
            _follow(TransactionKind.RECOVERY, claim_id, amount, reason)


def enter_recovered(
    programme: Programme, claim_id: int, amount: int, memo: str, key: str, returned: bool, *, by: User
) -> None:
    """What was owed back came in: it is free again, or ``returned`` to the givers at once."""
    require(by, Permission.MOVE_MONEY, programme)
    to = AccountKind.RETURNED if returned else AccountKind.CASH
    with recorded(by, Event.RECOVERY_RECEIVED, programme, amount=amount, note=memo) as record:
        done = verbs_claims.post_recovered(programme, claim_id, amount, key=key, to=to, memo=memo)
        if _once(record, done):
            _follow(TransactionKind.RECOVERED, claim_id, amount, memo)


def _follow(kind: TransactionKind, claim_id: int, amount: int, reason: str) -> None:
    for follow in hooks.on_recovery:
        follow(kind, claim_id, amount, reason)


def sponsors() -> list[Organisation]:
    """Large companies that may contribute, by name."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.SPONSOR)
    return list(db.session.scalars(query.order_by(Organisation.name)))


def contributors(programme: Programme) -> list[Organisation]:
    """Large companies that pledged to the programme, by name."""
    query = select(Organisation).join(Contribution, Contribution.sponsor_id == Organisation.id)
    query = query.where(Contribution.programme_id == programme.id)
    return list(db.session.scalars(query.order_by(Organisation.name, Organisation.id)))


@rules_checked_by
def check_match(programme: Programme) -> None:
    """A new ratio must hold for what has come in already."""
    books = Books(programme)
    came = books.received(Source.GOVERNMENT), books.received(Source.SPONSOR)
    if not within_match(books.match, *came):
        raise RuleBroken(
            N_(
                "이미 받은 국비 %(government)s원, 출연금 %(sponsor)s원에 맞지 않는 비율입니다. 국비를 먼저 정정하거나 "
                "비율을 다시 정해 주십시오."
            ),
            field="matching_government",
            government=f"{came[0]:,}",
            sponsor=f"{came[1]:,}",
        )


def _sponsor(sponsor_id: int | None) -> Organisation:
    sponsor = db.session.get(Organisation, sponsor_id) if sponsor_id else None
    if sponsor is None or sponsor.kind != OrganisationKind.SPONSOR:
        raise RuleBroken(N_("참여 대기업을 목록에서 고르십시오."), field="sponsor_id")
    return sponsor


def _facts(payment: Payment) -> dict[str, object]:
    facts = {"source": str(payment.source), "amount": payment.amount, "note": payment.memo}
    if payment.sponsor_id is not None:
        facts["sponsor"] = _sponsor(payment.sponsor_id).name
    return facts


def _once(record: Record, done: LedgerTransaction) -> bool:
    """A form that was sent twice leaves no second entry; whether this is the first."""
    first = done in record.subjects
    if not first:
        record.cancel()
    return first
