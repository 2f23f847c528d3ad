"""The whole world, as it came about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, select

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, recorded
from marketplace.database import clock_at, db, utcnow
from marketplace.demo.people import (
    confirm_fresh_firm,
    found_sponsors,
    found_staff,
    keep_open,
    sign_up_fresh_firm,
)
from marketplace.demo.profiles import plan_experts
from marketplace.demo.rounds import plan_round
from marketplace.demo.timeline import Timeline, office_day
from marketplace.demo.ways import plan_requests
from marketplace.events import Event
from marketplace.jobs import run_due
from marketplace.programmes.models import Programme


class HalfBuilt(RuntimeError):
    """The database holds people, but no demo world that was built to its end."""


def is_built() -> bool:
    """Whether the world is there; False on an empty database. Raises HalfBuilt on any other."""
    whole = db.session.scalar(select(AuditEntry.id).where(AuditEntry.event == Event.DEMO_BUILT).limit(1))
    anybody = db.session.scalar(select(User.id).limit(1))
    db.session.rollback()  # the look-up is over and holds no lock
    if whole is None and anybody is not None:
        raise HalfBuilt
    return whole is not None


#: When the site was set up, before anybody came.
DAYS_BEFORE = 150


def beginning(now: datetime) -> datetime:
    """When the demo's past begins."""
    timeline = Timeline(now)
    return timeline.within(office_day(timeline.days_ago(DAYS_BEFORE)))


def build_demo(tell: Callable[[str], None] = lambda stage: None, *, now: datetime | None = None) -> None:
    """Build the world on a database with the reference data and no people; ``tell`` hears each stage.

    Everything happens in the five months before ``now`` (the present unless given), at moments that never go
    back. The database is kept from waiting for the disk meanwhile: a build that broke off is begun anew.
    """
    timeline = Timeline(now or utcnow())
    with _in_haste():
        tell("담당자와 참여 대기업 / staff and sponsors")
        with clock_at(beginning(timeline.now)):
            programme = Programme.open_now()[0]
            staff = found_staff(programme)
            found_sponsors(staff)
            keep_open(staff, timeline.days_ago(DAYS_BEFORE + 7), timeline.today + timedelta(days=14))
        plan_experts(staff, timeline)
        requests = plan_requests(staff, timeline)
        yesterday = timeline.within(timeline.days_ago(1))
        timeline.add(yesterday, sign_up_fresh_firm)
        timeline.add(yesterday + timedelta(minutes=4), confirm_fresh_firm)
        plan_round(staff, timeline)
        timeline.run(lambda monday: tell(f"{monday.isoformat()} 주 / week"))
        with clock_at(timeline.now):
            for _ in range(2):  # what the worker begins today it may remind of at once
                run_due()
        with clock_at(timeline.now), recorded(None, Event.DEMO_BUILT, programme, requests=requests):
            pass


@contextmanager
def _in_haste() -> Iterator[None]:
    """Let SQLite leave the writing to the operating system, on connections that end with the block."""

    def hurry(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    if db.engine.dialect.name != "sqlite":
        yield
        return
    db.session.rollback()
    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", hurry)
        db.session.rollback()
        db.engine.dispose()
