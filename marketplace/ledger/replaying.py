"""Posting everything once more, on paper: do the balances, the match and the record agree with the entries?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.audit import AuditEntry, AuditSubject
from marketplace.database import db
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.posting import within_match
from marketplace.ledger.states import AccountKind, Source
from marketplace.programmes.models import Contribution, Programme

TABLE = LedgerTransaction.__tablename__


def replay(programme: Programme) -> list[str]:
    """What does not agree, in English for the log; nothing when all is well.

    Every transaction sums to zero; every balance is the sum of its entries and not below zero; the state gave no more
    than its match; the contributions shown are those of the ledger; and each transaction says what the record
    says it said. Reads the whole ledger of the programme; pass a session that writes nothing.
    """
    accounts = db.session.scalars(
        select(LedgerAccount)
        .where(LedgerAccount.programme_id == programme.id)
        .execution_options(populate_existing=True)
    ).all()
    faults = _transactions(programme)
    summed: dict[int, int] = {
        number: int(amount)
        for number, amount in db.session.execute(
            select(LedgerEntry.account_id, func.sum(LedgerEntry.amount))
            .join(LedgerEntry.account)
            .where(LedgerAccount.programme_id == programme.id)
            .group_by(LedgerEntry.account_id)
        )
    }
    for account in accounts:
        if account.balance != summed.get(account.id, 0):
            faults.append(f"{account.code} holds {account.balance}, its entries {summed.get(account.id, 0)}")
        if account.kind != AccountKind.OUTSIDE and account.balance < 0:
            faults.append(f"{account.code} is below zero")
    return faults + _match(programme, accounts) + _contributions(programme, accounts)


def lost_transactions() -> list[str]:
    """Transactions of any programme that the record names and the ledger no longer holds."""
    query = (
        select(AuditSubject.thing_id)
        .outerjoin(LedgerTransaction, LedgerTransaction.id == AuditSubject.thing_id)
        .where(AuditSubject.thing_type == TABLE, LedgerTransaction.id.is_(None))
        .order_by(AuditSubject.thing_id)
    )
    return [
        f"transaction {number} is in the record and not in the ledger" for number in db.session.scalars(query)
    ]


def _transactions(programme: Programme) -> list[str]:
    faults = []
    recorded: dict[int, list[str | None]] = defaultdict(list)
    named = (
        select(AuditSubject.thing_id, AuditEntry.facts)
        .join(AuditSubject.entry)
        .join(LedgerTransaction, LedgerTransaction.id == AuditSubject.thing_id)
        .where(AuditSubject.thing_type == TABLE, LedgerTransaction.programme_id == programme.id)
    )
    for number, facts in db.session.execute(named.execution_options(yield_per=1000)):
        recorded[number].append((facts.get("ledger") or {}).get(str(number)))
    query = (
        select(LedgerTransaction)
        .where(LedgerTransaction.programme_id == programme.id)
        .order_by(LedgerTransaction.id)
        .options(selectinload(LedgerTransaction.entries).joinedload(LedgerEntry.account))
        .execution_options(yield_per=1000, populate_existing=True)
    )
    for transaction in db.session.scalars(query):
        amounts = [entry.amount for entry in transaction.entries]
        if sum(amounts) or not amounts:
            faults.append(f"transaction {transaction.id} does not sum to zero")
        if transaction.amount != sum(amount for amount in amounts if amount > 0):
            faults.append(f"transaction {transaction.id} moved another amount than it says")
        if any(entry.account.programme_id != programme.id for entry in transaction.entries):
            faults.append(f"transaction {transaction.id} moved money of another programme")
        if recorded[transaction.id] != [transaction.digest()]:
            faults.append(f"transaction {transaction.id} is not what the record says")
    return faults


def _match(programme: Programme, accounts: Sequence[LedgerAccount]) -> list[str]:
    came: Counter[str] = Counter()
    for account in accounts:
        if account.kind in (AccountKind.OUTSIDE, AccountKind.PLEDGED):
            came[account.source] -= account.balance
    match = (programme.matching_government, programme.matching_sponsor)
    if within_match(match, came[Source.GOVERNMENT], came[Source.SPONSOR]):
        return []
    return [f"the state gave {came[Source.GOVERNMENT]} for {came[Source.SPONSOR]} of large companies"]


def _contributions(programme: Programme, accounts: Sequence[LedgerAccount]) -> list[str]:
    said: dict[int, tuple[int, int]] = {}
    for account in accounts:
        if account.source == Source.SPONSOR and account.organisation_id is not None:
            pledged, received = said.get(account.organisation_id, (0, 0))
            if account.kind == AccountKind.OUTSIDE:
                said[account.organisation_id] = (pledged - account.balance, received - account.balance)
            elif account.kind == AccountKind.PLEDGED:
                said[account.organisation_id] = (pledged, received - account.balance)
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.programme_id == programme.id)
        .options(joinedload(Contribution.sponsor))
        .execution_options(populate_existing=True)
    )
    shown = {row.sponsor_id: (row.pledged, row.received) for row in rows}
    return [
        f"the contribution of organisation {number} shows {shown.get(number)}, the ledger {said.get(number)}"
        for number in sorted(shown.keys() | said.keys())
        if shown.get(number, (0, 0)) != said.get(number, (0, 0))
    ]
