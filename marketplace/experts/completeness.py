"""How complete a profile is, part by part, and what the missing part would bring the expert."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.errors import N_
from marketplace.experts.models import Expert


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a profile: its label, what it brings, the step in which it is written, whether it is there.

    ``required`` parts must be there before the profile can be submitted. Label and ``brings`` are msgids.
    """

    label: str
    brings: str
    step: str
    required: bool
    done: bool


def parts_of(expert: Expert) -> list[Part]:
    """All parts in the order of the steps."""
    careers, skills = expert.careers, expert.skills
    needs_regions = expert.mode != "remote"
    return [
        Part(
            N_("한 줄 소개"),
            N_("기업이 추천 목록에서 가장 먼저 읽는 문장입니다."),
            "basics",
            True,
            bool(expert.headline),
        ),
        Part(
            N_("경력 소개"),
            N_("기업이 적은 어려움과 비교되어, 비슷한 일을 한 전문가가 앞에 추천됩니다."),
            "basics",
            True,
            bool(expert.bio),
        ),
        Part(
            N_("총 경력 연수"),
            N_("경력의 길이를 기업이 바로 알 수 있습니다."),
            "basics",
            True,
            expert.years is not None,
        ),
        Part(
            N_("경력 1건 이상"),
            N_("추천 이유에 근거로 표시되고, 운영기관이 확인하는 내용입니다."),
            "careers",
            True,
            bool(careers),
        ),
        Part(
            N_("맡은 일과 성과"),
            N_("어떤 경력이 기업의 필요에 맞는지 한 건씩 보여 줍니다."),
            "careers",
            False,
            bool(careers) and all(career.text for career in careers),
        ),
        Part(
            N_("기술 1개 이상"),
            N_("기업이 고른 필요 기술과 맞추는 가장 큰 기준입니다."),
            "skills",
            True,
            bool(skills),
        ),
        Part(
            N_("기술 3개 이상"),
            N_("더 많은 신청에 후보로 추천됩니다."),
            "skills",
            False,
            len(skills) >= 3,
        ),
        Part(
            N_("기술을 쓴 시기와 근거"),
            N_("기업과 운영기관이 수준을 믿을 수 있습니다."),
            "skills",
            False,
            bool(skills) and all(skill.last_used and skill.evidence for skill in skills),
        ),
        Part(N_("업종"), N_("같은 업종의 기업에 먼저 추천됩니다."), "fields", True, bool(expert.industries)),
        Part(
            N_("지원 방식과 활동 지역"),
            N_("대면을 바라는 가까운 기업에 추천됩니다."),
            "fields",
            True,
            bool(expert.mode) and (bool(expert.regions) or not needs_regions),
        ),
        Part(
            N_("기업 규모와 소규모 기업 지도 경험"),
            N_("작은 공장을 잘 아는 전문가를 찾는 기업에 도움이 됩니다."),
            "fields",
            False,
            bool(expert.firm_sizes) and expert.small_firm_projects is not None,
        ),
        Part(
            N_("활동 시작일"),
            N_("날짜가 맞는 신청에만 추천되어, 거절할 일이 줄어듭니다."),
            "availability",
            True,
            expert.available_from is not None,
        ),
        Part(
            N_("이해관계 신고"),
            N_("이해관계가 있는 기업은 처음부터 제외되어, 나중에 문제가 되지 않습니다."),
            "interests",
            True,
            expert.no_interests_declared or bool(expert.interests),
        ),
    ]


def missing_parts(expert: Expert) -> list[Part]:
    """The parts without which the profile cannot be submitted; empty when it can."""
    return [part for part in parts_of(expert) if part.required and not part.done]
