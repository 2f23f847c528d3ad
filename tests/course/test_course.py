"""Steps open by themselves when it is time, are answered, reminded of and decided; silences climb a ladder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from marketplace.access import Role
from marketplace.civil import months_after
from marketplace.companies.eligibility import today
from marketplace.course import actions
from marketplace.course.models import DECIDED, FIELDS, CourseStep, Silence
from marketplace.course.states import (
    DECISION_LABELS,
    KIND_LABELS,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TONES,
    TRANSITIONS,
    WHO,
    Decision,
    StepKind,
    StepState,
)
from marketplace.course.sweeps import note_silences, open_steps, remind_of_steps
from marketplace.database import clock_at, db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.notifications import Notice
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.course import printed
from tests.visits.world import World, log

pytestmark = pytest.mark.both_databases
REASON = "측정값의 근거를 함께 적어 주십시오."
K, S = StepKind, StepState


@pytest.fixture
def world(app: Any) -> World:
    return World(visits=4, planned=0)


def steps(world: World, kind: StepKind | None = None) -> list[CourseStep]:
    db.session.rollback()
    db.session.expire_all()
    return [step for step in CourseStep.of(world.mentorship.id) if kind is None or step.kind == kind]


def said(step: CourseStep, party: Party) -> dict[str, str]:
    return {name: f"{name}에 쓴 글" for name, _, _ in FIELDS[StepKind(step.kind)][party]}


def person(world: World, party: Party) -> Any:
    return world.firm if party is Party.FIRM else world.expert.user


def told(user: Any) -> list[str]:
    return [
        notice.event for notice in db.session.query(Notice).filter_by(user_id=user.id).order_by(Notice.id)
    ]


def step_in(world: World, state: StepState, kind: StepKind = K.MIDTERM) -> CourseStep:
    actions.open_step(world.mentorship.id, kind, today(), timedelta(days=14), {})
    (step,) = steps(world, kind)
    if state in (S.ANSWERED, S.CLOSED):
        for party in step.asked:
            actions.answer(steps(world, kind)[0], said(step, party), by=person(world, party))
    if state is S.CLOSED and kind in DECIDED:
        actions.decide(steps(world, kind)[0], "go_on", None, by=world.operator)
    return steps(world, kind)[0]


def test_the_tables_are_complete():
    used = {verb for row in TRANSITIONS.values() for verb in row}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS)
    assert set(TRANSITIONS) == set(STATE_LABELS) == set(TONES) == set(S)
    assert set(KIND_LABELS) == set(FIELDS) == set(K)
    assert set(DECISION_LABELS) == set(Decision)
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)


def test_the_page_in_docs_is_what_the_tables_say():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.whole()


def test_a_mentorship_that_began_is_asked_for_its_kickoff_and_the_months_that_are_over(world):
    since = world.mentorship.since
    visit = world.visit(VisitState.LOGGED, log=log(since + timedelta(days=1)))
    visit.result = "불량 기록표를 만들었습니다."
    factories.save(visit)
    open_steps()
    assert len(steps(world, K.KICKOFF)) == 1
    months = [step.period for step in steps(world, K.MONTHLY)]
    wanted, month = [], since.replace(day=1)
    while (following := (month + timedelta(days=32)).replace(day=1)) <= today():
        wanted.append(month)
        month = following
    assert months == wanted
    draft = steps(world, K.MONTHLY)[0].draft["expert"]["done"]
    assert "방문 1회, 2시간" in draft
    assert "→ 불량 기록표를 만들었습니다." in draft
    before = len(steps(world))
    assert open_steps() == 0
    assert len(steps(world)) == before
    assert "step_opened" in told(world.firm)
    assert "step_opened" in told(world.expert.user)


def test_the_mid_term_check_opens_at_half_of_the_visits_or_of_the_term_whichever_is_first(app):
    by_visits, by_term = World(visits=4, planned=0), World(visits=24, planned=0)
    open_steps()
    assert steps(by_visits, K.MIDTERM) == steps(by_term, K.MIDTERM) == []
    for _ in range(2):
        by_visits.visit(VisitState.LOGGED)
    open_steps()
    assert (len(steps(by_visits, K.MIDTERM)), len(steps(by_term, K.MIDTERM))) == (1, 0)
    with clock_at(utcnow() + timedelta(days=6)):
        open_steps()
    assert (len(steps(by_visits, K.MIDTERM)), len(steps(by_term, K.MIDTERM))) == (1, 1)


@pytest.mark.parametrize("months", [3, 6, 12])
def test_the_firm_is_asked_again_so_many_months_after_the_term(app, months):
    world = World(state=MentorshipState.CLOSED)
    asked = months_after(world.mentorship.last_day, months)
    noon = datetime(asked.year, asked.month, asked.day, 3, tzinfo=UTC)
    with clock_at(noon - timedelta(days=1)):
        open_steps()
        assert asked not in {step.period for step in steps(world, K.FOLLOWUP)}
    with clock_at(noon):
        open_steps()
        (step,) = [step for step in steps(world, K.FOLLOWUP) if step.period == asked]
        assert step.asked == [Party.FIRM]
        actions.answer(step, said(step, Party.FIRM), by=world.firm)
        assert [one.state for one in steps(world, K.FOLLOWUP) if one.period == asked] == [S.CLOSED]


def test_the_side_that_has_not_answered_is_reminded_once(world):
    step = step_in(world, S.OPEN)
    actions.answer(step, said(step, Party.EXPERT), by=world.expert.user)
    assert remind_of_steps() == 0
    with clock_at(utcnow() + timedelta(days=12)):
        assert (remind_of_steps(), remind_of_steps()) == (1, 0)
    assert told(world.firm).count("step_reminded") == 1
    assert "step_reminded" not in told(world.expert.user)


@pytest.mark.parametrize(
    ("kind", "state", "wanted"),
    [
        (K.MIDTERM, MentorshipState.PAUSED, True),
        (K.MONTHLY, MentorshipState.REPORTING, True),
        (K.MIDTERM, MentorshipState.CHECKING, False),
        (K.MONTHLY, MentorshipState.STOPPED, False),
        (K.FOLLOWUP, MentorshipState.CLOSED, True),
        (K.FOLLOWUP, MentorshipState.STOPPED, False),
    ],
)
def test_nobody_is_asked_any_more_once_the_mentorship_is_over(app, world, kind, state, wanted):
    step = step_in(world, S.OPEN, kind)
    party = step.asked[-1]
    mentorship = db.session.get_one(Mentorship, world.mentorship.id, populate_existing=True)
    mentorship.state = state
    mentorship.reason = REASON
    factories.save(mentorship)
    path = f"/mentorships/{mentorship.id}/course/{step.id}"
    browser = sign_in(app.test_client(), person(world, party))
    assert ("’ 답하기" in browser.get("/todo").text) is wanted
    page = browser.get(path).text
    assert ("나의 답변" in page) is wanted
    assert ("답변 없이 끝남" in page) is not wanted
    with clock_at(utcnow() + timedelta(days=12)):
        assert remind_of_steps() == wanted
    assert browser.post(path, data=said(step, party)).status_code == (303 if wanted else 409)


def test_what_must_be_said_is_named_at_its_field(world):
    step = step_in(world, S.OPEN)
    with pytest.raises(RuleBroken) as broken:
        actions.answer(step, {"progress": " "}, by=world.firm)
    assert broken.value.field == "progress"
    assert steps(world)[0].answers == {}


def test_a_returned_step_lies_before_the_sides_with_what_they_said(world):
    step = step_in(world, S.ANSWERED)
    actions.send_back(step, REASON, by=world.operator)
    (step,) = steps(world)
    assert (step.state, step.reason, step.answers) == (S.OPEN, REASON, {})
    assert step.draft["firm"]["progress"] == "progress에 쓴 글"
    assert "by" not in step.draft["firm"]
    assert "step_returned" in told(world.firm)


@pytest.mark.parametrize("decision", list(Decision))
def test_conditions_and_a_stop_need_a_reason(world, decision):
    step = step_in(world, S.ANSWERED)
    if decision is not Decision.GO_ON:
        with pytest.raises(RuleBroken) as broken:
            actions.decide(step, decision, "짧음", by=world.operator)
        assert broken.value.field == "reason"
    actions.decide(steps(world)[0], decision, REASON, by=world.operator)
    (step,) = steps(world)
    assert (step.state, step.decision, step.reason) == (S.CLOSED, decision, REASON)
    assert "step_decided" in told(world.firm)
    assert "step_decided" in told(world.expert.user)


MAY = {
    "answer": {Role.COMPANY, Role.EXPERT},
    "decide": {Role.OPERATOR},
    "return": {Role.OPERATOR},
}
PEOPLE = {
    Role.COMPANY: lambda world: world.firm,
    Role.EXPERT: lambda world: world.expert.user,
    Role.OPERATOR: lambda world: world.operator,
    Role.MINISTRY: lambda world: world.official,
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", sorted(MAY))
@pytest.mark.parametrize("role", list(Role))
def test_every_verb_in_every_state_by_every_role(app, state, verb, role):
    world = World(visits=4, planned=0)
    step = step_in(world, state)
    by = PEOPLE.get(role, lambda _: factories.user(role))(world)

    def do() -> None:
        if verb == "answer":
            party = Party.FIRM if role is Role.COMPANY else Party.EXPERT
            actions.answer(step, said(step, party), by=by)
        elif verb == "decide":
            actions.decide(step, "go_on", None, by=by)
        else:
            actions.send_back(step, REASON, by=by)

    if role not in MAY[verb]:
        with pytest.raises((NotAllowed, NotFound)):
            do()
    elif verb not in TRANSITIONS[state]:
        with pytest.raises(RuleBroken) as broken:
            do()
        assert broken.value.conflict
    else:
        do()
        assert steps(world)[0].state == TRANSITIONS[state][verb]
        return
    assert steps(world)[0].state == state


def silent(world: World, after: int) -> list[int]:
    """The rungs that were climbed by so many days after the missed visit."""
    with clock_at(utcnow() + timedelta(days=after)):
        note_silences()
    rows = db.session.query(Silence).filter_by(mentorship_id=world.mentorship.id).order_by(Silence.rung)
    return [row.rung for row in rows]


def test_a_missed_visit_climbs_the_ladder_once_a_rung(app):
    world = World(planned=1, since=today() - timedelta(days=4))  # planned for today
    world.mentorship.entered_at = utcnow() - timedelta(days=4)
    factories.save(world.mentorship)
    assert [silent(world, days) for days in (6, 7, 13, 14, 20, 21, 60)] == [
        [], [1], [1], [1, 2], [1, 2], [1, 2, 3], [1, 2, 3]
    ]  # fmt: skip
    for user in (world.firm, world.expert.user):
        assert told(user).count("silence_noted") == 1
    assert told(world.operator).count("silence_noted") == 2


def test_a_visit_ends_the_silence_and_a_pause_does_not_count(app):
    world, resting = (World(planned=1, since=today() - timedelta(days=4)) for _ in range(2))
    for one in (world, resting):
        one.mentorship.entered_at = utcnow() - timedelta(days=4)
        factories.save(one.mentorship)
    resting.mentorship.state, resting.mentorship.reason = MentorshipState.PAUSED, REASON
    factories.save(resting.mentorship)
    world.visit(VisitState.LOGGED, log=log(0, "00:00", "02:00"))
    assert silent(world, 30) == silent(resting, 30) == []


def test_the_pages_lead_from_the_todo_to_the_decision(app, world):
    step = step_in(world, S.OPEN)
    base = f"/mentorships/{world.mentorship.id}/course"
    path = f"{base}/{step.id}"
    browsers = {party: sign_in(app.test_client(), person(world, party)) for party in step.asked}
    operator = sign_in(app.test_client(), world.operator)
    for party, browser in browsers.items():
        assert path in browser.get("/todo").text
        assert path in browser.get(base).text
        data = said(step, party)
        lacking = browser.post(path, data={**data, "progress": ""})
        assert lacking.status_code == 422
        assert browser.post(path, data=data).status_code == 303
        again = browser.post(path, data=data)
        assert again.status_code == 409
        assert "progress에 쓴 글" in again.text
    assert "중간점검·월간보고 1건 확인" in operator.get("/todo").text
    assert path in operator.get("/course").text
    short = operator.post(f"{path}/decide", data={"decision": "conditions", "reason": "짧음"})
    assert short.status_code == 422
    assert "짧음" in short.text
    assert operator.post(f"{path}/return", data={"reason": REASON}).status_code == 303
    for party, browser in browsers.items():
        assert "progress에 쓴 글" in browser.get(path).text
        assert browser.post(path, data=said(step, party)).status_code == 303
    assert (
        operator.post(f"{path}/decide", data={"decision": "conditions", "reason": REASON}).status_code == 303
    )
    shown = browsers[Party.FIRM].get(path).text
    assert "조건부 계속" in shown
    assert REASON in shown
    stranger = sign_in(app.test_client(), World(planned=0).firm)
    assert stranger.get(path).status_code == 404
    assert browsers[Party.FIRM].get(f"{base}/{step.id + 999}").status_code == 404
    assert isinstance(step.period, date)
