"""Signing: who, what text, once each; the last one starts the mentorship."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.audit import history_of, verify_chain
from marketplace.civil import last_day_of
from marketplace.companies.eligibility import today
from marketplace.database import clock_at, db, read_only, utcnow
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.mentorships import actions
from marketplace.mentorships.models import Mentorship, Signature
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.notifications import Notice
from tests import factories
from tests.mentorships.world import REASON, World, draft_of, fresh, sign, text_hash


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def mentorship(world):
    return world.mentorship(MentorshipState.SIGNING)


def refusal(act) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        act()
    db.session.rollback()
    return refused.value


def test_a_signature_says_who_signed_what_for_whom_and_when(world, mentorship):
    firm = world.person(mentorship, Party.FIRM)
    seen = text_hash(mentorship)
    sign(mentorship, firm)
    signature = fresh(mentorship).signatures[0]
    assert (signature.party, signature.user_id, signature.name) == (Party.FIRM, firm.id, firm.name)
    assert (signature.edition, signature.text_hash) == (1, seen)
    assert utcnow() - signature.signed_at < timedelta(minutes=5)
    entry = history_of(mentorship)[-1]
    assert (entry.facts["party"], entry.facts["text_hash"], entry.actor_id) == ("firm", seen, firm.id)


def test_what_was_not_said_to_be_read_is_not_signed(world, mentorship):
    seen = text_hash(mentorship)
    broken = refusal(
        lambda: actions.sign(fresh(mentorship), seen=seen, read=False, by=mentorship.expert.user)
    )
    assert broken.field == "read"


def test_a_page_that_showed_another_text_does_not_sign_the_present_one(world, mentorship):
    for seen in ("", "0" * 64):
        assert refusal(
            lambda seen=seen: actions.sign(fresh(mentorship), seen=seen, read=True, by=mentorship.expert.user)
        ).conflict
    old = text_hash(mentorship)
    actions.decline(fresh(mentorship), REASON, by=mentorship.expert.user)
    mentorship = fresh(mentorship)
    actions.save(mentorship, draft_of(mentorship, purpose="다른 목적"), by=world.operator)
    actions.propose(fresh(mentorship), by=world.operator)
    assert refusal(
        lambda: actions.sign(fresh(mentorship), seen=old, read=True, by=mentorship.expert.user)
    ).conflict


@pytest.mark.parametrize("party", Party, ids=str)
def test_a_party_signs_once_whoever_of_it_signs(world, mentorship, party):
    sign(mentorship, world.person(mentorship, party))
    colleague = {
        Party.FIRM: lambda: factories.user(Role.COMPANY, mentorship.request.company.organisation),
        Party.EXPERT: lambda: mentorship.expert.user,
        Party.OPERATOR: lambda: world.second_operator,
    }[party]()
    for by in (world.person(mentorship, party), colleague):
        assert refusal(lambda by=by: sign(mentorship, by)).conflict
    assert len(fresh(mentorship).signatures) == 1


def test_nobody_signs_for_two_parties(world, mentorship):
    signer = world.person(mentorship, Party.FIRM)
    sign(mentorship, signer)
    # The same person at the operator by now: one account, but no longer of the firm.
    signer.organisation_id, signer.role = world.programme.operator_id, Role.OPERATOR
    factories.save(signer)
    broken = refusal(lambda: sign(mentorship, db.session.get_one(User, signer.id)))
    assert not broken.conflict
    assert len(fresh(mentorship).signatures) == 1


def test_the_system_and_the_ministry_sign_for_nobody(world, mentorship):
    seen = text_hash(mentorship)
    for by in (None, world.official):
        with pytest.raises(NotAllowed):
            actions.sign(fresh(mentorship), seen=seen, read=True, by=by)
        with pytest.raises(NotAllowed):
            actions.decline(fresh(mentorship), REASON, by=by)
        db.session.rollback()


def test_whoever_has_not_signed_is_told_of_each_signature_and_all_of_the_last(world, mentorship):
    def told() -> set[int]:
        return {row.user_id for row in db.session.query(Notice).filter_by(event="agreement_signed")}

    firm, expert = world.person(mentorship, Party.FIRM), mentorship.expert.user
    staff = {person.id for person in mentorship.programme.staff(Role.OPERATOR)}
    sign(mentorship, firm)
    assert told() == {expert.id} | staff
    sign(mentorship, expert)
    assert told() == {expert.id} | staff
    sign(mentorship, world.operator)
    assert told() == {expert.id, firm.id} | staff


def test_a_refusal_needs_a_reason_and_all_three_read_it(world, mentorship):
    for reason in ("", "짧음"):
        assert (
            refusal(
                lambda reason=reason: actions.decline(fresh(mentorship), reason, by=mentorship.expert.user)
            ).field
            == "reason"
        )
    actions.decline(fresh(mentorship), REASON, by=mentorship.expert.user)
    told = {row.user_id for row in db.session.query(Notice).filter_by(event="signature_declined")}
    assert {world.person(mentorship, party).id for party in Party} <= told


def test_a_start_that_has_passed_at_the_last_signature_moves_the_term_and_the_visits(world, mentorship):
    since, days = mentorship.since, [visit.on for visit in mentorship.plan]
    late = utcnow() + (since - today()) + timedelta(days=10)
    with clock_at(late):
        for party in Party:
            sign(mentorship, world.person(mentorship, party))
        mentorship = fresh(mentorship)
        assert mentorship.since == today() == since + timedelta(days=10)
    assert mentorship.last_day == last_day_of(mentorship.since, 3)
    assert len({visit.on for visit in mentorship.plan}) == len(days)
    assert all(mentorship.since <= visit.on <= mentorship.last_day for visit in mentorship.plan)
    assert mentorship.case.since == mentorship.since
    edition = AgreementEdition.of(mentorship.id, 1)
    assert edition.moved["since"] == mentorship.since.isoformat()
    assert edition.content["since"] == since.isoformat(), "what was signed stays as it was"
    assert history_of(mentorship)[-1].facts["period_moved"]["to"][0] == mentorship.since.isoformat()


def test_a_start_that_is_still_to_come_stays_as_signed(world, mentorship):
    since = mentorship.since
    for party in Party:
        sign(mentorship, world.person(mentorship, party))
    mentorship = fresh(mentorship)
    assert mentorship.since == since
    assert AgreementEdition.of(mentorship.id, 1).moved is None
    assert mentorship.due_at is None


@pytest.mark.both_databases
def test_of_signatures_given_at_once_each_party_has_one_and_the_mentorship_runs_once(app):
    world = World()
    mentorship = world.mentorship(MentorshipState.SIGNING)
    number, seen = mentorship.id, text_hash(mentorship)
    people = [world.person(mentorship, party).id for party in Party] * 2  # everybody presses twice
    db.session.rollback()
    barrier, outcomes = threading.Barrier(len(people)), []

    def press(person: int) -> None:
        with app.app_context():
            read_only(False)
            barrier.wait(30)
            try:
                by = db.session.get_one(User, person)
                actions.sign(db.session.get_one(Mentorship, number), seen=seen, read=True, by=by)
                outcomes.append("signed")
            except RuleBroken as broken:
                outcomes.append("conflict" if broken.conflict else str(broken))
            except Exception as error:
                outcomes.append(repr(error))

    threads = [threading.Thread(target=press, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["conflict"] * 3 + ["signed"] * 3
    mentorship = fresh(mentorship)
    assert mentorship.state == MentorshipState.RUNNING
    assert db.session.query(Signature).count() == 3
    assert [entry.facts.get("last") for entry in history_of(mentorship)].count(True) == 1
    assert verify_chain() is None
