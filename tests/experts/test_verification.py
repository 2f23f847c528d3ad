"""What staff decide about a profile: every verb in every state by every role."""

import pytest

from marketplace.access import Role, may
from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.experts import verification
from marketplace.experts.models import EXPERT_TRANSITIONS, EXPERT_WHO, Expert, ExpertState
from marketplace.experts.verification import CHECKS
from marketplace.notifications import Notice, OutboxMail
from tests import factories
from tests.experts.conftest import complete

pytestmark = pytest.mark.both_databases
ALL = list(CHECKS)
VERBS = {
    "verify": lambda expert, by: verification.verify(expert=expert, checks=ALL, version=None, by=by),
    "return": lambda expert, by: verification.send_back(expert=expert, reason="증빙", version=None, by=by),
    "suspend": lambda expert, by: verification.suspend(
        expert=expert, reason="사실과 다름", version=None, by=by
    ),
}
EVENTS = {"verify": "expert_verified", "return": "profile_returned", "suspend": "expert_suspended"}


def last_entry():
    return db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()


def again(expert):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Expert, expert.id)


def test_the_table_names_every_state_and_every_verb():
    assert set(EXPERT_TRANSITIONS) == set(ExpertState)
    assert {verb for verbs in EXPERT_TRANSITIONS.values() for verb in verbs} == set(EXPERT_WHO)


@pytest.mark.parametrize("state", list(ExpertState))
@pytest.mark.parametrize("verb", list(VERBS))
def test_a_decision_goes_where_the_table_says_or_nowhere(verb, state, operator):
    expert = complete(state)
    after = EXPERT_TRANSITIONS[state].get(verb)
    if after is None:
        with pytest.raises(RuleBroken) as caught:
            VERBS[verb](expert, operator)
        assert caught.value.conflict
        assert again(expert).state == state
        assert db.session.query(OutboxMail).count() == 0
        return
    VERBS[verb](expert, operator)
    left = again(expert)
    assert left.state == after
    assert (last_entry().event, last_entry().actor_id) == (EVENTS[verb], operator.id)
    assert db.session.query(Notice).filter_by(user_id=expert.user_id, path="/expert").count() == 1
    mail = db.session.query(OutboxMail).one()
    if verb == "verify":
        assert left.verified_by_id == operator.id and left.verified_at is not None
        assert last_entry().facts["checks"] == sorted(ALL)
    else:
        assert left.reason in mail.body and last_entry().facts["reason"] == left.reason


@pytest.mark.parametrize("state", list(ExpertState))
def test_submitting_goes_where_the_table_says_or_nowhere(state, app):
    expert = complete(state)
    if "submit" in EXPERT_TRANSITIONS[state]:
        verification.submit(by=expert.user)
        left = again(expert)
        assert left.state == "submitted" and left.reason is None and left.submitted_at is not None
        assert last_entry().event == "profile_submitted"
    else:
        with pytest.raises(RuleBroken) as caught:
            verification.submit(by=expert.user)
        assert caught.value.conflict and again(expert).state == state


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
@pytest.mark.parametrize("verb", list(VERBS))
def test_only_the_operating_body_decides(verb, role, app):
    expert = complete(ExpertState.SUBMITTED)
    user = expert.user if role is Role.EXPERT else factories.user(role)
    assert not may(user, EXPERT_WHO[verb])
    with pytest.raises(NotAllowed):
        VERBS[verb](expert, user)
    with pytest.raises(NotAllowed):
        verification.verify_several(versions={expert.id: expert.version}, checks=ALL, by=user)
    assert again(expert).state == "submitted"


def test_an_expert_without_a_profile_has_nothing_to_submit(person):
    with pytest.raises(NotFound):
        verification.submit(by=person)


@pytest.mark.parametrize("checks", [[], ALL[:1], ALL[:2]])
def test_a_profile_is_not_verified_before_all_three_are_checked(checks, operator, as_user):
    expert = complete(ExpertState.SUBMITTED)
    typed = {"decision": "verify", "checks": checks, "version": expert.version, "reason": "메모"}
    response = as_user(operator).post(f"/staff/experts/{expert.id}/decision", data=typed)
    assert (
        response.status_code == 422
        and "세 가지를 모두 확인한 뒤" in response.text
        and "메모" in response.text
    )
    assert again(expert).state == "submitted"


@pytest.mark.parametrize(
    ("state", "decision"), [(ExpertState.SUBMITTED, "return"), (ExpertState.VERIFIED, "suspend")]
)
def test_a_refusal_needs_a_reason_and_the_expert_reads_it(state, decision, operator, as_user):
    expert = complete(state)
    staff, own = as_user(operator), as_user(expert.user)
    url = f"/staff/experts/{expert.id}/decision"
    typed = {"decision": decision, "version": expert.version}
    assert staff.post(url, data={**typed, "reason": " "}).status_code == 422
    assert staff.post(url, data={**typed, "reason": "경력증명서가 없습니다."}).status_code == 303
    assert "경력증명서가 없습니다." in own.get("/expert").text
    assert "경력증명서가 없습니다." in own.get("/todo").text
    assert "경력증명서가 없습니다." in staff.get(f"/staff/experts/{expert.id}").text


def test_a_decision_on_a_profile_that_changed_meanwhile_is_refused_and_keeps_what_was_typed(
    operator, as_user
):
    expert = complete(ExpertState.SUBMITTED)
    staff, seen = as_user(operator), expert.version
    as_user(expert.user).post("/expert/pause", data={"reason": "치료"})
    typed = {"decision": "return", "reason": "경력 기간을 확인해 주십시오.", "version": seen}
    response = staff.post(f"/staff/experts/{expert.id}/decision", data=typed)
    assert response.status_code == 409
    assert "경력 기간을 확인해 주십시오." in response.text
    assert again(expert).state == "submitted"
    assert f'value="{again(expert).version}"' in response.text


def test_a_member_of_staff_who_comes_second_is_told_so(operator, as_user):
    expert = complete(ExpertState.SUBMITTED)
    staff, seen = as_user(operator), expert.version
    verification.verify(expert=expert, checks=ALL, version=seen, by=operator)
    typed = {"decision": "verify", "checks": ALL, "version": seen}
    assert staff.post(f"/staff/experts/{expert.id}/decision", data=typed).status_code == 409


def test_what_is_missing_stands_on_record_when_staff_verify_all_the_same(operator):
    expert = complete(ExpertState.SUBMITTED, no_interests_declared=False)
    verification.verify(expert=expert, checks=ALL, version=expert.version, by=operator)
    assert last_entry().facts["missing"] == ["이해관계 신고"]


def test_several_clean_profiles_are_verified_at_once_each_with_its_entry(operator, as_user):
    clean = [complete(ExpertState.SUBMITTED) for _ in range(2)]
    lacking = complete(ExpertState.SUBMITTED, no_interests_declared=False)
    draft = complete(ExpertState.DRAFT, name="아직 쓰는 사람")
    staff = as_user(operator)
    ids = "&".join(f"ids={expert.id}" for expert in [*clean, lacking, draft])
    page = staff.get(f"/staff/experts/verify?{ids}&ids=abc&ids={10**20}").text
    assert "2명 일괄 확인" in page and "빠진 항목 있음, 제외" in page and draft.name not in page
    assert all(f'value="{expert.id}-{expert.version}"' in page for expert in clean)
    seen = [f"{expert.id}-{expert.version}" for expert in clean]
    assert staff.post("/staff/experts/verify", data={"seen": seen, "checks": ALL[:1]}).status_code == 422
    assert staff.post("/staff/experts/verify", data={"seen": seen, "checks": ALL}).status_code == 303
    assert [again(expert).state for expert in [*clean, lacking]] == ["verified", "verified", "submitted"]
    assert db.session.query(AuditEntry).filter_by(event="expert_verified").count() == 2


def test_of_several_the_changed_and_the_incomplete_one_are_left_and_named(operator, as_user):
    good, changed, lacking = (complete(ExpertState.SUBMITTED) for _ in range(3))
    seen = [
        f"{good.id}-{good.version}",
        f"{changed.id}-{changed.version + 5}",
        f"{lacking.id}-{lacking.version}",
    ]
    client = as_user(lacking.user)
    client.post("/expert/interests", data={"version": lacking.version})
    seen[2] = f"{lacking.id}-{again(lacking).version}"
    response = as_user(operator).post(
        "/staff/experts/verify", data={"seen": [*seen, "x-y", "7"], "checks": ALL}
    )
    assert response.status_code == 409 and "2명은 처리하지 못했습니다" in response.text
    assert [again(expert).state for expert in (good, changed, lacking)] == [
        "verified",
        "submitted",
        "submitted",
    ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MINISTRY, Role.AUDITOR])
def test_contacts_are_masked_until_somebody_looks_and_that_is_on_record(role, as_user):
    expert = complete(ExpertState.VERIFIED)
    with factories.writing_allowed():
        expert.user.phone, expert.user.email = "010-1234-5678", "hongkildong@example.com"
        db.session.commit()
    client = as_user(factories.user(role))
    page = client.get(f"/staff/experts/{expert.id}").text
    assert "010-****-5678" in page and "ho***@example.com" in page
    assert "1234" not in page and "hongkildong" not in page
    assert db.session.query(AuditEntry).filter_by(event="personal_data_seen").count() == 0
    page = client.post(f"/staff/experts/{expert.id}/contacts").text
    assert "010-1234-5678" in page and "hongkildong@example.com" in page
    assert last_entry().event == "personal_data_seen" and last_entry().thing_id == expert.id


def test_a_profile_that_was_not_handed_in_is_not_for_staff(as_user):
    draft = complete(ExpertState.DRAFT, name="아직쓰는사람")
    browser = as_user(factories.user(Role.OPERATOR))
    assert "아직쓰는사람" not in browser.get("/staff/experts").text
    assert browser.get(f"/staff/experts/{draft.id}").status_code == 404
