"""What of a case is learned from, and what never is."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.database import db, utcnow
from marketplace.matching import actions
from marketplace.matching.decisions import data_digest
from marketplace.matching.models import MatchCase
from marketplace.matching.queries_learning import decisions_of
from marketplace.matching.states import CandidateState, CaseState
from tests import factories
from tests.matching.world import EXPLANATION, LONG_REASON, World, listed, release

HOUR = timedelta(hours=1)


@pytest.fixture
def world(app) -> World:
    return World(experts=4)


def told(world: World) -> list[tuple[str, set[str]]]:
    """Who was chosen and who was passed over, decision by decision."""
    return [(d.chosen.expert, {o.expert for o in d.passed}) for d in decisions_of(world.programme)]


def keys(*experts) -> set[str]:
    return {str(expert.id) for expert in experts}


def change(candidate, **facts):
    for name, value in facts.items():
        setattr(candidate, name, value)
    factories.save(candidate)
    db.session.expire_all()


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [CaseState.FIRST_APPROVED, CaseState.APPROVED])
def test_an_approved_expert_is_preferred_to_the_others_of_the_list(world, state):
    case = world.case(state)
    assert told(world) == [(str(world.experts[0].id), keys(*world.experts[1:]))]
    found = decisions_of(world.programme)[0]
    assert found.firm == str(case.request.company.organisation_id)
    assert found.at == case.first_approved_at
    assert found.chosen.values == {"needs": 0.8, "words": 0.6}


@pytest.mark.both_databases
def test_who_was_merely_shown_changes_nothing(world):
    world.case(CaseState.APPROVED)
    before = data_digest(decisions_of(world.programme))
    undecided = [state for state in CaseState if state not in (CaseState.FIRST_APPROVED, CaseState.APPROVED)]
    for state in undecided:  # shown, put in order, asked, accepted, ended: nobody of the staff decided
        for expert in world.experts:
            world.case(state, expert)
    assert data_digest(decisions_of(world.programme)) == before


def test_the_firms_order_alone_changes_nothing(world):
    case = world.case(CaseState.APPROVED)
    before = data_digest(decisions_of(world.programme))
    for place, candidate in enumerate(reversed(case.candidates[1:]), 1):
        change(candidate, preference=place)
    assert data_digest(decisions_of(world.programme)) == before


@pytest.mark.parametrize("state", [CandidateState.DECLINED, CandidateState.EXPIRED, CandidateState.REFUSED])
def test_who_declined_or_was_refused_by_the_firm_is_not_passed_over(world, state):
    case = world.case(CaseState.APPROVED)
    change(case.candidates[1], state=state, answered_at=utcnow() - HOUR, reason="사유")
    assert told(world) == [(str(world.experts[0].id), keys(*world.experts[2:]))]


def test_whom_a_rule_kept_out_is_not_passed_over(world):
    case = world.case(CaseState.APPROVED)
    change(
        case.candidates[1], state=CandidateState.LAPSED, answered_at=utcnow() - HOUR, reason="남은 자리 없음"
    )
    assert told(world) == [(str(world.experts[0].id), keys(*world.experts[2:]))]


def test_whom_the_firm_found_is_neither_chosen_nor_passed_over(world):
    case = world.case(CaseState.APPROVED)
    change(case.candidates[1], source="firm")
    assert told(world) == [(str(world.experts[0].id), keys(*world.experts[2:]))]
    change(case.candidates[0], source="firm")
    assert told(world) == []


def test_whom_staff_rejected_is_passed_over_once_another_was_approved(world):
    case = world.case(CaseState.ACCEPTED, world.experts[3])
    actions.reject(case, LONG_REASON, by=world.operator)
    assert told(world) == []
    case = db.session.get_one(MatchCase, case.id)
    taken = case.candidate_for(world.experts[0].id)
    release(case, [world.experts[0].id], reason=LONG_REASON, by=world.operator)
    taken = db.session.get_one(MatchCase, case.id).candidate_for(world.experts[0].id)
    actions.prefer(case, {1: taken.id}, by=factories.person_of(case.request.company))
    actions.accept(taken, by=world.experts[0].user)
    actions.approve_first(case, seen=taken.id, by=world.second_operator)
    db.session.expire_all()
    case = db.session.get_one(MatchCase, case.id)
    for candidate in case.candidates:  # of one reading, as when nothing changed between the two lists
        change(candidate, explanation=EXPLANATION)
    assert told(world) == [(str(world.experts[0].id), keys(*world.experts[1:]))]


@pytest.mark.both_databases
def test_an_override_is_preferred_to_the_list_that_it_set_aside(world):
    case = world.case(CaseState.OFFERED)
    outsider = factories.expert()
    actions.override(case, outsider.id, LONG_REASON, by=world.operator)
    db.session.expire_all()
    for candidate in db.session.get_one(MatchCase, case.id).candidates:
        change(candidate, explanation=EXPLANATION)
    assert told(world) == [(str(outsider.id), keys(*world.experts))]


def override_in(case, **facts):
    made = factories.candidate(
        case,
        source="override",
        explanation=EXPLANATION,
        offered_at=utcnow(),
        expires_at=utcnow() + HOUR,
        **facts,
    )
    db.session.expire_all()
    return made


def test_an_override_that_staff_rejected_afterwards_is_no_decision(world):
    case = world.case(CaseState.PROPOSED)
    override_in(case, state=CandidateState.REJECTED, answered_at=utcnow(), reason="사유")
    assert told(world) == []


def test_who_was_listed_after_an_override_was_not_passed_over(world):
    case = world.case(CaseState.PROPOSED)
    made = override_in(case, state=CandidateState.DECLINED, answered_at=utcnow(), reason="사유")
    change(case.candidates[0], created_at=utcnow() + HOUR)
    assert told(world) == [(str(made.expert_id), keys(*world.experts[1:]))]


def test_explanations_of_another_reading_are_not_compared(world):
    case = world.case(CaseState.APPROVED)
    other = deepcopy(EXPLANATION)
    other["parts"]["industry"] = {"weight": 0.1, "value": 1.0, "points": 10.0, "because": []}
    change(case.candidates[1], explanation=other)
    assert told(world) == [(str(world.experts[0].id), keys(*world.experts[2:]))]


def test_decisions_of_other_offices_are_not_learned_from_but_those_of_other_years_are(world):
    world.case(CaseState.APPROVED)
    World().case(CaseState.APPROVED)
    assert len(decisions_of(world.programme)) == 1
    next_year = factories.programme(
        operator_id=world.programme.operator_id, ministry_id=world.programme.ministry_id, year=2027
    )
    assert decisions_of(next_year) == decisions_of(world.programme)


def test_values_are_those_that_were_seen_and_not_those_of_today(world):
    case = world.case()
    release(case, [e.id for e in world.experts[:3]], by=world.operator)
    firm = factories.person_of(case.request.company)
    case = db.session.get_one(MatchCase, case.id)
    first = case.candidate(listed(case)[0])
    actions.prefer(case, {1: first.id}, by=firm)
    actions.accept(first, by=first.expert.user)
    actions.approve_first(case, seen=first.id, by=world.second_operator)
    kept = {c.expert_id: deepcopy(c.explanation) for c in db.session.get_one(MatchCase, case.id).candidates}
    before = decisions_of(world.programme)
    assert len(before) == 1
    assert len(before[0].passed) == 2
    words = kept[first.expert_id]["parts"]["words"]["value"]
    assert before[0].chosen.values["words"] == words
    change(first.expert, bio="전혀 다른 글입니다.", industries=[])
    assert decisions_of(world.programme) == before


@pytest.mark.parametrize("cases", [1, 8])
def test_decisions_are_read_in_one_statement(world, cases):
    for _ in range(cases):
        world.case(CaseState.APPROVED)
    seen = []
    db.session.refresh(world.programme)
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert len(decisions_of(world.programme)) == cases
    assert len(seen) == 1
