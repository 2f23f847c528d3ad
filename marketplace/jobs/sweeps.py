"""Sweeps: what comes round again and again and finds by itself what is due (mail, deadlines).

Each has one row among the jobs. Whoever has leased it sweeps, and nobody else, however many workers there are; when
the sweeper dies, another takes over once the lease has run out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, overload

from sqlalchemy import select

from marketplace.database import db, utcnow
from marketplace.jobs.leases import LEASE, LeaseLost, free, holding, write_sweep
from marketplace.jobs.rows import SWEEP, Job, JobState, error_text, insert_unless_known

log = logging.getLogger(__name__)
Swept = TypeVar("Swept", bound=Callable[[], object])


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep; ``pause`` lies between the end of a turn and the next."""

    do: Callable[[], object]
    pause: timedelta


_sweeps: dict[str, Sweep] = {}


@overload
def every(sweep: Swept) -> Swept: ...
@overload
def every(*, seconds: float) -> Callable[[Swept], Swept]: ...
def every(sweep: Any = None, *, seconds: float = 60) -> Any:
    """Register a sweep, as ``@every`` or ``@every(seconds=5)``; its module and name make the key of its row.

    It may return how many things it found, and calls ``renew`` between them when there may be many.
    """

    def register(do: Any) -> Any:
        name = f"{do.__module__.removeprefix('marketplace.')}.{do.__qualname__}"
        _sweeps[f"{SWEEP}-{name}"] = Sweep(do, timedelta(seconds=seconds))
        return do

    return register if sweep is None else register(sweep)


def names() -> list[str]:
    """The keys of the rows of all sweeps that this code knows."""
    return list(_sweeps)


def lay() -> None:
    """Add the rows of the sweeps that have none yet."""
    there = set(db.session.scalars(select(Job.key).where(Job.key.in_(_sweeps))))
    db.session.rollback()
    for key in _sweeps.keys() - there:
        row = {"kind": SWEEP, "key": key, "payload": {}, "run_at": utcnow()}
        with db.engine.begin() as connection:
            connection.execute(insert_unless_known(row))


def turn(key: str, *, at_once: bool = False) -> bool:
    """Sweep, if it is time (or ``at_once``) and nobody else is at it; whether it came to that."""
    sweep, began, clock = _sweeps[key], utcnow(), time.monotonic()
    when = () if at_once else (Job.run_at <= began,)
    lease = write_sweep(
        Job.key == key,
        free(),
        *when,
        state=JobState.RUNNING,
        leased_until=began + LEASE,
        attempts=Job.attempts + 1,
    )
    if lease is None:
        return False
    found, error = None, None
    try:
        with holding(lease):
            found = sweep.do()
    except LeaseLost:
        log.warning("%s took longer than its lease; another worker has it", key)
    except Exception as problem:
        log.exception("%s failed", key)
        error = error_text(problem)
    write_sweep(
        *lease.where(),
        state=JobState.QUEUED,
        leased_until=None,
        run_at=utcnow() + sweep.pause,
        last_error=error,
        payload={
            "ran_at": began.isoformat(),
            "seconds": round(time.monotonic() - clock, 1),
            "found": found if isinstance(found, int) else None,
        },
    )
    return True


def rows() -> list[Job]:
    """The rows of all sweeps that this code knows, by key; none for one that no worker has seen yet."""
    return list(db.session.scalars(select(Job).where(Job.key.in_(_sweeps)).order_by(Job.key)))


def last_ran(row: Job) -> datetime | None:
    """When the sweep of this row was last run to its end."""
    return datetime.fromisoformat(row.payload["ran_at"]) if row.payload.get("ran_at") else None
