"""The demo world: built through the actions alone, and something to do for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import brn
from marketplace.access import Role
from marketplace.accounts import passwords
from marketplace.accounts.models import User
from marketplace.application import create_app
from marketplace.audit import AuditEntry, verify_chain
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.database import db, read_only
from marketplace.demo.command import demo
from marketplace.demo.people import PASSWORD, SIGN_INS, address
from marketplace.demo.sheets import demo_experts, demo_requests
from marketplace.demo.world import HalfBuilt, build_demo, is_built
from marketplace.experts.models import Expert, ExpertState
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.snapshots import replay
from marketplace.matching.states import CandidateState, CaseState
from marketplace.notifications import Notice, OutboxMail
from marketplace.web.todo import todos_of
from tests import factories
from tests.conftest import settings_for, sign_in

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The site on the demo world, built once for this file; its tests read only."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(settings_for(f"sqlite:///{path}"))
    app.config["WTF_CSRF_ENABLED"] = False
    read_only(False)
    with app.app_context():
        build_demo()
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
    meant = {"refused": "matching", "declined": "offered", "sent_back": "accepted"}
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
