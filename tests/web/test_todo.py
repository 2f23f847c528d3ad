"""나의 할 일 and the notices below it."""

from datetime import timedelta

import pytest

from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.database import utcnow
from marketplace.events import Event
from marketplace.notifications import tell, unread_count
from marketplace.web import todo as todo_module
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


def test_days_left_are_counted_by_the_korean_calendar():
    assert Todo("x", "/", utcnow()).days_left is None
    assert Todo("x", "/", utcnow(), due=utcnow()).days_left == 0
    assert Todo("x", "/", utcnow(), due=utcnow() + timedelta(days=1)).days_left == 1


def test_an_empty_list_says_what_comes(waiting, browser):
    waiting()
    assert "지금 하실 일이 없습니다" in browser.get("/todo").text


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
