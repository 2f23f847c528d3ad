"""The record: one transaction, one entry, in an unbroken chain.

``recorded`` is the only thing on the site that commits. An entry is about one thing; further things that the
same transaction changed are its subjects, so that the history of each finds it. The chain's head is kept in a row of its own, so that
a truncated tail is found as well as an edited, inserted or reordered entry (``verify_chain``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, event, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, relationship, selectinload
from sqlalchemy.orm.exc import StaleDataError

from marketplace.database import Base, Text, db, utcnow, writing_allowed
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event

GENESIS = "0" * 64


class AuditEntry(Base):
    """Who did what to which thing, when, and with which facts. Never updated, never deleted."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("length(hash) = 64 AND length(previous) = 64", name="hashes_are_whole"),
        Index("ix_audit_entries_thing", "thing_type", "thing_id"),
        Index("ix_audit_entries_actor_id", "actor_id"),
        Index("ix_audit_entries_programme_id", "programme_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_role: Mapped[str] = mapped_column(Text(20))
    actor_name: Mapped[str] = mapped_column(Text(120))
    event: Mapped[str] = mapped_column(Text(60))
    thing_type: Mapped[str] = mapped_column(Text(40))
    thing_id: Mapped[int | None]
    programme_id: Mapped[int | None]  # whose staff may read it; None: a matter of no one programme
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(Text(64))
    hash: Mapped[str] = mapped_column(Text(64))

    subjects: Mapped[list[AuditSubject]] = relationship(
        back_populates="entry", order_by="(AuditSubject.thing_type, AuditSubject.thing_id)"
    )

    def computed_hash(self) -> str:
        """SHA-256 over everything the entry says, its subjects and the hash before it.

        An entry without subjects or programme hashes as before there were any, so that older chains stay whole.
        """
        said: list[Any] = [
            self.at.isoformat(),
            self.actor_id,
            self.actor_role,
            self.actor_name,
            self.event,
            self.thing_type,
            self.thing_id,
            self.facts,
            self.previous,
        ]
        if self.subjects:
            said.append(sorted([subject.thing_type, subject.thing_id] for subject in self.subjects))
        if self.programme_id is not None:
            said.append(self.programme_id)
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class AuditSubject(Base):
    """A thing that an entry touched besides the one it is about. Never added later, updated or deleted."""

    __tablename__ = "audit_subjects"
    __table_args__ = (Index("ix_audit_subjects_thing", "thing_type", "thing_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), primary_key=True)
    thing_type: Mapped[str] = mapped_column(Text(40), primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    entry: Mapped[AuditEntry] = relationship(back_populates="subjects")


class AuditHead(Base):
    """The end of the chain: how many entries there are and the hash of the last. One row, id 1."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int]
    hash: Mapped[str] = mapped_column(Text(64))


_KEPT = (AuditEntry, AuditSubject)


@event.listens_for(Session, "before_flush")
def _entries_stay(session: Session, *_: Any) -> None:
    touched = [x for x in session.deleted if isinstance(x, _KEPT)]
    touched += [x for x in session.dirty if isinstance(x, _KEPT) and session.is_modified(x)]
    touched += [x for x in session.new if isinstance(x, AuditSubject) and x.entry not in session.new]
    if touched:
        raise RuntimeError("an audit entry is never changed or deleted")


@event.listens_for(Session, "do_orm_execute")
def _entries_stay_in_bulk(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if (
        mapper is not None
        and mapper.class_ in _KEPT
        and (state.is_insert or state.is_update or state.is_delete)
    ):
        raise RuntimeError("an audit entry is never changed or deleted, and only recorded() adds one")


class Record:
    """The entry in the making: ``thing`` may be set once it exists, ``facts`` may grow until the end."""

    def __init__(self, by: Any, event: Event, thing: Any, facts: dict[str, Any]) -> None:
        self.by = by
        self.event = event
        self.thing = thing
        self.facts = facts
        self.subjects: list[Any] = []
        self.cancelled = False

    def cancel(self) -> None:
        """Nothing happened after all: undo the transaction and leave no entry."""
        self.cancelled = True

    def turns_out(self, by: Any, event: Event) -> None:
        """Name another actor and event: who it was, and how it ended, was found out only under way."""
        self.by, self.event = by, event


_running: ContextVar[Record | None] = ContextVar("running", default=None)


def is_recording() -> bool:
    """Whether a transaction of ``recorded`` is running."""
    return _running.get() is not None


def also_about(*things: Any, **facts: Any) -> None:
    """Make the running transaction's entry part of the history of these things too, and add facts to it.

    For whatever changes more than the thing that its entry names. Raises RuntimeError outside ``recorded``.
    """
    record = running()
    record.subjects += things
    record.facts.update(facts)


def running() -> Record:
    """The entry in the making of the running transaction. Raises RuntimeError outside ``recorded``."""
    record = _running.get()
    if record is None:
        raise RuntimeError("nothing is being recorded")
    return record


@contextmanager
def recorded(by: Any, event: Event, thing: Any = None, **facts: Any) -> Iterator[Record]:
    """Do one thing as one transaction with one audit entry, or nothing at all.

    ``by`` is the acting user, or None for the system. On any error everything is rolled back. Two people
    who changed the same row at once end as one change and one ``RuleBroken`` with ``conflict``.
    """
    session = db.session
    record = Record(by, event, thing, facts)
    outer = _running.set(record)
    try:
        with writing_allowed():
            yield record
            if record.cancelled:
                session.rollback()
                return
            session.flush()
            _append(session, record)
            session.commit()
    except StaleDataError as error:
        session.rollback()
        raise RuleBroken(
            N_("그 사이에 다른 사람이 먼저 처리했습니다. 새로 고친 뒤 다시 확인해 주십시오."), conflict=True
        ) from error
    except IntegrityError as error:
        session.rollback()
        raise RuleBroken(
            N_("같은 내용이 먼저 저장되었거나 규칙에 어긋나 저장하지 못했습니다. 확인해 주십시오."),
            conflict=True,
        ) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        _running.reset(outer)


def _append(session: Session, record: Record) -> None:
    # The head (laid by the first migration) is locked here, so that entries queue up instead of forking.
    head = session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    by = record.by
    entry = AuditEntry(
        at=utcnow(),
        actor_id=by.id if by else None,
        actor_role=str(by.role) if by else "system",
        actor_name=by.name if by else "system",
        event=str(record.event),
        thing_type=record.thing.__tablename__ if record.thing is not None else "",
        thing_id=record.thing.id if record.thing is not None else None,
        programme_id=_programme_of(record.thing),
        facts=record.facts,
        previous=head.hash,
        subjects=_subjects(record),
    )
    entry.hash = entry.computed_hash()
    head.entries += 1
    head.hash = entry.hash
    session.add(entry)
    session.flush()


def _programme_of(thing: Any) -> int | None:
    """The programme that a thing belongs to, found along what it hangs on; None for an expert, say."""
    if thing is None:
        return None
    if thing.__tablename__ == "programmes":
        return int(thing.id)
    links = (getattr(thing, link, None) for link in ("programme", "mentorship", "case", "request"))
    return _programme_of(next((found for found in links if found is not None), None))


def _subjects(record: Record) -> list[AuditSubject]:
    named = {(thing.__tablename__, thing.id) for thing in record.subjects}
    if record.thing is not None:
        named.discard((record.thing.__tablename__, record.thing.id))
    return [AuditSubject(thing_type=kind, thing_id=number) for kind, number in sorted(named)]


def is_about(thing_type: str, thing_id: int | None = None) -> Any:
    """The condition that an entry names things of this table, or this one of them, as its own or as a subject."""
    one = AuditEntry.thing_type == thing_type
    subjects = select(AuditSubject.entry_id).where(AuditSubject.thing_type == thing_type)
    if thing_id is not None:
        one = and_(one, AuditEntry.thing_id == thing_id)
        subjects = subjects.where(AuditSubject.thing_id == thing_id)
    return or_(one, AuditEntry.id.in_(subjects))


def history_of(thing: Any, limit: int = 200) -> list[AuditEntry]:
    """The newest entries that touched one thing, oldest first."""
    query = (
        select(AuditEntry)
        .where(is_about(thing.__tablename__, thing.id))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))[::-1]


def verify_chain() -> str | None:
    """Check the whole chain; None when it is whole, else where it breaks, in English for the log."""
    previous, count = GENESIS, 0
    query = select(AuditEntry).order_by(AuditEntry.id).options(selectinload(AuditEntry.subjects))
    for entry in db.session.scalars(query.execution_options(yield_per=1000, populate_existing=True)):
        if entry.previous != previous:
            return f"entry {entry.id} does not follow the one before it"
        if entry.hash != entry.computed_hash():
            return f"entry {entry.id} was edited"
        previous, count = entry.hash, count + 1
    head = db.session.get(AuditHead, 1)
    if head is None:
        return None if count == 0 else "the head of the chain is missing"
    if (head.entries, head.hash) != (count, previous):
        return f"the head says {head.entries} entries, the table holds {count}"
    return None
