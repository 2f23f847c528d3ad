"""The number of SQL statements of the list of steps does not grow with its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.companies.eligibility import today
from marketplace.course import actions
from marketplace.course.states import StepKind
from tests.architecture.test_statements import statements
from tests.conftest import sign_in
from tests.visits.world import World


def test_the_list_of_steps_asks_the_same_number_of_statements_at_ten_rows_and_at_more(app: Any) -> None:
    world = World(planned=0)
    browser = sign_in(app.test_client(), world.operator)

    def more(count: int) -> None:
        for _ in range(count):
            one = World(planned=0, programme=world.programme)
            actions.open_step(one.mentorship.id, StepKind.KICKOFF, today(), timedelta(days=9), {})

    more(10)
    statements(browser, "/course?tab=open")  # caches that a first page fills are not counted
    few = statements(browser, "/course?tab=open")
    more(190)
    assert statements(browser, "/course?tab=open") == few


def test_the_list_of_steps_is_shown_in_pages_and_by_state(app: Any) -> None:
    world = World(planned=0)
    browser = sign_in(app.test_client(), world.operator)
    for _ in range(60):
        one = World(planned=0, programme=world.programme)
        actions.open_step(one.mentorship.id, StepKind.KICKOFF, today(), timedelta(days=9), {})
    first, last = browser.get("/course?tab=open").text, browser.get("/course?tab=open&page=2").text
    assert first.count("/course/") > last.count("/course/") > 0
    assert "확인을 기다리는 것이 없습니다." in browser.get("/course").text
    assert "마친 것이 없습니다." in browser.get("/course?tab=closed").text
    assert browser.get("/course?tab=nonsense&page=99999999999999999999").status_code == 200
