"""Experts: careers, skills, availability, and the interests that may conflict."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.access import Permission
from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, one_of, utcnow
from marketplace.errors import N_, RuleBroken

SKILL_LEVELS = {1: N_("이해"), 2: N_("수행"), 3: N_("주도"), 4: N_("지도")}
FIRM_SIZES = {
    "micro": N_("소상공인 (10명 미만)"),
    "small": N_("소기업 (10~49명)"),
    "medium": N_("중기업 (50~299명)"),
    "midsize": N_("중견기업"),
    "large": N_("대기업"),
}


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
    ExpertState.RETURNED: N_("보완요청"),
    ExpertState.VERIFIED: N_("확인 완료"),
    ExpertState.SUSPENDED: N_("확인 취소"),
}
E_ = ExpertState
EXPERT_TRANSITIONS: dict[ExpertState, dict[str, ExpertState]] = {
    E_.DRAFT: {"save": E_.DRAFT, "submit": E_.SUBMITTED},
    E_.SUBMITTED: {"save": E_.SUBMITTED, "verify": E_.VERIFIED, "return": E_.RETURNED},
    E_.RETURNED: {"save": E_.RETURNED, "submit": E_.SUBMITTED},
    # A change of what was verified (careers, interests) sends the profile back to be verified again.
    E_.VERIFIED: {"save": E_.VERIFIED, "change_verified": E_.SUBMITTED, "suspend": E_.SUSPENDED},
    E_.SUSPENDED: {"save": E_.SUSPENDED, "submit": E_.SUBMITTED},
}
EXPERT_WHO: dict[str, Permission] = {
    "save": Permission.EDIT_PROFILE,
    "submit": Permission.EDIT_PROFILE,
    "change_verified": Permission.EDIT_PROFILE,
    "verify": Permission.VERIFY_EXPERT,
    "return": Permission.VERIFY_EXPERT,
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


class Expert(Identified, Versioned, Base):
    """A retired expert. Codes: ``industries`` KSIC such as C26, ``regions`` 시도 such as 48; ``mode`` onsite, remote, both.

    ``changed_at`` moves with every change of the profile or its parts, so that an index knows what to read
    again; actions call ``touch``.
    """

    __tablename__ = "experts"
    __table_args__ = (
        one_of("state", ExpertState),
        CheckConstraint("capacity BETWEEN 0 AND 10", name="capacity_makes_sense"),
        CheckConstraint("years IS NULL OR years BETWEEN 0 AND 70", name="years_make_sense"),
        CheckConstraint("days_per_week BETWEEN 1 AND 5", name="days_within_week"),
        CheckConstraint(
            "state <> 'verified' OR (verified_at IS NOT NULL AND verified_by_id IS NOT NULL)",
            name="verified_has_who_and_when",
        ),
        CheckConstraint("state NOT IN ('returned', 'suspended') OR reason IS NOT NULL", name="refusal_has_a_reason"),
        CheckConstraint(
            "available_until IS NULL OR available_from IS NULL OR available_until >= available_from",
            name="ends_after_start",
        ),
        Index("ix_experts_state", "state"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    state: Mapped[ExpertState] = mapped_column(Text(12), default=ExpertState.DRAFT)
    headline: Mapped[str | None] = mapped_column(Text(120))
    bio: Mapped[str | None] = mapped_column(Text(4000))
    years: Mapped[int | None]
    industries: Mapped[list[str]] = mapped_column(default=list)
    regions: Mapped[list[str]] = mapped_column(default=list)
    mode: Mapped[str | None] = mapped_column(Text(10))
    firm_sizes: Mapped[list[str]] = mapped_column(default=list)
    small_firm_projects: Mapped[int | None]
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    capacity: Mapped[int] = mapped_column(default=1)
    days_per_week: Mapped[int] = mapped_column(default=2)
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(Text(500))
    no_interests_declared: Mapped[bool] = mapped_column(default=False)  # "I have no ties to declare"
    changed_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    submitted_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    careers: Mapped[list[CareerEntry]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="CareerEntry.id"
    )
    skills: Mapped[list[ExpertSkill]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="ExpertSkill.id"
    )
    interests: Mapped[list[ExpertInterest]] = relationship(
        back_populates="expert", cascade="all, delete-orphan", order_by="ExpertInterest.id"
    )

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def is_open(self) -> bool:
        """Whether the expert may be proposed at all; capacity and dates are asked per request."""
        return self.state == ExpertState.VERIFIED and self.paused_at is None and self.user.is_active

    def belongs_to(self, user: User) -> bool:
        return self.user_id == user.id

    def touch(self) -> None:
        """Say that the profile or one of its parts changed."""
        self.changed_at = utcnow()

    def next_state(self, verb: str) -> ExpertState:
        """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
        after = EXPERT_TRANSITIONS[ExpertState(self.state)].get(verb)
        if after is None:
            raise RuleBroken(
                N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
                conflict=True,
                state=EXPERT_STATE_LABELS[ExpertState(self.state)],
            )
        return after


class CareerEntry(Identified, Base):
    """One position held; its text counts on its own in the ranking. ``until`` None: still there."""

    __tablename__ = "careers"
    __table_args__ = (
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="ends_after_start"),
    )

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    employer: Mapped[str] = mapped_column(Text(120))
    employer_brn: Mapped[str | None] = mapped_column(Text(10))
    title: Mapped[str] = mapped_column(Text(120))
    since: Mapped[date | None]
    until: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text(4000), default="")

    expert: Mapped[Expert] = relationship(back_populates="careers")


class ExpertSkill(Identified, Base):
    """A skill with its level (1 to 4), years, last year of use and evidence; ``term`` None: the expert's own words."""

    __tablename__ = "expert_skills"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level_known"),
        CheckConstraint("last_used IS NULL OR last_used BETWEEN 1950 AND 2100", name="last_used_is_a_year"),
        UniqueConstraint("expert_id", "words"),
    )

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    term: Mapped[str | None] = mapped_column(Text(10))
    words: Mapped[str] = mapped_column(Text(120))
    level: Mapped[int] = mapped_column(default=2)
    years: Mapped[int | None]
    last_used: Mapped[int | None]
    evidence: Mapped[str | None] = mapped_column(Text(300))

    expert: Mapped[Expert] = relationship(back_populates="skills")


class ExpertInterest(Identified, Base):
    """A tie to an organisation that may make the expert unfree to advise a firm."""

    __tablename__ = "expert_interests"
    __table_args__ = (one_of("kind", InterestOfExpert),)

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    kind: Mapped[InterestOfExpert] = mapped_column(Text(10))
    organisation: Mapped[str] = mapped_column(Text(120))
    brn: Mapped[str | None] = mapped_column(Text(10))
    until: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text(300))

    expert: Mapped[Expert] = relationship(back_populates="interests")
