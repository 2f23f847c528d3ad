"""The demo world: built through the actions alone, and something to do for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import brn, jobs
from marketplace.access import Role
from marketplace.accounts import passwords
from marketplace.accounts.models import User
from marketplace.application import create_app
from marketplace.audit import AuditEntry, verify_chain
from marketplace.cards.models import Card
from marketplace.cards.states import CardState
from marketplace.companies.eligibility import takes_requests, today
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.database import clock_at, db, read_only, utcnow
from marketplace.demo.command import demo, prepare
from marketplace.demo.mentoring import STARTS_AFTER, VISITS, led, log, visited_on
from marketplace.demo.people import PASSWORD, SIGN_INS, Staff, address, keep_open
from marketplace.demo.sheets import demo_experts, demo_requests
from marketplace.demo.timeline import Timeline, office_day
from marketplace.demo.world import HalfBuilt, is_built
from marketplace.experts.models import Expert, ExpertState
from marketplace.ledger.replaying import replay as replay_books
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.snapshots import replay
from marketplace.matching.states import OPEN_STATES, CandidateState, CaseState
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import Document
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.notifications import Notice, OutboxMail
from marketplace.outcomes.queries_totals import outcomes_of_programme
from marketplace.outcomes.totals import Figures
from marketplace.payments.models import Claim
from marketplace.payments.states import ClaimState
from marketplace.programmes.models import Programme
from marketplace.reporting.figures import public_figures
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState
from marketplace.web.todo import todos_of
from tests import factories
from tests.conftest import settings_for, sign_in

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The site on the demo world as `flask demo` prepares it, once for this file; its tests read only."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    app = create_app(settings_for(f"sqlite:///{path}"))
    app.config["WTF_CSRF_ENABLED"] = False
    read_only(False)
    with app.app_context():
        prepare()
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def inside(world: Flask) -> Iterator[Flask]:
    with world.app_context():
        yield world
        db.session.rollback()


def person(name: str) -> User:
    found = User.with_email(address(name))
    assert found is not None
    return found


def test_requests_and_experts_are_in_every_state(inside: Flask) -> None:
    requests = set(db.session.scalars(select(MentoringRequest.state)))
    cases = set(db.session.scalars(select(MatchCase.state)))
    experts = set(db.session.scalars(select(Expert.state)))
    assert requests == set(RequestState)
    assert cases == set(CaseState)
    assert experts == set(ExpertState)


def test_every_case_stands_where_its_line_says(inside: Flask) -> None:
    meant = {
        "refused": "matching",
        "declined": "offered",
        "sent_back": "accepted",
        "running": "approved",
        "finished": "approved",
    }
    wanted = Counter(
        meant.get(written.more["state"], written.more["state"])
        for written in demo_requests()
        if written.more["state"]
        not in ("draft", "submitted", "checking", "returned", "ineligible", "objected")
    )
    found = db.session.execute(select(MatchCase.state, func.count()).group_by(MatchCase.state))
    assert {str(state): count for state, count in found} == wanted


def test_whoever_decides_has_something_to_do(inside: Flask) -> None:
    waiting = {}
    for sign_in_ in SIGN_INS:
        with inside.test_request_context("/"):
            waiting[sign_in_.email] = len(todos_of(person(sign_in_.email)))
    deciding = ("company2", "expert", "operator", "operator2", "ministry")
    assert [name for name in deciding if waiting[name] == 0] == []


@pytest.mark.parametrize("name", [sign_in_.email for sign_in_ in SIGN_INS])
def test_every_printed_sign_in_opens_its_todo_page(inside: Flask, name: str) -> None:
    user = person(name)
    assert passwords.fits(PASSWORD, user.password_hash)
    answer = sign_in(inside.test_client(), user).get("/todo")
    assert answer.status_code == 200
    assert user.name in answer.get_data(as_text=True)


def test_the_fresh_firm_has_an_account_and_nothing_else(inside: Flask) -> None:
    user = person("company")
    assert user.organisation is not None
    asked = select(func.count()).select_from(MentoringRequest).join(MentoringRequest.company)
    assert (
        db.session.scalar(asked.where(MentoringRequest.company.has(organisation_id=user.organisation_id)))
        == 0
    )


def test_everybody_agreed_to_the_texts_of_the_own_door(inside: Flask) -> None:
    people = db.session.scalars(select(User)).unique().all()
    assert len(people) > 100
    assert {role for user in people for role in [Role(user.role)]} == set(Role)
    assert [user.email for user in people if user.missing_consents()] == []


def test_the_record_of_the_world_is_whole(inside: Flask) -> None:
    assert verify_chain() is None
    names = set(db.session.scalars(select(AuditEntry.event).distinct()))
    assert {
        "signed_up",
        "profile_returned",
        "objection_raised",
        "candidates_refused",
        "match_approved",
    } <= names


def test_the_record_of_the_world_goes_back_weeks_and_never_backwards(inside: Flask) -> None:
    times = list(db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)))
    assert times == sorted(times)
    assert times[-1] - times[0] > timedelta(weeks=7)
    assert times[-1] <= utcnow()


@pytest.mark.parametrize("model", [User, MentoringRequest, Notice, OutboxMail])
def test_rows_of_the_world_came_about_over_weeks(inside: Flask, model: type[User]) -> None:
    first, last = db.session.execute(select(func.min(model.created_at), func.max(model.created_at))).one()
    assert last - first > timedelta(weeks=4)


def test_some_wait_beyond_their_deadline_and_no_offer_has_run_out(inside: Flask) -> None:
    now = utcnow()
    late = set(db.session.scalars(select(MatchCase.state).where(MatchCase.due_at < now)))
    assert late == {CaseState.MATCHING, CaseState.PROPOSED, CaseState.ACCEPTED, CaseState.FIRST_APPROVED}
    in_check = MentoringRequest.state == RequestState.CHECKING
    assert min(db.session.scalars(select(MentoringRequest.check_due_at).where(in_check))) < now
    offered = Candidate.state == CandidateState.OFFERED
    ends = list(db.session.scalars(select(Candidate.expires_at).where(offered)))
    assert now < min(ends) < now + timedelta(days=1) < max(ends)


def test_mentorships_are_being_agreed_on_run_and_one_has_ended(inside: Flask) -> None:
    found = {row.state: row for row in db.session.scalars(select(Mentorship))}
    states = Counter(db.session.scalars(select(Mentorship.state)))
    assert states == {
        MentorshipState.DRAFTING: 1,
        MentorshipState.SIGNING: 1,
        MentorshipState.RUNNING: 3,
        MentorshipState.CLOSED: 1,
    }
    assert [row.party for row in found[MentorshipState.SIGNING].signatures] == [Party.FIRM]
    assert found[MentorshipState.RUNNING].unsigned == []
    assert db.session.scalar(select(func.count()).select_from(Document)) == 4


def test_the_printed_firm_and_expert_of_a_running_mentorship_are_those_of_one(inside: Flask) -> None:
    firm, expert = person("haeoreum"), person("bong.sh")
    running = db.session.scalars(select(Mentorship).where(Mentorship.state == MentorshipState.RUNNING)).all()
    (theirs,) = [one for one in running if one.belongs_to(firm)]
    assert theirs.belongs_to(expert)
    waiting = select(Visit).where(Visit.mentorship_id == theirs.id, Visit.state == VisitState.LOGGED)
    assert db.session.scalars(waiting).first() is not None


def test_visits_wait_for_a_firm_and_for_the_operator_and_their_money_is_where_it_should_be(
    inside: Flask,
) -> None:
    visits = Counter(db.session.scalars(select(Visit.state)))
    assert visits[VisitState.LOGGED] == visits[VisitState.CONFIRMED] == 1
    assert visits[VisitState.ACCEPTED] > 30
    claims = Counter(db.session.scalars(select(Claim.state)))
    assert claims[ClaimState.PAID] > claims[ClaimState.CLAIMED] > 0
    assert sum(claims.values()) == visits[VisitState.ACCEPTED]
    assert [
        fault
        for programme in db.session.scalars(select(Programme)).all()
        for fault in replay_books(programme)
    ] == []


def test_what_ended_has_verified_results_and_published_cards(inside: Flask) -> None:
    assert set(db.session.scalars(select(Card.state))) == {CardState.PUBLISHED}
    assert db.session.scalar(select(func.count()).select_from(Card)) == 2
    programme = db.session.scalars(select(Programme)).first()
    figures = Figures.of(outcomes_of_programme(programme))
    quality = figures.fields[[field.field for field in figures.fields].index("Q")]
    assert quality.middle is not None and quality.middle > 0
    assert {effect.kpi for effect in figures.effects} == {"B1", "B3"}


def test_the_worker_finds_nothing_to_change_in_the_new_world(inside: Flask) -> None:
    count = select(func.count()).select_from(AuditEntry)
    before = db.session.scalar(count)
    db.session.rollback()
    jobs.run_due()
    assert db.session.scalar(count) == before


def test_open_cases_start_in_the_future(inside: Flask) -> None:
    starts = select(MatchCase.since).where(MatchCase.state.in_(OPEN_STATES))
    assert min(db.session.scalars(starts)) > today()


def test_the_landing_page_tells_of_weeks_until_approval(inside: Flask) -> None:
    days = {figure.name: figure.value for figure in public_figures()}["승인까지 걸린 기간"]
    assert days is not None and 10 < days < 40


def test_staff_of_the_world_act_on_weekdays(inside: Flask) -> None:
    decided = select(AuditEntry.at).where(AuditEntry.actor_role.in_(("operator", "ministry")))
    assert {at.weekday() for at in db.session.scalars(decided)} == {0, 1, 2, 3, 4}


def test_people_were_told_by_notice_and_mail(inside: Flask) -> None:
    officials = db.session.scalars(select(Notice.user_id).distinct()).all()
    assert person("ministry").id in officials
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) > 400


def test_the_demo_expert_is_being_asked(inside: Flask) -> None:
    expert = Expert.of(person("expert"))
    assert expert is not None
    offers = select(Candidate).where(
        Candidate.expert_id == expert.id, Candidate.state == CandidateState.OFFERED
    )
    assert db.session.scalars(offers).all()


def test_kept_rankings_of_the_world_can_be_replayed(inside: Flask) -> None:
    case = db.session.scalar(select(MatchCase).where(MatchCase.state == CaseState.APPROVED).limit(1))
    assert case is not None and case.ranking is not None
    assert replay(case.ranking) is None


def test_a_second_start_serves_the_same_world(inside: Flask) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    db.session.rollback()
    assert is_built()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_no_two_requests_of_the_files_say_the_same(app: Flask) -> None:
    written = demo_requests()
    assert len({request.row.problem for request in written}) == len(written) > 40
    assert len({request.row.company_brn for request in written}) == len(written)
    assert all(brn.is_valid(request.row.company_brn) for request in written)


def test_the_files_reach_every_region_and_most_industries(app: Flask) -> None:
    written = demo_requests()
    assert len({request.row.region for request in written}) == 16
    assert len({request.row.industry for request in written}) > 20
    assert sum(not request.row.needs for request in written) > len(written) / 2


def test_every_expert_of_the_files_tells_of_at_least_two_positions(app: Flask) -> None:
    written = demo_experts()
    assert len({expert.row.email for expert in written}) == len(written) == 70
    assert [expert.row.name for expert in written if len(expert.careers) < 2] == []
    for expert in written:
        assert all(career.since < career.until for career in expert.careers)
        assert expert.careers[-1].until == expert.row.retired_on


def test_a_database_of_other_people_is_left_alone(app: Flask) -> None:
    factories.user(Role.OPERATOR)
    with pytest.raises(HalfBuilt):
        is_built()


def test_the_demo_refuses_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from marketplace import settings

    production = settings.current().model_copy(update={"mode": "production"})
    monkeypatch.setattr(settings, "_current", production)
    result = app.test_cli_runner().invoke(demo)
    assert result.exit_code == 2
    assert "production" in result.output


def test_a_demo_of_a_later_year_prolongs_the_programme_and_moves_the_wished_starts(app: Flask) -> None:
    programme = factories.programme(closes_on=today())
    staff = [factories.user(Role.OPERATOR), factories.user(Role.MINISTRY, organisation=programme.ministry)]
    written = [request.start_on for request in demo_requests()]
    later = datetime(2028, 6, 1, tzinfo=UTC)
    with clock_at(later):
        assert not takes_requests(programme)
        keep_open(
            Staff(programme, staff[0], (staff[0], staff[0]), (staff[1], staff[1])),
            later.date() - timedelta(days=60),
            later.date() + timedelta(days=14),
        )
        assert takes_requests(programme)
        moved = [request.start_on for request in demo_requests()]
    assert min(start for start in moved if start) > later.date()
    assert [start and start.weekday() for start in moved] == [start and start.weekday() for start in written]


def test_steps_are_taken_in_the_order_of_their_moments() -> None:
    timeline = Timeline(datetime(2026, 11, 22, 3, tzinfo=UTC))
    taken: list[tuple[str, datetime]] = []
    second, first = timeline.now - timedelta(days=1), timeline.now - timedelta(days=9)
    timeline.add(second, lambda: taken.append(("second", utcnow())))
    timeline.add(first, lambda: taken.append(("first", utcnow())))
    with pytest.raises(ValueError, match="past"):
        timeline.add(timeline.now + timedelta(minutes=1), lambda: None)
    weeks = []
    timeline.run(weeks.append)
    assert taken == [("first", first), ("second", second)]
    assert [str(week) for week in weeks] == ["2026-11-09", "2026-11-16"]


@pytest.mark.parametrize(("day", "office"), [(20, 20), (21, 20), (22, 20), (23, 23)])
def test_a_weekend_of_staff_is_the_friday_before(day: int, office: int) -> None:
    assert office_day(datetime(2026, 11, day, tzinfo=UTC).date()).day == office


@pytest.mark.parametrize("weekday", range(7))
def test_a_term_that_begins_on_any_day_of_the_week_holds_all_its_visits(weekday: int) -> None:
    since = date(2026, 11, 23) + timedelta(days=weekday)
    written = [
        since + timedelta(days=day - STARTS_AFTER) for day, _, do in led() if getattr(do, "func", None) is log
    ]
    days = [visited_on(day, since) for day in written]
    assert len(set(days)) == len(days) == VISITS
    assert all(since <= day < said for day, said in zip(days, written, strict=True))


def test_the_world_can_be_built_on_a_saturday_after_a_term_that_a_weekend_made_longer(tmp_path: Path) -> None:
    built = create_app(settings_for(f"sqlite:///{tmp_path}/demo.sqlite3"))
    read_only(False)
    with built.app_context(), clock_at(datetime(2026, 11, 28, 3, tzinfo=UTC)):
        prepare()
        assert is_built()
        db.session.rollback()
        db.engine.dispose()
