"""Pages of this slice, one module for each group of them; what waits for whom, and the menu."""

from __future__ import annotations

from typing import Any

from flask import url_for

from marketplace.access import Permission, may
from marketplace.database import utcnow
from marketplace.errors import N_
from marketplace.experts import queries, views_find, views_parts, views_profile, views_staff  # noqa: F401
from marketplace.experts.blueprint import blueprint
from marketplace.experts.completeness import missing_parts
from marketplace.experts.models import Expert
from marketplace.experts.states import ExpertState
from marketplace.web.navigation import menu
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprints = [blueprint]
menu(20, N_("내 프로필"), "experts.overview", lambda user: may(user, Permission.EDIT_PROFILE))
place_to_go(
    20,
    N_("내 프로필"),
    "experts.overview",
    N_("경력과 기술, 활동할 수 있는 때를 고칩니다."),
    lambda user: may(user, Permission.EDIT_PROFILE),
)
menu(30, N_("전문가 찾기"), "experts.find", lambda user: may(user, Permission.FIND_EXPERT))
menu(40, N_("전문가"), "experts.staff_list", lambda user: may(user, Permission.SEE_EXPERT))


@todo_source
def _own_profile(user: Any) -> list[Todo]:
    """What an expert has to do about the profile."""
    if not may(user, Permission.EDIT_PROFILE):
        return []
    expert = Expert.of(user)
    if expert is None:
        sentence, since = N_("프로필을 작성해 주십시오. 확인을 받아야 기업에 추천됩니다."), user.created_at
        return [Todo(sentence, url_for("experts.overview"), since)]
    since, reason = expert.changed_at, {"reason": (expert.reason or "")[:200]}
    if expert.state == ExpertState.RETURNED:
        sentence = N_("프로필을 보완해 다시 제출해 주십시오. 사유: %(reason)s")
        return [Todo(sentence, url_for("experts.overview"), since, facts=reason)]
    if expert.state == ExpertState.SUSPENDED:
        sentence = N_("전문가 확인이 취소되었습니다. 고친 뒤 다시 제출할 수 있습니다. 사유: %(reason)s")
        return [Todo(sentence, url_for("experts.overview"), since, facts=reason)]
    if expert.state == ExpertState.DRAFT and (missing := missing_parts(expert)):
        sentence = N_("프로필에 채울 필수 항목이 %(count)s개 남았습니다.")
        return [Todo(sentence, url_for("experts.overview"), since, facts={"count": len(missing)})]
    if expert.state == ExpertState.DRAFT:
        return [Todo(N_("작성한 프로필을 제출해 주십시오."), url_for("experts.submit_profile"), since)]
    return []


@todo_source
def _to_verify(user: Any) -> list[Todo]:
    """The profiles, and the skills of verified ones, that wait for an operator."""
    if not may(user, Permission.VERIFY_EXPERT):
        return []
    whole = (queries.waiting(), N_("전문가 %(count)s명의 자격 확인"), "submitted")
    skills = (
        queries.with_unconfirmed_skills(),
        N_("확인한 뒤 기술을 더하거나 높인 전문가가 %(count)s명 있습니다. 기술을 확인해 주십시오."),
        queries.SKILLS_TAB,
    )
    return [
        Todo(
            sentence,
            url_for("experts.staff_list", tab=tab),
            oldest or utcnow(),
            count=count,
            facts={"count": count},
        )
        for (count, oldest), sentence, tab in (whole, skills)
        if count
    ]
