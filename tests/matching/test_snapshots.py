"""Rankings are kept with their inputs, once each, and replay to the same list."""

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import OrganisationKind
from marketplace.audit import recorded
from marketplace.database import db, writing_allowed
from marketplace.events import Event
from marketplace.matching.code_version import code_version
from marketplace.matching.explanation import plain
from marketplace.matching.index import rank_case
from marketplace.matching.models_ranking import Snapshot, StoredRanking
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.rows import expert_profile, request_profile
from marketplace.matching.rules import FORMER_TIES
from marketplace.matching.snapshots import (
    from_json,
    keep_ranking,
    replay,
    vocabulary_from,
    vocabulary_json,
)
from marketplace.programmes.conflicts import pairs_of, table_of
from marketplace.taxonomy.actions import current_vocabulary
from tests import factories
from tests.matching.world import World, release

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(app):
    return World(experts=4)


def keep(world, case, **options):
    found = rank_case(case, **options)
    with recorded(world.operator, Event.CANDIDATES_RELEASED, case):
        return keep_ranking(case, found, world.operator)


def kinds():
    return dict(db.session.execute(select(Snapshot.kind, func.count()).group_by(Snapshot.kind)).all())


def test_each_input_is_stored_once(world):
    case = world.case()
    keep(world, case)
    assert kinds() == {"expert": 4, "experts": 1, "request": 1, "vocabulary": 1}
    keep(world, case)
    assert kinds() == {"expert": 4, "experts": 1, "request": 1, "vocabulary": 1}
    world.experts[0].bio = "다른 일을 했습니다."
    world.experts[0].touch()
    factories.save(world.experts[0])
    keep(world, case)
    assert kinds() == {"expert": 5, "experts": 2, "request": 1, "vocabulary": 1}


def test_a_kept_ranking_replays_to_the_same_list_after_everything_changed(world):
    case = world.case()
    release(case, [e.id for e in world.experts[:3]], by=world.operator)
    stored = db.session.scalars(select(StoredRanking)).one()
    for expert in world.experts:
        expert.bio, expert.capacity = "전혀 다른 일", 0
        expert.touch()
    case.request.problem = "다른 문제"
    world.programme.weights = {"needs": 1.0}
    factories.save(*world.experts, case.request, world.programme)
    assert replay(stored) is None
    assert stored.code_version == code_version()


def test_a_ranking_with_an_expert_asked_for_replays_too(world):
    case = world.case()
    stored = keep(world, case, top=1, also=[world.experts[3].id])
    assert len(stored.result["experts"]) == 2
    assert replay(stored) is None


def test_a_ranking_is_kept_with_the_ties_that_counted_and_replays_with_them(world):
    sponsor = factories.organisation(OrganisationKind.SPONSOR, name="대한전자")
    factories.contribution(world.programme, sponsor)
    holder = factories.expert(interests=(("shares", "대한전자"),))
    stored = keep(world, world.case())
    assert str(holder.id) not in [row["expert"] for row in stored.result["excluded"]]
    db.session.refresh(stored)
    assert stored.settings["gates"]["ties"] == list(pairs_of(world.programme.conflicts))
    world.programme.conflicts = table_of(FORMER_TIES)
    factories.save(world.programme)
    assert replay(stored) is None
    assert str(holder.id) in [row["expert"] for row in keep(world, world.case()).result["excluded"]]


def test_a_ranking_kept_before_programmes_had_the_table_replays_as_it_was(world):
    sponsor = factories.organisation(OrganisationKind.SPONSOR, name="대한전자")
    factories.contribution(world.programme, sponsor)
    holder = factories.expert(interests=(("shares", "대한전자"),))
    world.programme.conflicts = table_of(FORMER_TIES)
    factories.save(world.programme)
    stored = keep(world, world.case())
    assert str(holder.id) in [row["expert"] for row in stored.result["excluded"]]
    gates = {name: value for name, value in stored.settings["gates"].items() if name != "ties"}
    with writing_allowed():
        stored.settings = {**stored.settings, "gates": gates}
        db.session.commit()
    assert replay(stored) is None


def test_a_result_that_was_tampered_with_is_found(world):
    stored = keep(world, world.case())
    with writing_allowed():
        stored.result = {**stored.result, "experts": stored.result["experts"][::-1]}
        db.session.commit()
    assert replay(stored) == "the stored result was changed after it was kept"


def test_a_profile_that_was_tampered_with_is_found(world):
    stored = keep(world, world.case())
    snapshot = db.session.scalars(select(Snapshot).where(Snapshot.kind == "expert")).first()
    with writing_allowed():
        snapshot.content = {**snapshot.content, "headline": "바꾼 소개"}
        db.session.commit()
    assert replay(stored) == "1 of 4 profiles are missing"


def test_profiles_and_requests_come_back_as_they_were(world):
    expert = factories.expert(careers=(("한빛전자", factories.START, None),), interests=(("kin", "대명"),))
    profile = expert_profile(expert)
    assert from_json(ExpertProfile, plain(profile)) == profile
    request = request_profile(world.case().request)
    assert from_json(RequestProfile, plain(request)) == request


def test_a_vocabulary_comes_back_as_it_was(app):
    now = current_vocabulary()
    again = vocabulary_from(vocabulary_json(now))
    assert (again.digest, again.version) == (now.digest, now.version)


def test_the_command_says_whether_every_list_is_the_same(world, app):
    stored = keep(world, world.case())
    done = app.test_cli_runner().invoke(args=["replay", "--all"])
    assert (done.exit_code, "1 of 1 rankings" in done.output) == (0, True)
    assert app.test_cli_runner().invoke(args=["replay", str(stored.id + 1)]).exit_code == 1
    assert app.test_cli_runner().invoke(args=["replay"]).exit_code == 2
    with writing_allowed():
        stored = db.session.get_one(StoredRanking, stored.id)
        stored.settings = {**stored.settings, "top": 1}
        db.session.commit()
    done = app.test_cli_runner().invoke(args=["replay", str(stored.id)])
    assert (done.exit_code, "differs" in done.output) == (1, True)
