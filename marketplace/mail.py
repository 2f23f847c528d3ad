"""Delivery of the outbox over SMTP. A mail is sent at least once; its Message-ID is the same each time."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate

from sqlalchemy import select

from marketplace import jobs, settings
from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.errors import NotFound
from marketplace.events import Event
from marketplace.notifications import MAX_ATTEMPTS, MailState, OutboxMail

ABOUT_THIS_MAIL = (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
TIMEOUT = 15.0  # seconds of silence after which the mail server is given up
CONVERSATION = 45.0  # seconds for one mail altogether: a server that answers drop by drop is never silent


def message_of(mail: OutboxMail) -> MIMEText:
    """The mail as it goes over the wire."""
    sender = settings.current().mail_from
    message = MIMEText(mail.text(), "plain", "utf-8")
    message["From"] = sender
    message["To"] = mail.recipient
    # Header keeps the spaces of a long Korean subject; EmailMessage loses some where it folds the line.
    message["Subject"] = Header(mail.subject, "utf-8", header_name="Subject").encode()
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<outbox-{mail.id}@{sender.partition('@')[2] or 'localhost'}>"
    message["Content-Language"] = mail.language
    return message


@jobs.every(seconds=5)
def deliver() -> int:
    """The worker's round: send what is due, unless mails are only kept (as in the demo)."""
    return deliver_due() if settings.current().mail == "smtp" else 0


def deliver_due(limit: int = 50) -> int:
    """Send what is due, each mail in a transaction of its own; the number that left.

    Stops when the mail server does not answer: the others would only wait as long, and the worker with them.
    """
    due = select(OutboxMail.id).where(
        OutboxMail.state == MailState.PENDING, OutboxMail.next_attempt_at <= utcnow()
    )
    ids = list(db.session.scalars(due.order_by(OutboxMail.id).limit(limit)))
    db.session.rollback()
    sent = 0
    for mail_id in ids:
        jobs.renew()
        error = _deliver(mail_id)
        sent += error is None
        if error is not None and not isinstance(error, ABOUT_THIS_MAIL):
            break
    return sent


def _deliver(mail_id: int) -> OSError | None:
    mail = db.session.get_one(OutboxMail, mail_id, populate_existing=True)
    message = message_of(mail)
    db.session.rollback()  # hold no lock while the network is slow
    failed = _send(message)
    error = f"{type(failed).__name__}: {failed}" if failed else ""
    with recorded(None, Event.MAIL_FAILED if failed else Event.MAIL_DELIVERED, mail, error=error):
        mail = db.session.get_one(OutboxMail, mail_id, populate_existing=True, with_for_update=True)
        mail.attempts += 1
        if not error:
            mail.state, mail.sent_at, mail.last_error = MailState.SENT, utcnow(), None
        else:
            mail.last_error = error[:500]
            mail.next_attempt_at = utcnow() + timedelta(minutes=min(2**mail.attempts, 240))
            if mail.attempts >= MAX_ATTEMPTS:
                mail.state = MailState.DEAD
    return failed


@contextmanager
def _cut_off(server: smtplib.SMTP) -> Iterator[None]:
    """Close the connection under a conversation that takes too long."""

    def cut() -> None:
        if server.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(server.sock, socket.SHUT_RDWR)  # not TLS's own, which may wait

    timer = threading.Timer(CONVERSATION, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _send(message: MIMEText) -> OSError | None:
    """Send; the error when it did not go out."""
    wanted = settings.current()
    server = smtplib.SMTP(timeout=TIMEOUT)
    server._host = wanted.smtp_host  # type: ignore[attr-defined]  # which STARTTLS names to the server
    accepted = False
    try:
        with _cut_off(server), server:
            code, words = server.connect(wanted.smtp_host, wanted.smtp_port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            if wanted.smtp_starttls:
                server.starttls()
            if wanted.smtp_user:
                server.login(wanted.smtp_user, wanted.smtp_password)
            server.send_message(message)
            accepted = True
    except OSError as error:  # every SMTPException is one
        return None if accepted else error  # a server that only fails to say good-bye has the mail
    return None


def send_again(mail_id: int, *, by: object) -> None:
    """Put a dead mail back into the queue."""
    require(by, Permission.SEE_MAIL)
    mail = db.session.get(OutboxMail, mail_id)
    if mail is None:
        raise NotFound("mail")
    with recorded(by, Event.MAIL_RETRIED, mail):
        if mail.state == MailState.DEAD:
            mail.state, mail.attempts, mail.next_attempt_at = MailState.PENDING, 0, utcnow()
