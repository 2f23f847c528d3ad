"""The tables of the machine of a visit are complete, and every action keeps to them: states x verbs x roles."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest

from marketplace.access import GRANTS, Permission, Role, may
from marketplace.audit import history_of
from marketplace.database import db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.visits import actions
from marketplace.visits.models import Visit
from marketplace.visits.showing import MEANINGS
from marketplace.visits.states import (
    HOLDER,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TONES,
    TRANSITIONS,
    WHO,
    VisitState,
    next_state,
)
from marketplace.visits.wording import WORDING
from tests import factories
from tests.visits import printed
from tests.visits.world import LONG_REASON, World, key, log

VERBS = sorted(WHO)
PEOPLE_VERBS = [verb for verb in VERBS if WHO[verb] is not None]
ON_A_VISIT = [verb for verb in PEOPLE_VERBS if verb != "log"]


def test_every_state_has_a_row_and_every_verb_a_column_in_each_table():
    assert set(TRANSITIONS) == set(VisitState) == set(STATE_LABELS) == set(TONES) == set(MEANINGS)
    used = {verb for row in TRANSITIONS.values() for verb in row} | {"log"}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS)
    assert set(HOLDER) == {state for state in VisitState if TRANSITIONS[state]}
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)


def test_everyone_who_is_told_has_words_and_no_words_are_left_over():
    assert set(WORDING) == {(verb, audience) for verb, audiences in TOLD.items() for audience in audiences}


def test_every_state_of_a_visit_is_reached():
    reached = {after for row in TRANSITIONS.values() for after in row.values()} | {VisitState.LOGGED}
    assert reached == set(VisitState)


def test_every_verb_of_a_person_is_granted_to_exactly_one_role():
    for verb in PEOPLE_VERBS:
        assert len([role for role in Role if WHO[verb] in GRANTS[role]]) == 1


@pytest.mark.parametrize("state", VisitState, ids=str)
def test_a_verb_that_a_state_does_not_know_is_refused_politely(state):
    for verb in VERBS:
        if verb in TRANSITIONS[state]:
            assert next_state(state, verb) == TRANSITIONS[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                next_state(state, verb)
            assert refused.value.conflict


def arguments(verb: str, visit: Visit) -> dict[str, object]:
    """What the verb's function takes besides the visit, as the page of this moment gives it."""
    given = {
        "log": log(visit.starts_at.date(), "13:00", "15:00"),
        "minutes": 60,
        "reason": LONG_REASON,
        "seen": visit.edition,
    }
    taken = inspect.signature(actions.VERBS[verb]).parameters
    return {name: value for name, value in given.items() if name in taken}


def late_for(verb: str, state: VisitState) -> dict[str, object]:
    """What the visit must be besides its state, for the verb to be in time: a firm is replaced once it is late."""
    overdue = verb == "confirm_for_firm" and state is VisitState.LOGGED
    return {"due_at": utcnow() - timedelta(days=1)} if overdue else {}


def rightful(verb: str, world: World):
    return {
        Permission.LOG_VISIT: world.writer,
        Permission.CONFIRM_VISIT: world.firm,
        Permission.REVIEW_VISIT: world.operator,
    }[WHO[verb]]


def entries_about(visit: Visit) -> list[str]:
    return [entry.event for entry in history_of(visit)]


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", ON_A_VISIT)
def test_in_each_state_a_verb_leads_where_the_table_says_or_changes_nothing(app, verb):
    world = World()
    for state in VisitState:
        visit = world.visit(state, **late_for(verb, state))
        by = rightful(verb, world)
        if verb in TRANSITIONS[state]:
            actions.VERBS[verb](visit, **arguments(verb, visit), by=by)
            expected = TRANSITIONS[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                actions.VERBS[verb](visit, **arguments(verb, visit), by=by)
            assert refused.value.conflict, (state, verb, str(refused.value))
            expected = state
        db.session.expire_all()
        assert db.session.get_one(Visit, visit.id).state == expected, (state, verb)
        assert entries_about(visit) == ([RECORDED_AS[verb]] if verb in TRANSITIONS[state] else [])


@pytest.mark.both_databases
def test_only_a_log_that_waits_for_the_firm_is_reminded_of_and_only_once(app):
    world = World()
    for state in VisitState:
        visit = world.visit(state)
        actions.remind_firm(visit.id)
        actions.remind_firm(visit.id)
        db.session.expire_all()
        known = "remind_firm" in TRANSITIONS[state]
        assert entries_about(visit) == ([RECORDED_AS["remind_firm"]] if known else [])
        assert db.session.get_one(Visit, visit.id).state == state


STATE_FOR = {
    verb: next(state for state in VisitState if verb in TRANSITIONS[state]) for verb in ON_A_VISIT
} | {"log": VisitState.LOGGED}


@pytest.mark.parametrize("verb", PEOPLE_VERBS)
def test_nobody_else_may_do_a_verb_and_a_stranger_does_not_find_the_visit(app, verb):
    world, elsewhere = World(), World()
    visit = world.visit(STATE_FOR[verb], **late_for(verb, STATE_FOR[verb]))
    thing, options = visit, arguments(verb, visit)
    if verb == "log":
        thing, options = world.mentorship, {"log": log(30), "client_key": key()}
    own = {
        Role.COMPANY: world.firm,
        Role.EXPERT: world.writer,
        Role.OPERATOR: world.operator,
        Role.MINISTRY: world.official,
    }
    strangers = {
        Role.COMPANY: elsewhere.firm,
        Role.EXPERT: elsewhere.writer,
        Role.OPERATOR: elsewhere.operator,
        Role.MINISTRY: elsewhere.official,
    }
    for people in (own, strangers):
        for role in Role:
            user = people.get(role) or factories.user(role)
            if may(user, WHO[verb], thing):
                assert people is own
                continue
            with pytest.raises(NotFound if WHO[verb] in GRANTS[role] else NotAllowed):
                actions.VERBS[verb](thing, **options, by=user)
            db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Visit, visit.id).state == STATE_FOR[verb]
    assert entries_about(visit) == []
    assert db.session.query(Visit).count() == 1


@pytest.mark.parametrize("verb", ON_A_VISIT)
def test_a_disabled_person_may_do_nothing_to_a_visit(app, verb):
    world = World()
    visit, by = world.visit(STATE_FOR[verb]), rightful(verb, world)
    by.disabled_at = visit.created_at
    factories.save(by)
    with pytest.raises(NotAllowed):
        actions.VERBS[verb](visit, **arguments(verb, visit), by=by)


def test_who_confirmed_a_visit_does_not_review_it(app):
    world = World()
    visit = world.visit(VisitState.CONFIRMED, confirmed_by_id=world.operator.id)
    with pytest.raises(RuleBroken, match="확인한 사람은 검토할 수 없습니다"):
        actions.accept(visit, 60, seen=1, by=world.operator)
    db.session.rollback()
    actions.accept(visit, 60, seen=1, by=factories.user(Role.OPERATOR, world.programme.operator))
    assert db.session.get_one(Visit, visit.id).minutes == 60


@pytest.mark.parametrize("minutes", [None, 0, -5, 121, 10**6])
def test_no_more_minutes_are_recognised_than_the_visit_took(app, minutes):
    world = World()
    visit = world.visit(VisitState.CONFIRMED)
    with pytest.raises(RuleBroken) as refused:
        actions.accept(visit, minutes, seen=1, by=world.operator)
    assert refused.value.field == "minutes"


@pytest.mark.parametrize("verb", ["confirm", "confirm_for_firm", "dispute", "accept", "correct"])
def test_a_decision_about_an_older_version_is_a_conflict(app, verb):
    world = World()
    visit = world.visit(STATE_FOR[verb])
    with pytest.raises(RuleBroken) as refused:
        actions.VERBS[verb](visit, **arguments(verb, visit) | {"seen": 0}, by=rightful(verb, world))
    assert refused.value.conflict
    assert "고쳐졌습니다" in str(refused.value)


@pytest.mark.parametrize("verb", ["dispute", "confirm_for_firm", "return", "refuse"])
def test_an_objection_needs_a_reason_at_its_field(app, verb):
    world = World()
    visit = world.visit(STATE_FOR[verb])
    with pytest.raises(RuleBroken) as refused:
        actions.VERBS[verb](visit, **arguments(verb, visit) | {"reason": " "}, by=rightful(verb, world))
    assert refused.value.field == "reason"


def test_the_printed_page_of_the_visit_machine_is_up_to_date():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.page(), "run python -m tests.visits.printed"
