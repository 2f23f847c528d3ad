"""A period whose start has passed moves when an expert is asked or an approval is given."""

from datetime import date, timedelta

import pytest

from marketplace.audit import history_of
from marketplace.civil import months_after
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.matching import actions
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CaseState
from marketplace.notifications import Notice
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import LONG_REASON, World, listed

pytestmark = pytest.mark.both_databases
#: From asking to the end of both approvals, from the first approval to the end of the final one: 3 + 5 + 5 and 5.
FROM_ASKING, FROM_FIRST = 13, 5


@pytest.fixture
def world(app):
    return World()


def begun(world, state, days=10, **facts):
    """A case that should have begun some days ago."""
    case = world.case(state, **facts)
    case.since = today() - timedelta(days=days)
    case.until = months_after(case.since, 3)
    return fresh(factories.save(case))


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def moved_to(case, days):
    since = today() + timedelta(days=days)
    return (case.since, case.until) == (since, months_after(since, 3))


def told_of_it():
    return {n.user_id for n in db.session.query(Notice) if "시작일이 지나" in n.sentence}


def test_asking_moves_it_to_the_first_day_that_can_be_kept(world):
    case = begun(world, CaseState.PROPOSED)
    before = [case.since.isoformat(), case.last_day.isoformat()]
    firm = factories.person_of(case.request.company)
    actions.prefer(case, {1: case.candidates[0].id}, by=firm)
    case = fresh(case)
    assert moved_to(case, FROM_ASKING)
    (entry,) = history_of(case)
    after = [case.since.isoformat(), case.last_day.isoformat()]
    assert entry.facts["period_moved"] == {"from": before, "to": after}
    assert entry.facts["period"] == after
    assert told_of_it() == {firm.id}


@pytest.mark.parametrize("way", ["override", "decline", "expire"])
def test_it_moves_however_an_expert_comes_to_be_asked(world, way):
    case = begun(world, CaseState.MATCHING if way == "override" else CaseState.OFFERED)
    if way == "override":
        actions.override(case, world.experts[0].id, LONG_REASON, by=world.operator)
    elif way == "decline":
        actions.decline(case.offered, "바쁩니다.", by=case.offered.expert.user)
    else:
        case.offered.expires_at -= timedelta(days=9)
        number = factories.save(case.offered).id
        actions.expire(number)
    case = fresh(case)
    assert case.state == CaseState.OFFERED
    assert moved_to(case, FROM_ASKING)
    assert "period_moved" in history_of(case)[-1].facts


def test_accepting_takes_the_period_that_was_offered(world):
    case = begun(world, CaseState.OFFERED)
    actions.accept(case.offered, by=case.offered.expert.user)
    assert fresh(case).since == today() - timedelta(days=10)


def test_each_approval_moves_it_and_those_concerned_are_told(world):
    case = begun(world, CaseState.ACCEPTED)
    people = {factories.person_of(case.request.company).id, case.chosen.expert.user_id}
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    assert moved_to(fresh(case), FROM_FIRST)
    assert told_of_it() == people
    late = begun(world, CaseState.FIRST_APPROVED, expert=world.experts[1])
    actions.approve_final(late, seen=late.chosen_id, by=world.official)
    assert moved_to(fresh(late), 0)


def test_a_start_that_is_today_or_later_stays(world):
    for days in (0, -1):
        case = begun(world, CaseState.ACCEPTED, days, expert=world.experts[-days])
        since = case.since
        actions.approve_first(case, seen=case.chosen_id, by=world.operator)
        assert fresh(case).since == since
    assert told_of_it() == set()


def test_places_are_counted_in_the_moved_period(world):
    busy = world.experts[0]
    other = world.case(CaseState.APPROVED, busy)
    other.since, other.until = today() + timedelta(days=85), today() + timedelta(days=200)
    factories.save(other)
    case = begun(world, CaseState.ACCEPTED, days=30, expert=busy)  # ends before the other begins
    assert case.until < other.since
    with pytest.raises(RuleBroken, match="먼저 승인된") as refused:
        actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    assert refused.value.conflict
    assert fresh(case).state == CaseState.ACCEPTED


def test_a_former_employer_is_judged_by_the_moved_start(world):
    """The cooling-off of 24 months ends between the old start and the moved one."""
    left = months_after(today() + timedelta(days=2), -24)
    expert = factories.expert(careers=(("한빛전자", date(2000, 1, 1), left),))
    company = factories.company(name="한빛전자")
    case = begun(world, CaseState.ACCEPTED, expert=expert, company=company)
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    assert moved_to(fresh(case), FROM_FIRST)


def test_an_expert_who_is_away_in_the_moved_period_is_not_approved(world):
    case = begun(world, CaseState.ACCEPTED)
    case.chosen.expert.available_until = case.last_day
    factories.save(case.chosen.expert)
    with pytest.raises(RuleBroken, match="까지만 활동"):
        actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator)


def test_the_pages_say_beforehand_which_period_the_step_brings(world, client):
    case, proposed = begun(world, CaseState.ACCEPTED), begun(world, CaseState.PROPOSED)
    assert listed(proposed)
    for user, url, days in (
        (world.operator, f"/cases/{case.id}", FROM_FIRST),
        (world.operator, f"/cases/{proposed.id}/candidates", FROM_ASKING),
        (
            factories.person_of(proposed.request.company),
            f"/requests/{proposed.request_id}/candidates",
            FROM_ASKING,
        ),
    ):
        text = sign_in(client, user).get(url).text
        start = today() + timedelta(days=days)
        assert "시작일이 지났습니다" in text
        assert f"{start.year}. {start.month}. {start.day}." in text
    text = sign_in(client, world.operator).get(f"/cases/approve?case={case.id}").text
    assert "시작일이 지나 바뀜" in text
    actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator)
    assert "시작일이 지나 기간 변경" in sign_in(client, world.operator).get(f"/cases/{case.id}").text
