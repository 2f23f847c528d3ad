"""Experts: careers, skills, availability, and the interests that may conflict."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, db, one_of, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.experts.states import EXPERT_STATE_LABELS as EXPERT_STATE_LABELS
from marketplace.experts.states import EXPERT_TRANSITIONS as EXPERT_TRANSITIONS
from marketplace.experts.states import EXPERT_WHO as EXPERT_WHO
from marketplace.experts.states import FIRM_SIZES as FIRM_SIZES
from marketplace.experts.states import INTEREST_LABELS as INTEREST_LABELS
from marketplace.experts.states import SKILL_LEVELS as SKILL_LEVELS
from marketplace.experts.states import ExpertState as ExpertState
from marketplace.experts.states import InterestOfExpert as InterestOfExpert


class Expert(Identified, Versioned, Base):
    """A retired expert. ``industries``: KSIC (C26); ``regions``: 시도 (48); ``mode``: onsite, remote, both.

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
        CheckConstraint(
            "state NOT IN ('returned', 'suspended') OR reason IS NOT NULL", name="refusal_has_a_reason"
        ),
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

    def submit(self) -> None:
        """Ask staff to verify the profile."""
        self.state = self.next_state("submit")
        self.submitted_at, self.reason = utcnow(), None
        self.touch()

    def verify(self, by: User | None) -> None:
        """Staff looked at the person, the careers and the interests, and found them in order."""
        self.state = self.next_state("verify")
        self.verified_at, self.verified_by_id = utcnow(), by.id if by else None
        self.touch()

    def send_back(self, reason: str) -> None:
        """Staff ask for a correction."""
        self.state = self.next_state("return")
        self.reason = reason
        self.touch()

    def suspend(self, reason: str) -> None:
        """Staff take the verification back; the expert is not proposed any more."""
        self.state = self.next_state("suspend")
        self.reason = reason
        self.touch()

    def change_verified(self) -> None:
        """Something that staff had verified changed, so that it has to be verified again."""
        self.state = self.next_state("change_verified")
        self.submitted_at = utcnow()
        self.touch()

    def pause(self, reason: str) -> None:
        """Take no new work for the time being; RuleBroken (conflict) when already paused."""
        if self.paused_at is not None:
            raise RuleBroken(N_("이미 활동을 쉬고 있습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True)
        self.paused_at, self.pause_reason = utcnow(), reason
        self.touch()

    def resume(self) -> None:
        """Take work again; RuleBroken (conflict) when not paused."""
        if self.paused_at is None:
            raise RuleBroken(N_("활동을 쉬고 있지 않습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True)
        self.paused_at = self.pause_reason = None
        self.touch()

    @classmethod
    def of(cls, user: User) -> Expert | None:
        """The profile of a person; None before the first step is saved."""
        return db.session.scalar(select(cls).where(cls.user_id == user.id))

    @classmethod
    def blank(cls, user: User) -> Expert:
        """A profile that is not stored yet, with the defaults that a stored one would have."""
        return cls(
            user_id=user.id,
            state=ExpertState.DRAFT,
            industries=[],
            regions=[],
            firm_sizes=[],
            capacity=1,
            days_per_week=2,
            no_interests_declared=False,
        )


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
    """A skill: level 1 to 4, years, last year of use, evidence; ``term`` None: the expert's own words.

    ``verified_at``: when staff confirmed what it says; None when nobody did, or not since it says more.
    """

    __tablename__ = "expert_skills"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level_known"),
        CheckConstraint("last_used IS NULL OR last_used BETWEEN 1950 AND 2100", name="last_used_is_a_year"),
        UniqueConstraint("expert_id", "words"),
        CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified_has_who_and_when"),
    )

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    term: Mapped[str | None] = mapped_column(Text(10))
    words: Mapped[str] = mapped_column(Text(120))
    level: Mapped[int] = mapped_column(default=2)
    years: Mapped[int | None]
    last_used: Mapped[int | None]
    evidence: Mapped[str | None] = mapped_column(Text(300))
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    expert: Mapped[Expert] = relationship(back_populates="skills")
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])

    def confirm(self, by: User) -> None:
        """Staff looked at level, years and evidence and found them in order."""
        self.verified_at, self.verified_by_id = utcnow(), by.id

    def state_again(
        self, *, words: str, term: str | None, level: int, years: int | None, evidence: str | None
    ) -> None:
        """What the skill says now; when it says more or other than what staff confirmed, nobody did."""
        says_more = (
            (term, words) != (self.term, self.words)
            or level > (self.level or 0)
            or (years or 0) > (self.years or 0)
            or evidence != self.evidence
        )
        self.words, self.term, self.level, self.years, self.evidence = words, term, level, years, evidence
        if says_more:
            self.verified_at = self.verified_by_id = None


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
