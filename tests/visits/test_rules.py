"""Each rule of a log with its fault at its field, and the log that just keeps to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.audit import history_of, verify_chain
from marketplace.companies.models import MentoringRequest
from marketplace.database import clock_at, db
from marketplace.errors import RuleBroken
from marketplace.mentorships.states import MentorshipState
from marketplace.notifications import OutboxMail
from marketplace.visits import actions
from marketplace.visits.logs import read_back
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING, VisitState
from tests import factories
from tests.visits.world import LONG_REASON, World, days_ago, key, log, mentorship, seoul, today

pytestmark = pytest.mark.both_databases


def hand_in(world: World, log_, mentorship_=None, client_key=None) -> Visit:
    return actions.log_visit(
        mentorship_ or world.mentorship, log_, client_key=client_key or key(), by=world.writer
    )


def fault(world: World, log_, mentorship_=None) -> tuple[str | None, str]:
    """The field and sentence with which a log is refused."""
    with pytest.raises(RuleBroken) as refused:
        hand_in(world, log_, mentorship_)
    db.session.rollback()
    return refused.value.field, str(refused.value)


def test_a_log_is_kept_with_its_first_version_and_the_firm_is_asked(app):
    world = World()
    task = world.mentorship.tasks[0]
    visit = hand_in(world, log(1, task_id=task.id, homework="기록지 쓰기"))
    assert (visit.state, visit.edition, visit.planned_number) == (VisitState.LOGGED, 1, 1)
    assert visit.versions[0].content["task"] == task.title
    assert read_back(visit.versions[0].content) == log(1, task_id=task.id, homework="기록지 쓰기")
    mail = db.session.query(OutboxMail).filter_by(user_id=world.firm.id).one()
    assert mail.path == "/confirm-visit/{token}"
    assert "방문일지를 제출했습니다" in mail.subject
    assert [entry.event for entry in history_of(world.mentorship)][-1] == "visit_logged"
    assert verify_chain() is None


@pytest.mark.parametrize(("start", "end"), [("12:00", "10:00"), ("10:00", "10:00"), ("14:00", "02:00")])
def test_a_visit_ends_after_it_starts(app, start, end):
    field, sentence = fault(World(), log(1, start, end))
    assert field == "end"
    assert "뒤여야 합니다" in sentence


def test_a_visit_is_not_in_the_future(app):
    world = World()
    assert fault(world, log(today() + timedelta(days=1))) == (
        "on",
        "아직 오지 않은 날입니다. 방문을 마친 뒤에 적어 주십시오.",
    )
    with clock_at(seoul(today(), "11:59")):
        field, sentence = fault(world, log(0, "10:00", "12:00"))
        assert field == "end"
        assert "아직 되지 않았습니다" in sentence
    with clock_at(seoul(today(), "12:00")):
        assert hand_in(world, log(0, "10:00", "12:00")).id


def test_the_day_of_a_visit_is_one_of_seoul(app):
    """Nine hours before midnight in London it is tomorrow in Seoul."""
    world = World(since=days_ago(0))
    tomorrow = today() + timedelta(days=1)
    with clock_at(seoul(tomorrow, "08:00")):
        assert hand_in(world, log(tomorrow, "00:30", "07:30")).starts_at == seoul(tomorrow, "00:30")
        assert fault(world, log(tomorrow, "07:40", "23:00"))[0] == "end"


def test_a_visit_is_within_the_term_of_the_agreement_both_ends_included(app):
    world = World(since=days_ago(10), last_day=days_ago(2))
    for outside in (11, 1):
        field, sentence = fault(world, log(outside))
        assert field == "on"
        assert "협약 기간" in sentence
    assert hand_in(world, log(10)).id
    assert hand_in(world, log(2)).id


def test_a_visit_takes_no_less_and_no_more_than_the_programme_says(app):
    world = World(programme={"visit_least_hours": 3, "visit_most_hours": 4})
    assert fault(world, log(1, "09:00", "11:59")) == (
        "end",
        "방문 한 번은 3시간 이상이어야 합니다. 시각을 확인해 주십시오.",
    )
    assert fault(world, log(1, "09:00", "13:01"))[1].startswith("방문 한 번은 4시간을 넘을 수 없습니다")
    assert hand_in(world, log(1, "09:00", "12:00")).id
    assert hand_in(world, log(2, "09:00", "13:00")).id


def test_visits_of_an_expert_do_not_overlap_whatever_the_mentorship(app):
    world = World()
    elsewhere = mentorship(world.programme, expert=world.expert)
    hand_in(world, log(1, "10:00", "12:00"))
    for start, end in (("09:00", "11:00"), ("11:59", "14:00"), ("10:30", "12:30"), ("09:00", "13:00")):
        field, sentence = fault(world, log(1, start, end), elsewhere)
        assert field == "start"
        assert world.company.name in sentence
        assert "10:00 ~ 12:00" in sentence
    assert hand_in(world, log(1, "12:00", "14:00"), elsewhere).id
    assert hand_in(world, log(1, "08:00", "10:00"), mentorship(world.programme, expert=world.expert)).id


def test_another_expert_may_be_elsewhere_at_the_same_time(app):
    first, second = World(), World()
    hand_in(first, log(1))
    assert hand_in(second, log(1)).id


def test_a_firm_is_visited_once_a_day_also_by_another_expert(app):
    world = World()
    other = World(company=world.company)
    hand_in(world, log(1, "08:00", "10:00"))
    for who, where in ((world, world.mentorship), (other, other.mentorship)):
        field, sentence = fault(who, log(1, "14:00", "16:00"), where)
        assert field == "on"
        assert "하루에 1번까지" in sentence
    assert hand_in(world, log(2, "14:00", "16:00")).id


def test_there_are_at_most_so_many_visits_in_a_calendar_month(app):
    world = World(programme={"monthly_visits": 2}, since=today().replace(day=1) - timedelta(days=40))
    last_of_month = today().replace(day=1) - timedelta(days=1)
    for back in (0, 1):
        hand_in(world, log(last_of_month - timedelta(days=back)))
    field, sentence = fault(world, log(last_of_month - timedelta(days=2)))
    assert field == "on"
    assert f"{last_of_month.month}월 방문은 한 달 한도(2번)" in sentence
    month_before = last_of_month.replace(day=1) - timedelta(days=1)
    assert hand_in(world, log(month_before)).id


def test_there_are_no_more_visits_than_were_agreed_on(app):
    world = World(visits=1)
    hand_in(world, log(3))
    field, sentence = fault(world, log(1))
    assert field == "on"
    assert "협약한 방문 횟수(1번)" in sentence


def test_a_task_is_one_of_the_agreement(app):
    world, other = World(), World()
    assert fault(world, log(1, task_id=other.mentorship.tasks[0].id))[0] == "task_id"


@pytest.mark.parametrize("state", [VisitState.WITHDRAWN, VisitState.REFUSED])
def test_a_visit_that_no_longer_stands_leaves_its_room_to_another(app, state):
    world = World(visits=1, programme={"monthly_visits": 1})
    world.visit(state, log=log(1), planned_number=1)
    assert hand_in(world, log(1)).planned_number == 1


@pytest.mark.parametrize("state", STANDING, ids=str)
def test_a_visit_that_stands_keeps_its_time(app, state):
    world = World()
    world.visit(state, log=log(1))
    assert fault(world, log(1, "11:00", "13:00"))[0] == "start"


@pytest.mark.parametrize("state", MentorshipState, ids=str)
def test_visits_are_logged_only_while_a_mentorship_runs_or_is_written_up(app, state):
    world = World(state=state)
    if state in (MentorshipState.RUNNING, MentorshipState.REPORTING):
        assert hand_in(world, log(1)).id
    else:
        assert fault(world, log(1))[0] is None


def test_a_log_that_is_sent_twice_is_one_visit(app):
    world = World()
    first = hand_in(world, log(1), client_key="the-same-key")
    second = hand_in(world, log(1), client_key="the-same-key")
    assert first.id == second.id
    assert db.session.query(Visit).count() == 1
    assert len(history_of(first)) == 1


def test_a_correction_keeps_every_version_and_says_what_changed(app):
    world = World()
    visit = hand_in(world, log(1, "10:00", "12:00"))
    actions.dispute(visit, LONG_REASON, seen=1, by=world.firm)
    actions.correct(visit, log(1, "10:00", "13:00", result="원인을 찾음"), seen=1, by=world.writer)
    db.session.expire_all()
    visit = db.session.get_one(Visit, visit.id)
    assert [version.number for version in visit.versions] == [1, 2]
    assert [version.content["end"] for version in visit.versions] == ["12:00", "13:00"]
    assert history_of(visit)[-1].facts["changed_parts"] == ["end", "result"]
    assert (visit.state, visit.length, visit.planned_number) == (VisitState.LOGGED, 180, 1)


def test_a_correction_after_the_review_has_to_be_confirmed_anew(app):
    world = World()
    visit = hand_in(world, log(1))
    actions.confirm(visit, seen=1, by=world.firm)
    actions.send_back(visit, LONG_REASON, by=world.operator)
    actions.correct(visit, log(1, done="다시 적었습니다."), seen=1, by=world.writer)
    db.session.expire_all()
    visit = db.session.get_one(Visit, visit.id)
    assert (visit.state, visit.confirmed_at, visit.confirmed_by_id) == (VisitState.LOGGED, None, None)
    assert db.session.query(OutboxMail).filter_by(user_id=world.firm.id, token_purpose="visit").count() == 2


def test_a_correction_keeps_to_the_rules_but_not_against_itself(app):
    world = World(visits=2, programme={"monthly_visits": 2})
    hand_in(world, log(2, "10:00", "12:00"))
    visit = hand_in(world, log(1, "10:00", "12:00"))
    actions.correct(visit, log(1, "10:30", "12:30"), seen=1, by=world.writer)
    with pytest.raises(RuleBroken) as refused:
        actions.correct(visit, log(2, "11:00", "13:00"), seen=2, by=world.writer)
    assert refused.value.field == "start"


def test_a_replaced_expert_may_still_correct_the_visits_made_but_logs_no_more(app):
    world, successor = World(), factories.expert()
    visit = hand_in(world, log(1))
    world.mentorship.expert_id = successor.id
    factories.save(world.mentorship)
    db.session.expire_all()
    actions.correct(visit, log(1, done="고쳐 적었습니다."), seen=1, by=world.writer)
    again = db.session.get_one(Visit, visit.id)
    assert (again.edition, again.expert_id) == (2, world.expert.id)


def test_a_settled_mentorship_keeps_its_logs_as_they_are(app):
    world = World()
    visit = world.visit(VisitState.RETURNED)
    world.mentorship.state = MentorshipState.CLOSED
    factories.save(world.mentorship)
    with pytest.raises(RuleBroken, match="정산이 끝난"):
        actions.correct(visit, log(1), seen=1, by=world.writer)


def test_the_firm_of_the_request_is_the_one_that_counts(app):
    """Two requests of one firm are one firm."""
    world = World()
    second = mentorship(world.programme, world.company, world.expert)
    assert db.session.query(MentoringRequest).filter_by(company_id=world.company.id).count() == 2
    hand_in(world, log(1, "08:00", "10:00"))
    assert fault(world, log(1, "14:00", "16:00"), second)[0] == "on"
