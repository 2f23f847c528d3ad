"""Messages only name rows: what is lost, late or there twice on the way does no harm, and slows nobody."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from pydantic import ValidationError

from marketplace import settings
from marketplace.access import Role
from marketplace.audit import recorded, verify_chain
from marketplace.database import db, read_only, utcnow
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.imports.models import ImportFile, ImportState
from marketplace.jobs import Job, JobState, broker, enqueue, enqueue_once
from marketplace.jobs import working as working_module
from tests import factories
from tests.conftest import sign_in
from tests.jobs.conftest import let_leases_run_out
from tests.workers import Redis, Worker, free_port, wait_for, working

ROOT = Path(__file__).resolve().parents[2]
EXPERTS = 1000  # so many that a worker is at it for seconds


def messages(redis_server):
    return [json.loads(raw) for raw in redis_server.client.lrange(broker.QUEUE, 0, -1)]


def named(redis_server):
    """The ids of the jobs that the waiting messages name."""
    return sorted(
        json.loads(message["headers"]["argsrepr"].replace(",)", ")").replace("(", "[").replace(")", "]"))[0]
        for message in messages(redis_server)
    )


def test_a_commit_that_queues_a_job_sends_its_id_and_nothing_else(app, effects, redis_server):
    broker.announce_over(redis_server.url)
    job_id = effects.queue(1)
    [message] = wait_for(lambda: messages(redis_server))
    assert named(redis_server) == [job_id]
    assert "effects" not in json.dumps(message)
    with recorded(None, Event.JOB_QUEUED):
        assert enqueue_once("effect", "effect-2", {})
        assert not enqueue_once("effect", "effect-2", {})
    wait_for(lambda: len(messages(redis_server)) == 2)


def test_what_is_rolled_back_or_due_later_sends_nothing(app, effects, redis_server):
    broker.announce_over(redis_server.url)
    with recorded(None, Event.JOB_QUEUED) as record:
        enqueue("effect", "effect-1", {})
        enqueue_once("effect", "effect-2", {})
        db.session.flush()
        record.cancel()
    with recorded(None, Event.JOB_QUEUED):
        enqueue("effect", "effect-3", {}, run_at=utcnow() + timedelta(days=1))
        enqueue_once("effect", "effect-4", {}, run_at=utcnow() + timedelta(days=1))
    last = effects.queue(5)
    wait_for(lambda: messages(redis_server))
    assert named(redis_server) == [last]


@pytest.mark.both_databases
def test_the_same_message_three_times_works_a_job_off_once(app, effects, redis_server):
    ids = [effects.queue(number) for number in range(3)]
    send = broker.Sender(redis_server.url).send
    assert all(send(job_id) for job_id in ids * 3)
    with working(Worker(app, redis_server.url)):
        wait_for(lambda: all(effects.state(job_id) == JobState.DONE for job_id in ids))
        wait_for(lambda: not messages(redis_server))
    assert [effects.count(number) for number in range(3)] == [1, 1, 1]
    assert [db.session.get_one(Job, job_id).attempts for job_id in ids] == [1, 1, 1]


def test_a_redis_that_forgot_everything_loses_no_job(app, effects, redis_server):
    ids = [effects.queue(number) for number in range(3)]
    send = broker.Sender(redis_server.url).send
    assert all(send(job_id) for job_id in ids)
    redis_server.client.flushall()
    with working(Worker(app, redis_server.url)):
        wait_for(lambda: all(effects.state(job_id) == JobState.DONE for job_id in ids))
    assert [effects.count(number) for number in range(3)] == [1, 1, 1]


def test_while_redis_is_away_the_worker_works_by_itself_and_afterwards_takes_messages_again(
    app, effects, monkeypatch
):
    monkeypatch.setattr(broker, "PATIENCE", 0.2)
    server = Redis()
    try:
        with working(Worker(app, server.url)):
            first = effects.queue(1)
            wait_for(lambda: effects.state(first) == JobState.DONE)
            server.start()
            wait_for(lambda: server.client.client_list(_type="normal")[1:])  # the worker is back
            second = effects.queue(2)
            wait_for(lambda: effects.state(second) == JobState.DONE)
    finally:
        server.stop()
    assert (effects.count(1), effects.count(2)) == (1, 1)


@pytest.fixture
def black_hole():
    """Takes connections and never says a word."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(100)
        yield f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"


def seconds_of_a_commit(effects, numbers):
    taken = []
    for number in numbers:
        start = perf_counter()
        effects.queue(number)
        taken.append(perf_counter() - start)
    return median(taken)


@pytest.mark.parametrize("fault", ["refused", "silent"])
def test_a_redis_that_is_away_neither_slows_nor_fails_a_request(app, effects, black_hole, fault):
    alone = seconds_of_a_commit(effects, range(30))
    url = black_hole if fault == "silent" else f"redis://127.0.0.1:{free_port()}/0"
    broker.announce_over(url)
    try:
        beside = seconds_of_a_commit(effects, range(30, 60))
    finally:
        broker.announce_over("")
    assert beside < 5 * alone
    assert working_module.work_off() == 60


def test_an_address_that_is_no_redis_is_refused_at_the_start():
    with pytest.raises(ValidationError, match="MARKETPLACE_BROKER_URL"):
        settings.Settings(broker_url="amqp://127.0.0.1")


def test_a_message_comes_back_no_later_than_its_lease_runs_out():
    told = broker.celery_app("redis://127.0.0.1/0").conf
    assert told.broker_transport_options["visibility_timeout"] <= broker.LEASE.total_seconds()
    assert (told.task_acks_late, told.task_reject_on_worker_lost, told.result_backend) == (True, True, None)
    assert told.accept_content == ["json"]


def rows(count):
    head = "이메일,성명,최종직장,최종직위,퇴직일,보유기술,활동지역,경험업종\n"
    line = "person{}@example.com,김전문,포스코,부장,2024-12-31,도금:4;MES,경남,C25\n"
    return head + "".join(line.format(number) for number in range(count))


class Command:
    """``flask worker`` as it is started on a server."""

    def __init__(self, url, database_url, log):
        self.environment = {
            **os.environ,
            "MARKETPLACE_DATABASE_URL": database_url,
            "MARKETPLACE_BROKER_URL": url,
            "MARKETPLACE_SECRET_KEY": "a-secret-for-tests-that-is-long-enough",
        }
        self.log = log

    def start(self):
        db.session.rollback()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "worker"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.mark.both_databases
def test_flask_worker_killed_in_the_middle_of_an_import_and_started_again_writes_every_row_once(
    app, client, database_url, redis_server, tmp_path
):
    programme = factories.programme()
    sign_in(client, factories.user(Role.OPERATOR, programme.operator))
    data = {"kind": "experts", "file": (io.BytesIO(rows(EXPERTS).encode()), "experts.csv")}
    assert client.post("/imports/new", data=data, content_type="multipart/form-data").status_code == 303
    assert working_module.work_off() == 1
    assert client.post("/imports/1/write").status_code == 303

    def now():
        db.session.rollback()
        db.session.expire_all()
        read_only(True)  # on SQLite a look that could write would wait for the worker, and the worker for it
        file = db.session.query(ImportFile).one()
        seen = (file.job.state, file.state)
        db.session.rollback()
        read_only(False)
        return seen

    command = Command(redis_server.url, database_url, tmp_path / "log")
    command.start()
    try:
        wait_for(lambda: now()[0] == JobState.RUNNING)
    finally:
        command.kill()
    assert now() == (JobState.RUNNING, ImportState.WRITING)
    assert db.session.query(Expert).count() == 0
    let_leases_run_out()
    command.start()
    try:
        wait_for(lambda: now()[0] == JobState.DONE)
    finally:
        command.kill()
    assert now() == (JobState.DONE, ImportState.WRITTEN), (tmp_path / "log").read_text()
    assert db.session.query(Expert).count() == EXPERTS
    assert db.session.query(Job).filter_by(kind="write_import").one().attempts == 2
    assert verify_chain() is None
