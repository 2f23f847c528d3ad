"""What only one can have: a firm's one open request in a programme, and the money of the programme."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.audit import history_of
from marketplace.companies import actions
from marketplace.companies.eligibility import findings
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import OPEN_STATES, RequestState
from marketplace.database import db, read_only, utcnow
from marketplace.errors import RuleBroken
from tests import factories
from tests.companies.conftest import FINE, full_request
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases
S = RequestState
REASON = "추가경정예산이 확정되었습니다."


@pytest.mark.parametrize("state", OPEN_STATES)
def test_a_second_request_is_not_handed_in_while_another_is_open(world, state):
    first = full_request(world, state, reason="사유")
    second = full_request(world)
    with pytest.raises(RuleBroken, match="먼저 취소해 주십시오") as refused:
        actions.submit_request(second, by=world.person)
    assert refused.value.facts == {"others": first.reference}
    db.session.refresh(second)
    assert (second.state, history_of(second)) == (S.DRAFT, [])


@pytest.mark.parametrize("state", [S.DRAFT, S.INELIGIBLE, S.WITHDRAWN])
def test_a_request_that_is_not_open_stands_in_nobodys_way(world, state):
    full_request(world, state)
    second = full_request(world)
    actions.submit_request(second, by=world.person)
    assert second.state == S.SUBMITTED


def test_another_programme_and_another_firm_stand_in_nobodys_way(world):
    factories.request(world.firm, factories.programme(), S.SUBMITTED)
    factories.request(factories.company(), world.programme, S.SUBMITTED)
    second = full_request(world)
    actions.submit_request(second, by=world.person)
    assert second.state == S.SUBMITTED


def test_an_objection_is_not_raised_while_another_request_is_open(world):
    refused_once = full_request(world, S.INELIGIBLE, answer_due_at=utcnow() + timedelta(days=7))
    other = full_request(world, S.SUBMITTED)
    with pytest.raises(RuleBroken, match="이의를 신청할 수 없습니다") as refused:
        actions.raise_objection(refused_once, "휴업이 아닙니다.", by=world.person)
    assert refused.value.facts == {"others": other.reference}
    actions.withdraw_request(other, by=world.person)
    actions.raise_objection(refused_once, "휴업이 아닙니다.", by=world.person)
    assert refused_once.state == S.OBJECTED


def test_the_page_says_which_request_is_open_and_keeps_the_draft(world, client):
    first = full_request(world, S.CHECKING)
    second = full_request(world)
    sign_in(client, world.person)
    page = client.get(f"/requests/{second.id}/edit").text
    page_id, version = (
        page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0] for name in ("page", "version")
    )
    data = {
        "page": page_id, "version": version, "title": "새로 적은 제목", "problem": second.problem,
        "goal": second.goal, "tier_id": second.tier_id, "months": 3, "start_on": second.start_on.isoformat(),
        "mode": "onsite", "region": "48", "place": second.place, "level": second.level,
        "declarations": second.declarations, f"priority_{second.needs[0].id}": "3", "do": "submit",
    }  # fmt: skip
    answer = client.post(f"/requests/{second.id}/edit", data=data)
    assert answer.status_code == 422, answer.text
    assert f"이미 있습니다({first.reference})" in answer.text
    assert "새로 적은 제목" in answer.text


def test_a_budget_that_does_not_reach_is_said_with_its_figures(world):
    world.programme.budget = 20_000_000
    factories.save(world.programme)
    other = factories.request(
        factories.company(), world.programme, S.ELIGIBLE, tier_id=world.programme.tiers[1].id
    )
    assert other.tier.total == 16_800_000
    request = full_request(world, S.CHECKING)
    assert findings(request)["budget"].result == "fault"
    for checks in (FINE, {**FINE, "budget": {"result": "fault", "note": REASON}}):
        with pytest.raises(RuleBroken) as refused:
            actions.find_eligible(request, checks, by=world.operator)
        assert refused.value.field == "budget"
        for figure in ("8,400,000원", "3,200,000원", "20,000,000원", "16,800,000원"):
            assert figure in str(refused.value)
    db.session.refresh(request)
    assert (request.state, history_of(request)) == (S.CHECKING, [])


@pytest.mark.parametrize("result", ["ok", "unknown"])
def test_with_a_reason_on_record_the_operator_goes_beyond_the_budget(world, result):
    world.programme.budget = 1_000_000
    factories.save(world.programme)
    request = full_request(world, S.CHECKING)
    checks = {**FINE, "budget": {"result": result, "note": REASON}}
    actions.find_eligible(request, checks, by=world.operator)
    assert request.state == S.ELIGIBLE
    assert history_of(request)[-1].facts["over_budget"] == {
        "price": "8,400,000",
        "budget": "1,000,000",
        "committed": "0",
        "left": "1,000,000",
        "reason": REASON,
    }


def test_money_of_a_withdrawn_request_is_free_again(world):
    world.programme.budget = 8_400_000
    factories.save(world.programme)
    first = full_request(world, S.CHECKING)
    actions.find_eligible(first, FINE, by=world.operator)
    assert "over_budget" not in history_of(first)[-1].facts
    other = factories.request(
        factories.company(), world.programme, S.CHECKING, tier_id=world.programme.tiers[0].id
    )
    with pytest.raises(RuleBroken):
        actions.find_eligible(other, FINE, by=world.operator)
    actions.withdraw_request(first, by=world.person)
    actions.find_eligible(other, FINE, by=world.operator)
    assert other.state == S.ELIGIBLE


def test_the_page_of_the_check_keeps_what_was_noted_when_the_money_does_not_reach(world, client):
    world.programme.budget = 1_000_000
    factories.save(world.programme)
    request = full_request(world, S.CHECKING)
    data = dict.fromkeys(FINE, "ok") | {"region_note": "공장등록증 확인", "do": "eligible"}
    sign_in(client, world.operator)
    answer = client.post(f"/staff/requests/{request.id}/decide", data=data)
    assert answer.status_code == 422
    assert "총사업비 8,400,000원이 남은 예산 1,000,000원을 넘습니다" in answer.text
    assert "공장등록증 확인" in answer.text
    assert (
        client.post(f"/staff/requests/{request.id}/decide", data={**data, "budget_note": REASON}).status_code
        == 303
    )


def at_once(app, attempts: list[Callable[[], None]]) -> Counter[str]:
    """Let everybody try at the same time; how many of each outcome."""
    outcomes: list[str] = []
    barrier = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], None]) -> None:
        with app.app_context():
            read_only(False)
            barrier.wait(30)
            try:
                attempt()
                outcomes.append("done")
            except RuleBroken as broken:
                outcomes.append(broken.sentence)

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return Counter(outcomes)


@pytest.mark.parametrize("trial", range(3))
def test_of_two_requests_handed_in_at_once_one_is_taken(world, app, trial):
    numbers, person_id = [full_request(world).id for _ in range(2)], world.person.id
    db.session.close()

    def submit(number: int) -> None:
        actions.submit_request(
            db.session.get_one(MentoringRequest, number), by=db.session.get_one(User, person_id)
        )

    outcome = at_once(app, [lambda number=number: submit(number) for number in numbers])
    assert outcome == {"done": 1, actions.ALREADY_OPEN: 1}
    assert db.session.query(MentoringRequest).filter_by(state=S.SUBMITTED).count() == 1


@pytest.mark.parametrize("trial", range(3))
def test_of_two_decisions_about_the_last_money_one_goes_through(world, app, trial):
    world.programme.budget = 8_400_000
    factories.save(world.programme)
    tier = world.programme.tiers[0].id
    numbers = [
        factories.request(factories.company(), world.programme, S.CHECKING, tier_id=tier).id for _ in range(2)
    ]
    operator_id = world.operator.id
    db.session.close()

    def find(number: int) -> None:
        request = db.session.get_one(MentoringRequest, number)
        actions.find_eligible(request, FINE, by=db.session.get_one(User, operator_id))

    outcome = at_once(app, [lambda number=number: find(number) for number in numbers])
    assert outcome["done"] == 1 and len(outcome) == 2
    assert db.session.query(MentoringRequest).filter_by(state=S.ELIGIBLE).count() == 1
