"""나의 할 일 and the notices below it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.database import clock_at, db, utcnow
from marketplace.events import Event
from marketplace.notifications import Notice, tell, unread_count
from marketplace.web import todo as todo_module
from marketplace.web.setup import age_days
from marketplace.web.todo import Todo
from tests import factories
from tests.conftest import sign_in


@pytest.fixture
def waiting(monkeypatch):
    """Let exactly these things wait."""

    def wait(*todos):
        monkeypatch.setattr(todo_module, "_sources", [lambda user: list(todos)])

    return wait


@pytest.fixture
def browser(app, client):
    return sign_in(client, factories.user(Role.AUDITOR))


def test_the_oldest_comes_first_with_its_facts_and_number(waiting, browser):
    now = utcnow()
    waiting(
        Todo("새 일 %(name)s", "/new", since=now - timedelta(days=1), facts={"name": "하나"}),
        Todo("오래된 일", "/old", since=now - timedelta(days=9), count=7),
    )
    page = browser.get("/todo").text
    assert page.index("오래된 일") < page.index("새 일 하나")
    assert "7건" in page
    assert 'href="/old"' in page


@pytest.mark.parametrize("days, late", [(-2, True), (3, False)])
def test_what_is_overdue_is_marked(waiting, browser, days, late):
    now = utcnow()
    waiting(Todo("기한이 있는 일", "/x", since=now - timedelta(days=5), due=now + timedelta(days=days)))
    page = browser.get("/todo").text
    assert ("is-late" in page) is late
    assert ("2일 지남" in page) is late


def test_the_days_of_waiting_are_counted_by_the_korean_calendar(waiting, browser):
    evening_in_seoul = datetime(2026, 11, 10, 14, tzinfo=UTC)
    for hours, days in ((0, 0), (1, 1), (25, 2), (15 * 24 + 11, 16)):
        with clock_at(evening_in_seoul + timedelta(hours=hours)):
            assert age_days(evening_in_seoul) == days
    waiting(Todo("오래된 일", "/x", since=utcnow() - timedelta(days=16)))
    assert "17일째" in browser.get("/todo").text  # the day on which it began is the first
    waiting(Todo("새 일", "/x", since=utcnow() - timedelta(days=1)))
    assert "2일째" in browser.get("/todo").text


def test_days_left_are_counted_by_the_korean_calendar():
    assert Todo("x", "/", utcnow()).days_left is None
    assert Todo("x", "/", utcnow(), due=utcnow()).days_left == 0
    assert Todo("x", "/", utcnow(), due=utcnow() + timedelta(days=1)).days_left == 1


def test_an_empty_list_says_what_comes(waiting, browser):
    waiting()
    assert "지금 하실 일이 없습니다" in browser.get("/todo").text


@pytest.mark.parametrize(
    "role, places",
    [
        (Role.COMPANY, ["/requests/new"]),
        (Role.EXPERT, ["/offers", "/expert"]),
        (Role.MINISTRY, ["/cases", "/rounds", "/audit", "/staff/requests", "/visits/queue", "/payments"]),
        (Role.SPONSOR, ["/contribution"]),
        (Role.AUDITOR, ["/cases", "/rounds", "/audit", "/staff/requests", "/visits/queue", "/payments"]),
        (Role.ADMIN, ["/accounts", "/mails", "/audit"]),
    ],
)
def test_who_has_nothing_to_do_is_shown_where_to_go(app, client, waiting, role, places):
    waiting()
    person = factories.person_of(factories.company()) if role == Role.COMPANY else factories.user(role)
    page = sign_in(client, person).get("/todo").text
    assert re.findall(r'class="todo-title" href="([^"]*)"', page) == places


def test_a_firm_with_a_request_is_led_to_it_and_not_to_a_new_one(app, client, waiting):
    waiting()
    firm = factories.company()
    factories.request(firm)
    page = sign_in(client, factories.person_of(firm)).get("/todo").text
    assert re.findall(r'class="todo-title" href="([^"]*)"', page) == ["/requests"]


def test_places_are_not_shown_beside_what_waits(waiting, browser):
    waiting(Todo("일", "/x", since=utcnow()))
    assert re.findall(r'class="todo-title" href="([^"]*)"', browser.get("/todo").text) == ["/x"]


def test_the_ten_newest_notices_are_shown_by_day_and_all_unread_are_counted(app, client):
    user = factories.user(Role.AUDITOR)
    for number in range(12):
        with recorded(None, Event.CASE_OPENED):
            tell(user, Event.CASE_OPENED, "알림 %(number)d번", "/cases/1", number=number)
    older = db.session.scalars(select(Notice).where(Notice.user_id == user.id).order_by(Notice.id)).all()[:6]
    for notice in older:
        notice.created_at -= timedelta(days=3)
    factories.save(*older)
    page = sign_in(client, user).get("/todo").text
    assert re.findall(r"알림 (\d+)번", page) == [str(number) for number in range(11, 1, -1)]
    assert "읽지 않은 알림 12건" in page
    assert page.count('<h3 class="day">') == 2


@pytest.mark.both_databases
def test_notices_are_shown_and_marked_as_read(app, client):
    user, other = factories.user(Role.AUDITOR), factories.user(Role.AUDITOR)
    for person in (user, other):
        with recorded(None, Event.CASE_OPENED):
            tell(person, Event.CASE_OPENED, "%(name)s의 매칭을 시작했습니다", "/cases/1", name="대한정밀")
    sign_in(client, user)
    page = client.get("/todo").text
    assert "대한정밀의 매칭을 시작했습니다" in page
    assert "새 알림" in page
    assert client.post("/notices/read").status_code == 303
    assert "새 알림" not in client.get("/todo").text
    assert (unread_count(user), unread_count(other)) == (0, 1)


def test_a_mark_in_a_notice_is_text(app, client):
    user = factories.user(Role.AUDITOR)
    with recorded(None, Event.CASE_OPENED):
        tell(user, Event.CASE_OPENED, "%(name)s", "/cases/1", name="<script>alert(1)</script>")
    assert "<script>alert" not in sign_in(client, user).get("/todo").text
