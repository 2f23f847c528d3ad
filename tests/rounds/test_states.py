"""The tables of a round are complete, and every action keeps to them: states x verbs x roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.access import GRANTS, Role, may
from marketplace.audit import history_of
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.rounds import actions
from marketplace.rounds.actions_hand import change
from marketplace.rounds.actions_publish import pairs_hash, publish
from marketplace.rounds.models import Round, RoundChange, RoundRun
from marketplace.rounds.queries import cases_with, run_of
from marketplace.rounds.states import (
    CHANGES,
    RECORDED_AS,
    STATE_LABELS,
    TONES,
    TRANSITIONS,
    WHO,
    RoundState,
    next_state,
)
from tests import factories
from tests.rounds import printed
from tests.rounds.world import WHY, Market, fresh

PEOPLE_VERBS = [verb for verb, permission in WHO.items() if permission is not None]


def do(verb: str, round_: Round, market: Market, by: Any) -> Any:
    """Do a verb as its page would."""
    if verb in CHANGES:
        request, expert = (round_.pairs[0][0], int(round_.pairs[0][1])) if round_.pairs else ("", None)
        case = next((c for c in market.cases if c.request.reference == request), market.cases[0])
        if verb == "give":
            expert = next(e.id for e in market.experts if e.id != expert)
        return change(round_, cases_with([case.id])[0], verb, expert, WHY, by=by)
    verbs: dict[str, Callable[[], Any]] = {
        "save": lambda: actions.save(round_, market.draft(), by=by),
        "run": lambda: actions.run(round_, by=by),
        "discard": lambda: actions.discard(round_, WHY, by=by),
        "again": lambda: actions.again(round_, by=by),
        "publish": lambda: publish(round_, WHY, seen=pairs_hash(round_), by=by),
    }
    return verbs[verb]()


def prepared(state: RoundState, verb: str) -> tuple[Market, Round]:
    """A round in a state in which the verb has something to do, if the state knows it."""
    market = Market(requests=3, places=4)
    round_ = market.in_state(state)
    if verb == "free" and "free" in TRANSITIONS[state]:
        if not round_.runs:
            round_ = market.solved()
        else:
            round_.state, round_.reason = RoundState.SOLVED, None
            factories.save(round_)
        do("pin", round_, market, market.operator)
        round_ = fresh(round_)
        round_.state, round_.reason = state, WHY if state is RoundState.FAILED else None
        factories.save(round_)
        round_ = fresh(round_)
    if verb == "again" and state is RoundState.PUBLISHED:
        from marketplace.matching.states import CaseState

        market.cases[0].state = CaseState.MATCHING
        factories.save(market.cases[0])
    return market, fresh(round_)


def test_every_state_has_a_row_and_every_verb_a_column_in_each_table():
    assert set(TRANSITIONS) == set(RoundState) == set(STATE_LABELS) == set(TONES)
    used = {verb for row in TRANSITIONS.values() for verb in row}
    assert used == set(WHO) == set(RECORDED_AS)
    assert set(CHANGES) <= used
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)


def test_every_state_is_reached_and_only_a_round_thrown_away_leads_nowhere():
    reached = {after for row in TRANSITIONS.values() for after in row.values()} | {RoundState.DRAFT}
    assert reached == set(RoundState)
    assert [state for state in RoundState if not TRANSITIONS[state]] == [RoundState.DISCARDED]


def test_every_verb_of_a_person_is_granted_to_operators_alone():
    for verb in PEOPLE_VERBS:
        assert [role for role in Role if WHO[verb] in GRANTS[role]] == [Role.OPERATOR]


@pytest.mark.parametrize("state", RoundState, ids=str)
def test_a_verb_that_a_state_of_a_round_does_not_know_is_refused_politely(state):
    for verb in WHO:
        if verb in TRANSITIONS[state]:
            assert next_state(state, verb) == TRANSITIONS[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                next_state(state, verb)
            assert refused.value.conflict


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", PEOPLE_VERBS)
def test_in_each_state_a_verb_of_a_round_leads_where_the_table_says_or_changes_nothing(app, verb):
    for state in RoundState:
        market, round_ = prepared(state, verb)
        entries = len(history_of(round_))
        if verb in TRANSITIONS[state]:
            do(verb, round_, market, market.operator)
            assert fresh(round_).state == TRANSITIONS[state][verb], (state, verb)
            if verb != "again":
                assert history_of(round_)[-1].event == RECORDED_AS[verb]
                assert len(history_of(round_)) == entries + 1
        else:
            with pytest.raises(RuleBroken) as refused:
                do(verb, round_, market, market.operator)
            assert refused.value.conflict, (state, verb)
            assert fresh(round_).state == state
            assert len(history_of(round_)) == entries


STATE_FOR = {
    verb: next(state for state in RoundState if verb in TRANSITIONS[state]) for verb in PEOPLE_VERBS
} | {"free": RoundState.SOLVED}


@pytest.mark.parametrize("verb", PEOPLE_VERBS)
def test_nobody_else_may_do_a_verb_of_a_round_and_a_stranger_does_not_find_it(app, verb):
    market, round_ = prepared(STATE_FOR[verb], verb)
    stranger = factories.user(Role.OPERATOR, factories.programme().operator)
    others = {role: factories.user(role) for role in Role if role is not Role.OPERATOR}
    others[Role.MINISTRY], entries = market.official, len(history_of(round_))
    for role, person in others.items():
        with pytest.raises(NotAllowed):
            do(verb, round_, market, person)
        assert not may(person, WHO[verb], round_), role
    with pytest.raises(NotFound):
        do(verb, round_, market, stranger)
    assert len(history_of(fresh(round_))) == entries


def test_the_printed_page_of_the_round_machine_is_up_to_date():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.page(), "run python -m tests.rounds.printed"


BROKEN: dict[str, Callable[[Round, RoundRun], Any]] = {
    "state_known": lambda round_, run: _set(round_, state="lost"),
    "solved_has_a_run": lambda round_, run: _set(round_, runs=0),
    "running_has_a_job": lambda round_, run: _set(round_, state="running", job_id=None),
    "publication_has_who_and_when": lambda round_, run: _set(round_, state="published"),
    "end_has_a_reason": lambda round_, run: _set(round_, state="failed", reason=None),
    "served_within_asked": lambda round_, run: _set(round_, served=round_.asked + 1),
    "number_from_one": lambda round_, run: _set(run, number=0),
    "hash_is_whole": lambda round_, run: _set(run, result_hash="short"),
    "verb_known": lambda round_, run: _made(round_, verb="swap"),
    "pair_has_an_expert": lambda round_, run: _made(round_, expert_id=None),
    "change_has_a_reason": lambda round_, run: _made(round_, reason=""),
}


def _set(thing: Any, **facts: Any) -> Any:
    for name, value in facts.items():
        setattr(thing, name, value)
    return thing


def _made(round_: Round, **facts: Any) -> RoundChange:
    first = round_.pairs[0]
    numbers = {"served_before": 1, "served_after": 1, "units_before": 1, "units_after": 1}
    whole = {
        "verb": "pin",
        "expert_id": int(first[1]),
        "reason": WHY,
        "request": first[0],
        "run": 1,
        **numbers,
    }
    return RoundChange(round_id=round_.id, case_id=round_.requests[0].case_id, **{**whole, **facts})


@pytest.mark.both_databases
@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_a_round_that_breaks_a_named_rule(app, name):
    round_ = Market().solved()
    with pytest.raises(IntegrityError, match=name):
        factories.save(BROKEN[name](round_, run_of(round_)))
