"""The draft of an agreement: what may stand in it, what must, and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.audit import history_of
from marketplace.civil import last_day_of
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.mentorships import actions
from marketplace.mentorships.content import hash_of
from marketplace.mentorships.draft import VisitRow, missing_in
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.mentorships.texts import all_texts
from tests import factories
from tests.mentorships.world import GOAL, REASON, World, draft_of, fresh, sign, whole


@pytest.fixture
def world(app):
    return World()


def refusal(act) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        act()
    db.session.rollback()
    return refused.value


@pytest.mark.parametrize("party", Party, ids=str)
def test_each_of_the_three_may_write_and_the_record_says_what_changed(world, party):
    mentorship = world.opened()
    actions.save(mentorship, whole(mentorship), by=world.person(mentorship, party))
    mentorship = fresh(mentorship)
    assert [goal.kpi for goal in mentorship.goals] == ["Q1"]
    assert mentorship.goals[0].unit
    entry = history_of(mentorship)[-1]
    assert set(entry.facts["parts"]) == {"purpose", "goals"}
    assert entry.facts["before"]["goals"] == []
    assert entry.facts["after"]["goals"][0][0] == "Q1"


def test_a_page_that_changes_nothing_leaves_no_entry(world):
    mentorship = world.written()
    before = len(history_of(mentorship))
    actions.save(mentorship, draft_of(mentorship), by=world.operator)
    assert len(history_of(fresh(mentorship))) == before


def test_an_older_page_does_not_overwrite_what_another_party_saved(world):
    mentorship = world.opened()
    old = whole(mentorship, purpose="먼저 연 화면")
    actions.save(mentorship, whole(mentorship, purpose="나중에 연 화면"), by=world.operator)
    broken = refusal(lambda: actions.save(fresh(mentorship), old, by=mentorship.expert.user))
    assert broken.conflict
    assert fresh(mentorship).purpose == "나중에 연 화면"


@pytest.mark.parametrize("part", ["tasks", "goals", "plan"])
def test_a_change_of_rows_alone_also_moves_the_version(world, part):
    mentorship = world.written()
    before = mentorship.version
    rows = {
        "tasks": [replace(row, title="바뀐 과제") for row in draft_of(mentorship).tasks],
        "goals": [replace(GOAL, method="다른 방법")],
        "plan": draft_of(mentorship).plan[1:],
    }
    actions.save(mentorship, draft_of(mentorship, **{part: rows[part]}), by=world.operator)
    assert fresh(mentorship).version > before


def test_tasks_goals_and_visits_come_and_go(world):
    mentorship = world.written()
    draft = draft_of(mentorship)
    more = [*draft.tasks, replace(draft.tasks[0], title="둘째 과제")]
    plan = [replace(row, task=2) for row in draft.plan]
    actions.save(mentorship, draft_of(mentorship, tasks=more, plan=plan), by=world.operator)
    mentorship = fresh(mentorship)
    assert {visit.task.title for visit in mentorship.plan} == {"둘째 과제"}
    fewer = draft_of(mentorship)
    fewer = replace(fewer, tasks=fewer.tasks[1:], plan=[replace(row, task=1) for row in fewer.plan[:3]])
    actions.save(mentorship, fewer, by=world.operator)
    mentorship = fresh(mentorship)
    assert [(task.number, task.title) for task in mentorship.tasks] == [(1, "둘째 과제")]
    assert [visit.number for visit in mentorship.plan] == [1, 2, 3]
    assert {visit.task_id for visit in mentorship.plan} == {mentorship.tasks[0].id}


def test_visits_are_numbered_in_the_order_of_their_days(world):
    mentorship = world.written()
    actions.save(mentorship, draft_of(mentorship, plan=draft_of(mentorship).plan[::-1]), by=world.operator)
    days = [visit.on for visit in fresh(mentorship).plan]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("kpi", "baseline", "target", "right"),
    [("Q1", 4, 1, True), ("Q1", 1, 4, False), ("Q1", 4, 4, False), ("P1", 1, 4, True), ("P1", 4, 1, False),
     ("P1", 0, 1, True), ("ZZ", 4, 1, False)],
)  # fmt: skip
def test_a_target_leads_where_its_indicator_is_to_go(world, kpi, baseline, target, right):
    mentorship = world.opened()
    unit = {"P1": "ea/h"}.get(kpi, "%")
    goal = replace(GOAL, kpi=kpi, unit=unit, baseline=Decimal(baseline), target=Decimal(target))
    if right:
        actions.save(mentorship, whole(mentorship, goals=[goal]), by=world.operator)
    else:
        broken = refusal(lambda: actions.save(mentorship, whole(mentorship, goals=[goal]), by=world.operator))
        assert broken.field == "goals"


def test_an_indicator_is_measured_in_one_of_its_units(world):
    mentorship = world.opened()
    for unit in ("%", "ppm"):
        actions.save(
            fresh(mentorship), whole(fresh(mentorship), goals=[replace(GOAL, unit=unit)]), by=world.operator
        )
        assert fresh(mentorship).goals[0].unit == unit
    wrong = whole(fresh(mentorship), goals=[replace(GOAL, unit="% 또는 ppm")])
    assert refusal(lambda: actions.save(fresh(mentorship), wrong, by=world.operator)).field == "goals"


def test_a_visit_outside_the_term_or_of_a_task_that_is_not_there_is_refused(world):
    mentorship = world.opened()
    for row in (
        VisitRow(mentorship.since - timedelta(days=1), "너무 이름"),
        VisitRow(mentorship.last_day + timedelta(days=1), "너무 늦음"),
        VisitRow(mentorship.since, "없는 과제", task=9),
    ):
        broken = refusal(
            lambda row=row: actions.save(mentorship, whole(mentorship, plan=[row]), by=world.operator)
        )
        assert broken.field == "plan"


def test_a_new_start_moves_the_last_day_the_visits_and_the_experts_place(world):
    mentorship = world.written()
    start = mentorship.since + timedelta(days=28)
    actions.save(mentorship, draft_of(mentorship, own={"since": start}), by=world.operator)
    mentorship = fresh(mentorship)
    assert (mentorship.since, mentorship.last_day) == (start, last_day_of(start, 3))
    assert all(mentorship.since <= visit.on <= mentorship.last_day for visit in mentorship.plan)
    assert (mentorship.case.since, mentorship.case.until) == (start, mentorship.last_day + timedelta(days=1))


def test_start_tax_and_contributor_are_the_operators_alone(world):
    mentorship = world.written()
    for own in ({"since": date(2027, 2, 1)}, {"withholding": "business"}, {"sponsor_id": None}):
        for party in (Party.FIRM, Party.EXPERT):
            with pytest.raises(NotAllowed):
                actions.save(mentorship, draft_of(mentorship, own=own), by=world.person(mentorship, party))
            db.session.rollback()
    actions.save(mentorship, draft_of(mentorship, own={"withholding": "business"}), by=world.operator)
    assert fresh(mentorship).withholding == "business"


def test_a_tax_rate_or_contributor_that_is_not_on_the_list_is_refused_at_its_field(world):
    mentorship = world.written()
    for own, field in (({"withholding": "none"}, "withholding"), ({"sponsor_id": 999}, "sponsor_id")):
        broken = refusal(
            lambda own=own: actions.save(mentorship, draft_of(mentorship, own=own), by=world.operator)
        )
        assert broken.field == field


def lacking(world, **changes):
    mentorship = world.written()
    actions.save(mentorship, draft_of(mentorship, **changes), by=world.operator)
    return fresh(mentorship)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("purpose", lambda d: {"purpose": " "}),
        ("tasks", lambda d: {"tasks": [], "plan": [replace(row, task=None) for row in d.plan]}),
        ("goals", lambda d: {"goals": []}),
        ("goals", lambda d: {"goals": [replace(GOAL, weight=999)]}),
        ("goals", lambda d: {"goals": [GOAL, GOAL]}),
        ("plan", lambda d: {"plan": d.plan[1:]}),
        ("plan", lambda d: {"plan": [*d.plan, d.plan[0]]}),
        ("plan", lambda d: {"plan": [d.plan[0], *d.plan[:-1]]}),
        (
            "plan",
            lambda d: {
                "plan": [replace(r, on=d.plan[0].on + timedelta(days=n)) for n, r in enumerate(d.plan)]
            },
        ),
    ],
)  # fmt: skip
def test_whatever_a_proposal_lacks_is_named_at_its_part(world, part, changes):
    mentorship = world.written()
    draft = draft_of(mentorship)
    actions.save(mentorship, replace(draft, **changes(draft)), by=world.operator)
    mentorship = fresh(mentorship)
    faults = missing_in(mentorship, today())
    assert part in {fault.part for fault in faults}
    assert refusal(lambda: actions.propose(mentorship, by=world.operator)).field == faults[0].part
    assert fresh(mentorship).state == MentorshipState.DRAFTING


def test_a_start_in_the_past_is_not_put_before_the_parties(world):
    mentorship = world.written()
    past = today() - timedelta(days=1)
    actions.save(mentorship, draft_of(mentorship, own={"since": past}), by=world.operator)
    assert refusal(lambda: actions.propose(fresh(mentorship), by=world.operator)).field == "since"


def test_an_expert_who_has_a_conflict_or_no_place_by_now_is_not_put_before_the_firm(world):
    mentorship = world.written()
    expert = mentorship.expert
    expert.capacity = 1
    factories.save(expert)
    other = world.opened()  # takes the same days of the same expert
    assert refusal(lambda: actions.propose(fresh(mentorship), by=world.operator)).conflict
    actions.stop(fresh(other), REASON, by=world.operator)
    actions.propose(fresh(mentorship), by=world.operator)


def test_a_proposal_freezes_the_text_with_everything_that_was_agreed_on(world):
    mentorship = world.mentorship(MentorshipState.SIGNING)
    edition = AgreementEdition.of(mentorship.id, 1)
    assert edition is not None
    assert edition.text_hash == hash_of(edition.text)
    for words in (
        mentorship.request.company.name,
        mentorship.expert.name,
        mentorship.programme.operator.name,
        mentorship.request.reference,
        f"{mentorship.total:,}원",
        "기타소득 8.8%",
        "4 → 1, 가중치 100%",
        *(task.title for task in mentorship.tasks),
        *(f"{visit.number}회차" for visit in mentorship.plan),
        *(text.body_ko for text in all_texts()),
    ):
        assert words in edition.text
    assert mentorship.texts == {"confidentiality": 1, "conflict": 1, "privacy": 1, "misuse": 1}


def test_after_a_refusal_the_next_proposal_is_a_new_edition_that_all_sign_anew(world):
    mentorship = world.mentorship(MentorshipState.SIGNING)
    sign(mentorship, world.person(mentorship, Party.FIRM))
    actions.decline(fresh(mentorship), REASON, by=mentorship.expert.user)
    mentorship = fresh(mentorship)
    assert (mentorship.state, mentorship.reason) == (MentorshipState.DRAFTING, REASON)
    actions.propose(mentorship, by=world.operator)
    mentorship = fresh(mentorship)
    assert mentorship.edition == 2
    assert mentorship.unsigned == list(Party)
    assert len(mentorship.signatures) == 1, "what was signed stays in the record"
    editions = [AgreementEdition.of(mentorship.id, number) for number in (1, 2)]
    assert editions[0].text != editions[1].text
