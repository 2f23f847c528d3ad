"""An approved match gets its agreement by itself, once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind
from marketplace.audit import AuditEntry, history_of
from marketplace.civil import is_working_day, last_day_of
from marketplace.companies.eligibility import today
from marketplace.companies.models import RequestNeed
from marketplace.database import clock_at, db, read_only
from marketplace.events import Event
from marketplace.jobs import run_due
from marketplace.matching.states import CaseState
from marketplace.mentorships.actions.opening import open_agreement
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.mentorships.sweeps import open_agreements
from marketplace.notifications import Notice
from tests import factories
from tests.mentorships.world import NOON, World


def test_the_worker_draws_up_what_was_approved_and_nothing_else(app):
    world = World()
    cases = {state: world.case(state) for state in CaseState}
    run_due()
    found = db.session.query(Mentorship).one()
    assert found.case_id == cases[CaseState.APPROVED].id
    assert found.state == MentorshipState.DRAFTING
    assert open_agreements() == 0
    assert db.session.query(Mentorship).count() == 1


def test_the_draft_takes_tier_price_and_shares_as_they_are_today_to_the_won(app):
    world = World()
    tier = world.programme.tiers[0]
    tier.unit_price, tier.government_share, tier.sponsor_share, tier.firm_share = 333_333, 333, 333, 334
    factories.save(tier)
    case = world.case(CaseState.APPROVED)
    case.request.tier_id = tier.id
    factories.save(case.request)
    open_agreement(case.id)
    found = db.session.query(Mentorship).one()
    total = 24 * 333_333
    assert (found.tier_id, found.months, found.visits, found.unit_price) == (tier.id, 3, 24, 333_333)
    assert found.shares["government"] == 24 * (333_333 * 333 // 1000)  # each visit is split by itself
    assert sum(found.shares.values()) == found.total == total
    tier.unit_price = 1
    factories.save(tier)
    assert db.session.get_one(Mentorship, found.id).unit_price == 333_333


def test_the_term_is_counted_as_the_civil_act_does_and_the_place_is_held_as_long(app):
    world = World()
    with clock_at(NOON):
        found = world.opened()
        assert found.since == factories.START
        assert found.last_day == last_day_of(factories.START, 3)
        assert (found.case.since, found.case.until) == (found.since, found.last_day + timedelta(days=1))
        assert found.due_at is not None and (found.due_at - NOON).days == world.programme.signing_days


def test_a_start_that_has_passed_moves_behind_the_time_for_signing(app):
    world = World()
    found = world.opened(since=date(2026, 1, 5))
    assert found.since == today() + timedelta(days=world.programme.signing_days)
    assert found.last_day == last_day_of(found.since, 3)


def test_a_task_stands_for_each_need_the_most_urgent_first(app):
    world = World()
    case = world.case(CaseState.APPROVED)
    case.request.needs[0].priority = 1
    case.request.needs.append(RequestNeed(term=None, words="도금 두께", priority=3))
    factories.save(case.request)
    open_agreement(case.id)
    found = db.session.query(Mentorship).one()
    assert found.tasks[0].title == "도금 두께"
    assert [task.term for task in found.tasks] == [None, "QUA-01"]
    assert found.goals == []
    assert {visit.task_id for visit in found.plan} == {task.id for task in found.tasks}


@pytest.mark.parametrize("months", [3, 6])
def test_the_visits_are_spread_over_working_days_within_the_monthly_limit(app, months):
    world = World()
    case = world.case(CaseState.APPROVED)
    case.request.tier_id = next(tier.id for tier in world.programme.tiers if tier.months == months)
    factories.save(case.request)
    open_agreement(case.id)
    found = db.session.query(Mentorship).one()
    days = [visit.on for visit in found.plan]
    assert len(days) == found.visits == len(set(days))
    assert [visit.number for visit in found.plan] == list(range(1, found.visits + 1))
    assert days == sorted(days)
    assert all(is_working_day(on) and found.since <= on <= found.last_day for on in days)
    assert max(Counter((on.year, on.month) for on in days).values()) <= 8


def test_the_contributor_with_most_of_its_pledge_left_is_named(app):
    world = World()
    small, large = (factories.organisation(OrganisationKind.SPONSOR) for _ in range(2))
    factories.contribution(world.programme, small, 4_000_000)
    factories.contribution(world.programme, large, 5_000_000)
    assert [world.opened().sponsor_id for _ in range(3)] == [large.id, small.id, large.id]


def test_all_three_are_told_and_the_case_remembers_it(app):
    world = World()
    found = world.opened()
    told = {row.user_id for row in db.session.query(Notice).filter_by(event=Event.AGREEMENT_OPENED)}
    firm = factories.person_of(found.request.company)
    staff = {person.id for person in found.programme.staff(Role.OPERATOR)}
    assert told == {firm.id, found.expert.user_id} | staff
    assert [entry.event for entry in history_of(found)] == [Event.AGREEMENT_OPENED]
    assert history_of(found.case)[-1].event == Event.AGREEMENT_OPENED


@pytest.mark.both_databases
def test_two_workers_draw_up_each_agreement_once(app):
    world = World()
    cases = [world.case(CaseState.APPROVED).id for _ in range(4)]
    entries = db.session.query(AuditEntry).count()
    db.session.rollback()
    barrier = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            read_only(False)
            barrier.wait(30)
            for case_id in cases:
                open_agreement(case_id)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    db.session.rollback()
    assert sorted(row.case_id for row in db.session.query(Mentorship)) == cases
    assert db.session.query(AuditEntry).count() == entries + len(cases)
