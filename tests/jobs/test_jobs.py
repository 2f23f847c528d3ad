"""Jobs are worked off at least once, whatever happens to a worker."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import jobs
from marketplace.access import Role
from marketplace.audit import AuditEntry, recorded, verify_chain
from marketplace.database import clock_at, db, utcnow, writing_allowed
from marketplace.errors import NotAllowed, NotFound
from marketplace.events import Event
from marketplace.jobs import Job, JobState, enqueue, enqueue_once, every, run_again, run_due, sweeps, working
from marketplace.jobs.sweeps import Sweep
from marketplace.notifications import Notice, tell
from tests import factories

pytestmark = pytest.mark.both_databases
PAUSE = timedelta(minutes=1)


@pytest.fixture
def calls(app, monkeypatch):
    seen = []

    def handler(job):
        seen.append(job.payload)
        if job.payload.get("fails"):
            raise RuntimeError("no")

    monkeypatch.setitem(working._handlers, "test", handler)
    return seen


def queued(**payload):
    with recorded(None, Event.JOB_QUEUED):
        enqueue("test", f"test-{len(payload)}", payload)
    return job()


def job():
    query = select(Job).where(Job.kind == "test").execution_options(populate_existing=True)
    return db.session.scalar(query)


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
    assert working._claim(job().id) is not None  # a worker takes it and dies
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

    swept = {"sweep-a": Sweep(broken, PAUSE), "sweep-b": Sweep(lambda: seen.append(1), PAUSE)}
    monkeypatch.setattr(sweeps, "_sweeps", swept)
    run_due()
    assert seen == [1]


def test_a_job_for_later_waits_for_its_time(calls):
    with recorded(None, Event.JOB_QUEUED):
        enqueue("test", "test-later", {"a": 1}, run_at=utcnow() + timedelta(days=3))
    assert (run_due(), jobs.run(job().id), calls) == (0, False, [])
    with clock_at(utcnow() + timedelta(days=3, seconds=1)):
        assert run_due() == 1
    assert calls == [{"a": 1}]


def test_queuing_a_known_key_once_more_does_nothing_and_breaks_nothing(calls):
    later = utcnow() + timedelta(days=1)
    person = factories.user(Role.ADMIN)
    for turn, run_at in enumerate((None, later)):
        with recorded(None, Event.JOB_QUEUED, person) as record:
            assert enqueue_once("test", "test-once", {"turn": turn}, run_at) is (turn == 0)
            record.facts["count"] = turn
    assert db.session.query(AuditEntry).filter_by(event="job_queued").count() == 2
    run_due()
    with recorded(None, Event.JOB_QUEUED):
        assert not enqueue_once("test", "test-once", {"turn": 2})
    assert (run_due(), calls) == (0, [{"turn": 0}])


def test_of_eight_who_queue_the_same_key_at_once_one_does_and_none_fails(app, calls):
    together = threading.Barrier(8)

    def queue():
        with app.app_context():
            together.wait()
            with recorded(None, Event.JOB_QUEUED):
                return enqueue_once("test", "test-once", {})

    db.session.rollback()
    with ThreadPoolExecutor(8) as threads:
        answers = [answer.result() for answer in [threads.submit(queue) for _ in range(8)]]
    assert sorted(answers) == [False] * 7 + [True]
    assert (run_due(), len(calls)) == (1, 1)


def test_of_eight_workers_who_take_a_job_at_once_one_gets_it(app, calls):
    job_id = queued(a=1).id
    together = threading.Barrier(8)

    def take():
        with app.app_context():
            together.wait()
            return jobs.run(job_id)

    db.session.rollback()
    with ThreadPoolExecutor(8) as threads:
        answers = [answer.result() for answer in [threads.submit(take) for _ in range(8)]]
    assert sorted(answers) == [False] * 7 + [True]
    assert calls == [{"a": 1}]


def expire_the_lease():
    with writing_allowed():
        job().leased_until = utcnow() - timedelta(seconds=1)
        db.session.commit()


def test_a_job_that_kills_every_worker_is_given_up(calls):
    job_id = queued(a=1).id
    for _ in range(jobs.MAX_ATTEMPTS):
        assert working._claim(job_id) is not None
        expire_the_lease()
    assert (run_due(), calls) == (0, [])
    assert (job().state, job().last_error) == (JobState.FAILED, working.DIED)


def told(person):
    return db.session.query(Notice).filter_by(user_id=person.id).count()


def effect(person):
    """What a handler does: one notice, and the mark in the same transaction."""
    with recorded(None, Event.NOTICE_READ, person):
        jobs.settle()
        tell(person, Event.JOB_DONE, "알림", "/todo")


def test_a_worker_that_was_too_slow_changes_nothing_any_more(app, monkeypatch):
    person = factories.user(Role.ADMIN)
    turns = []

    def slow(running):
        turns.append(running.attempts)
        if len(turns) == 1:
            expire_the_lease()
            jobs.run(running.id)  # meanwhile another worker does it
        effect(person)

    monkeypatch.setitem(working._handlers, "test", slow)
    assert jobs.run(queued(a=1).id)
    assert (turns, told(person), job().state) == ([1, 2], 1, JobState.DONE)
    assert verify_chain() is None


def test_the_failure_of_a_worker_that_was_too_slow_does_not_queue_the_job_again(app, monkeypatch):
    def slow(running):
        expire_the_lease()
        working._claim(running.id)  # another worker is at it
        raise RuntimeError("too late")

    monkeypatch.setitem(working._handlers, "test", slow)
    jobs.run(queued(a=1).id)
    assert (job().state, job().attempts, job().last_error) == (JobState.RUNNING, 2, None)


def test_a_slow_worker_cannot_tell_of_progress_any_more(app, monkeypatch):
    def slow(running):
        expire_the_lease()
        working._claim(running.id)
        jobs.progress(running.id, 1, 2)

    monkeypatch.setitem(working._handlers, "test", slow)
    jobs.run(queued(a=1).id)
    assert (job().state, job().done_units) == (JobState.RUNNING, 0)


def test_an_error_in_signs_that_no_database_keeps_is_kept_all_the_same(app, monkeypatch):
    def broken(running):
        raise RuntimeError("\x00\ud800" + "가" * 1000)

    monkeypatch.setitem(working._handlers, "test", broken)
    # A half sign in a captured log line would end the test run: xdist cannot send it.
    monkeypatch.setattr(working.log, "disabled", True)
    jobs.run(queued(a=1).id)
    assert job().state == JobState.QUEUED
    assert job().last_error.startswith("RuntimeError: ?가")


def test_a_job_that_was_given_up_can_be_run_again_by_the_administrator_only(calls):
    given_up = queued(fails=True)
    job_id = given_up.id
    given_up.state, given_up.attempts = JobState.FAILED, jobs.MAX_ATTEMPTS
    factories.save(given_up)
    with pytest.raises(NotAllowed):
        run_again(job_id, by=factories.user(Role.COMPANY))
    admin = factories.user(Role.ADMIN)
    run_again(job_id, by=admin)
    run_again(job_id, by=admin)  # a second press
    [entry] = db.session.query(AuditEntry).filter_by(event="job_retried")
    assert (entry.actor_id, entry.thing_type, entry.thing_id) == (admin.id, "jobs", job_id)
    assert (run_due(), job().attempts) == (1, 1)
    with pytest.raises(NotFound):
        run_again(10**6, by=admin)


@pytest.fixture
def swept(monkeypatch, app):
    """A sweep of the test's own, beside no other; what it saw."""
    seen = []
    monkeypatch.setattr(sweeps, "_sweeps", {})

    def sweep():
        seen.append(utcnow())
        return len(seen)

    every(seconds=30)(sweep)
    return seen


def sweep_row():
    db.session.expire_all()
    return sweeps.rows()[0]


def test_a_sweep_takes_its_turn_again_after_its_pause(swept):
    for seconds, turns in ((0, 1), (29, 1), (31, 2)):
        with clock_at(utcnow() + timedelta(seconds=seconds)):
            jobs.tick()
        assert len(swept) == turns
    row = sweep_row()
    assert (row.state, row.attempts, row.payload["found"]) == (JobState.QUEUED, 2, 2)
    assert sweeps.last_ran(row) is not None


def test_a_sweep_is_left_alone_while_somebody_is_at_it_and_taken_over_when_the_lease_has_run_out(swept):
    jobs.run_due()
    row = sweep_row()
    with writing_allowed():
        row.state, row.leased_until = JobState.RUNNING, utcnow() + timedelta(minutes=1)
        db.session.commit()
    jobs.run_due()
    assert len(swept) == 1
    with clock_at(utcnow() + timedelta(minutes=2)):
        jobs.tick()
    assert len(swept) == 2


def test_a_sweeper_that_lost_its_lease_stops_and_leaves_the_row_to_the_other(monkeypatch, swept):
    seen = []

    def slow():
        seen.append("began")
        with clock_at(utcnow() + 2 * jobs.LEASE):
            if len(seen) == 1:
                jobs.run_due()  # meanwhile another worker takes its turn
                jobs.renew()
        seen.append("ended")

    every(slow)
    jobs.run_due()
    assert seen == ["began", "began", "ended"]
    assert {row.state for row in sweeps.rows()} == {JobState.QUEUED}
    assert {row.last_error for row in sweeps.rows()} == {None}


def test_a_sweep_that_keeps_renewing_keeps_its_lease(swept):
    answers = []

    def long():
        start = utcnow()
        for minutes in range(0, 20, 3):
            with clock_at(start + timedelta(minutes=minutes)):
                jobs.renew()
                answers.append(sweeps.turn(sweeps.names()[-1], at_once=True))

    every(long)
    jobs.run_due()
    assert answers == [False] * 7


def test_an_idle_worker_writes_nothing_into_the_record(swept):
    before = db.session.query(AuditEntry).count()
    for _ in range(5):
        jobs.run_due()
    assert db.session.query(AuditEntry).count() == before
    assert len(swept) == 5


def test_a_sweep_that_this_code_does_not_know_is_left_to_workers_that_do(swept):
    jobs.run_due()
    with writing_allowed():
        db.session.add(Job(kind="sweep", key="sweep-of.another.version", payload={}))
        db.session.commit()
    jobs.tick()
    unknown = db.session.query(Job).filter_by(key="sweep-of.another.version").one()
    assert (unknown.state, unknown.attempts) == (JobState.QUEUED, 0)
