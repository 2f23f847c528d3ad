"""What an expert does with the own profile: saved, on record, and sent back to be verified when it must be."""

from datetime import date

import pytest

from marketplace.access import Role
from marketplace.audit import AuditEntry, verify_chain
from marketplace.database import db
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.experts import actions, actions_parts, verification
from marketplace.experts.completeness import missing_parts, parts_of
from marketplace.experts.models import Expert, ExpertState
from marketplace.notifications import Notice, OutboxMail
from tests import factories
from tests.experts.conftest import complete

pytestmark = pytest.mark.both_databases

CAREER = {
    "employer": "한빛전자",
    "title": "품질보증부장",
    "since": "199503",
    "until": "202012",
    "text": "도금 불량을 줄였습니다.",
    "employer_brn": "",
}
SKILL = {"words": "SMED", "level": "3", "years": "12", "last_used": "2020", "evidence": "분임조 대통령상"}
INTEREST = {"kind": "kin", "organisation": "동생정밀", "until": "", "note": "동생이 대표입니다.", "brn": ""}


def entries():
    return [entry.event for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def again(expert):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Expert, expert.id)


def test_an_expert_fills_all_steps_on_the_site_and_submits(person, as_user):
    client = as_user(person)
    steps = [
        ("/expert/basics", {"headline": "도금 품질 30년", "bio": "도금 불량\n\n설비 개선", "years": "30"}),
        ("/expert/careers/new", CAREER),
        ("/expert/skills/new", SKILL),
        (
            "/expert/fields",
            {"industries": ["C25"], "regions": ["48", "12"], "mode": "both", "firm_sizes": ["small"],
             "small_firm_projects": "0"},
        ),
        (
            "/expert/availability",
            {"available_from": "2026-12-01", "available_until": "", "capacity": "2", "days_per_week": "3"},
        ),
        ("/expert/interests", {"none": "y"}),
        ("/expert/submit", {}),
    ]  # fmt: skip
    for path, typed in steps:
        expert = Expert.of(person)
        response = client.post(path, data={"version": expert.version if expert else 0, **typed})
        assert response.status_code == 303, path
        db.session.rollback()
        db.session.expire_all()
    expert = Expert.of(person)
    assert (expert.state, expert.headline, expert.years) == ("submitted", "도금 품질 30년", 30)
    assert expert.submitted_at is not None
    assert (expert.careers[0].since, expert.careers[0].until) == (date(1995, 3, 1), date(2020, 12, 31))
    assert (expert.skills[0].term, expert.skills[0].words, expert.skills[0].level) == ("PRD-08", "SMED", 3)
    assert (expert.industries, expert.regions, expert.small_firm_projects) == (["C25"], ["48", "12"], 0)
    assert (expert.capacity, expert.days_per_week, expert.available_until) == (2, 3, None)
    assert expert.no_interests_declared
    assert entries().count("profile_saved") == 6 and entries()[-1] == "profile_submitted"
    assert verify_chain() is None


def test_every_change_moves_the_mark_that_an_index_reads(as_user):
    expert = complete(ExpertState.VERIFIED)
    before = expert.changed_at
    as_user(expert.user).post("/expert/skills/new", data={**SKILL, "version": expert.version})
    assert again(expert).changed_at > before


@pytest.mark.parametrize("path", ["/expert/basics", "/expert/fields", "/expert/availability"])
def test_saving_a_step_without_a_change_leaves_no_entry(path, as_user):
    expert = complete(ExpertState.VERIFIED, small_firm_projects=3)
    client, before = as_user(expert.user), expert.changed_at
    typed = {
        "/expert/basics": {"headline": expert.headline, "bio": expert.bio, "years": expert.years},
        "/expert/fields": {"industries": ["C25"], "regions": ["48"], "mode": "both", "firm_sizes": ["small"],
                           "small_firm_projects": 3},
        "/expert/availability": {"available_from": "2026-01-01", "capacity": 1, "days_per_week": 2},
    }[path]  # fmt: skip
    assert client.post(path, data={**typed, "version": expert.version}).status_code == 303
    assert again(expert).changed_at == before
    assert "profile_saved" not in entries()


@pytest.mark.parametrize(
    ("path", "typed"),
    [("/expert/careers/new", CAREER), ("/expert/interests/new", INTEREST)],
)
def test_a_change_of_verified_facts_is_announced_and_sends_the_profile_back(path, typed, as_user):
    expert = complete(ExpertState.VERIFIED)
    client = as_user(expert.user)
    assert "저장하면 운영기관의 확인을 다시 받습니다" in client.get(path).text
    assert client.post(path, data={**typed, "version": expert.version}).status_code == 303
    assert again(expert).state == "submitted"
    assert db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first().facts["to_be_verified_again"]
    assert db.session.query(Notice).filter_by(user_id=expert.user_id).count() == 1
    assert db.session.query(OutboxMail).filter_by(user_id=expert.user_id).count() == 1


def test_removing_a_career_or_a_tie_sends_a_verified_profile_back(as_user):
    for kind, facts in (("careers", {}), ("interests", {"interests": (("shares", "한빛부품"),)})):
        expert = complete(ExpertState.VERIFIED, **facts)
        item = getattr(expert, kind)[0]
        client = as_user(expert.user)
        assert client.post(f"/expert/{kind}/{item.id}/remove").status_code == 303
        left = again(expert)
        assert left.state == "submitted" and getattr(left, kind) == []


@pytest.mark.parametrize("state", list(ExpertState))
def test_other_changes_leave_the_state_as_it_is(state, as_user):
    expert = complete(state)
    client = as_user(expert.user)
    client.post("/expert/skills/new", data={**SKILL, "version": expert.version})
    client.post(f"/expert/skills/{expert.skills[0].id}/remove")
    left = again(expert)
    assert left.state == state
    assert [skill.words for skill in left.skills] == ["SMED"]


def test_words_that_the_list_lacks_are_kept_as_they_are_and_the_page_says_so(as_user):
    expert = complete()
    client = as_user(expert.user)
    client.post(
        "/expert/skills/new", data={**SKILL, "words": "도깨비 방망이 정비", "version": expert.version}
    )
    skill = again(expert).skills[-1]
    assert (skill.term, skill.words) == (None, "도깨비 방망이 정비")
    assert "기술 목록에 없어 적으신 그대로 두었습니다" in client.get("/expert/skills").text


def test_a_skill_is_chosen_from_a_group_without_typing(as_user):
    expert = complete()
    client = as_user(expert.user)
    typed = {"term": "QUA-02", "level": "2", "version": expert.version}
    assert client.post("/expert/skills/new?group=QUA", data=typed).status_code == 303
    assert again(expert).skills[-1].term == "QUA-02"


def test_an_acronym_of_two_meanings_is_asked_back(as_user):
    expert = complete()
    response = as_user(expert.user).post(
        "/expert/skills/new", data={**SKILL, "words": "PM", "version": expert.version}
    )
    assert response.status_code == 422
    assert "뜻이 여럿입니다" in response.text and 'value="PM"' in response.text


@pytest.mark.parametrize("words", ["SMED", "smed", "품종교체 SMED", " S M E D "])
def test_a_skill_is_not_registered_twice_under_another_name(words, as_user):
    expert = complete(skills=(("PRD-08", 3),))
    response = as_user(expert.user).post(
        "/expert/skills/new", data={**SKILL, "words": words, "version": expert.version}
    )
    assert response.status_code == 422 and "이미 등록한 기술" in response.text


def test_skills_are_proposed_from_the_text_and_accepted_one_by_one(as_user):
    expert = complete(bio="사출 조건을 잡고 MES를 도입했습니다.\n\n설비 예방보전 체계를 세웠습니다.")
    client = as_user(expert.user)
    page = client.get("/expert/skills/proposals").text
    assert "사출성형" in page and "MES 생산관리시스템" in page and "예방보전" in page
    term = next(t.id for t in _vocabulary().terms.values() if t.ko == "사출성형")
    assert client.post("/expert/skills/proposals", data={"term": term, "level": "4"}).status_code == 303
    assert [(skill.term, skill.level) for skill in again(expert).skills][-1] == (term, 4)
    assert f'value="{term}"' not in client.get("/expert/skills/proposals").text


def _vocabulary():
    from marketplace.taxonomy.actions import current_vocabulary

    return current_vocabulary()


def test_none_cannot_be_declared_while_a_tie_is_declared(as_user):
    expert = complete(interests=(("shares", "한빛부품"),), no_interests_declared=False)
    response = as_user(expert.user).post("/expert/interests", data={"none": "y", "version": expert.version})
    assert response.status_code == 422
    assert "신고한 이해관계가 있습니다" in response.text
    assert not again(expert).no_interests_declared


def test_declaring_a_tie_takes_back_that_there_is_none(as_user):
    expert = complete()
    as_user(expert.user).post("/expert/interests/new", data={**INTEREST, "version": expert.version})
    left = again(expert)
    assert not left.no_interests_declared and left.interests[0].organisation == "동생정밀"


def test_an_expert_pauses_with_a_reason_and_resumes(as_user):
    expert = complete(ExpertState.VERIFIED)
    client = as_user(expert.user)
    assert client.post("/expert/pause", data={"reason": "  "}).status_code == 422
    assert client.post("/expert/pause", data={"reason": "치료"}).status_code == 303
    paused = again(expert)
    assert paused.pause_reason == "치료" and not paused.is_open and paused.state == "verified"
    assert client.post("/expert/pause", data={"reason": "또"}).status_code == 409
    assert client.post("/expert/resume").status_code == 303
    assert again(expert).is_open
    assert client.post("/expert/resume").status_code == 409
    assert entries()[-2:] == ["expert_paused", "expert_resumed"]


def test_the_missing_parts_are_listed_with_what_they_would_bring(person, as_user):
    page = as_user(person).get("/expert/submit").text
    blank = Expert.blank(person)
    assert len(missing_parts(blank)) == 9
    for part in missing_parts(blank):
        assert part.label in page and part.brings in page


def test_a_complete_profile_misses_nothing_and_remote_work_needs_no_region(app):
    assert missing_parts(complete()) == []
    assert missing_parts(complete(mode="remote", regions=[])) == []
    assert [part.step for part in missing_parts(complete(mode="onsite", regions=[]))] == ["fields"]
    assert not all(part.done for part in parts_of(complete()))  # something is left to win


@pytest.mark.parametrize(
    ("lacking", "step"),
    [({"headline": None}, "basics"), ({"bio": None}, "basics"), ({"years": None}, "basics"), ({"careers": ()}, "careers"),
     ({"skills": ()}, "skills"), ({"industries": []}, "fields"), ({"mode": None}, "fields"),
     ({"available_from": None}, "availability"), ({"no_interests_declared": False}, "interests")],
)  # fmt: skip
def test_an_incomplete_profile_cannot_be_submitted(lacking, step, as_user):
    expert = complete(**lacking)
    response = as_user(expert.user).post("/expert/submit")
    assert response.status_code == 422 and f"/expert/{step}" in response.text
    assert again(expert).state == "draft"


def test_someone_elses_career_skill_and_tie_are_not_found(as_user):
    mine, other = complete(), complete(interests=(("kin", "남의회사"),))
    client = as_user(mine.user)
    for kind in ("careers", "skills", "interests"):
        item = getattr(other, kind)[0].id
        assert client.get(f"/expert/{kind}/{item}").status_code == 404
        assert client.post(f"/expert/{kind}/{item}/remove").status_code == 404
    with pytest.raises(NotFound):
        actions_parts.remove_career(career=other.careers[0], by=mine.user)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EXPERT])
def test_nobody_but_an_expert_may_change_a_profile(role, app):
    user = factories.user(role)
    for action in (
        lambda: actions.save_basics(headline=None, bio=None, years=None, version=0, by=user),
        lambda: actions.pause(reason="쉼", by=user),
        lambda: actions.resume(by=user),
        lambda: actions_parts.declare_interests(none=True, version=0, by=user),
        lambda: verification.submit(by=user),
    ):
        with pytest.raises(NotAllowed):
            action()


def test_a_career_keeps_its_dates_in_order(app):
    expert = complete()
    facts = {"career": None, "employer": "가", "employer_brn": None, "title": "나", "text": None}
    today = date(2026, 11, 22)
    for since, until, field in [
        (date(2026, 11, 23), None, "since"),
        (date(2020, 1, 1), date(2026, 11, 23), "until"),
        (date(2020, 1, 2), date(2020, 1, 1), "until"),
    ]:
        with pytest.raises(RuleBroken) as caught:
            actions_parts.save_career(
                **facts, since=since, until=until, today=today, version=None, by=expert.user
            )
        assert caught.value.field == field
    # Two jobs at the same time are fine, and so is one that lasted a day.
    for since, until in [(date(1996, 1, 1), date(1999, 1, 1)), (today, today)]:
        actions_parts.save_career(
            **facts, since=since, until=until, today=today, version=None, by=expert.user
        )
    assert len(again(expert).careers) == 3
