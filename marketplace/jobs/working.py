"""The worker: looks for due rows, takes one at a time, works it off and marks it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select

from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.events import Event
from marketplace.jobs import sweeps
from marketplace.jobs.leases import LEASE, Lease, LeaseLost, free, holding, locked
from marketplace.jobs.rows import SWEEP, Job, JobState, error_text

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
DIED = "the worker died"

Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that works off jobs of a kind."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def due(limit: int, *, with_sweeps: bool = True) -> Sequence[Row[int, datetime, int]]:
    """``id``, ``run_at`` and ``attempts`` of the rows that wait for a worker, the longest waiting first."""
    query = select(Job.id, Job.run_at, Job.attempts).where(free(), Job.run_at <= utcnow())
    if with_sweeps:
        query = query.where(or_(Job.kind != SWEEP, Job.key.in_(sweeps.names())))
    else:
        query = query.where(Job.kind != SWEEP)
    found = db.session.execute(query.order_by(Job.run_at, Job.id).limit(limit)).all()
    db.session.rollback()
    return found


def run(job_id: int) -> bool:
    """Take a job or sweep if it is due and nobody has it, and work it off; whether it was taken."""
    found = db.session.execute(
        select(Job.kind, Job.key).where(Job.id == job_id, free(), Job.run_at <= utcnow())
    ).one_or_none()
    db.session.rollback()
    if found is None:
        return False
    if found.kind == SWEEP:
        return sweeps.turn(found.key)
    lease = _claim(job_id)
    if lease is None:
        return False
    with holding(lease):
        _work_at(lease)
    return True


def _claim(job_id: int) -> Lease | None:
    with recorded(None, Event.JOB_CLAIMED, None, job=job_id) as record:
        query = select(Job).where(Job.id == job_id, free()).with_for_update()
        job = db.session.scalar(query.execution_options(populate_existing=True))
        if job is None:
            record.cancel()  # another worker was faster
            return None
        if job.attempts >= MAX_ATTEMPTS:
            # Nobody was left to say that an attempt failed: the last of them ended with its worker.
            record.turns_out(None, Event.JOB_FAILED)
            job.state, job.leased_until, job.last_error = JobState.FAILED, None, job.last_error or DIED
            return None
        lease = Lease(job_id, job.attempts + 1, utcnow() + LEASE)
        job.state, job.leased_until, job.attempts = JobState.RUNNING, lease.until, lease.attempt
        return lease


def _work_at(lease: Lease) -> None:
    job_id = lease.job_id
    try:
        job = db.session.get_one(Job, job_id)
        _handlers[job.kind](job)
    except LeaseLost:
        db.session.rollback()
        log.warning("job %s took longer than its lease; another worker has it", job_id)
    except Exception as error:
        db.session.rollback()
        log.exception("job %s failed", job_id)
        _end(Event.JOB_FAILED, lease, error)
    else:
        db.session.rollback()
        _end(Event.JOB_DONE, lease)


def _end(event: Event, lease: Lease, error: Exception | None = None) -> None:
    facts = {"error": type(error).__name__} if error else {}
    with recorded(None, event, None, job=lease.job_id, **facts) as record:
        try:
            job = locked(lease)
        except LeaseLost:
            record.cancel()  # settled together with its effect, or another worker's by now
            return
        job.leased_until = None
        if error is None:
            job.state = JobState.DONE
            return
        job.last_error = error_text(error)
        job.state = JobState.FAILED if job.attempts >= MAX_ATTEMPTS else JobState.QUEUED
        job.run_at = utcnow() + timedelta(minutes=2**job.attempts)


def work_off() -> int:
    """Work off every due job once, without the sweeps; their number."""
    worked = 0
    while found := due(1, with_sweeps=False):
        worked += run(found[0].id)
    return worked


def run_due() -> int:
    """Work off every due job once and run every sweep now, whenever its turn is; the number of jobs worked off."""
    worked = work_off()
    sweeps.lay()
    for key in sweeps.names():
        sweeps.turn(key, at_once=True)
    return worked


def tick() -> None:
    """Work off every row that is due, jobs and sweeps as their time came."""
    sweeps.lay()
    while found := due(1):
        run(found[0].id)


def work(app: Any, stop: threading.Event, pause: float = 2.0) -> None:
    """Work until ``stop`` is set, looking for something to do every ``pause`` seconds."""
    while not stop.is_set():
        with app.app_context():
            try:
                tick()
            except Exception:
                log.exception("the worker stumbled")
        stop.wait(pause)
