"""The pages on which proposed weights are looked at and decided on."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from marketplace.access import Role
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.matching.backtest import BackTest, Figure, back_test
from marketplace.matching.comparing import SAMPLE, two_lists
from marketplace.matching.learning import present_weights
from marketplace.matching.models_learning import LearnedWeights, ProposalState
from marketplace.matching.states import CaseState
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import World

REASON = "회의에서 정한 대로 업종을 더 봅니다."
#: Whoever knows the industry comes first.
INDUSTRY = {**dict.fromkeys(present_weights({}), 0.0), "words": 0.1, "industry": 0.9}
BETTER = BackTest(
    "2026-05-01", 200, 90, 60, Figure(0.6, 0.7, 0.1, 0.05, 0.15), Figure(0.7, 0.75, 0.05, 0.01, 0.09)
)


@pytest.fixture
def world(app) -> World:
    """Two experts: one whose words fit, in another industry; one of the industry, with few words."""
    world = World(experts=0)
    world.wordy = factories.expert(
        name="김말씀",
        industries=["C10"],
        bio="아연 도금 라인에서 밀착 불량과 반품을 줄였고 품질을 관리했습니다.",
    )
    world.insider = factories.expert(
        name="이업종", industries=["C25"], headline="금속", bio="금속 회사에서 총무를 맡았습니다.", skills=()
    )
    for _ in range(20):
        factories.expert(industries=["C10"], headline="식품", bio="식품 위생과 포장을 맡았습니다.", skills=())
    return world


def open_case(world, **facts):
    request = factories.request(factories.company(), world.programme, RequestState.ELIGIBLE)
    return factories.case(request, **facts)


def proposal(world, test: BackTest = BETTER, **facts) -> LearnedWeights:
    defaults = {
        "weights": INDUSTRY,
        "prior": present_weights({}),
        "data_digest": "0" * 64,
        "decisions": 290,
        "firms": 150,
        "better": test.better,
        "figures": test.to_json(),
    }
    return factories.save(LearnedWeights(programme_id=world.programme.id, **{**defaults, **facts}))


def test_both_lists_stand_side_by_side_with_moves_and_their_reasons(world):
    open_case(world)
    both = two_lists(world.official, world.programme, present_weights({}), INDUSTRY)
    assert len(both) == 1
    _, now, then = both[0].rows[0]
    assert (now.name, then.name) == ("김말씀", "이업종")
    assert (then.rank, then.other) == (1, 2)
    assert then.reasons[0][0] == "industry"
    assert then.reasons[0][2] > then.reasons[0][1]
    down = both[0].rows[1][2]
    assert (down.name, down.rank, down.other) == ("김말씀", 2, 1)
    assert both[0].moved >= 2


def test_equal_weights_give_equal_lists_in_which_nobody_moves(world):
    open_case(world)
    both = two_lists(world.official, world.programme, present_weights({}), present_weights({}))[0]
    assert both.moved == 0
    assert all(then.other == then.rank and not then.reasons for _, _, then in both.rows)


def test_a_programme_without_open_requests_has_no_lists(world):
    open_case(world, state=CaseState.WITHDRAWN)
    assert two_lists(world.official, world.programme, present_weights({}), INDUSTRY) == []


def test_the_sample_is_spread_and_never_larger_than_it_says(world):
    cases = [open_case(world) for _ in range(SAMPLE * 2)]
    found = two_lists(world.official, world.programme, present_weights({}), INDUSTRY)
    assert [both.case.id for both in found] == [case.id for case in cases[::2]]


def test_the_page_shows_weights_lists_moves_and_the_back_test_with_definitions(world, client):
    open_case(world)
    made = proposal(world)
    page = sign_in(client, world.official).get(f"/learning/{made.id}").text
    for said in (
        "제안한 가중치가 지금 가중치보다 나았습니다.",
        "기업 60곳",
        "+0.050 ~ +0.150",
        "맞게 견준 비율",
        "95% 구간",
        "1계단 오름",
        "업종 경험",
        "90.00%",
        "김말씀",
        "이업종",
    ):
        assert said in page, said
    assert f"/learning/{made.id}/adopt" in page
    assert f"/learning/{made.id}/reject" in page


def test_the_operator_sees_the_page_without_the_buttons(world, client):
    made = proposal(world)
    page = sign_in(client, world.operator).get(f"/learning/{made.id}")
    assert page.status_code == 200
    assert "/adopt" not in page.text


def test_without_held_out_decisions_the_page_says_plainly_that_the_weights_stay(world, client):
    made = proposal(world, back_test([], {}))
    page = sign_in(client, world.official).get(f"/learning/{made.id}").text
    assert "확인에 쓸 결정이 모자랍니다. 지금 가중치를 유지합니다." in page


@pytest.mark.both_databases
def test_adopting_sets_the_programmes_weights(app, client):
    world = World(experts=1)
    made = proposal(world)
    sign_in(client, world.official)
    answer = client.post(f"/learning/{made.id}/adopt", data={"reason": REASON})
    assert (answer.status_code, answer.location) == (303, f"/learning/{made.id}")
    db.session.expire_all()
    assert world.programme.weights == INDUSTRY
    page = client.get(f"/learning/{made.id}").text
    assert REASON in page
    assert "/adopt" not in page
    listed = client.get(f"/programmes/{world.programme.id}/learning").text
    assert "채택됨" in listed
    assert "90.00%" in listed


def test_rejecting_keeps_the_weights_and_the_reason(world, client):
    made = proposal(world)
    sign_in(client, world.official)
    assert client.post(f"/learning/{made.id}/reject", data={"reason": "아직 이릅니다."}).status_code == 303
    db.session.expire_all()
    assert world.programme.weights == {}
    assert "아직 이릅니다." in client.get(f"/learning/{made.id}").text


def test_unproven_weights_with_a_short_reason_are_refused_at_the_field_and_the_words_stay(world, client):
    made = proposal(world, back_test([], {}))
    sign_in(client, world.official)
    answer = client.post(f"/learning/{made.id}/adopt", data={"reason": "해 봅시다"})
    assert answer.status_code == 422
    assert "그래도 채택하려면 사유를 10자 이상 적어 주십시오." in answer.text
    assert 'id="reason-error"' in answer.text
    assert "해 봅시다" in answer.text
    db.session.expire_all()
    assert made.state == ProposalState.PROPOSED


def test_an_empty_reason_is_asked_for_at_the_field(world, client):
    made = proposal(world)
    answer = sign_in(client, world.official).post(f"/learning/{made.id}/reject", data={"reason": " "})
    assert answer.status_code == 422
    assert "사유를 적어 주십시오." in answer.text


def test_weights_that_changed_meanwhile_are_named_and_cannot_be_adopted(world, client):
    made = proposal(world)
    world.programme.weights = {"region": 0.3}
    factories.save(world.programme)
    sign_in(client, world.official)
    page = client.get(f"/learning/{made.id}").text
    assert "제안한 뒤에 사업의 가중치가 바뀌었습니다" in page
    assert ">채택<" not in page
    assert client.post(f"/learning/{made.id}/adopt", data={"reason": REASON}).status_code == 409


def test_the_programme_page_leads_to_learning_for_those_who_may_see_it(world, client):
    address = f"/programmes/{world.programme.id}"
    assert f"{address}/learning" in sign_in(client, world.operator).get(address).text
    admin = factories.user(Role.ADMIN)
    assert f"{address}/learning" not in sign_in(client, admin).get(address).text
    assert client.get(f"{address}/learning").status_code == 403


def test_the_yearly_figure_is_shown_with_its_definition_and_can_be_taken_along(world, client):
    world.experts = [world.wordy, world.insider]
    case = world.case(CaseState.APPROVED)
    case.chosen.rank = 2
    factories.save(case.chosen)
    auditor = factories.user(Role.AUDITOR)
    page = sign_in(client, auditor).get(f"/programmes/{world.programme.id}/learning").text
    assert "1건 (100.0%)" in page
    assert "최종 승인된 전문가가 추천될 때 몇 위였는지" in page
    rows = (
        client.post("/exports/overrides", data={"format": "csv"}).get_data().decode("utf-8-sig").splitlines()
    )
    assert rows[0].startswith("사업 코드,연도,최종 승인,1위가 아님,1위가 아님 비율")
    assert rows[1].split(",")[0] == world.programme.code
    assert rows[1].split(",")[2:5] == ["1", "1", "100.0"]


def statements(client, address: str) -> int:
    seen = []

    def listen(*given):
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(seen)


def test_the_pages_need_as_many_statements_for_many_rows_as_for_few(world, client):
    made = proposal(world)
    for _ in range(SAMPLE):
        open_case(world)
    world.experts = [world.wordy, world.insider]
    world.case(CaseState.APPROVED)
    sign_in(client, world.official)
    pages = (f"/programmes/{world.programme.id}/learning", f"/learning/{made.id}")
    for page in pages:
        statements(client, page)  # caches that a first page fills are not counted
    few = [statements(client, page) for page in pages]
    for _ in range(12):
        proposal(world)
        open_case(world)
        world.case(CaseState.APPROVED)
        factories.expert()
    for page in pages:
        statements(client, page)
    assert [statements(client, page) for page in pages] <= few
