"""A firm that stays silent does not leave the expert unpaid: staff confirm in its place, and others review."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.access import Role
from marketplace.database import db, utcnow
from marketplace.errors import RuleBroken
from marketplace.notifications import Notice
from marketplace.visits import actions
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.visits.world import World, log

HOW = "공장장과 통화하여 방문한 시간을 확인했습니다."


@pytest.fixture
def world(app):
    return World()


def silent(world: World) -> Visit:
    return world.visit(due_at=utcnow() - timedelta(days=1))


def test_before_the_firms_time_is_over_nobody_confirms_in_its_place(world):
    visit = world.visit()
    with pytest.raises(RuleBroken, match="지나기 전에는") as refused:
        actions.confirm_for_firm(visit, HOW, seen=1, by=world.operator)
    assert refused.value.conflict


def test_whoever_confirmed_in_the_firms_place_does_not_review_and_another_one_does(world):
    visit = silent(world)
    actions.confirm_for_firm(visit, HOW, seen=1, by=world.operator)
    with pytest.raises(RuleBroken, match="확인한 사람은 검토할 수 없습니다"):
        actions.accept(visit, 60, seen=1, by=world.operator)
    db.session.rollback()
    actions.accept(visit, 60, seen=1, by=factories.user(Role.OPERATOR, world.programme.operator))
    kept = db.session.get_one(Visit, visit.id)
    assert (kept.state, kept.confirmed_because, kept.confirmed_by_id) == (
        VisitState.ACCEPTED,
        HOW,
        world.operator.id,
    )


def test_firm_and_expert_are_told_with_the_reason(world):
    visit = silent(world)
    actions.confirm_for_firm(visit, HOW, seen=1, by=world.operator)
    told = {notice.user_id for notice in db.session.query(Notice) if "대신 확인" in notice.sentence}
    assert {world.firm.id, world.writer.id} <= told


def test_a_corrected_log_is_the_firms_to_confirm_again(world):
    visit = silent(world)
    actions.confirm_for_firm(visit, HOW, seen=1, by=world.operator)
    actions.send_back(
        visit, "참석자를 빠짐없이 적어 주십시오.", by=factories.user(Role.OPERATOR, world.programme.operator)
    )
    actions.correct(visit, log(1), seen=1, by=world.writer)
    kept = db.session.get_one(Visit, visit.id)
    assert (kept.state, kept.confirmed_because, kept.confirmed_by_id) == (VisitState.LOGGED, None, None)


def test_the_page_offers_it_to_staff_once_the_firm_is_late_and_keeps_a_short_reason(world, client):
    early, late = world.visit(), silent(world)
    sign_in(client, world.operator)
    assert "기업 대신 확인" not in client.get(f"/visits/{early.id}").text
    assert "기업 대신 확인" in client.get(f"/visits/{late.id}").text
    answer = client.post(f"/visits/{late.id}/confirm-for-firm", data={"reason": "통화함", "edition": 1})
    assert answer.status_code == 422
    assert "10자 이상" in answer.text
    assert "통화함</textarea>" in answer.text
    answer = client.post(
        f"/visits/{late.id}/confirm-for-firm", data={"reason": HOW, "edition": 1}, follow_redirects=True
    )
    assert "대신 확인했습니다" in answer.text
    assert HOW in answer.text
