"""Profiles out of the database, and an index that follows them without a restart."""

from datetime import date

import pytest

from marketplace.accounts.models import OrganisationKind
from marketplace.companies.models import CompanyRelation
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow
from marketplace.experts.models import ExpertSkill
from marketplace.matching.index import index, rank_case
from marketplace.matching.profiles import Interest, InterestKind, Period, RelationKind
from marketplace.matching.rows import expert_profile, request_profile
from marketplace.matching.states import CaseState
from tests import factories
from tests.matching.world import World

pytestmark = pytest.mark.both_databases


def listed(found):
    return [int(row.expert) for row in found.ranking.experts]


def test_parts_of_the_introduction_and_careers_count_one_by_one(app):
    expert = factories.expert(
        bio="도금 라인에서 일했습니다.\n불량을 줄였습니다.\n\n금형을 손봤습니다.",
        careers=(("한빛전자", date(2001, 3, 1), date(2020, 2, 28)),),
    )
    expert.careers[0].employer_brn = "1234567890"
    factories.save(expert)
    profile = expert_profile(expert, [Period(date(2027, 1, 4), date(2027, 4, 4))])
    assert profile.entries == (
        "도금 라인에서 일했습니다.\n불량을 줄였습니다.",
        "금형을 손봤습니다.",
        "품질을 관리했습니다.",
    )
    assert profile.interests == (
        Interest(InterestKind.EMPLOYER, "한빛전자", "1234567890", date(2020, 2, 28)),
    )
    assert profile.commitments == (Period(date(2027, 1, 4), date(2027, 4, 4)),)


def test_an_empty_list_of_firm_sizes_means_unknown(app):
    assert expert_profile(factories.expert(firm_sizes=[])).firm_sizes is None


def test_the_firms_relations_and_the_programmes_contributors_may_conflict(app):
    programme = factories.programme()
    sponsor = factories.organisation(OrganisationKind.SPONSOR, name="큰기업")
    factories.contribution(programme, sponsor)
    company = factories.company()
    factories.save(CompanyRelation(company_id=company.id, kind="vendor", name="공급사"))
    db.session.refresh(company)
    profile = request_profile(factories.request(company, programme))
    assert [(r.kind, r.organisation) for r in profile.relations] == [
        (RelationKind.VENDOR, "공급사"),
        (RelationKind.CONTRIBUTOR, "큰기업"),
    ]
    db.session.refresh(programme)
    former = factories.expert(careers=(("큰기업(주)", date(2000, 1, 1), date(2026, 6, 30)),))
    case = factories.case(factories.request(company, programme, RequestState.ELIGIBLE))
    found = rank_case(case)
    reasons = {out.expert: [e.rule for e in out.exclusions] for out in found.ranking.excluded}
    assert reasons == {str(former.id): ["employer"]}


def test_a_changed_profile_is_found_without_a_restart(app):
    world = World()
    case = world.case()
    before = rank_case(case)
    weak = factories.expert(skills=(), bio="물류를 맡았습니다.", headline="물류", industries=["C10"])
    assert listed(rank_case(case))[-1] == weak.id
    weak.skills = [ExpertSkill(term="QUA-01", words="QUA-01", level=4)]
    weak.bio = (
        "도금이 벗겨지는 까닭을 전처리에서 찾아 반품을 없앴습니다. 도금 두께와 밀착 불량의 기준을 세웠습니다."
    )
    weak.touch()
    factories.save(weak)
    after = rank_case(case)
    assert listed(after)[0] == weak.id
    assert listed(before) != listed(after)


def test_paused_unverified_and_disabled_experts_leave_the_list_with_a_reason(app):
    world = World()
    case = world.case()
    rank_case(case)
    paused, suspended, disabled = world.experts
    paused.paused_at = utcnow()
    suspended.state, suspended.reason = "suspended", "서류 확인"
    disabled.user.disabled_at = utcnow()
    factories.save(paused, suspended, disabled)
    found = rank_case(case)
    assert listed(found) == []
    assert {out.expert: out.exclusions[0].rule for out in found.ranking.excluded} == {
        str(paused.id): "paused",
        str(suspended.id): "unverified",
        str(disabled.id): "inactive",
    }


def test_drafts_are_not_in_the_index(app):
    world = World()
    draft = factories.expert(state="draft")
    found = rank_case(world.case())
    assert str(draft.id) not in {*found.digests}


def test_a_place_that_was_taken_since_excludes_the_expert(app):
    world = World()
    case = world.case()
    busy = world.experts[0]
    assert busy.id in listed(rank_case(case))
    taken = world.case(CaseState.ACCEPTED, busy)
    found = rank_case(case)
    assert busy.id not in listed(found)
    assert [out.exclusions[0].rule for out in found.ranking.excluded] == ["capacity"]
    taken.state = CaseState.MATCHING
    factories.save(taken)
    assert busy.id in listed(rank_case(case))


def test_an_index_that_followed_equals_one_that_was_built_anew(app):
    world = World(experts=5)
    case = world.case()
    rank_case(case)
    for number, expert in enumerate(world.experts):
        expert.bio = f"도금 반품 원인 {number}"
        expert.touch()
    factories.save(*world.experts)
    world.case(CaseState.APPROVED, world.experts[0])
    followed = rank_case(case)
    index.__globals__["_indexes"].pop(db.engine)
    assert rank_case(case).result_hash == followed.result_hash


def test_the_programmes_weights_are_used(app):
    world = World()
    case = world.case()
    plain = rank_case(case)
    world.programme.weights = {"needs": 1.0, "words": 0.0, "letters": 0.0}
    factories.save(world.programme)
    assert rank_case(case).ranking.weights["needs"] > plain.ranking.weights["needs"]


def test_an_expert_asked_for_is_listed_whatever_the_place(app):
    world = World(experts=4)
    case = world.case()
    last = listed(rank_case(case))[-1]
    found = rank_case(case, top=1, also=[last])
    assert [row["expert"] for row in found.result["experts"]][1:] == [str(last)]
    assert found.of(last).rank == 4
