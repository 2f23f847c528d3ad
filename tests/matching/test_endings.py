"""Stopping a case, one way to withdraw it, who proposed and approved, and overriding an open offer."""

import pytest

from marketplace.audit import history_of, verify_chain
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.matching import actions
from marketplace.matching.models import MatchCase
from marketplace.matching.states import OPEN_STATES, CandidateState, CaseState
from marketplace.notifications import Notice
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import LONG_REASON, World, listed, release

SAME = "후보 추천과 1차 승인을 같은 사람이 했습니다"


@pytest.fixture
def world(app):
    return World()


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def told():
    return {(notice.user_id, notice.event) for notice in db.session.query(Notice)}


@pytest.mark.both_databases
@pytest.mark.parametrize("state", OPEN_STATES, ids=str)
def test_the_operator_stops_a_case_and_its_request_in_every_open_state(world, state):
    case = world.case(state)
    asked = case.offered or case.chosen
    with pytest.raises(RuleBroken) as refused:
        actions.stop(case, "폐업", by=world.operator)
    assert refused.value.field == "reason"
    actions.stop(case, LONG_REASON, by=world.operator)
    case = fresh(case)
    assert (case.state, case.reason, case.due_at) == (CaseState.STOPPED, LONG_REASON, None)
    assert (case.request.state, case.request.reason) == (RequestState.STOPPED, LONG_REASON)
    assert {candidate.state for candidate in case.candidates} <= {CandidateState.LAPSED}
    for thing in (case, case.request):
        assert [entry.event for entry in history_of(thing)] == ["case_stopped"]
    people = {factories.person_of(case.request.company).id, *([asked.expert.user_id] if asked else [])}
    if state is CaseState.FIRST_APPROVED:
        people.add(world.official.id)
    assert told() == {(person, "case_stopped") for person in people}
    assert verify_chain() is None


def test_the_ministry_hears_of_a_stop_also_when_it_had_sent_the_match_back(world):
    case = world.case(CaseState.ACCEPTED)
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    actions.send_back(fresh(case), LONG_REASON, by=world.official)
    actions.stop(fresh(case), LONG_REASON, by=world.operator)
    told_of_the_stop = [
        notice
        for notice in db.session.query(Notice).filter_by(user_id=world.official.id)
        if notice.event == "case_stopped"
    ]
    assert [notice.path for notice in told_of_the_stop] == [f"/cases/{case.id}"]


def test_a_stopped_case_frees_the_experts_place(world):
    busy = world.experts[0]
    case, other = world.case(CaseState.FIRST_APPROVED, busy), world.case(CaseState.OFFERED, busy)
    with pytest.raises(RuleBroken):
        actions.accept(other.offered, by=busy.user)
    actions.stop(fresh(case), LONG_REASON, by=world.operator)
    actions.accept(fresh(other).offered, by=busy.user)
    assert fresh(other).state == CaseState.ACCEPTED


def test_a_case_is_stopped_on_a_page_that_asks_for_the_reason(world, client):
    case = world.case(CaseState.OFFERED)
    operator = sign_in(client, world.operator)
    assert f"/cases/{case.id}/stop" in operator.get(f"/cases/{case.id}").text
    assert "되돌릴 수 없습니다" in operator.get(f"/cases/{case.id}/stop").text
    answer = operator.post(f"/cases/{case.id}/stop", data={"reason": "폐업"})
    assert answer.status_code == 422
    assert "폐업</textarea>" in answer.text
    assert "10자 이상" in answer.text
    assert operator.post(f"/cases/{case.id}/stop", data={"reason": LONG_REASON}).status_code == 303
    assert operator.get(f"/cases/{case.id}/stop").status_code == 409
    text = sign_in(client, factories.person_of(case.request.company)).get(f"/requests/{case.request_id}").text
    assert "운영기관이 중단한 신청입니다" in text
    assert LONG_REASON in text
    assert "신청 취소" not in text
    expert = sign_in(client, fresh(case).candidates[0].expert.user)
    offer = expert.get(f"/offers/{case.candidates[0].id}").text
    assert "종료된 제안입니다" in offer
    assert LONG_REASON not in offer


def test_who_proposed_may_approve_first_and_the_ministry_sees_it(world, client):
    for expert in world.experts:
        expert.capacity = 2
    factories.save(*world.experts)
    one, two = world.case(), world.case()
    for case, approver in ((one, world.operator), (two, world.second_operator)):
        firm = factories.person_of(case.request.company)
        release(fresh(case), [e.id for e in world.experts], by=world.operator)
        chosen = fresh(case).candidate_for(world.experts[0 if case is one else 1].id)
        actions.prefer(fresh(case), {1: chosen.id}, by=firm)
        actions.accept(fresh(case).offered, by=chosen.expert.user)
        actions.approve_first(fresh(case), seen=chosen.id, by=approver)
    ministry = sign_in(client, world.official)
    assert SAME in ministry.get(f"/cases/{one.id}").text
    assert SAME not in ministry.get(f"/cases/{two.id}").text
    listed_ = ministry.get(f"/cases/approve?case={one.id}&case={two.id}").text
    assert listed_.count("추천과 1차 승인이 같은 사람") == 1


@pytest.mark.both_databases
def test_an_override_ends_the_open_offer_and_that_expert_is_told(world):
    case = world.case(CaseState.OFFERED)
    before, chosen = case.offered, world.experts[2]
    actions.override(case, chosen.id, LONG_REASON, by=world.operator)
    case = fresh(case)
    assert (case.state, case.offered.expert_id) == (CaseState.OFFERED, chosen.id)
    assert case.candidate(before.id).state == CandidateState.LAPSED
    assert case.candidate(before.id).may_be_listed
    firm = factories.person_of(case.request.company)
    people = (firm.id, chosen.user_id, before.expert.user_id)
    assert told() == {(person, "match_overridden") for person in people}
    (entry,) = history_of(case)
    assert (entry.facts["no_longer_asked"], entry.facts["offered"]) == (before.expert_id, chosen.id)
    with pytest.raises(RuleBroken) as refused:
        actions.accept(case.candidate(before.id), by=before.expert.user)
    assert refused.value.conflict


def test_who_is_asked_already_is_not_asked_by_an_override(world):
    case = world.case(CaseState.OFFERED)
    with pytest.raises(RuleBroken, match="이미 기다리고") as refused:
        actions.override(case, case.offered.expert_id, LONG_REASON, by=world.operator)
    assert refused.value.field == "expert"
    assert fresh(case).offered is not None


def test_after_a_declined_override_the_firms_order_goes_on_and_its_author_may_approve(world):
    case = world.case(CaseState.OFFERED)
    chosen = factories.expert()
    actions.override(case, chosen.id, LONG_REASON, by=world.operator)
    actions.decline(fresh(case).offered, "바쁩니다.", by=chosen.user)
    case = fresh(case)
    assert (case.offered.preference, case.overridden_by_id) == (2, None)
    actions.accept(case.offered, by=case.offered.expert.user)
    actions.approve_first(fresh(case), seen=fresh(case).chosen_id, by=world.operator)


@pytest.mark.both_databases
def test_a_refusal_acts_on_the_candidates_that_the_page_showed(world, client):
    case = world.case(CaseState.PROPOSED)
    firm, shown = factories.person_of(case.request.company), listed(case)
    factories.candidate(case)
    with pytest.raises(RuleBroken) as refused:
        actions.refuse(fresh(case), "맞지 않습니다.", listed=shown, by=firm)
    assert refused.value.conflict
    url = f"/requests/{case.request_id}/candidates/refuse"
    answer = sign_in(client, firm).post(url, data={"listed": shown, "reason": "맞지 않습니다."})
    assert answer.status_code == 409
    assert "후보가 바뀌었습니다" in answer.text
    assert "맞지 않습니다.</textarea>" in answer.text
    assert fresh(case).state == CaseState.PROPOSED
    actions.refuse(fresh(case), "맞지 않습니다.", listed=listed(fresh(case)), by=firm)


@pytest.mark.both_databases
def test_a_release_acts_on_the_candidates_that_the_page_showed(world, client):
    case = world.case()
    operator = sign_in(client, world.operator)
    page = operator.get(f"/cases/{case.id}/candidates").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    release(case, [e.id for e in world.experts], by=world.second_operator)
    data = {"seen": seen, "experts": [e.id for e in world.experts]}
    answer = operator.post(f"/cases/{case.id}/candidates", data=data)
    assert answer.status_code == 409
    assert "후보가 바뀌었습니다" in answer.text
    data["listed"] = listed(fresh(case))
    assert operator.post(f"/cases/{case.id}/candidates", data=data).status_code == 303


def test_those_whom_the_firm_found_leave_the_operators_places_free(world):
    case = world.case()
    firm = factories.person_of(case.request.company)
    found = [factories.expert() for _ in range(3)]
    for expert in found:
        actions.nominate(fresh(case), expert.id, by=firm)
    with pytest.raises(RuleBroken) as refused:  # the firm's three do not count as the operator's either
        release(fresh(case), [found[0].id, world.experts[0].id], by=world.operator)
    assert refused.value.field == "reason"
    five = [*world.experts, factories.expert(), factories.expert()]
    release(fresh(case), [e.id for e in five], by=world.operator)
    case = fresh(case)
    assert len(listed(case)) == 8
    assert {case.candidate_for(e.id).source for e in found} == {"firm"}


@pytest.mark.both_databases
def test_an_approval_without_what_its_page_showed_changes_nothing(world, client):
    case = world.case(CaseState.ACCEPTED)
    operator = sign_in(client, world.operator)
    assert operator.post(f"/cases/{case.id}/approve-first").status_code == 409
    answer = operator.post("/cases/approve", data={"case": [case.id]})
    assert "전문가가 바뀌었습니다" in answer.text
    assert fresh(case).state == CaseState.ACCEPTED
    for approve in (actions.approve_first, actions.approve_final):
        with pytest.raises(TypeError):
            approve(case, by=world.operator)
