"""The one function that moves money, and the accounts that it holds while it does.

Locks are always taken in this order: the rows that the caller changed so far, the programme, its accounts by number,
and last the end of the record. Whatever a verb reads to decide, it reads under these locks, so that of two
claims on the same won the second sees what the first left.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy import ColumnElement, or_, select

from marketplace.audit import running
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.ledger.models import (
    BY_MENTORSHIP,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    code_of,
    posting_allowed,
)
from marketplace.ledger.states import AccountKind, Source, TransactionKind
from marketplace.programmes.models import Programme

Lines = Mapping[LedgerAccount, int]


class Books:
    """The accounts of a programme under lock: its common ones, and those of one mentorship when one is named."""

    def __init__(self, programme: Programme, mentorship_id: int | None = None) -> None:
        running()  # refuses before anything is locked, when nothing is being recorded
        db.session.flush()
        self.programme, self.mentorship_id = programme, mentorship_id
        ratio = select(Programme.matching_government, Programme.matching_sponsor)
        # Rows that refer to the programme may still be added meanwhile.
        lock = ratio.where(Programme.id == programme.id).with_for_update(key_share=True)
        #: Won of the state for won of large companies, as they stand under the lock.
        government, sponsor = db.session.execute(lock).one()
        self.match: tuple[int, int] = (government, sponsor)
        mine: ColumnElement[bool] = LedgerAccount.mentorship_id.is_(None)
        if mentorship_id is not None:
            mine = or_(mine, LedgerAccount.mentorship_id == mentorship_id)
        query = (
            select(LedgerAccount)
            .where(LedgerAccount.programme_id == programme.id, mine)
            .order_by(LedgerAccount.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        self.accounts = {account.code: account for account in db.session.scalars(query)}

    def account(self, kind: AccountKind, source: Source, organisation_id: int | None = None) -> LedgerAccount:
        """The account, made with nothing in it when there was none. It is stored by ``post`` alone."""
        of_one = kind in BY_MENTORSHIP or source is Source.FIRM
        mentorship_id = self.mentorship_id if of_one else None
        code = code_of(kind, source, organisation_id, mentorship_id)
        if code not in self.accounts:
            self.accounts[code] = LedgerAccount(
                programme_id=self.programme.id,
                code=code,
                kind=kind,
                source=source,
                organisation_id=organisation_id,
                mentorship_id=mentorship_id,
                balance=0,
            )
        return self.accounts[code]

    def all(self, kind: AccountKind, source: Source | None = None) -> list[LedgerAccount]:
        """The accounts of a kind, by company."""
        found = [
            account
            for account in self.accounts.values()
            if account.kind == kind and source in (None, account.source)
        ]
        return sorted(found, key=lambda account: (account.source, account.organisation_id or 0))

    def received(self, source: Source, lines: Lines | None = None) -> int:
        """What has come in from a source, in won; with the lines as if they were posted already."""
        sides = [*self.all(AccountKind.OUTSIDE, source), *self.all(AccountKind.PLEDGED, source)]
        return -sum(account.balance + (lines or {}).get(account, 0) for account in sides)

    def earlier(
        self, key: str, kind: TransactionKind, amount: int | None = None, claim_id: int | None = None
    ) -> LedgerTransaction | None:
        """What the key posted before. Raises RuleBroken when that was something else."""
        found = LedgerTransaction.with_key(self.programme.id, key)
        if found is None:
            return None
        same = (found.kind, found.mentorship_id, found.claim_id) == (kind, self.mentorship_id, claim_id)
        if not same or amount not in (None, found.amount):
            raise RuleBroken(
                N_("같은 번호로 다른 내용이 이미 처리되었습니다. 거래 내역을 확인해 주십시오."), conflict=True
            )
        return found


def random_key() -> str:
    """A key for what is done once because a person does it once: 32 signs."""
    return uuid4().hex


def transfer(*moves: tuple[LedgerAccount, LedgerAccount, int]) -> dict[LedgerAccount, int]:
    """Lines that take each amount from the first account and put it into the second; nothing moves nothing."""
    lines: dict[LedgerAccount, int] = {}
    for giver, taker, amount in moves:
        lines[giver] = lines.get(giver, 0) - amount
        lines[taker] = lines.get(taker, 0) + amount
    return {account: amount for account, amount in lines.items() if amount}


def within_match(match: tuple[int, int], government: int, sponsor: int) -> bool:
    """Whether the state gave no more than its part for what large companies have paid in."""
    return government * match[1] <= sponsor * match[0]


def post(
    books: Books,
    kind: TransactionKind,
    key: str,
    lines: Lines,
    *,
    memo: str = "",
    visit_id: int | None = None,
    claim_id: int | None = None,
) -> LedgerTransaction:
    """Move money as one transaction of the running record, or refuse before anything is written.

    Raises ValueError when the lines do not sum to zero, RuleBroken when an account would fall below zero or the
    state would give more than its match.
    """
    if sum(lines.values()) or not lines or not all(lines.values()):
        raise ValueError(f"lines that do not balance: {sorted(lines.values())}")
    for account, amount in lines.items():
        after = account.balance + amount
        if after > 0 if account.kind == AccountKind.OUTSIDE else after < 0:
            raise RuleBroken(N_("잔액이 부족해 처리할 수 없습니다. 재정 현황을 확인해 주십시오."))
    _check_match(books, lines)
    record = running()
    transaction = LedgerTransaction(
        programme_id=books.programme.id,
        kind=kind,
        key=key,
        at=utcnow(),
        by_id=record.by.id if record.by else None,
        amount=sum(amount for amount in lines.values() if amount > 0),
        memo=memo,
        mentorship_id=books.mentorship_id,
        visit_id=visit_id,
        claim_id=claim_id,
    )
    with posting_allowed():
        db.session.add_all([account for account in lines if account.id is None])
        for account in sorted(lines, key=lambda account: (account.id or 0, account.code)):
            account.balance += lines[account]
            transaction.entries.append(LedgerEntry(account=account, amount=lines[account]))
        db.session.add(transaction)
        db.session.flush()
    record.subjects.append(transaction)
    record.facts.setdefault("ledger", {})[str(transaction.id)] = transaction.digest()
    return transaction


def _check_match(books: Books, lines: Lines) -> None:
    sides = (AccountKind.OUTSIDE, AccountKind.PLEDGED)
    touched = {account.source for account in lines if account.kind in sides}
    if not touched & {Source.GOVERNMENT, Source.SPONSOR}:
        return
    government = books.received(Source.GOVERNMENT, lines)
    sponsor = books.received(Source.SPONSOR, lines)
    if within_match(books.match, government, sponsor):
        return
    if Source.SPONSOR in touched:
        raise RuleBroken(
            N_("이미 받은 국비에 맞춘 출연금이라 줄일 수 없습니다. 국비를 먼저 정정해 주십시오."),
            field="received",
        )
    most = sponsor * books.match[0] // books.match[1]
    raise RuleBroken(
        N_(
            "국비는 참여 대기업의 입금액에 맞추어서만 받을 수 있습니다. 지금 더 받을 수 있는 국비는 %(most)s원입니다."
        ),
        field="amount",
        most=f"{max(0, most - books.received(Source.GOVERNMENT)):,}",
    )
