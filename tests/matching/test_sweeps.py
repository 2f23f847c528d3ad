"""Deadlines: offers run out and experts are reminded, each once, however often the worker looks."""

from datetime import timedelta

import pytest

from marketplace.access import Role
from marketplace.audit import AuditEntry
from marketplace.database import db, utcnow
from marketplace.jobs import run_due
from marketplace.matching import actions
from marketplace.matching.actions import expire, remind_holder
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CandidateState, CaseState
from marketplace.matching.sweeps import expire_offers, remind_experts, remind_holders
from marketplace.notifications import Notice
from tests import factories
from tests.matching.world import LONG_REASON, World

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(app):
    return World()


def shift(candidate, days):
    """Let an offer have been made so many days earlier."""
    candidate.offered_at -= timedelta(days=days)
    candidate.expires_at -= timedelta(days=days)
    candidate.case.due_at = candidate.expires_at
    factories.save(candidate, candidate.case)


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def events():
    entries = db.session.query(AuditEntry).filter(AuditEntry.thing_type == "match_cases")
    return [entry.event for entry in entries.order_by(AuditEntry.id)]


def test_an_offer_that_ran_out_goes_to_the_next_expert(world):
    case = world.case(CaseState.OFFERED)
    first = case.offered
    shift(first, 3)
    assert expire_offers() == 1
    case = fresh(case)
    assert (case.state, str(case.candidate(first.id).state)) == (CaseState.OFFERED, "expired")
    assert case.offered.preference == 2
    assert case.due_at == case.offered.expires_at
    told = {notice.user_id for notice in db.session.query(Notice)}
    firm = factories.person_of(case.request.company)
    assert told == {firm.id, first.expert.user_id, case.offered.expert.user_id}
    assert expire_offers() == 0
    assert events() == ["offer_expired"]


def test_after_the_last_offer_ran_out_the_operator_is_told(world):
    case = world.case(CaseState.OFFERED)
    for _ in range(3):
        shift(fresh(case).offered, 4)
        expire_offers()
    case = fresh(case)
    assert (case.state, case.offered) == (CaseState.MATCHING, None)
    assert world.operator.id in {notice.user_id for notice in db.session.query(Notice)}


def test_an_expert_whose_offer_ran_out_may_be_proposed_again(world):
    case = world.case(CaseState.OFFERED)
    candidate = case.offered
    shift(candidate, 4)
    expire_offers()
    assert fresh(case).candidate(candidate.id).may_be_listed


def test_an_open_offer_is_left_alone(world):
    case = world.case(CaseState.OFFERED)
    assert (expire_offers(), remind_experts()) == (0, 0)
    assert fresh(case).offered is not None
    assert events() == []


def test_an_expert_is_reminded_once_on_the_day_the_programme_says(world):
    case = world.case(CaseState.OFFERED)
    shift(case.offered, 2)
    assert remind_experts() == 1
    case = fresh(case)
    assert case.offered.reminded_at <= utcnow()
    assert case.due_at == case.offered.expires_at
    assert remind_experts() == 0
    assert events() == ["offer_reminded"]
    assert {notice.user_id for notice in db.session.query(Notice)} == {case.offered.expert.user_id}


def test_the_worker_does_both_in_one_round(world):
    late, early = world.case(CaseState.OFFERED), world.case(CaseState.OFFERED)
    shift(late.offered, 5)
    shift(early.offered, 2)
    run_due()
    assert str(fresh(late).candidates[0].state) == "expired"
    assert fresh(early).offered.reminded_at is not None


def test_an_offer_that_was_answered_meanwhile_is_not_expired(world):
    case = world.case(CaseState.OFFERED)
    candidate = case.offered
    shift(candidate, 5)
    candidate.state = CandidateState.ACCEPTED
    case.state, case.chosen_id = CaseState.ACCEPTED, candidate.id
    factories.save(case, candidate)
    expire(candidate.id)
    assert fresh(case).state == CaseState.ACCEPTED
    assert events() == []


#: Who holds a case in a state, and how many days before the deadline the defaults of a programme remind.
HOLDERS = {CaseState.PROPOSED: "firm", CaseState.ACCEPTED: "operator", CaseState.FIRST_APPROVED: "ministry"}


def held(world, state, hours):
    """A case in the state whose deadline is so many hours away."""
    case = world.case(state)
    case.due_at = utcnow() + timedelta(hours=hours)
    return fresh(factories.save(case))


def holders(world, case):
    people = {
        "firm": case.request.people(),
        "operator": [world.operator, world.second_operator],
        "ministry": [world.official],
    }
    return {person.id for person in people[HOLDERS[case.state]]}


@pytest.mark.parametrize("state", HOLDERS, ids=str)
def test_who_has_to_act_is_reminded_once_a_day_before_the_deadline(world, state):
    early, due = held(world, state, hours=25), held(world, state, hours=23)
    before = due.due_at
    assert remind_holders() == 1
    due = fresh(due)
    assert (due.state, due.due_at, due.reminded_at is not None) == (state, before, True)
    assert fresh(early).reminded_at is None
    assert {notice.user_id for notice in db.session.query(Notice)} >= holders(world, due)
    assert db.session.query(Notice).count() == len(
        due.request.people()
        if state is CaseState.PROPOSED
        else world.programme.staff(Role.OPERATOR if state is CaseState.ACCEPTED else Role.MINISTRY)
    )
    assert (remind_holders(), events()) == (0, ["case_reminded"])


def test_the_days_of_the_programme_say_when(world):
    world.programme.offer_days, world.programme.reminder_days = 5, 2
    factories.save(world.programme)
    held(world, CaseState.PROPOSED, hours=71)
    assert remind_holders() == 1


def test_a_state_that_is_entered_anew_brings_one_more_reminder(world):
    case = held(world, CaseState.FIRST_APPROVED, hours=1)
    remind_holders()
    actions.send_back(fresh(case), LONG_REASON, by=world.official)
    assert fresh(case).reminded_at is None
    actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator, opinion=LONG_REASON)
    case = fresh(case)
    case.due_at = utcnow()
    factories.save(case)
    assert remind_holders() == 1


def test_a_second_worker_and_a_case_that_moved_on_bring_no_second_mail(world):
    case = held(world, CaseState.PROPOSED, hours=1)
    remind_holder(case.id)
    remind_holder(case.id)
    gone = held(world, CaseState.WITHDRAWN, hours=1)
    remind_holder(gone.id)
    assert events() == ["case_reminded"]
    assert db.session.query(Notice).count() == 1


def test_nobody_else_is_reminded(world):
    for state in set(CaseState) - set(HOLDERS) - {CaseState.OFFERED}:
        held(world, state, hours=1)
    assert remind_holders() == 0
