"""The pages of the match machine: what each person sees and what their buttons do."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.companies import actions as company_actions
from marketplace.companies.eligibility import ITEMS
from marketplace.companies.models import CompanyRelation, RelationToFirm
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow
from marketplace.events import EVENT_LABELS, Event
from marketplace.experts.models import ExpertState
from marketplace.matching import actions, bulk, showing
from marketplace.matching.index import rank_case
from marketplace.matching.models import MatchCase
from marketplace.matching.progress import steps_of_case
from marketplace.matching.states import STATE_LABELS, CaseState
from marketplace.web.todo import todos_of
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import EXPLANATION, LONG_REASON, World, release


@pytest.fixture
def world(app):
    return World()


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def page(client, user, url, status=200):
    response = sign_in(client, user).get(url)
    assert response.status_code == status, response.text[:2000]
    return response.text


def post(client, user, url, data=None, status=303):
    response = sign_in(client, user).post(url, data=data or {})
    assert response.status_code == status, response.text[-3000:]
    return response


def without_tokens(text):
    """A page without what differs each time it is drawn."""
    return re.sub(r'(csrf[-_]token" (?:value|content)=)"[^"]+"', r"\1", text)


def badges(text):
    """The words of the badges on a page."""
    return re.findall(r'class="krds-badge[^"]*">([^<]*)</span>', text)


def released(world):
    case = world.case()
    release(case, [e.id for e in world.experts], by=world.operator)
    return fresh(case)


def test_the_queue_shows_ones_own_turn_first_and_every_tab_with_its_count(world, client):
    waiting, done = world.case(CaseState.ACCEPTED), world.case(CaseState.APPROVED)
    waiting.due_at = utcnow() - timedelta(days=2)
    factories.save(waiting)
    text = page(client, world.operator, "/cases")
    assert waiting.request.company.name in text
    assert done.request.company.name not in text
    assert "지연 1" in text
    assert done.request.company.name in page(client, world.operator, "/cases?tab=approved")
    everything = page(client, world.operator, "/cases?tab=all&sort=-due")
    assert waiting.request.company.name in everything
    assert done.request.company.name in everything


@pytest.mark.parametrize(
    "query",
    ["?page=abc", "?tab=nonsense", "?sort=password", "?programme=99999999999999", "?q=%00%F0%9F%98%80"],
)
def test_a_strange_address_of_the_queue_is_still_a_page(world, client, query):
    page(client, world.operator, f"/cases{query}")


def test_the_queue_is_searched_by_firm_and_by_expert(world, client):
    one, two = world.case(CaseState.ACCEPTED), world.case(CaseState.MATCHING)
    text = page(client, world.operator, f"/cases?tab=all&q={one.chosen.expert.name}")
    assert one.request.reference in text
    assert two.request.reference not in text


def test_another_programmes_case_does_not_exist_for_an_operator(world, client):
    other = World().case(CaseState.ACCEPTED)
    for url in (f"/cases/{other.id}", f"/cases/{other.id}/candidates", f"/cases/{other.id}/excluded"):
        page(client, world.operator, url, 404)
    post(client, world.operator, f"/cases/{other.id}/approve-first", status=404)
    assert other.request.reference not in page(client, world.operator, "/cases?tab=all")
    page(client, world.operator, f"/cases/{10**20}", 404)


@pytest.mark.parametrize("state", CaseState, ids=str)
def test_the_case_page_opens_in_every_state_for_everyone_who_may_see_it(world, client, state):
    case = world.case(state)
    for person in (world.operator, world.official, factories.user(Role.AUDITOR)):
        assert case.request.reference in page(client, person, f"/cases/{case.id}")


def test_what_a_page_says_of_a_score_is_what_was_stored(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    staff_text = page(client, world.operator, f"/cases/{case.id}")
    firm_text = page(client, firm, f"/requests/{case.request_id}/candidates")
    for candidate in case.candidates:
        assert candidate.score == round(
            sum(p["points"] for p in candidate.explanation["parts"].values()) * 100
        )
        assert f"{candidate.score / 100:.2f}" in staff_text
        assert f"<strong>{candidate.score / 100:.0f}</strong>" in firm_text
        for part in candidate.explanation["parts"].values():
            shown = f"{part['points']:.1f} / {part['weight'] * 100:g}"
            if part["value"] is not None:
                assert f"{part['points']:.1f} / " in firm_text, shown
    # The profile changes afterwards; what was said when the experts were proposed stays.
    world.experts[0].bio = "전혀 다른 일"
    world.experts[0].touch()
    factories.save(world.experts[0])
    again = page(client, firm, f"/requests/{case.request_id}/candidates")
    assert without_tokens(again) == without_tokens(firm_text)


def test_an_unknown_part_is_shown_as_unknown(world, client):
    world.experts[0].industries = []
    factories.save(world.experts[0])
    case = released(world)
    part = case.candidate_for(world.experts[0].id).explanation["parts"]["industry"]
    assert part["value"] is None
    text = page(client, world.operator, f"/cases/{case.id}")
    assert "근거 부족" in text
    assert f"평균인 {part['points']:.2f}점" in text


def test_the_operator_proposes_the_ticked_experts(world, client):
    case = world.case()
    text = page(client, world.operator, f"/cases/{case.id}/candidates")
    seen = text.split('name="seen" value="')[1].split('"')[0]
    ids = [expert.id for expert in world.experts]
    response = post(
        client, world.operator, f"/cases/{case.id}/candidates", {"seen": seen, "experts": ids[:1]}, 422
    )
    assert f'value="{ids[0]}" checked' in response.text
    post(client, world.operator, f"/cases/{case.id}/candidates", {"seen": seen, "experts": ids})
    assert fresh(case).state == CaseState.PROPOSED


@pytest.mark.parametrize("experts", [["abc"], ["-1"], [str(10**20)], ["\x00"], [""], ["999999"]])
def test_ids_that_are_none_are_refused_politely(world, client, experts):
    case = world.case()
    data = {"experts": experts, "seen": rank_case(case).result_hash}
    response = sign_in(client, world.operator).post(f"/cases/{case.id}/candidates", data=data)
    assert response.status_code in (404, 422)
    assert fresh(case).state == CaseState.MATCHING


def test_the_ministry_looks_at_the_ranking_but_cannot_propose(world, client):
    case = world.case()
    assert "기업에 추천" not in page(client, world.official, f"/cases/{case.id}/candidates")
    post(client, world.official, f"/cases/{case.id}/candidates", {"experts": [world.experts[0].id]}, 403)


def test_excluded_experts_are_searched_by_name_and_reason(world, client):
    case = world.case()
    out = factories.expert(careers=((case.request.company.name, None, None),), name="제외될사람")
    text = page(client, world.operator, f"/cases/{case.id}/excluded")
    assert "제외될사람" in text
    assert "전문가가 몸담았던" in text
    assert "제외될사람" not in page(client, world.operator, f"/cases/{case.id}/excluded?q=없는말")
    assert str(out.id) in page(client, world.operator, f"/cases/{case.id}/excluded?q=몸담")


def test_days_and_the_region_of_a_broken_rule_are_written_as_on_other_pages(world, client):
    case = world.case()
    late = factories.expert(available_from=date(2030, 1, 5), mode="onsite", regions=["11"])
    case.request.mode, case.request.region = "onsite", "48"
    factories.save(case.request)
    start = case.since
    text = page(client, world.operator, f"/cases/{case.id}/excluded")
    wanted = f"2030. 1. 5.부터 활동할 수 있어 희망 시작일 {start.year}. {start.month}. {start.day}.에 맞지"
    assert wanted in text
    assert "2030-01-05" not in text
    refused = post(
        client,
        world.operator,
        f"/cases/{case.id}/override",
        {"expert": late.id, "reason": LONG_REASON},
        status=422,
    ).text
    assert wanted in refused
    assert "대면 지원이 필요한 지역(경남)이" in refused
    world.operator.language = "en"
    factories.save(world.operator)
    refused = post(
        client,
        world.operator,
        f"/cases/{case.id}/override",
        {"expert": late.id, "reason": LONG_REASON},
        status=422,
    ).text
    assert "5 Jan 2030" in refused
    assert "Gyeongnam" in refused
    kept = next(out for out in rank_case(case).result["excluded"] if out["expert"] == str(late.id))
    assert kept["reasons"][0]["facts"]["available_from"] == "2030-01-05"


def test_excluded_experts_stand_in_the_order_of_their_numbers(world, client):
    case = world.case()
    for _ in range(9):
        factories.expert(careers=((case.request.company.name, None, None),))
    text = page(client, world.operator, f"/cases/{case.id}/excluded")
    numbers = [int(number) for number in re.findall(r'class="number">(\d+)</td>', text)]
    assert len(numbers) == 9
    assert numbers == sorted(numbers)


def test_a_kept_ranking_is_replayed_on_a_page(world, client):
    case = released(world)
    assert "같은 결과입니다" in page(client, world.official, f"/cases/{case.id}/replay")


def test_both_approvals_by_button_and_then_the_next_case(world, client):
    case, following = world.case(CaseState.ACCEPTED), None
    for expert in world.experts:
        expert.capacity = 5
    factories.save(*world.experts)
    following = world.case(CaseState.ACCEPTED)
    assert "승인할 수 있습니다" in page(client, world.operator, f"/cases/{case.id}")
    response = post(client, world.operator, f"/cases/{case.id}/approve-first", {"candidate": case.chosen_id})
    assert response.location == f"/cases/{following.id}"
    shown = {"candidate": case.chosen_id}
    post(client, world.official, f"/cases/{case.id}/approve-final", shown)
    assert fresh(case).state == CaseState.APPROVED
    assert post(client, world.official, f"/cases/{case.id}/approve-final", shown, status=409)


def test_a_refusal_without_a_reason_keeps_what_was_typed(world, client):
    case = world.case(CaseState.FIRST_APPROVED)
    for url in ("reject-final", "return"):
        text = post(client, world.official, f"/cases/{case.id}/{url}", {"reason": "짧은 말"}, 422).text
        assert "10자 이상" in text
        assert "짧은 말" in text
        assert post(client, world.official, f"/cases/{case.id}/{url}", {"reason": "가" * 10_000}, 422)
    post(client, world.official, f"/cases/{case.id}/return", {"reason": LONG_REASON})
    assert fresh(case).state == CaseState.ACCEPTED
    post(client, world.operator, f"/cases/{case.id}/reject", {"reason": LONG_REASON})
    assert fresh(case).state == CaseState.MATCHING


@pytest.mark.parametrize("act", ["reject", "stop"])
def test_a_decision_of_a_stale_tab_says_what_was_done_first_and_keeps_the_reason(world, client, act):
    case = world.case(CaseState.ACCEPTED)
    post(client, world.second_operator, f"/cases/{case.id}/approve-first", {"candidate": case.chosen_id})
    if act == "stop":
        post(client, world.official, f"/cases/{case.id}/approve-final", {"candidate": case.chosen_id})
    text = post(client, world.operator, f"/cases/{case.id}/{act}", {"reason": LONG_REASON}, 409).text
    assert "처리할 수 없습니다" in text
    assert LONG_REASON in text
    if act == "reject":
        assert "먼저 처리된 내용: 1차 승인" in text
        assert world.second_operator.name in text.split("먼저 처리된 내용")[1][:200]
    assert "먼저 처리된 내용" not in page(client, world.operator, f"/cases/{case.id}")


def test_a_firm_that_refuses_after_having_chosen_keeps_its_reason(world, client):
    case = world.case(CaseState.OFFERED)
    firm = factories.person_of(case.request.company)
    url = f"/requests/{case.request_id}/candidates/refuse"
    text = post(client, firm, url, {"reason": LONG_REASON}, 409).text
    assert "처리할 수 없습니다" in text
    assert LONG_REASON in text


def test_an_exception_that_came_too_late_keeps_its_reason(world, client):
    case = world.case(CaseState.APPROVED)
    data = {"expert": world.experts[1].id, "reason": LONG_REASON}
    text = post(client, world.operator, f"/cases/{case.id}/override", data, 409).text
    assert "처리할 수 없습니다" in text
    assert LONG_REASON in text


def test_the_decider_reads_every_reason_and_the_conflict_first(world, client):
    case = world.case(CaseState.ACCEPTED)
    name = case.request.company.name
    expert = factories.expert(careers=((name, None, None),))
    case.chosen.expert_id, expert.state, expert.reason = expert.id, ExpertState.SUSPENDED, "사유"
    factories.save(case.chosen, expert)
    for person, url in ((world.operator, "approve-first"), (world.operator, None)):
        if url:
            answer = post(client, person, f"/cases/{case.id}/{url}", {"candidate": case.chosen_id}, 422)
            text = answer.text
        else:
            text = page(client, person, f"/cases/{case.id}")
        refused = text[text.index("배정할 수 없습니다") :].partition("<")[0]
        assert refused.index(f"전문가가 몸담았던 {name}") < refused.index("자격 확인을 마치지 않은")
        assert refused.count("퇴직 후 24개월") == 1


def test_several_are_approved_at_once_after_a_preview(world, client):
    clean, dirty = world.case(CaseState.ACCEPTED), world.case(CaseState.ACCEPTED, world.experts[1])
    dirty.chosen.expert.state, dirty.chosen.expert.reason = ExpertState.SUSPENDED, "사유"
    factories.save(dirty.chosen.expert)
    query = f"/cases/approve?case={clean.id}&case={dirty.id}&case=abc&case={10**15}"
    text = page(client, world.operator, query)
    assert "승인할 수 있는 매칭 1건" in text
    assert "자격 확인" in text
    assert fresh(clean).state == CaseState.ACCEPTED
    shown = {
        "case": [clean.id, dirty.id],
        f"candidate-{clean.id}": clean.chosen_id,
        f"candidate-{dirty.id}": dirty.chosen_id,
    }
    response = post(client, world.operator, "/cases/approve", shown, 200)
    assert dirty.request.company.name in response.text
    assert (fresh(clean).state, fresh(dirty).state) == (CaseState.FIRST_APPROVED, CaseState.ACCEPTED)
    post(client, world.official, "/cases/approve", shown | {"case": [clean.id]})
    assert fresh(clean).state == CaseState.APPROVED
    page(client, factories.user(Role.AUDITOR), query, 403)


def with_needs(*needs):
    """An explanation that says of each (name, priority, covered) need what is to be seen."""
    facts = {"term": None, "kind": "entry", "level": None, "years": None, "last_used": None, "closeness": 0.5}
    return {
        **EXPLANATION,
        "needs": [
            {
                **facts,
                "need": name,
                "priority": priority,
                "covered": covered,
                "covered_by": None,
                "evidence": name,
            }
            for name, priority, covered in needs
        ],
    }


def test_only_what_the_firm_asked_for_counts_as_not_covered(world, client):
    case = world.case(CaseState.OFFERED)
    for candidate in case.candidates:
        candidate.explanation = with_needs(
            ("물은 것", 3, True), ("못 채운 것", 2, False), ("읽은 것", 0, True), ("읽었을 뿐", 0, False)
        )
    factories.save(*case.candidates)
    firm = factories.person_of(case.request.company)
    for user, url in (
        (firm, f"/requests/{case.request_id}/candidates"),
        (world.operator, f"/cases/{case.id}"),
        (case.offered.expert.user, f"/offers/{case.offered.id}"),
    ):
        text = page(client, user, url)
        assert "읽었을 뿐" not in text
        asked, _, read = text.partition("애로내용에서 읽은 분야")
        assert "물은 것" in asked
        assert "coverage-uncovered" in asked
        assert "coverage-uncovered" not in read.partition("</ul>")[0]
        assert "읽은 것" in read


@pytest.mark.parametrize(
    "points, word",
    [
        (100, "매우 적합"),
        (79.5, "매우 적합"),
        (79.4, "적합"),
        (60, "적합"),
        (59, "부분 적합"),
        (39.4, "낮음"),
        (0, "낮음"),
    ],
)
def test_a_score_is_called_by_the_word_for_the_number_that_is_shown(app, points, word):
    with app.test_request_context():
        assert showing.band(points)[0] == word
        assert showing.band(None) is None


def test_the_words_for_scores_are_explained_where_they_stand(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    for user, url in (
        (firm, f"/requests/{case.request_id}/candidates"),
        (world.operator, f"/cases/{case.id}/candidates"),
    ):
        text = page(client, user, url)
        assert "80점 이상" in text
        assert "40점 미만" in text


@pytest.mark.parametrize(
    "tab, columns",
    [
        ("matching", set()),
        ("proposed", {"전문가"}),
        ("offered", {"전문가", "점수"}),
        ("accepted", {"전문가", "점수", "고르기"}),
        ("first_approved", {"전문가", "점수"}),
        ("mine", {"전문가", "점수", "고르기"}),
        ("all", {"전문가", "점수", "고르기"}),
    ],
)
def test_a_tab_of_the_queue_has_the_columns_that_can_hold_something(world, client, tab, columns):
    for state in CaseState:
        world.case(state)
    text = page(client, world.operator, f"/cases?tab={tab}")
    heads = re.findall(r"<th scope=\"col\"[^>]*>\s*(?:<a[^>]*>)?([^<]*)<", text)
    assert {head.strip() for head in heads} & {"전문가", "점수", "고르기"} == columns
    for row in re.findall(r"<tr data-queue-item>.*?</tr>", text, re.DOTALL):
        assert len(re.findall(r"<t[hd][ >]", row)) == len(heads)


def test_the_firm_compares_and_states_its_order(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    ids = [candidate.id for candidate in case.candidates]
    url = f"/requests/{case.request_id}/candidates"
    text = page(client, firm, f"{url}?compare={ids[0]}&compare={ids[1]}&compare=x")
    assert text.count("후보 비교") >= 1
    response = post(client, firm, url, {"first": ids[0], "second": ids[0]}, 422)
    assert "두 번 고를 수 없습니다" in response.text
    assert post(client, firm, url, {"first": "abc"}, 422)
    post(client, firm, url, {"first": ids[1], "second": ids[0]})
    case = fresh(case)
    assert case.offered.id == ids[1]
    assert "회신 대기" in page(client, firm, url)


def test_numbers_and_addresses_that_an_expert_typed_in_are_hidden_from_the_firm(world, client):
    world.experts[0].headline = "도금 전문가 010-1234-5678"
    world.experts[0].bio = "QUA-01 공정불량 도금 상담은 me@example.com 으로 주십시오."
    factories.save(world.experts[0])
    case = released(world)
    text = page(client, factories.person_of(case.request.company), f"/requests/{case.request_id}/candidates")
    assert "010-1234-5678" not in text
    assert "me@example.com" not in text


def test_the_firm_refuses_all_with_a_reason(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    url = f"/requests/{case.request_id}/candidates"
    shown = {"listed": re.findall(r'name="listed" value="(\d+)"', page(client, firm, url))}
    assert len(shown["listed"]) == len(case.candidates)
    assert post(client, firm, f"{url}/refuse", shown | {"reason": " "}, 422)
    post(client, firm, f"{url}/refuse", shown | {"reason": "더 가까운 분을 원합니다."})
    assert fresh(case).state == CaseState.MATCHING


def test_the_firm_names_an_expert_it_found(world, client):
    case = world.case()
    firm = factories.person_of(case.request.company)
    expert = world.experts[0]
    assert "이 전문가를 후보로 지정" in page(client, firm, f"/experts/{expert.id}")
    url = f"/requests/{case.request_id}/nominate/{expert.id}"
    assert expert.name in page(client, firm, url)
    post(client, firm, url)
    assert fresh(case).state == CaseState.PROPOSED
    assert post(client, firm, url, status=422)
    page(client, world.firm, url, 404)


def test_another_firms_candidates_do_not_exist(world, client):
    case = released(world)
    page(client, world.firm, f"/requests/{case.request_id}/candidates", 404)
    post(client, world.firm, f"/requests/{case.request_id}/candidates", {"first": 1}, 404)


def test_the_offer_that_runs_out_first_stands_first(world, client):
    expert = world.experts[0]
    urgent, later = world.case(CaseState.OFFERED, expert), world.case(CaseState.OFFERED, expert)
    urgent.offered.expires_at = utcnow() + timedelta(days=1)
    urgent.offered.offered_at = utcnow() - timedelta(days=2)
    factories.save(urgent.offered)
    text = page(client, expert.user, "/offers")
    assert text.index(urgent.request.company.name) < text.index(later.request.company.name)


def test_an_expert_reads_and_accepts_an_offer(world, client):
    case = world.case(CaseState.OFFERED)
    offer = case.offered
    assert case.request.company.name in page(client, offer.expert.user, "/offers")
    assert case.request.problem in page(client, offer.expert.user, f"/offers/{offer.id}")
    post(client, offer.expert.user, f"/offers/{offer.id}/accept")
    assert fresh(case).state == CaseState.ACCEPTED
    assert "수락하셨습니다" in page(client, offer.expert.user, f"/offers/{offer.id}")
    post(client, offer.expert.user, f"/offers/{offer.id}/accept", status=409)


def test_an_expert_declines_and_becomes_unavailable_in_one_step(world, client):
    case = world.case(CaseState.OFFERED)
    offer = case.offered
    url = f"/offers/{offer.id}/decline"
    assert post(client, offer.expert.user, url, {"become_unavailable": "y"}, 422)
    post(client, offer.expert.user, url, {"reason": "수술을 받습니다.", "become_unavailable": "y"})
    case = fresh(case)
    assert case.candidate(offer.id).expert.paused_at is not None
    assert case.offered.id != offer.id


def test_an_expert_who_declines_in_a_stale_tab_reads_why_not_and_keeps_the_reason(world, client):
    offer = world.case(CaseState.OFFERED).offered
    post(client, offer.expert.user, f"/offers/{offer.id}/accept")
    data = {"reason": "수술을 받게 되었습니다."}
    text = post(client, offer.expert.user, f"/offers/{offer.id}/decline", data, 409).text
    assert "이미 처리되었거나 종료된 제안입니다." in text
    assert "수술을 받게 되었습니다." in text


def test_somebody_elses_offer_and_one_never_made_do_not_exist(world, client):
    case = world.case(CaseState.OFFERED)
    asked, waiting = case.offered, next(c for c in case.candidates if c.preference == 2)
    page(client, waiting.expert.user, f"/offers/{asked.id}", 404)
    page(client, waiting.expert.user, f"/offers/{waiting.id}", 404)
    post(client, waiting.expert.user, f"/offers/{waiting.id}/accept", status=404)


def test_everyone_finds_what_waits_for_them_in_their_todo(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    expected = [(CaseState.PROPOSED, firm), (CaseState.OFFERED, None)]
    for state, person in expected:
        case = fresh(case)
        assert case.state == state
        person = person or case.offered.expert.user
        with client.application.test_request_context():
            assert len([todo for todo in todos_of(person) if case.request.reference or todo]) >= 1
        if state == CaseState.PROPOSED:
            actions.prefer(case, {1: case.candidates[0].id}, by=firm)
    actions.accept(case.offered, by=case.offered.expert.user)
    for person, words in ((world.operator, "1차 승인"), (world.official, "최종 승인")):
        with client.application.test_request_context():
            assert any(words in todo.sentence for todo in todos_of(person))
        if person is world.operator:
            actions.approve_first(fresh(case), seen=case.chosen_id, by=person)


def test_the_request_page_shows_where_the_case_stands(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    text = page(client, firm, f"/requests/{case.request_id}")
    assert "희망순위" in text
    assert f"/requests/{case.request_id}/candidates" in text


def test_after_approval_the_firm_sees_it_and_the_day_of_each_step(world, client):
    case = released(world)
    firm = factories.person_of(case.request.company)
    actions.prefer(fresh(case), {1: case.candidates[0].id}, by=firm)
    actions.accept(fresh(case).offered, by=fresh(case).offered.expert.user)
    actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator)
    actions.approve_final(fresh(case), seen=case.chosen_id, by=world.official)
    when = {entry.event: entry.at for entry in history_of(fresh(case))}
    steps = steps_of_case(fresh(case).request)
    assert [step.state for step in steps] == ["done"] * 5
    assert [step.when for step in steps[:3]] == [
        when[Event.CANDIDATES_RELEASED],
        when[Event.PREFERENCES_STATED],
        when[Event.OFFER_ACCEPTED],
    ]
    assert [step.when for step in steps[3:]] == [fresh(case).first_approved_at, fresh(case).approved_at]
    for url in (f"/requests/{case.request_id}", "/requests"):
        assert badges(page(client, firm, url)) == ["승인 완료"]


def test_an_exception_ends_the_steps_that_it_skips(world):
    case = world.case()
    actions.override(case, world.experts[0].id, LONG_REASON, by=world.operator)
    (entry,) = (e for e in history_of(fresh(case)) if e.event == Event.MATCH_OVERRIDDEN)
    steps = steps_of_case(fresh(case).request)
    assert [(step.state, step.when) for step in steps[:2]] == [("done", entry.at)] * 2


def test_a_request_found_eligible_opens_a_case_and_its_withdrawal_ends_it(world, client):
    request = factories.request(factories.company(), world.programme, RequestState.CHECKING)
    checks = {item: {"result": "ok", "note": ""} for item in ITEMS}
    company_actions.find_eligible(request, checks, by=world.operator)
    case = MatchCase.of_request(request)
    assert (case.state, case.since, case.until) == (CaseState.MATCHING, request.start_on, request.ends_on)
    release(case, [e.id for e in world.experts], by=world.operator)
    firm = factories.person_of(request.company)
    actions.prefer(fresh(case), {1: fresh(case).candidates[0].id}, by=firm)
    company_actions.withdraw_request(fresh(case).request, "사정이 바뀌었습니다.", by=firm)
    case = fresh(case)
    assert (case.state, case.request.state) == (CaseState.WITHDRAWN, RequestState.WITHDRAWN)
    assert {str(c.state) for c in case.candidates} == {"lapsed"}


def through_to_approval(world):
    """A case that was brought to its final approval by its actions; the expert who took it."""
    case = released(world)
    actions.prefer(case, {1: case.candidates[0].id, 2: case.candidates[1].id}, by=case.request.people()[0])
    case = fresh(case)
    first, second = case.offered, case.waiting[0]
    actions.decline(first, "가족이 아파 맡기 어렵습니다.", by=first.expert.user)
    case = fresh(case)
    actions.accept(second, by=second.expert.user)
    case = fresh(case)
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    actions.approve_final(fresh(case), seen=case.chosen_id, by=world.official)
    return fresh(case), second.expert


def test_after_the_final_approval_the_firms_page_names_its_expert_and_its_history_goes_on(world, client):
    case, expert = through_to_approval(world)
    text = page(client, case.request.people()[0], f"/requests/{case.request_id}")
    match = text[text.index('id="match"') : text.index('id="history"')]
    assert expert.name in match
    assert STATE_LABELS[CaseState.APPROVED] in match
    told = text[text.index('id="history"') :]
    for event in (
        Event.CANDIDATES_RELEASED,
        Event.PREFERENCES_STATED,
        Event.OFFER_DECLINED,
        Event.OFFER_ACCEPTED,
        Event.MATCH_APPROVED_FIRST,
        Event.MATCH_APPROVED,
    ):
        assert EVENT_LABELS[event] in told, event
    assert f"전문가: {expert.name}." in told
    assert "가족이 아파" not in text  # the operator alone reads why an expert declines


def test_an_approved_request_offers_no_withdrawal_and_says_whom_to_call(world, client):
    case, _ = through_to_approval(world)
    firm, url = case.request.people()[0], f"/requests/{case.request_id}"
    text = page(client, firm, url)
    assert f"{url}/withdraw" not in text
    assert world.programme.operator.name in text[text.index('id="withdraw"') :]
    refused = page(client, firm, f"{url}/withdraw", 409)
    assert f"운영기관 {world.programme.operator.name}에 연락해 주십시오" in refused
    post(client, firm, f"{url}/withdraw", {"reason": ""}, 409)
    assert fresh(case).state == CaseState.APPROVED


def test_an_opinion_is_kept_in_the_record_and_only_staff_read_it(world, client):
    case = world.case(CaseState.ACCEPTED)
    said = {"candidate": case.chosen_id, "opinion": "비교표와 자격을 다시 확인했습니다."}
    post(client, world.operator, f"/cases/{case.id}/approve-first", said)
    assert history_of(case)[-1].facts["opinion"] == said["opinion"]
    post(client, world.official, f"/cases/{case.id}/approve-final", {"candidate": case.chosen_id})
    assert history_of(case)[-1].facts["opinion"] is None
    assert f"의견: {said['opinion']}" in page(client, world.official, f"/cases/{case.id}")
    assert said["opinion"] not in page(client, case.request.people()[0], f"/requests/{case.request_id}")


def test_approving_again_what_the_ministry_returned_needs_an_opinion(world, client):
    case = world.case(CaseState.FIRST_APPROVED)
    post(client, world.official, f"/cases/{case.id}/return", {"reason": LONG_REASON})
    url, sent = f"/cases/{case.id}/approve-first", {"candidate": case.chosen_id}
    assert "돌려보낸 까닭에 무엇을" in page(client, world.operator, f"/cases/{case.id}")
    refused = post(client, world.operator, url, {**sent, "opinion": "확인함"}, 422).text
    assert 'id="opinion-error"' in refused
    assert "확인함</textarea>" in refused
    assert fresh(case).state == CaseState.ACCEPTED
    outcomes = bulk.preview([fresh(case)], world.operator)
    assert [outcome.clean for outcome in outcomes] == [False]
    post(client, world.operator, url, {**sent, "opinion": "비교 의견을 보완하였습니다."})
    assert fresh(case).state == CaseState.FIRST_APPROVED


def test_an_opinion_that_came_too_late_is_shown_with_what_happened(world, client):
    case = world.case(CaseState.ACCEPTED)
    sent = {"candidate": case.chosen_id, "opinion": "자격을 모두 확인했습니다."}
    post(client, world.second_operator, f"/cases/{case.id}/approve-first", sent)
    late = post(client, world.operator, f"/cases/{case.id}/approve-first", sent, 409).text
    assert 'role="alert"' in late
    assert "자격을 모두 확인했습니다." in late[: late.index('id="history"')]


def test_the_case_page_says_what_the_match_leaves_of_the_budget(world, client):
    case = world.case(CaseState.ACCEPTED)
    case.request.tier_id = world.programme.tiers[0].id
    factories.save(case.request)
    text = page(client, world.operator, f"/cases/{case.id}")
    price = world.programme.tiers[0].total
    budget = text[text.index('id="budget"') :]
    assert f"{world.programme.budget:,}원" in budget
    assert f"{world.programme.budget - price:,}원" in budget


def test_the_expert_reads_whom_the_firm_deals_with_while_the_offer_is_open(world, client):
    company = factories.company(none_of=["vendor"])
    company.relations = [CompanyRelation(kind=RelationToFirm.CUSTOMER, name="새길모터스")]
    factories.save(company)
    case = world.case(CaseState.OFFERED, company=company)
    offer, person = case.offered, case.offered.expert.user
    text = page(client, person, f"/offers/{offer.id}")
    named = text[text.index('id="relations"') :]
    assert "새길모터스" in named
    assert "확인되지 않음" in named
    assert "없음 (기업이 확인)" in named
    assert "/expert/interests" in named
    post(client, person, f"/offers/{offer.id}/decline", {"reason": "고객사와 이해관계가 있습니다."})
    assert "새길모터스" not in page(client, person, f"/offers/{offer.id}")


def test_a_fourth_expert_ticked_for_comparison_is_named_and_stays_ticked(client, app):
    world = World(experts=4)
    case = world.case(CaseState.PROPOSED)
    ids = [candidate.id for candidate in case.candidates]
    query = "&".join(f"compare={number}" for number in ids)
    text = page(client, case.request.people()[0], f"/requests/{case.request_id}/candidates?{query}")
    assert "한 번에 3명까지 비교합니다" in text
    fourth = case.candidates[3].expert.name
    assert f"비교에 넣지 못했습니다: {fourth}." in text
    assert len(re.findall(r'name="compare"[^>]* checked', text)) == 4
