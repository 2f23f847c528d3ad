"""What an expert's profile may be, which verb leads where, and the words for it. The machine as a table."""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_

SKILL_LEVELS = {1: N_("이해"), 2: N_("수행"), 3: N_("주도"), 4: N_("지도")}
FIRM_SIZES = {
    "micro": N_("소상공인 (10명 미만)"),
    "small": N_("소기업 (10~49명)"),
    "medium": N_("중기업 (50~299명)"),
    "midsize": N_("중견기업"),
    "large": N_("대기업"),
}
MODES = {"onsite": N_("대면"), "remote": N_("비대면"), "both": N_("대면과 비대면 모두")}


class ExpertState(StrEnum):
    """Whether an expert may be proposed: only when verified."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


EXPERT_STATE_LABELS = {
    ExpertState.DRAFT: N_("작성중"),
    ExpertState.SUBMITTED: N_("확인 대기"),
    ExpertState.RETURNED: N_("보완 요청됨"),
    ExpertState.VERIFIED: N_("확인 완료"),
    ExpertState.SUSPENDED: N_("확인 취소됨"),
}
E_ = ExpertState
EXPERT_TRANSITIONS: dict[ExpertState, dict[str, ExpertState]] = {
    E_.DRAFT: {"save": E_.DRAFT, "submit": E_.SUBMITTED},
    E_.SUBMITTED: {"save": E_.SUBMITTED, "verify": E_.VERIFIED, "return": E_.RETURNED},
    E_.RETURNED: {"save": E_.RETURNED, "submit": E_.SUBMITTED},
    # A change of what was verified (careers, interests) sends the profile back to be verified again.
    E_.VERIFIED: {
        "save": E_.VERIFIED,
        "change_verified": E_.SUBMITTED,
        "confirm_skills": E_.VERIFIED,
        "suspend": E_.SUSPENDED,
    },
    E_.SUSPENDED: {"save": E_.SUSPENDED, "submit": E_.SUBMITTED},
}
EXPERT_WHO: dict[str, Permission] = {
    "save": Permission.EDIT_PROFILE,
    "submit": Permission.EDIT_PROFILE,
    "change_verified": Permission.EDIT_PROFILE,
    "verify": Permission.VERIFY_EXPERT,
    "return": Permission.VERIFY_EXPERT,
    "confirm_skills": Permission.VERIFY_EXPERT,
    "suspend": Permission.VERIFY_EXPERT,
}


class InterestOfExpert(StrEnum):
    """Kinds of declared interests; a former employer is taken from the careers."""

    EMPLOYER = "employer"
    SHARES = "shares"
    KIN = "kin"
    VENDOR = "vendor"


INTEREST_LABELS = {
    InterestOfExpert.EMPLOYER: N_("전 직장"),
    InterestOfExpert.SHARES: N_("지분 보유"),
    InterestOfExpert.KIN: N_("친족 관계"),
    InterestOfExpert.VENDOR: N_("공급기업과의 관계"),
}
