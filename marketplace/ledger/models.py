"""Accounts, transactions and entries. What was posted is never changed or deleted, here and by database triggers.

Only ``posting.post`` adds to them and changes a balance; the guards below hold everything else off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, relationship

from marketplace.accounts.models import Organisation, User
from marketplace.database import Base, Identified, Text, Won, db, one_of, utcnow
from marketplace.ledger.states import AccountKind, Source, TransactionKind
from marketplace.programmes.models import Programme

#: Kinds that tell one mentorship's money from another's, whatever its source.
BY_MENTORSHIP = (
    AccountKind.RESERVED,
    AccountKind.PAYABLE,
    AccountKind.PAID,
    AccountKind.WITHHELD,
    AccountKind.RECOVERY_DUE,
)
_BY_MENTORSHIP = ", ".join(f"'{kind}'" for kind in BY_MENTORSHIP)


def code_of(kind: str, source: str, organisation_id: int | None, mentorship_id: int | None) -> str:
    """The name of an account within its programme; 0 stands where there is no company or mentorship."""
    return f"{kind}:{source}:{organisation_id or 0}:{mentorship_id or 0}"


class LedgerAccount(Identified, Base):
    """Money of one source in one place. ``code`` makes it unique where columns are NULL, on every database."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        one_of("kind", AccountKind),
        one_of("source", Source),
        CheckConstraint("kind = 'outside' OR balance >= 0", name="balance_not_negative"),
        CheckConstraint("kind <> 'outside' OR balance <= 0", name="outside_only_gives"),
        CheckConstraint("(source = 'sponsor') = (organisation_id IS NOT NULL)", name="sponsor_is_named"),
        CheckConstraint(
            f"(source = 'firm' OR kind IN ({_BY_MENTORSHIP})) = (mentorship_id IS NOT NULL)",
            name="mentorship_is_named",
        ),
        CheckConstraint(
            "code = kind || ':' || source || ':' || coalesce(organisation_id, 0) || ':' || coalesce(mentorship_id, 0)",
            name="code_says_the_rest",
        ),
        Index("ix_ledger_accounts_mentorship_id", "mentorship_id"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    code: Mapped[str] = mapped_column(Text(60))
    kind: Mapped[AccountKind] = mapped_column(Text(12))
    source: Mapped[Source] = mapped_column(Text(10))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    mentorship_id: Mapped[int | None]
    balance: Mapped[int] = mapped_column(Won, default=0)

    organisation: Mapped[Organisation | None] = relationship()


class LedgerTransaction(Base):
    """One movement of money: what, when, by whom and about what. ``amount`` is what moved, above zero.

    ``key`` is given by the caller: the same key posts once, however often it is tried.
    """

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        one_of("kind", TransactionKind),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_ledger_transactions_mentorship_id", "mentorship_id"),
        Index("ix_ledger_transactions_visit_id", "visit_id"),
        Index("ix_ledger_transactions_claim_id", "claim_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    kind: Mapped[TransactionKind] = mapped_column(Text(12))
    key: Mapped[str] = mapped_column(Text(80))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    amount: Mapped[int] = mapped_column(Won)
    memo: Mapped[str] = mapped_column(Text(500), default="")
    mentorship_id: Mapped[int | None]
    visit_id: Mapped[int | None]
    claim_id: Mapped[int | None]

    programme: Mapped[Programme] = relationship()
    by: Mapped[User | None] = relationship()
    entries: Mapped[list[LedgerEntry]] = relationship(back_populates="transaction", order_by="LedgerEntry.id")

    def operated_by(self, user: Any) -> bool:
        """Whether the user's organisation runs or oversees the programme."""
        return self.programme.operated_by(user)

    def digest(self) -> str:
        """SHA-256 over everything that the transaction and its entries say; it stands in the record."""
        said = [
            self.programme_id,
            str(self.kind),
            self.key,
            self.at.isoformat(),
            self.by_id,
            self.memo,
            self.mentorship_id,
            self.visit_id,
            self.claim_id,
            sorted([entry.account.code, entry.amount] for entry in self.entries),
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @classmethod
    def with_key(cls, programme_id: int, key: str) -> LedgerTransaction | None:
        """What was posted under this key, if anything was."""
        return db.session.scalar(select(cls).where(cls.programme_id == programme_id, cls.key == key))


class LedgerEntry(Base):
    """What a transaction added to one account (below zero: took from it), in won."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("transaction_id", "account_id"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_ledger_entries_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transactions.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount: Mapped[int] = mapped_column(Won)

    transaction: Mapped[LedgerTransaction] = relationship(back_populates="entries")
    account: Mapped[LedgerAccount] = relationship()


_posting: ContextVar[bool] = ContextVar("posting", default=False)
_KEPT = (LedgerTransaction, LedgerEntry)
_ALL = (LedgerAccount, *_KEPT)


@contextmanager
def posting_allowed() -> Iterator[None]:
    """For ``posting.post`` alone: let the session write to the ledger."""
    token = _posting.set(True)
    try:
        yield
    finally:
        _posting.reset(token)


@event.listens_for(Session, "before_flush")
def _ledger_stays(session: Session, *_: Any) -> None:
    touched = [x for x in session.deleted if isinstance(x, _ALL)]
    touched += [x for x in session.dirty if isinstance(x, _KEPT) and session.is_modified(x)]
    touched += [x for x in session.new if isinstance(x, LedgerEntry) and x.transaction not in session.new]
    if touched:
        raise RuntimeError("what is in the ledger is never changed or deleted")
    if not _posting.get() and any(
        isinstance(x, _ALL) and (x in session.new or session.is_modified(x))
        for x in (*session.new, *session.dirty)
    ):
        raise RuntimeError("only post() writes to the ledger")


@event.listens_for(Session, "do_orm_execute")
def _ledger_stays_in_bulk(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if (
        mapper is not None
        and mapper.class_ in _ALL
        and (state.is_insert or state.is_update or state.is_delete)
    ):
        raise RuntimeError("what is in the ledger is never changed in bulk")
