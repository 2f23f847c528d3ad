"""The table of the machine is complete, and every action keeps to it: states x verbs x roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.access import GRANTS, Role
from marketplace.accounts.models import User
from marketplace.audit import history_of
from marketplace.companies.eligibility import today
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.payments import actions
from marketplace.payments.models import Claim
from marketplace.payments.states import (
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TONES,
    TRANSITIONS,
    WHO,
    ClaimState,
    next_state,
)
from marketplace.payments.wording import WORDING
from tests import factories
from tests.payments import printed
from tests.payments.world import REASON, World, fresh

DO: dict[str, Callable[[World, Claim, User], Any]] = {
    "approve": lambda _, claim, by: actions.approve(claim, by=by),
    "hold": lambda _, claim, by: actions.hold(claim, REASON, by=by),
    "resume": lambda _, claim, by: actions.resume(claim, by=by),
    "refuse": lambda _, claim, by: actions.refuse(claim, REASON, by=by),
    "order": lambda world, claim, by: actions.make_order(world.programme, [claim.id], by=by),
    "pay": lambda _, claim, by: actions.mark_paid(claim, today(), by=by),
    "fail": lambda _, claim, by: actions.mark_failed(claim, REASON, by=by),
}


def test_every_state_has_a_row_and_every_verb_a_column_in_each_table():
    assert set(TRANSITIONS) == set(STATE_LABELS) == set(TONES) == set(ClaimState)
    used = {verb for row in TRANSITIONS.values() for verb in row} | {"claim"}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS) == {*DO, "claim"}
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)
    assert set(WORDING) == {(verb, audience) for verb in TOLD for audience in TOLD[verb]}


def test_the_printed_diagram_is_that_of_the_table():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.page()


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", DO)
def test_in_each_state_a_verb_leads_where_the_table_says_or_changes_nothing(app, verb):
    world = World()
    for state in ClaimState:
        claim = world.claim(state)
        before = len(history_of(claim))
        if verb in TRANSITIONS[state]:
            DO[verb](world, claim, world.payer)
            expected = next_state(state, verb)
            assert history_of(claim)[-1].event == RECORDED_AS[verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                DO[verb](world, claim, world.payer)
            assert refused.value.conflict
            expected = state
        assert fresh(claim).state == expected, (state, verb)
        assert len(history_of(claim)) - before == (verb in TRANSITIONS[state])


@pytest.mark.parametrize("verb", DO)
def test_each_verb_is_refused_to_every_role_that_may_not_and_to_another_operator(app, verb):
    world = World()
    start = next(state for state in ClaimState if verb in TRANSITIONS[state])
    claim = world.claim(start)
    for role in Role:
        person = factories.user(role)
        allowed = WHO[verb] in GRANTS[role]
        with pytest.raises(NotFound if allowed else NotAllowed):
            DO[verb](world, fresh(claim), person)
        assert fresh(claim).state == start
