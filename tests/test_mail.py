"""Mail leaves through the outbox, to a real mail server."""

from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from marketplace import settings, tokens
from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.database import db, utcnow, writing_allowed
from marketplace.errors import NotAllowed
from marketplace.events import Event
from marketplace.jobs import run_due
from marketplace.mail import deliver_due, send_again
from marketplace.notifications import MAX_ATTEMPTS, MailState, Notice, OutboxMail, tell
from tests import factories
from tests.workers import free_port

pytestmark = pytest.mark.both_databases


class Inbox:
    """Takes every mail, or answers as told."""

    def __init__(self):
        self.mails = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
def inbox(app, monkeypatch):
    box = Inbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setattr(settings.current(), "smtp_port", port)
    yield box
    server.stop()


def told(sentence="‘%(title)s’ 신청이 접수되었습니다.", **facts):
    person = factories.user(Role.COMPANY)
    with recorded(None, Event.REQUEST_SUBMITTED, person):
        tell(person, Event.REQUEST_SUBMITTED, sentence, "/requests/1", **{"title": "도금 불량", **facts})
    return person


def mail():
    return db.session.scalar(select(OutboxMail).execution_options(populate_existing=True))


def test_a_mail_goes_out_once_with_its_link_and_korean_subject(inbox):
    person = told()
    assert deliver_due() == 1
    assert deliver_due() == 0
    [sent] = inbox.mails
    assert sent["To"] == person.email
    assert sent["Subject"] == "‘도금 불량’ 신청이 접수되었습니다."
    assert "http://localhost/requests/1" in sent.get_content()
    assert mail().state == MailState.SENT


def test_the_worker_sends_what_is_due(inbox, monkeypatch):
    told()
    run_due()
    assert inbox.mails == []  # mails are only kept
    monkeypatch.setattr(settings.current(), "mail", "smtp")
    run_due()
    assert len(inbox.mails) == 1


def test_a_long_subject_keeps_its_spaces(inbox):
    told(title="도금 두께 편차가 심해 2026-00047 번 볼트가 자꾸 반품되는 원인을 찾아 주십시오 라고 적은")
    deliver_due()
    assert inbox.mails[0]["Subject"] == mail().subject


def test_telling_leaves_a_notice_on_the_site_too(inbox):
    person = told()
    assert [n.user_id for n in db.session.scalars(select(Notice))] == [person.id]


def test_a_line_break_in_a_title_cannot_add_a_header(inbox):
    told(title="제목\nBcc: other@example.com")
    deliver_due()
    assert inbox.mails[0]["Bcc"] is None


def test_a_mail_that_the_server_refuses_is_tried_again_later_and_not_lost(inbox):
    told()
    inbox.answer = "451 later"
    assert deliver_due() == 0
    waiting = mail()
    assert (waiting.state, waiting.attempts) == (MailState.PENDING, 1)
    assert waiting.next_attempt_at > utcnow()
    assert "451" in waiting.last_error


def test_a_mail_that_never_gets_through_ends_with_staff_who_may_send_it_again(inbox):
    told()
    inbox.answer = "550 no"
    for _ in range(MAX_ATTEMPTS):
        with writing_allowed():
            mail().next_attempt_at = utcnow()
            db.session.commit()
        deliver_due()
    assert mail().state == MailState.DEAD
    inbox.answer = "250 OK"
    with pytest.raises(NotAllowed):
        send_again(mail().id, by=factories.user(Role.COMPANY))
    send_again(mail().id, by=factories.user(Role.ADMIN))
    assert deliver_due() == 1
    assert len(inbox.mails) == 1


def test_a_dead_server_loses_nothing(app, monkeypatch):
    monkeypatch.setattr(settings.current(), "smtp_port", 1)
    told()
    assert deliver_due() == 0
    assert mail().state == MailState.PENDING


def test_no_valid_token_lies_in_the_database(inbox):
    person = factories.user(Role.COMPANY)
    with recorded(None, Event.RESET_ASKED, person):
        tell(person, Event.RESET_ASKED, "비밀번호 재설정", "/reset/{token}", token_purpose="reset")
    assert mail().path == "/reset/{token}"
    deliver_due()
    link = inbox.mails[0].get_content().strip().splitlines()[-1]
    assert tokens.read("reset", link.rpartition("/")[2]) == (person.id, person.link_stamp)
