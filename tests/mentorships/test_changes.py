"""Changing a signed agreement: who asks, by when, who agrees, and what the approval does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.civil import months_after, working_day_from
from marketplace.companies.eligibility import today
from marketplace.database import clock_at, db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.jobs import work_off
from marketplace.mentorships import actions
from marketplace.mentorships.actions import changing
from marketplace.mentorships.draft import VisitRow
from marketplace.mentorships.models import ChangeRequest
from marketplace.mentorships.models_papers import AGREEMENT, AgreementEdition, Document
from marketplace.mentorships.states import CHANGES, ChangeState, MentorshipState, Party
from marketplace.notifications import Notice
from tests import factories
from tests.conftest import sign_in
from tests.mentorships.world import REASON, World, asked_change, draft_of, fresh

S = ChangeState


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def running(world):
    return world.mentorship(MentorshipState.RUNNING)


def refusal(act) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        act()
    db.session.rollback()
    return refused.value


def ask(world, mentorship, party=Party.FIRM, **changes) -> ChangeRequest:
    changes = changes or {"last_day": mentorship.last_day + timedelta(days=14)}
    by = world.person(mentorship, party)
    return changing.request_change(fresh(mentorship), asked_change(mentorship, **changes), by=by)


def again(change) -> ChangeRequest:
    number = change.id
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(ChangeRequest, number)


def in_state(world, mentorship, state) -> ChangeRequest:
    change = ask(world, mentorship)
    if state is S.WITHDRAWN:
        changing.withdraw(change, by=world.person(mentorship, Party.FIRM))
    if state in (S.AGREED, S.APPROVED):
        changing.agree(change, by=mentorship.expert.user)
    if state is S.APPROVED:
        changing.approve(again(change), by=world.operator)
    if state is S.REJECTED:
        changing.refuse(change, REASON, by=mentorship.expert.user)
    return again(change)


VERBS = {
    "agree": (changing.agree, Party.EXPERT, {}),
    "refuse": (changing.refuse, Party.EXPERT, {"reason": REASON}),
    "withdraw": (changing.withdraw, Party.FIRM, {}),
    "approve": (changing.approve, Party.OPERATOR, {}),
    "reject": (changing.reject, Party.OPERATOR, {"reason": REASON}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_in_each_state_a_verb_leads_where_the_table_says_or_changes_nothing(world, verb):
    act, party, options = VERBS[verb]
    for state in S:
        mentorship = world.mentorship(MentorshipState.RUNNING)
        change = in_state(world, mentorship, state)
        by = world.person(mentorship, party)
        if verb in CHANGES[state]:
            act(change, **options, by=by)
            assert again(change).state == CHANGES[state][verb]
        else:
            assert refusal(lambda act=act, change=change, by=by: act(change, **options, by=by)).conflict
            assert again(change).state == state


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_but_the_party_whose_turn_it_is_may_do_a_verb(world, running, verb):
    act, party, options = VERBS[verb]
    change = in_state(world, running, S.AGREED if verb in ("approve", "reject") else S.REQUESTED)
    others = [world.person(running, other) for other in Party if other is not party]
    others += [world.official, factories.user(Role.AUDITOR), factories.user(Role.ADMIN), world.firm]
    for by in others:
        with pytest.raises((NotAllowed, NotFound)):
            act(again(change), **options, by=by)
        db.session.rollback()
    with pytest.raises(NotAllowed):
        act(again(change), **options, by=None)


def test_an_approved_change_makes_a_new_edition_with_the_old_signatures_and_a_new_paper(world, running):
    work_off()
    ends, before = running.last_day, AgreementEdition.of(running.id, 1)
    later = ends + timedelta(days=14)
    change = ask(world, running, last_day=later, targets={1: Decimal("0.5")})
    changing.agree(change, by=running.expert.user)
    changing.approve(again(change), by=world.operator)
    mentorship, change = fresh(running), again(change)
    assert (mentorship.last_day, mentorship.goals[0].target, mentorship.edition) == (later, Decimal("0.5"), 2)
    assert mentorship.case.until == later + timedelta(days=1)
    edition = AgreementEdition.of(mentorship.id, 2)
    assert edition.content["signed"] == 1
    assert edition.content["texts"] == before.content["texts"]
    assert AgreementEdition.of(mentorship.id, 1).text == before.text
    assert change.edition == 2
    entry = history_of(mentorship)[-1]
    assert entry.facts["changes"]["targets"] == {"1": ["1", "0.5"]}
    assert entry.facts["changes"]["last_day"] == [ends.isoformat(), later.isoformat()]
    work_off()
    papers = [Document.of(mentorship.id, AGREEMENT, number) for number in (1, 2)]
    assert papers[0].sha256 != papers[1].sha256


def test_the_visits_still_to_come_may_move_and_those_made_may_not(world, running):
    rows = [VisitRow(v.on, v.content, v.task.number if v.task else None) for v in running.plan]
    moved = [*rows[:-1], replace(rows[-1], on=running.last_day)]
    change = ask(world, running, plan=moved)
    assert change.changes["plan"][1][-1][0] == running.last_day.isoformat()
    changing.withdraw(change, by=world.person(running, Party.FIRM))
    with clock_at(utcnow() + (rows[3].on - today())):
        first = [replace(rows[0], on=rows[0].on + timedelta(days=1)), *rows[1:]]
        assert refusal(lambda: ask(world, running, plan=first)).field == "plan"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("cause_on", lambda m: {"cause_on": today() + timedelta(days=1)}),
        ("cause_on", lambda m: {"cause_on": today() - timedelta(days=30)}),
        ("effective_on", lambda m: {"effective_on": today() - timedelta(days=1)}),
        ("cause", lambda m: {"cause": "짧음", "last_day": m.last_day + timedelta(days=1)}),
        ("last_day", lambda m: {}),
        ("last_day", lambda m: {"last_day": m.since}),
        ("last_day", lambda m: {"last_day": months_after(m.since, 13)}),
        ("since", lambda m: {"since": today()}),
        ("targets", lambda m: {"targets": {1: Decimal(9)}}),
        ("targets", lambda m: {"targets": {7: Decimal(1)}}),
        ("plan", lambda m: {"plan": [VisitRow(m.since, "한 번")]}),
        ("plan", lambda m: {"last_day": m.plan[-1].on - timedelta(days=1)}),
    ],
)
def test_what_cannot_be_asked_for_is_named_at_its_field(world, running, field, changes):
    asked = asked_change(running, **changes(running))
    by = running.expert.user
    assert refusal(lambda: changing.request_change(fresh(running), asked, by=by)).field == field


def test_everything_that_is_at_fault_in_a_request_is_named_at_once(world, running):
    asked = asked_change(
        running,
        cause_on=today() + timedelta(days=1),
        effective_on=today() - timedelta(days=1),
        targets={1: Decimal(9)},
    )
    broken = refusal(lambda: changing.request_change(fresh(running), asked, by=running.expert.user))
    assert [fault.field for fault in (broken, *broken.also)] == ["cause_on", "effective_on", "targets"]


def test_the_days_from_the_cause_are_counted_without_it_and_end_on_a_working_day(world, running):
    cause = today()
    latest = working_day_from(cause + timedelta(days=running.programme.change_days))
    for late in (0, 1):
        with clock_at(utcnow() + (latest - cause) + timedelta(days=late)):
            asked = asked_change(
                running, cause_on=cause, effective_on=today(), last_day=running.last_day + timedelta(days=7)
            )
            if late:
                by = running.expert.user
                broken = refusal(
                    lambda asked=asked, by=by: changing.request_change(fresh(running), asked, by=by)
                )
                assert broken.field == "cause_on"
            else:
                change = changing.request_change(fresh(running), asked, by=running.expert.user)
                changing.withdraw(change, by=running.expert.user)


def test_in_the_last_month_nothing_can_be_changed_any_more(world, running):
    with clock_at(utcnow() + (running.last_day - today()) - timedelta(days=20)):
        asked = asked_change(running, last_day=running.last_day + timedelta(days=7))
        assert "개월" in str(
            refusal(lambda: changing.request_change(fresh(running), asked, by=running.expert.user))
        )


def test_one_change_at_a_time_and_only_of_a_running_or_paused_mentorship(world, running):
    ask(world, running)
    assert refusal(lambda: ask(world, running)).conflict
    signing = world.mentorship(MentorshipState.SIGNING)
    assert refusal(lambda: ask(world, signing)).conflict


def test_what_the_operator_asks_for_both_firm_and_expert_agree_to_and_a_colleague_approves(world, running):
    change = ask(world, running, Party.OPERATOR)
    changing.agree(change, by=running.expert.user)
    assert again(change).state == S.REQUESTED
    assert refusal(lambda: changing.agree(again(change), by=running.expert.user)).conflict
    changing.agree(again(change), by=world.person(running, Party.FIRM))
    assert again(change).state == S.AGREED
    assert "신청한 사람" in str(refusal(lambda: changing.approve(again(change), by=world.operator)))
    changing.approve(again(change), by=world.second_operator)
    assert again(change).state == S.APPROVED


def test_a_change_that_takes_effect_before_its_approval_takes_effect_with_it(world, running):
    change = ask(world, running)
    changing.agree(change, by=running.expert.user)
    with clock_at(utcnow() + timedelta(days=5)):
        changing.approve(again(change), by=world.operator)
        assert again(change).effective_on == today()


def test_a_longer_term_needs_a_place_of_the_expert(world, running):
    change = ask(world, running)
    changing.agree(change, by=running.expert.user)
    other, start = world.opened(), running.last_day + timedelta(days=2)
    actions.save(other, draft_of(other, own={"since": start}), by=world.operator)
    expert = again(change).mentorship.expert
    expert.capacity = 1
    factories.save(expert)
    assert refusal(lambda: changing.approve(again(change), by=world.operator)).conflict


def test_firm_expert_and_operator_do_it_all_on_the_pages(app, world, running):
    firm, expert, operator = (sign_in(app.test_client(), world.person(running, p)) for p in Party)
    path = f"/mentorships/{running.id}/changes"
    page = firm.get(f"{path}/new")
    assert page.status_code == 200
    data = {
        "cause": "설비가 늦게 들어와 기간이 더 필요합니다.", "cause_on": today().isoformat(),
        "effective_on": today().isoformat(), "since": running.since.isoformat(),
        "last_day": (running.last_day + timedelta(days=14)).isoformat(), "targets-0-target": "1",
    }  # fmt: skip
    for n, visit in enumerate(running.plan):
        data |= {
            f"plan-{n}-on": visit.on.isoformat(),
            f"plan-{n}-content": visit.content,
            f"plan-{n}-task": "1",
        }
    faulty = firm.post(f"{path}/new", data={**data, "last_day": running.since.isoformat()})
    assert faulty.status_code == 422
    assert 'id="last_day-error"' in faulty.text and data["cause"] in faulty.text
    assert firm.post(f"{path}/new", data={**data, "do": "add:plan"}).status_code == 200
    assert firm.post(f"{path}/new", data=data).status_code == 303
    change = fresh(running).changes[0]
    assert f"{path}/{change.id}" in expert.get("/todo").text
    assert expert.post(f"{path}/{change.id}/refuse", data={"reason": ""}).status_code == 422
    assert expert.post(f"{path}/{change.id}/agree").status_code == 303
    assert f"{path}/{change.id}" in operator.get("/todo").text
    assert operator.post(f"{path}/{change.id}/approve").status_code == 303
    assert again(change).state == S.APPROVED
    told = {row.user_id for row in db.session.query(Notice).filter_by(event="change_approved")}
    assert told == {world.person(running, Party.FIRM).id, running.expert.user_id}
    assert firm.get(f"{path}/{change.id}").status_code == 200
    assert firm.get(f"{path}/{change.id + 99}").status_code == 404
