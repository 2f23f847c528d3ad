"""Who has which job: a lease on its row, told apart from later ones by the number of the attempt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update

from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.events import Event
from marketplace.jobs.rows import SWEEP, Job, JobState

LEASE = timedelta(minutes=5)


class LeaseLost(RuntimeError):
    """This worker took so long that its job was given to another: what it has not stored yet must not be stored."""


@dataclass(slots=True)
class Lease:
    """A job in this worker's hands: the row, which attempt this is, and until when nobody else takes it."""

    job_id: int
    attempt: int
    until: datetime

    def where(self) -> tuple[ColumnElement[bool], ...]:
        """The row, as long as the lease is good."""
        return (Job.id == self.job_id, Job.state == JobState.RUNNING, Job.attempts == self.attempt)


_held: ContextVar[Lease | None] = ContextVar("held", default=None)


@contextmanager
def holding(lease: Lease) -> Iterator[None]:
    """Let what runs inside find the lease that it runs under."""
    token = _held.set(lease)
    try:
        yield
    finally:
        _held.reset(token)


def free() -> ColumnElement[bool]:
    """Nobody has the row, or whoever had it is gone."""
    lost = and_(Job.state == JobState.RUNNING, Job.leased_until < utcnow())
    return or_(Job.state == JobState.QUEUED, lost)


def locked(lease: Lease) -> Job:
    """The row of a job, locked in the running transaction. Raises LeaseLost when another worker has it."""
    job = db.session.get_one(Job, lease.job_id, with_for_update=True, populate_existing=True)
    if (job.state, job.attempts) != (JobState.RUNNING, lease.attempt):
        raise LeaseLost(job.key)
    return job


def settle() -> None:
    """Mark the running job as done in its handler's own transaction, so that effect and mark are one.

    A worker that dies leaves both or neither; one that was too slow for its lease leaves neither (LeaseLost). Does
    nothing where a handler is called without a worker.
    """
    if (lease := _held.get()) is not None:
        job = locked(lease)
        job.state, job.leased_until = JobState.DONE, None


def progress(job_id: int, done: int, total: int) -> None:
    """Tell how far a running job is, in a transaction of its own, and keep its lease (LeaseLost: it is gone)."""
    with recorded(None, Event.JOB_PROGRESSED, None, job=job_id, done=done, total=total):
        lease = _held.get()
        job = locked(lease) if lease else db.session.get_one(Job, job_id)
        job.done_units, job.total_units = min(done, total), total
        job.leased_until = utcnow() + LEASE


def renew() -> None:
    """Keep the lease of the running sweep; to be called between its units, outside any transaction.

    Writes only when a quarter of the lease is used up. Raises LeaseLost; does nothing where no sweep is running.
    """
    lease, now = _held.get(), utcnow()
    if lease is None or lease.until - now > LEASE * 3 / 4:
        return
    lease.until = now + LEASE
    if not write_sweep(*lease.where(), leased_until=lease.until):
        raise LeaseLost(lease)


def write_sweep(*where: ColumnElement[bool], **values: Any) -> Lease | None:
    """Change the row of one sweep if it is as said; the lease by what the row holds then, None when it is not so.

    Not through ``recorded``: a lease is a lock and no fact about the programme, and with an entry for every turn of
    every sweep the record would hold little else (docs/decisions/0010).
    """
    db.session.rollback()  # on SQLite this session's transaction would keep out the one below
    change = update(Job).where(Job.kind == SWEEP, *where).values(**values)
    with db.engine.begin() as connection:
        row = connection.execute(change.returning(Job.id, Job.attempts, Job.leased_until)).one_or_none()
    return Lease(row.id, row.attempts, row.leased_until or utcnow()) if row else None
