"""The tables of both machines are complete, and every action keeps to them: states x verbs x roles."""

from __future__ import annotations

import inspect
import itertools

import pytest

from marketplace.access import GRANTS, Permission, Role, may
from marketplace.audit import history_of
from marketplace.database import db
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.mentorships import actions
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import (
    CHANGE_LABELS,
    CHANGE_RECORDED_AS,
    CHANGE_TOLD,
    CHANGE_WHO,
    CHANGES,
    HOLDER,
    PARTY_LABELS,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TRANSITIONS,
    WHO,
    ChangeState,
    MentorshipState,
    Party,
    next_change_state,
    next_state,
)
from marketplace.mentorships.wording import OPENED_TOLD, WORDING
from marketplace.mentorships.wording_changes import CHANGE_WORDING
from tests import factories
from tests.mentorships import printed
from tests.mentorships.world import REASON, World, fresh, sign, text_hash, whole

#: Verbs that other slices do: the visits come to an end, the report is written, checked and settled.
ELSEWHERE = {"replace", "finish", "report", "return_report", "pass_check", "settle"}
VERBS = [verb for verb in actions.VERBS if verb != "sign_last"]


def test_every_state_has_a_row_and_every_verb_a_column_in_each_table():
    assert set(TRANSITIONS) == set(STATE_LABELS) == set(MentorshipState)
    used = {verb for row in TRANSITIONS.values() for verb in row}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS) | ELSEWHERE
    assert set(HOLDER) == {state for state in MentorshipState if TRANSITIONS[state]}
    assert set(PARTY_LABELS) == set(Party)
    assert set(RECORDED_AS.values()) | set(CHANGE_RECORDED_AS.values()) <= set(EVENT_LABELS)
    assert set(CHANGES) == set(CHANGE_LABELS) == set(ChangeState)
    changing = {verb for row in CHANGES.values() for verb in row} | {"request"}
    assert changing == set(CHANGE_WHO) == set(CHANGE_RECORDED_AS) == set(CHANGE_TOLD)


def test_everyone_who_is_told_has_words_and_no_words_are_left_over():
    own = {(verb, audience) for verb in {*actions.VERBS, *ELSEWHERE} for audience in TOLD[verb]}
    assert set(WORDING) == own | {("open", audience) for audience in OPENED_TOLD}


def test_everyone_who_is_told_of_a_change_has_words_for_it():
    told = {(verb, audience) for verb, audiences in CHANGE_TOLD.items() for audience in audiences}
    assert set(CHANGE_WORDING) == told


def test_every_state_is_reached_and_the_last_ones_lead_nowhere():
    reached = {after for row in TRANSITIONS.values() for after in row.values()}
    assert reached == set(MentorshipState)
    assert [s for s in MentorshipState if not TRANSITIONS[s]] == [
        MentorshipState.CLOSED,
        MentorshipState.STOPPED,
    ]
    reached_changes = {after for row in CHANGES.values() for after in row.values()} | {ChangeState.REQUESTED}
    assert reached_changes == set(ChangeState)


@pytest.mark.parametrize("state", MentorshipState, ids=str)
def test_a_verb_that_a_state_does_not_know_is_refused_politely(state):
    for verb in WHO:
        if verb in TRANSITIONS[state]:
            assert next_state(state, verb) == TRANSITIONS[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                next_state(state, verb)
            assert refused.value.conflict


@pytest.mark.parametrize("state", ChangeState, ids=str)
def test_a_verb_that_the_state_of_a_change_does_not_know_is_refused_politely(state):
    for verb in CHANGE_WHO:
        if verb in CHANGES[state]:
            assert next_change_state(state, verb) == CHANGES[state][verb]
        else:
            with pytest.raises(RuleBroken) as refused:
                next_change_state(state, verb)
            assert refused.value.conflict


def arguments(verb: str, mentorship: Mentorship) -> dict[str, object]:
    """What the verb's function takes, as a page of this moment would give it."""
    given: dict[str, dict[str, object]] = {
        "save": {"draft": whole(mentorship, purpose="불량률을 크게 줄입니다.")},
        "sign": {"seen": text_hash(mentorship), "read": True},
    }
    options = dict(given.get(verb, {}))
    if "reason" in inspect.signature(actions.VERBS[verb]).parameters:
        options["reason"] = REASON
    return options


def events(mentorship: Mentorship) -> list[str]:
    return [entry.event for entry in history_of(mentorship)]


@pytest.mark.both_databases
@pytest.mark.parametrize("verb", VERBS)
def test_in_each_state_a_verb_leads_where_the_table_says_or_changes_nothing(app, verb):
    world = World()
    for state in MentorshipState:
        mentorship = world.mentorship(state)
        before = events(mentorship)
        options = arguments(verb, mentorship)
        mentorship = fresh(mentorship)
        if verb in TRANSITIONS[state]:
            actions.VERBS[verb](mentorship, **options, by=world.operator)
            expected, entries = TRANSITIONS[state][verb], [*before, RECORDED_AS[verb]]
        else:
            with pytest.raises(RuleBroken) as refused:
                actions.VERBS[verb](mentorship, **options, by=world.operator)
            assert refused.value.conflict, (state, verb, str(refused.value))
            expected, entries = state, before
        assert fresh(mentorship).state == expected, (state, verb)
        assert events(mentorship) == entries


@pytest.mark.parametrize("last", Party, ids=str)
def test_the_last_of_three_signatures_lets_the_mentorship_run_whoever_gives_it(app, last):
    world = World()
    mentorship = world.mentorship(MentorshipState.SIGNING)
    for party in [*(party for party in Party if party is not last), last]:
        assert fresh(mentorship).state == MentorshipState.SIGNING
        sign(mentorship, world.person(mentorship, party))
    assert fresh(mentorship).state == MentorshipState.RUNNING


STATE_FOR = {verb: next(s for s in MentorshipState if verb in TRANSITIONS[s]) for verb in VERBS}


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_else_may_do_a_verb_and_a_stranger_does_not_find_the_mentorship(app, verb):
    world, elsewhere = World(), World()
    mentorship = world.mentorship(STATE_FOR[verb])
    before = events(mentorship)
    options = arguments(verb, mentorship)
    mentorship = fresh(mentorship)
    ours = {
        Role.COMPANY: factories.person_of(mentorship.request.company),
        Role.EXPERT: mentorship.expert.user,
        Role.OPERATOR: world.operator,
        Role.MINISTRY: world.official,
    }
    strangers = {
        Role.COMPANY: elsewhere.firm,
        Role.EXPERT: elsewhere.experts[0].user,
        Role.OPERATOR: elsewhere.operator,
        Role.MINISTRY: elsewhere.official,
    }
    granted = set()
    for role, own in itertools.product(Role, (True, False)):
        user = (ours if own else strangers).get(role) or factories.user(role)
        if may(user, WHO[verb], mentorship):
            assert own
            granted.add(role)
            continue
        expected = NotFound if WHO[verb] in GRANTS[role] else NotAllowed
        with pytest.raises(expected):
            actions.VERBS[verb](mentorship, **options, by=user)
        db.session.rollback()
    parties = {Role.COMPANY, Role.EXPERT, Role.OPERATOR}
    all_parties = WHO[verb] in (Permission.EDIT_AGREEMENT, Permission.SIGN_AGREEMENT)
    assert granted == (parties if all_parties else {Role.OPERATOR})
    assert fresh(mentorship).state == STATE_FOR[verb]
    assert events(mentorship) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_disabled_person_may_do_nothing(app, verb):
    world = World()
    mentorship = world.mentorship(STATE_FOR[verb])
    options = arguments(verb, mentorship)
    world.operator.disabled_at = mentorship.created_at
    factories.save(world.operator)
    with pytest.raises(NotAllowed):
        actions.VERBS[verb](fresh(mentorship), **options, by=world.operator)


def test_the_printed_page_of_the_machines_is_up_to_date():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.page(), (
        "run python -m tests.mentorships.printed"
    )
