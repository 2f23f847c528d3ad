"""Submitting a profile, and what staff decide about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.experts.completeness import missing_parts
from marketplace.experts.models import Expert
from marketplace.notifications import tell

CHECKS = {
    "identity": N_("본인 여부를 확인했습니다."),
    "careers": N_("경력 증빙을 확인했습니다."),
    "interests": N_("이해관계 신고를 확인했습니다."),
}
_CHANGED = N_(
    "그 사이에 프로필이 바뀌었거나 다른 담당자가 처리했습니다. 바뀐 내용을 확인한 뒤 다시 처리해 주십시오."
)


def submit(*, by: Any) -> None:
    """The expert asks the operating body to verify the profile."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SUBMITTED) as record:
        expert = _locked(Expert.user_id == by.id)
        record.thing = expert
        if missing_parts(expert):
            raise RuleBroken(
                N_("아직 채우지 않은 항목이 있습니다. 아래 목록의 항목을 채운 뒤 제출해 주십시오.")
            )
        expert.submit()


def verify(
    *, expert: Expert, checks: list[str], skills: Collection[int] = (), version: int | None, by: Any
) -> None:
    """The operating body confirms identity, careers and interests; missing parts are put on record.

    ``skills`` are the skills whose level, years and evidence it confirms too; the others stay unconfirmed.
    """
    require(by, Permission.VERIFY_EXPERT, expert)
    with recorded(by, Event.EXPERT_VERIFIED, expert, checks=sorted(checks)) as record:
        expert = _locked(Expert.id == expert.id, version)
        if set(checks) != set(CHECKS):
            raise RuleBroken(N_("세 가지를 모두 확인한 뒤 표시해 주십시오."), field="checks")
        expert.verify(by)
        record.facts["skills"] = _confirm(expert, skills, by)
        record.facts["missing"] = [part.label for part in missing_parts(expert)]
        tell(
            expert.user,
            Event.EXPERT_VERIFIED,
            N_("전문가 확인이 끝났습니다. 이제 기업에 추천될 수 있습니다."),
            "/expert",
        )


def confirm_skills(*, expert: Expert, skills: Collection[int], version: int | None, by: Any) -> None:
    """The operating body confirms skills that a verified expert added or raised afterwards."""
    require(by, Permission.VERIFY_EXPERT, expert)
    with recorded(by, Event.SKILLS_CONFIRMED, expert) as record:
        expert = _locked(Expert.id == expert.id, version)
        expert.next_state("confirm_skills")
        if not skills:
            raise RuleBroken(N_("근거를 확인한 기술에 하나 이상 표시해 주십시오."), field="skills")
        record.facts["skills"] = _confirm(expert, skills, by)


def _confirm(expert: Expert, skills: Collection[int], by: Any) -> list[dict[str, Any]]:
    """Confirm these skills of the expert; what each of them said, for the record."""
    confirmed = [skill for skill in expert.skills if skill.id in skills]
    if len(confirmed) != len(set(skills)):
        raise RuleBroken(_CHANGED, conflict=True)
    for skill in confirmed:
        skill.confirm(by)
    return [
        {"what": skill.words, "level": skill.level, "years": skill.years, "evidence": skill.evidence}
        for skill in confirmed
    ]


def verify_several(
    *, versions: Mapping[int, int], checks: list[str], skills: bool = False, by: Any
) -> dict[int, RuleBroken]:
    """The operating body confirms several experts at once, each as a decision of its own.

    ``versions`` gives the version that was shown for each id; with ``skills`` every skill that was shown is
    confirmed too. Incomplete profiles are refused: they need a
    look of their own. Returns the refusals by id; the rest is done.
    """
    require(by, Permission.VERIFY_EXPERT)
    if set(checks) != set(CHECKS):
        raise RuleBroken(N_("세 가지를 모두 확인한 뒤 표시해 주십시오."), field="checks")
    refused: dict[int, RuleBroken] = {}
    for expert in db.session.scalars(select(Expert).where(Expert.id.in_(versions)).order_by(Expert.id)).all():
        try:
            if missing_parts(expert):
                raise RuleBroken(N_("빠진 필수 항목이 있어 한 명씩 확인해야 합니다."))
            shown = [skill.id for skill in expert.skills] if skills else ()
            verify(expert=expert, checks=checks, skills=shown, version=versions[expert.id], by=by)
        except RuleBroken as broken:
            refused[expert.id] = broken
    return refused


def send_back(*, expert: Expert, reason: str, version: int | None, by: Any) -> None:
    """The operating body asks the expert for a correction, with the reason."""
    require(by, Permission.VERIFY_EXPERT, expert)
    with recorded(by, Event.PROFILE_RETURNED, expert, reason=reason):
        expert = _locked(Expert.id == expert.id, version)
        expert.send_back(reason)
        tell(
            expert.user,
            Event.PROFILE_RETURNED,
            N_("프로필을 보완해 주십시오."),
            "/expert",
            body=N_("운영기관이 보완을 요청했습니다.\n\n사유: %(reason)s\n\n고친 뒤 다시 제출해 주십시오."),
            reason=reason,
        )


def suspend(*, expert: Expert, reason: str, version: int | None, by: Any) -> None:
    """The operating body takes the verification back, with the reason; firms are not shown the expert."""
    require(by, Permission.VERIFY_EXPERT, expert)
    with recorded(by, Event.EXPERT_SUSPENDED, expert, reason=reason):
        expert = _locked(Expert.id == expert.id, version)
        expert.suspend(reason)
        tell(
            expert.user,
            Event.EXPERT_SUSPENDED,
            N_("전문가 확인이 취소되었습니다."),
            "/expert",
            body=N_(
                "운영기관이 전문가 확인을 취소했습니다.\n\n사유: %(reason)s\n\n"
                "고친 뒤 다시 제출할 수 있습니다."
            ),
            reason=reason,
        )


def see_contacts(*, expert: Expert, by: Any) -> None:
    """A member of staff looks at the expert's e-mail address and phone number."""
    require(by, Permission.SEE_EXPERT, expert)
    with recorded(by, Event.PERSONAL_DATA_SEEN, expert, fields=["email", "phone"]):
        pass


def _locked(which: Any, version: int | None = None) -> Expert:
    """The profile, locked until the transaction ends; RuleBroken (conflict) when not as it was seen."""
    query = select(Expert).where(which).with_for_update(of=Expert).execution_options(populate_existing=True)
    expert = db.session.scalar(query)
    if expert is None:
        raise NotFound("expert")
    if version is not None and version != expert.version:
        raise RuleBroken(_CHANGED, conflict=True)
    return expert
