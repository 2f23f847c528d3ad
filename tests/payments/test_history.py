"""What the page of a mentorship says of its visits and their money."""

from __future__ import annotations

import re

import pytest

from marketplace.audit import recorded
from marketplace.events import Event
from marketplace.mentorships.history import history
from marketplace.payments import actions
from marketplace.payments.queries import claim_of_visit
from marketplace.payments.states import ClaimState
from marketplace.visits import actions as visits
from marketplace.web.setup import day
from tests.conftest import sign_in
from tests.payments.world import World, fresh
from tests.visits.world import days_ago, key, log, today


@pytest.fixture
def world(app):
    world = World()
    with app.test_request_context():
        yield world


def reviewed(world: World, on: int):
    """The claim of a visit that was handed in, confirmed and reviewed by the verbs."""
    visit = visits.log_visit(world.mentorship, log(on), client_key=key(), by=world.writer)
    visits.confirm(visit, seen=visit.edition, by=world.firm)
    visits.accept(visit, visit.length, seen=visit.edition, by=world.operator)
    return claim_of_visit(visit.id)


def test_each_line_about_a_visit_or_its_money_says_of_which_day_it_was(app, world):
    claim = reviewed(world, 3)
    actions.approve(claim, by=world.payer)
    told = [(line["what"], line["note"]) for line in history(world.mentorship)[:4]]
    of_that_day = f"{day(days_ago(3))} 방문."
    assert told == [
        ("지급 승인", of_that_day),
        ("방문 검토 완료", of_that_day),
        ("방문 확인", of_that_day),
        ("방문일지 제출", of_that_day),
    ]


def test_a_log_that_was_corrected_counts_for_its_new_day_and_says_which_version_it_is(app, world):
    visit = visits.log_visit(world.mentorship, log(3), client_key=key(), by=world.writer)
    visits.correct(visit, log(4), seen=visit.edition, by=world.writer)
    assert history(world.mentorship)[0]["note"] == f"{day(days_ago(4))} 방문. 제2판."


def test_what_was_done_to_several_visits_at_once_stands_in_one_line_with_their_days(app, world):
    claims = [reviewed(world, on) for on in (6, 5, 4)]
    for claim in claims:
        actions.approve(claim, by=world.payer)
    actions.make_order(world.programme, [claim.id for claim in claims], by=world.payer)
    days = f"{day(days_ago(6))} ~ {day(days_ago(4))} 방문."
    told = [(line["what"], line["note"]) for line in history(world.mentorship)[:2]]
    assert told == [("지급 요청", days), ("지급 승인 3건", days)]


def test_what_the_bank_did_is_told_with_the_days_of_this_mentorship_alone(app, world):
    claims = [reviewed(world, 4), World(programme=world.programme).claim(ClaimState.APPROVED)]
    actions.approve(claims[0], by=world.payer)
    for claim in claims:
        actions.make_order(world.programme, [claim.id], by=world.payer)
    with recorded(world.payer, Event.ROWS_IMPORTED, kind="payments"):
        actions.take_results({claim.id: today() for claim in map(fresh, claims)}, {}, by=world.payer)
    newest = history(world.mentorship)[0]
    assert (newest["what"], newest["note"]) == ("은행 이체 결과 등록", f"{day(days_ago(4))} 방문.")


def test_a_long_past_is_folded_after_its_newest_lines(app, world):
    for on in range(3, 9):
        reviewed(world, on)
    page = sign_in(app.test_client(), world.firm).get(f"/mentorships/{world.mentorship.id}").text
    lines = len(history(world.mentorship))
    shown, folded = page[page.index('id="history"') :].split("<details", 1)
    assert len(re.findall("history-what", shown)) == 12
    assert len(re.findall("history-what", folded)) == lines - 12
    assert f"이전 기록 {lines - 12}건" in folded
