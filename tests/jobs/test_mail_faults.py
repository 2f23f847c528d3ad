"""Whatever the mail server does, no request waits for it, nothing is missing afterwards, and nobody is mailed twice."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from statistics import median
from time import perf_counter

import pytest
from aiosmtpd.controller import Controller

from marketplace import mail, settings
from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.database import db, utcnow, writing_allowed
from marketplace.events import Event
from marketplace.notifications import MailState, OutboxMail, tell
from tests import factories
from tests.conftest import sign_in
from tests.test_mail import Inbox
from tests.workers import Worker, free_port, wait_for, working


@contextmanager
def serving(box, port):
    """A real mail server on this port."""
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box
    finally:
        server.stop()


@contextmanager
def refused(port):
    yield


@contextmanager
def answering(answer, port):
    box = Inbox()
    box.answer = answer
    with serving(box, port):
        yield


@contextmanager
def hanging(port, drop):
    """Takes connections and says nothing, or a drop every now and then."""
    stop = threading.Event()
    deaf = socket.create_server(("127.0.0.1", port), backlog=100)

    def drip(connection):
        with suppress(OSError), closing(connection):
            while not stop.wait(0.2):
                connection.sendall(drop)

    def accept():
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(deaf.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        stop.set()
        deaf.shutdown(socket.SHUT_RDWR)
        deaf.close()


FAULTS = {
    "refused": refused,
    "black hole": lambda port: hanging(port, b""),
    "4xx": lambda port: answering("451 later", port),
    "5xx": lambda port: answering("550 no", port),
    "drip": lambda port: hanging(port, b"2"),
}


@pytest.fixture
def port(app, monkeypatch):
    """The port of the mail server that the site sends to, at its time-outs for a test."""
    monkeypatch.setattr(mail, "TIMEOUT", 1.0)
    monkeypatch.setattr(mail, "CONVERSATION", 2.0)
    monkeypatch.setattr(settings.current(), "mail", "smtp")
    monkeypatch.setattr(settings.current(), "smtp_port", free_port())
    return settings.current().smtp_port


def states():
    found = Counter(str(state) for (state,) in db.session.query(OutboxMail.state))
    tried = db.session.query(OutboxMail).filter(OutboxMail.attempts > 0).count()
    db.session.rollback()  # on SQLite an open transaction keeps the worker out
    return found, tried


def let_all_be_due():
    with writing_allowed():
        db.session.query(OutboxMail).filter_by(state=MailState.PENDING).update({"next_attempt_at": utcnow()})
        db.session.commit()


def seconds_of_a_request(client, tag, count=12):
    taken = []
    for number in range(count):
        form = {
            "email": f"{tag}{number}@example.com",
            "name": "이담당",
            "role": "admin",
            "organisation_id": "",
        }
        start = perf_counter()
        answer = client.post("/accounts/invite", data=form)
        taken.append(perf_counter() - start)
        assert answer.status_code == 303, answer.text
        time.sleep(0.1)  # let the worker have its turns between
    return median(taken)


@pytest.mark.both_databases
@pytest.mark.parametrize("mode", ["in the process", "on Celery"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_mail_server_slows_no_request_and_loses_no_mail(
    app, client, port, redis_server, mode, fault
):
    sign_in(client, factories.user(Role.ADMIN))
    url = redis_server.url if mode == "on Celery" else ""
    healthy = Inbox()
    with working(Worker(app, url)):
        with serving(healthy, port):
            usual = seconds_of_a_request(client, "usual")
            wait_for(lambda: states()[0] == {"sent": 12})
        with FAULTS[fault](port):
            faulty = seconds_of_a_request(client, "faulty")
            wait_for(lambda: states()[1] > 12)  # it has been tried in vain
        assert states()[0]["dead"] == 0
        let_all_be_due()
        with serving(healthy, port):
            wait_for(lambda: let_all_be_due() or states()[0] == {"sent": 24})
    assert faulty < 5 * usual
    arrived = Counter(message["Message-ID"] for message in healthy.mails)
    assert (len(arrived), set(arrived.values())) == (24, {1})


class SlowInbox(Inbox):
    """Takes its time, so that two who send at once would meet."""

    async def handle_DATA(self, server, session, envelope):
        import asyncio

        await asyncio.sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.both_databases
@pytest.mark.parametrize("mode", ["in the process", "on Celery"])
def test_of_three_workers_one_sends_at_a_time_and_nobody_is_mailed_twice(app, port, redis_server, mode):
    person = factories.user(Role.COMPANY)
    url = redis_server.url if mode == "on Celery" else ""
    box = SlowInbox()
    with (
        serving(box, port),
        working(Worker(app, url)),
        working(Worker(app, url)),
        working(Worker(app, url)),
    ):
        for _ in range(4):
            with recorded(None, Event.CASE_REMINDED, person):
                for _ in range(20):
                    tell(person, Event.CASE_REMINDED, "알림", "/todo")
            time.sleep(1)
        wait_for(lambda: states()[0] == {"sent": 80})
    arrived = Counter(message["Message-ID"] for message in box.mails)
    assert (len(arrived), set(arrived.values())) == (80, {1})
