"""A Redis for the tests of the broker, and a job whose effect can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from marketplace import jobs
from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.database import db, utcnow, writing_allowed
from marketplace.events import Event
from marketplace.jobs import Job, JobState, broker
from marketplace.jobs import working as working_module
from marketplace.notifications import Notice, OutboxMail, tell
from tests import factories
from tests.workers import Redis


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """A running Redis."""
    server = Redis()
    server.start()
    yield server
    broker.announce_over("")
    server.stop()


class Effects:
    """Jobs that each tell one person one thing, and how often that happened."""

    def __init__(self) -> None:
        self.person = factories.user(Role.COMPANY)

    def handle(self, job: Job) -> None:
        number, person_id = job.payload["number"], job.payload["person"]
        person = db.session.get_one(type(self.person), person_id)
        with recorded(None, Event.CASE_REMINDED, person):
            jobs.settle()
            tell(person, Event.CASE_REMINDED, "알림", f"/effects/{number}")

    def queue(self, number: int) -> int:
        """Queue one in an action; the id of its job."""
        with recorded(None, Event.JOB_QUEUED):
            job = jobs.enqueue("effect", f"effect-{number}", {"number": number, "person": self.person.id})
        return job.id

    def count(self, number: int) -> int:
        """How often it happened; notice and mail always together."""
        db.session.rollback()
        notices, mails = (
            db.session.query(model).filter_by(path=f"/effects/{number}").count()
            for model in (Notice, OutboxMail)
        )
        db.session.rollback()  # on SQLite an open transaction keeps the worker out
        assert notices == mails
        return notices

    def state(self, job_id: int) -> JobState:
        db.session.rollback()
        db.session.expire_all()
        state = db.session.get_one(Job, job_id).state
        db.session.rollback()  # on SQLite an open transaction keeps the worker out
        return state


@pytest.fixture
def effects(app, monkeypatch) -> Effects:
    made = Effects()
    monkeypatch.setitem(working_module._handlers, "effect", made.handle)
    return made


def let_leases_run_out() -> None:
    """As if whoever died had died five minutes ago."""
    db.session.rollback()
    with writing_allowed():
        for row in db.session.query(Job).filter_by(state=JobState.RUNNING).populate_existing():
            row.leased_until = utcnow() - timedelta(seconds=1)
        db.session.commit()
