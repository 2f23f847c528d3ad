"""Durable jobs: rows that a worker takes, works off and marks. A job may run twice; handlers must not mind.

A worker leases a job; when it dies, the lease runs out and the job is taken again. Timed sweeps (reminders,
expiries, mail) need no rows: ``every`` registers them and the worker calls them again and again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.audit import recorded
from marketplace.database import Base, Identified, Text, db, one_of, utcnow
from marketplace.events import Event

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Identified, Base):
    """One piece of work; ``key`` keeps it from being queued twice; ``done_units`` of ``total_units`` is progress."""

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


Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}
_sweeps: list[Callable[[], object]] = []


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that works off jobs of a kind."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def every(sweep: Callable[[], object]) -> Callable[[], object]:
    """Register a sweep that the worker calls at each round; it finds by itself what is due."""
    if sweep not in _sweeps:
        _sweeps.append(sweep)
    return sweep


def enqueue(kind: str, key: str, payload: dict[str, Any]) -> Job:
    """Queue a job within the running transaction."""
    job = Job(kind=kind, key=key, payload=payload)
    db.session.add(job)
    return job


def progress(job_id: int, done: int, total: int) -> None:
    """Tell how far a running job is, in a transaction of its own, and keep its lease."""
    with recorded(None, Event.JOB_PROGRESSED, None, job=job_id, done=done, total=total):
        job = db.session.get_one(Job, job_id)
        job.done_units, job.total_units = min(done, total), total
        job.leased_until = utcnow() + LEASE


def _claim() -> int | None:
    now = utcnow()
    free = or_(Job.state == JobState.QUEUED, (Job.state == JobState.RUNNING) & (Job.leased_until < now))
    due = select(Job.id).where(free, Job.run_at <= now).order_by(Job.id).limit(1)
    job_id = db.session.scalar(due)
    db.session.rollback()
    if job_id is None:
        return None
    with recorded(None, Event.JOB_CLAIMED, None, job=job_id) as record:
        job = db.session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        leased = job.state == JobState.RUNNING and job.leased_until is not None and job.leased_until >= now
        if leased or job.state not in (JobState.QUEUED, JobState.RUNNING):
            record.cancel()  # another worker was faster
            return None
        job.state, job.leased_until, job.attempts = JobState.RUNNING, utcnow() + LEASE, job.attempts + 1
    return job_id


def work_off() -> int:
    """Work off every due job once; their number."""
    worked = 0
    while (job_id := _claim()) is not None:
        _run(job_id)
        worked += 1
    return worked


def run_due() -> int:
    """Work off every due job once and call every sweep; the number of jobs worked off."""
    worked = work_off()
    for sweep in list(_sweeps):
        try:
            sweep()
        except Exception:
            db.session.rollback()
            log.exception("sweep %s failed", getattr(sweep, "__name__", sweep))
    return worked


def _run(job_id: int) -> None:
    job = db.session.get_one(Job, job_id)
    try:
        _handlers[job.kind](job)
    except Exception as error:
        db.session.rollback()
        log.exception("job %s failed", job_id)
        with recorded(None, Event.JOB_FAILED, None, job=job_id, error=type(error).__name__):
            job = db.session.get_one(Job, job_id, populate_existing=True)
            job.last_error = f"{type(error).__name__}: {error}"[:500]
            last = job.attempts >= MAX_ATTEMPTS
            job.state = JobState.FAILED if last else JobState.QUEUED
            job.run_at = utcnow() + timedelta(minutes=2**job.attempts)
    else:
        with recorded(None, Event.JOB_DONE, None, job=job_id):
            job = db.session.get_one(Job, job_id, populate_existing=True)
            job.state = JobState.DONE


def work(app: Any, stop: threading.Event, pause: float = 2.0) -> None:
    """Work until ``stop`` is set, looking for something to do every ``pause`` seconds."""
    while not stop.is_set():
        with app.app_context():
            try:
                run_due()
            except Exception:
                log.exception("the worker stumbled")
        stop.wait(pause)
