"""The rows of jobs, how one is queued, and who is told once it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import Base, Identified, Text, db, one_of, utcnow
from marketplace.errors import NotFound
from marketplace.events import Event

SWEEP = "sweep"


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Identified, Base):
    """One piece of work; ``key`` keeps it from being queued twice; ``done_units`` of ``total_units`` is progress.

    The row of a sweep (kind ``sweep``) is never done: its ``run_at`` is its next turn, ``attempts`` how often it was
    run, and ``payload`` tells of the last turn (``ran_at`` in ISO 8601, ``seconds``, ``found``).
    """

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", JobState),
        CheckConstraint("done_units >= 0 AND done_units <= total_units", name="progress_within_total"),
        Index("ix_jobs_due", "state", "run_at"),
    )

    kind: Mapped[str] = mapped_column(Text(40))
    key: Mapped[str] = mapped_column(Text(120), unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(Text(10), default=JobState.QUEUED)
    run_at: Mapped[datetime] = mapped_column(default=utcnow)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_units: Mapped[int] = mapped_column(default=0)
    total_units: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text(500))


def error_text(error: Exception) -> str:
    """An error as a row can keep it."""
    plain = f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode()
    return plain.replace("\x00", "")[:500]


_announce: Callable[[int], None] | None = None


def announce_with(tell: Callable[[int], None] | None) -> None:
    """Have ``tell`` called with the id of each job that a commit made due; it must return at once."""
    global _announce
    _announce = tell


def enqueue(kind: str, key: str, payload: dict[str, Any], run_at: datetime | None = None) -> Job:
    """Queue a job within the running transaction, for now or for a moment to come.

    A key that is known already breaks the transaction: for work that must be new. See ``enqueue_once``.
    """
    job = Job(kind=kind, key=key, payload=payload, run_at=run_at or utcnow())
    db.session.add(job)
    return job


def enqueue_once(kind: str, key: str, payload: dict[str, Any], run_at: datetime | None = None) -> bool:
    """Queue a job within the running transaction unless its key is known, whatever became of it; whether it was.

    Two transactions that queue the same key at once do not fail: the later waits for the earlier and does nothing.
    """
    now = utcnow()
    run_at = run_at or now
    row = {"kind": kind, "key": key, "payload": payload, "run_at": run_at}
    job_id: int | None = db.session.scalar(insert_unless_known(row).returning(Job.id))
    if job_id is not None and run_at <= now:
        db.session.info.setdefault("queued", set()).add(job_id)
    return job_id is not None


def insert_unless_known(row: dict[str, Any]) -> Any:
    """The statement that adds a row unless its key is known."""
    dialect: Any = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(Job).values(**row).on_conflict_do_nothing(index_elements=["key"])


@event.listens_for(Session, "after_flush")
def _note_queued(session: Session, *_: Any) -> None:
    changed = [thing for thing in (*session.new, *session.dirty) if isinstance(thing, Job)]
    due = {job.id for job in changed if job.state == JobState.QUEUED and job.run_at <= utcnow()}
    session.info.setdefault("queued", set()).update(due)


@event.listens_for(Session, "after_rollback")
def _forget_queued(session: Session) -> None:
    session.info.pop("queued", None)


@event.listens_for(Session, "after_commit")
def _announce_queued(session: Session) -> None:
    queued = session.info.pop("queued", ())
    if _announce is not None:
        for job_id in sorted(queued):
            _announce(job_id)


def run_again(job_id: int, *, by: Any) -> None:
    """Give a job that was given up as many attempts as a new one."""
    require(by, Permission.SEE_MAIL)
    job = db.session.get(Job, job_id)
    if job is None or job.kind == SWEEP:
        raise NotFound(job_id)
    with recorded(by, Event.JOB_RETRIED, job) as record:
        job = db.session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        if job.state != JobState.FAILED:
            record.cancel()  # a second press, or a colleague was faster
            return
        job.state, job.attempts, job.run_at = JobState.QUEUED, 0, utcnow()
