"""Skills that staff confirmed, and those that say more since: who sees what, and who is to look again."""

import re
from types import SimpleNamespace

import pytest

from marketplace.access import Role
from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.experts import actions_parts, verification
from marketplace.experts.models import Expert, ExpertSkill, ExpertState
from marketplace.experts.verification import CHECKS
from marketplace.matching.rows import expert_profile
from tests import factories
from tests.experts.conftest import complete

pytestmark = pytest.mark.both_databases
ALL = list(CHECKS)


@pytest.fixture
def confirmed(operator):
    """A verified expert with one confirmed skill: level 2, ten years, with evidence."""
    expert = complete(ExpertState.SUBMITTED, skills=(("QUA-01", 2),))
    skill = expert.skills[0]
    skill.years, skill.last_used, skill.evidence = 10, 2020, "품질경영기사"
    factories.save(skill)
    verification.verify(expert=expert, checks=ALL, skills=[skill.id], version=expert.version, by=operator)
    return SimpleNamespace(expert=expert, skill=skill, operator=operator)


def state(skill, **changes):
    """Save the skill as its expert would, with some facts changed."""
    facts = {
        name: getattr(skill, name) for name in ("term", "words", "level", "years", "last_used", "evidence")
    }
    actions_parts.save_skill(skill=skill, version=None, by=skill.expert.user, **{**facts, **changes})
    db.session.refresh(skill)


def last_entry():
    return db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()


def waiting(client):
    return "기술을 더하거나 높인 전문가가 1명" in client.get("/todo").text


def test_the_page_of_verification_shows_what_there_is_to_confirm(operator, as_user):
    expert = complete(ExpertState.SUBMITTED, skills=(("QUA-01", 3),))
    expert.skills[0].years, expert.skills[0].evidence = 12, "2019년 분임조 대통령상"
    factories.save(expert.skills[0])
    page = as_user(operator).get(f"/staff/experts/{expert.id}").text
    box = rf'<input type="checkbox" [^>]*name="skills"\s+value="{expert.skills[0].id}"[^>]*>'
    assert [" checked" in found for found in re.findall(box, page)] == [False]
    assert "주도 · 12년 · 근거: 2019년 분임조 대통령상" in page
    assert "미확인" in page


def test_who_verifies_confirms_the_skills_that_are_ticked_and_no_other(operator, as_user):
    expert = complete(ExpertState.SUBMITTED, skills=(("QUA-01", 4), ("PRD-08", 3)))
    first, second = expert.skills
    typed = {"decision": "verify", "checks": ALL, "skills": [first.id], "version": expert.version}
    assert as_user(operator).post(f"/staff/experts/{expert.id}/decision", data=typed).status_code == 303
    db.session.expire_all()
    assert (first.verified_by_id, first.verified_at is not None) == (operator.id, True)
    assert (second.verified_by_id, second.verified_at) == (None, None)
    entry = db.session.query(AuditEntry).filter_by(event="expert_verified").one()
    assert entry.facts["skills"] == [{"what": "QUA-01", "level": 4, "years": None, "evidence": None}]


def test_a_skill_of_somebody_else_cannot_be_confirmed_along(operator, as_user):
    expert, other = (complete(ExpertState.SUBMITTED) for _ in range(2))
    typed = {"decision": "verify", "checks": ALL, "skills": [other.skills[0].id], "version": expert.version}
    answer = as_user(operator).post(f"/staff/experts/{expert.id}/decision", data=typed)
    assert answer.status_code == 422 and "목록에 있는 항목만" in answer.text
    with pytest.raises(RuleBroken):
        verification.verify(
            expert=expert, checks=ALL, skills=[other.skills[0].id], version=expert.version, by=operator
        )
    db.session.expire_all()
    assert other.skills[0].verified_at is None and expert.state == "submitted"


@pytest.mark.parametrize(
    "change",
    [{"level": 3}, {"years": 11}, {"evidence": "품질경영기술사"}, {"evidence": None}, {"words": "PRD-08", "term": "PRD-08"}],
)  # fmt: skip
def test_a_skill_that_says_more_or_other_is_unconfirmed_and_comes_to_staff(confirmed, change, as_user):
    staff = as_user(confirmed.operator)
    assert not waiting(staff)
    state(confirmed.skill, **change)
    assert (confirmed.skill.verified_at, confirmed.skill.verified_by_id) == (None, None)
    assert last_entry().facts["to_be_verified_again"]
    assert db.session.get(Expert, confirmed.expert.id).state == ExpertState.VERIFIED
    assert waiting(staff)
    page = staff.get("/staff/experts?tab=skills").text
    assert confirmed.expert.name in page and "미확인" in page


@pytest.mark.parametrize("change", [{"level": 1}, {"years": 9}, {"last_used": 2021}, {}])
def test_a_skill_that_says_less_or_the_same_stays_confirmed(confirmed, change, as_user):
    state(confirmed.skill, **change)
    assert confirmed.skill.verified_at is not None
    assert not waiting(as_user(confirmed.operator))


def test_a_skill_added_after_verification_is_shown_as_unconfirmed_until_staff_confirm_it(
    confirmed, as_user, monkeypatch
):
    actions_parts.save_skill(
        skill=None, term="PRD-08", words=None, level=4, years=20, last_used=None, evidence="자격",
        version=None, by=confirmed.expert.user,
    )  # fmt: skip
    added = db.session.query(ExpertSkill).filter_by(term="PRD-08").one()
    staff, expert = as_user(confirmed.operator), as_user(confirmed.expert.user)
    number = confirmed.expert.id
    for client, path in (
        (staff, f"/staff/experts/{number}"),
        (staff, "/staff/experts"),
        (expert, "/expert/skills"),
        (expert, "/expert/preview"),
    ):
        assert client.get(path).text.count("미확인") > 0, path
    assert waiting(staff)
    typed = {"decision": "confirm_skills", "skills": [added.id], "version": confirmed.expert.version}
    db.session.refresh(confirmed.expert)
    typed["version"] = confirmed.expert.version
    assert staff.post(f"/staff/experts/{number}/decision", data=typed).status_code == 303
    db.session.refresh(added)
    assert added.verified_by_id == confirmed.operator.id
    assert (last_entry().event, last_entry().thing_id) == ("skills_confirmed", number)
    assert not waiting(staff)
    assert "미확인" not in expert.get("/expert/preview").text
    assert "미확인" not in staff.get(f"/staff/experts/{number}").text


def test_nothing_ticked_is_refused_with_what_to_do(confirmed, as_user):
    state(confirmed.skill, level=4)
    db.session.refresh(confirmed.expert)
    typed = {"decision": "confirm_skills", "version": confirmed.expert.version}
    answer = as_user(confirmed.operator).post(f"/staff/experts/{confirmed.expert.id}/decision", data=typed)
    assert answer.status_code == 422 and "하나 이상 표시해" in answer.text


def test_a_skill_raised_while_staff_looked_is_not_confirmed(confirmed, as_user):
    state(confirmed.skill, level=3)
    db.session.refresh(confirmed.expert)
    seen = confirmed.expert.version
    state(confirmed.skill, level=4)
    typed = {"decision": "confirm_skills", "skills": [confirmed.skill.id], "version": seen}
    answer = as_user(confirmed.operator).post(f"/staff/experts/{confirmed.expert.id}/decision", data=typed)
    assert answer.status_code == 409
    db.session.refresh(confirmed.skill)
    assert confirmed.skill.verified_at is None


@pytest.mark.parametrize("state_", [state for state in ExpertState if state is not ExpertState.VERIFIED])
def test_skills_alone_are_confirmed_only_of_a_verified_expert(state_, operator):
    expert = complete(state_)
    with pytest.raises(RuleBroken) as caught:
        verification.confirm_skills(expert=expert, skills=[expert.skills[0].id], version=None, by=operator)
    assert caught.value.conflict


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_only_the_operating_body_confirms_skills(role, app):
    expert = complete(ExpertState.VERIFIED)
    user = expert.user if role is Role.EXPERT else factories.user(role)
    with pytest.raises(NotAllowed):
        verification.confirm_skills(expert=expert, skills=[expert.skills[0].id], version=None, by=user)


@pytest.mark.parametrize("ticked", [True, False])
def test_several_at_once_confirm_all_their_skills_or_none(ticked, operator, as_user):
    several = [complete(ExpertState.SUBMITTED, skills=(("QUA-01", 4), ("PRD-08", 3))) for _ in range(2)]
    seen = [f"{expert.id}-{expert.version}" for expert in several]
    data = {"seen": seen, "checks": ALL} | ({"skills": "y"} if ticked else {})
    assert as_user(operator).post("/staff/experts/verify", data=data).status_code == 303
    db.session.expire_all()
    skills = [skill for expert in several for skill in expert.skills]
    assert [skill.verified_at is not None for skill in skills] == [ticked] * 4


def test_what_the_ranker_reads_does_not_depend_on_it(confirmed):
    before = expert_profile(confirmed.expert)
    with factories.writing_allowed():
        confirmed.skill.verified_at = confirmed.skill.verified_by_id = None
        db.session.commit()
    assert expert_profile(confirmed.expert) == before
