"""The tables of the match machine are complete, and every action keeps to them: states x verbs x roles."""

from __future__ import annotations

import inspect
import itertools

import pytest

from marketplace.access import GRANTS, Permission, Role, may
from marketplace.audit import history_of
from marketplace.database import db
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.matching import actions
from marketplace.matching.index import rank_case
from marketplace.matching.models import MatchCase
from marketplace.matching.states import (
    CANDIDATE_LABELS,
    HOLDER,
    OPEN_STATES,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TRANSITIONS,
    WHO,
    CandidateState,
    CaseState,
    next_state,
)
from marketplace.matching.wording import WORDING
from tests import factories
from tests.matching import printed
from tests.matching.world import LONG_REASON, World, listed

VERBS = sorted(WHO)
PEOPLE_VERBS = [v for v in VERBS if WHO[v] is not None and not v.endswith("_last")]


def test_every_state_has_a_row_and_every_verb_a_column_in_each_table():
    assert set(TRANSITIONS) == set(CaseState)
    used = {verb for row in TRANSITIONS.values() for verb in row}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS)
    assert set(HOLDER) == set(OPEN_STATES)
    assert set(STATE_LABELS) == set(CaseState)
    assert set(CANDIDATE_LABELS) == set(CandidateState)
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)


def test_everyone_who_is_told_has_words_and_no_words_are_left_over():
    assert set(WORDING) == {(verb, audience) for verb, audiences in TOLD.items() for audience in audiences}


def test_every_state_is_reached_and_the_last_ones_lead_nowhere():
    reached = {after for row in TRANSITIONS.values() for after in row.values()} | {CaseState.MATCHING}
    assert reached == set(CaseState)
    assert [s for s in CaseState if not TRANSITIONS[s]] == [
        CaseState.APPROVED,
        CaseState.WITHDRAWN,
        CaseState.STOPPED,
    ]


def test_every_verb_of_a_person_is_granted_to_exactly_one_role():
    for verb in PEOPLE_VERBS:
        assert len([role for role in Role if WHO[verb] in GRANTS[role]]) == 1


@pytest.mark.parametrize("state", CaseState, ids=str)
def test_a_verb_that_a_state_does_not_know_is_refused_politely(state):
    for verb in VERBS:
        if verb in TRANSITIONS[state]:
            assert next_state(state, verb) == TRANSITIONS[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                next_state(state, verb)
            assert refused.value.conflict


def arguments(verb: str, case: MatchCase, world: World) -> tuple[object, dict[str, object]]:
    """What the verb's function takes, as it would be given in any state."""
    answerer = case.offered or case.chosen or next(iter(case.candidates), None)
    given: dict[str, dict[str, object]] = {
        "release": {"expert_ids": [e.id for e in world.experts], "seen": rank_case(case).result_hash},
        "approve_first": {"seen": case.chosen_id or 0},
        "approve_final": {"seen": case.chosen_id or 0},
        "nominate": {"expert_id": world.experts[-1].id},
        "prefer": {"choices": {1: case.candidates[0].id if case.candidates else 0}},
        "override": {"expert_id": world.experts[-1].id},
    }
    options = dict(given.get(verb, {}))
    taken = inspect.signature(actions.VERBS[verb]).parameters
    if "reason" in taken:
        options["reason"] = LONG_REASON
    if "listed" in taken:
        options["listed"] = listed(case)
    things = {"accept": answerer, "decline": answerer, "withdraw": case.request}
    return things.get(verb, case), options


def entries_about(case: MatchCase) -> list[str]:
    return [entry.event for entry in history_of(case)]


def rightful(verb: str, case: MatchCase, thing: object, world: World) -> object:
    if WHO[verb] is Permission.ANSWER_OFFER:
        return thing.expert.user
    if WHO[verb] is Permission.APPROVE_FINAL:
        return world.official
    if WHO[verb] in GRANTS[Role.OPERATOR]:
        return world.second_operator
    return factories.person_of(case.request.company)


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", PEOPLE_VERBS)
def test_in_each_state_a_verb_leads_where_the_table_says_or_changes_nothing(app, verb):
    world = World()
    for state in CaseState:
        case = world.case(state)
        for expert in world.experts:
            expert.capacity = 10
        factories.save(*world.experts)
        thing, options = arguments(verb, case, world)
        if thing is None:
            continue  # nobody was put forward yet, so that nobody can answer
        if verb in ("accept", "decline") and thing.offered_at is None:
            thing.offered_at = case.created_at  # a past offer of this expert, now over
            factories.save(thing)
        by = rightful(verb, case, thing, world)
        if verb in TRANSITIONS[state]:
            if verb == "nominate" and state is CaseState.PROPOSED:
                options = {"expert_id": factories.expert().id}
            actions.VERBS[verb](thing, **options, by=by)
            expected = TRANSITIONS[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                actions.VERBS[verb](thing, **options, by=by)
            assert refused.value.conflict, (state, verb, str(refused.value))
            expected = state
        db.session.expire_all()
        assert db.session.get_one(MatchCase, case.id).state == expected, (state, verb)
        assert entries_about(case) == ([RECORDED_AS[verb]] if verb in TRANSITIONS[state] else [])


STATE_FOR = {
    verb: next(state for state in CaseState if verb in TRANSITIONS[state]) for verb in PEOPLE_VERBS
} | {"release": CaseState.MATCHING, "override": CaseState.PROPOSED, "nominate": CaseState.MATCHING}


@pytest.mark.parametrize("verb", PEOPLE_VERBS)
def test_nobody_else_may_do_a_verb_and_a_stranger_does_not_find_the_case(app, verb):
    world, elsewhere = World(), World()
    case = world.case(STATE_FOR[verb])
    thing, options = arguments(verb, case, world)
    strangers = {
        Role.COMPANY: elsewhere.firm,
        Role.EXPERT: elsewhere.experts[0].user,
        Role.OPERATOR: elsewhere.operator,
        Role.MINISTRY: elsewhere.official,
    }
    for role, same_programme in itertools.product(Role, (True, False)):
        own = {Role.OPERATOR: world.operator, Role.MINISTRY: world.official}
        user = (own if same_programme else strangers).get(role) or strangers.get(role) or factories.user(role)
        if may(user, WHO[verb], thing):
            assert same_programme
            continue
        expected = NotFound if WHO[verb] in GRANTS[role] else NotAllowed
        with pytest.raises(expected):
            actions.VERBS[verb](thing, **options, by=user)
        db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(MatchCase, case.id).state == STATE_FOR[verb]
    assert entries_about(case) == []


@pytest.mark.parametrize("verb", PEOPLE_VERBS)
def test_a_disabled_person_may_do_nothing(app, verb):
    world = World()
    case = world.case(STATE_FOR[verb])
    thing, options = arguments(verb, case, world)
    by = rightful(verb, case, thing, world)
    by.disabled_at = case.created_at
    factories.save(by)
    with pytest.raises(NotAllowed):
        actions.VERBS[verb](thing, **options, by=by)


def test_the_printed_page_of_the_machine_is_up_to_date():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.page(), "run python -m tests.matching.printed"
