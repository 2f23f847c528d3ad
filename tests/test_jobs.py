"""Jobs are worked off at least once, whatever happens to a worker."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import jobs
from marketplace.audit import recorded
from marketplace.database import db, utcnow, writing_allowed
from marketplace.events import Event
from marketplace.jobs import Job, JobState, enqueue, run_due

pytestmark = pytest.mark.both_databases


@pytest.fixture
def calls(app, monkeypatch):
    seen = []

    def handler(job):
        seen.append(job.payload)
        if job.payload.get("fails"):
            raise RuntimeError("no")

    monkeypatch.setitem(jobs._handlers, "test", handler)
    return seen


def queued(**payload):
    with recorded(None, Event.JOB_QUEUED):
        enqueue("test", f"test-{len(payload)}", payload)
    return job()


def job():
    return db.session.scalar(select(Job).execution_options(populate_existing=True))


def test_a_job_is_worked_off_once(calls):
    queued(a=1)
    assert run_due() == 1
    assert run_due() == 0
    assert calls == [{"a": 1}]
    assert job().state == JobState.DONE


def test_a_job_that_fails_is_tried_again_later_and_in_the_end_given_up(calls):
    queued(fails=True)
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        assert run_due() == 1
        assert job().attempts == attempt
        with writing_allowed():
            job().run_at = utcnow()
            db.session.commit()
    assert job().state == JobState.FAILED
    assert run_due() == 0


def test_a_job_whose_worker_died_is_taken_again_when_its_lease_has_run_out(calls):
    queued(a=1)
    assert jobs._claim() is not None  # a worker takes it and dies
    assert run_due() == 0
    with writing_allowed():
        job().leased_until = utcnow() - timedelta(seconds=1)
        db.session.commit()
    assert run_due() == 1
    assert calls == [{"a": 1}]


def test_the_same_job_cannot_be_queued_twice(calls):
    from marketplace.errors import RuleBroken

    queued(a=1)
    with pytest.raises(RuleBroken):
        queued(b=1)


def test_a_sweep_that_fails_does_not_stop_the_others(app, monkeypatch):
    seen = []

    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(jobs, "_sweeps", [broken, lambda: seen.append(1)])
    run_due()
    assert seen == [1]
