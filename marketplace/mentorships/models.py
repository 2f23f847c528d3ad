"""A mentorship with its agreement: goals, tasks, plan, signatures and changes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from marketplace.accounts.models import Organisation, User
from marketplace.companies.models import MentoringRequest
from marketplace.database import Base, Identified, Text, Versioned, Won, db, one_of, utcnow
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase
from marketplace.mentorships.states import ChangeState, MentorshipState, Party, next_change_state, next_state
from marketplace.programmes.models import Programme, Tier

WEIGHTS = 1000  # the weights of all goals together


class Mentorship(Identified, Versioned, Base):
    """What firm, expert and operator agreed on after a match was approved, and where it stands.

    ``shares``: whole price in won by source (government, sponsor, local, firm), as the tier said when the
    agreement was made; ``texts``: kind of text -> version that was agreed to; ``edition`` counts the signed
    versions of the agreement; ``formers``: the experts before this one with how many visits until when. ``since`` to ``last_day`` is the term, both days included.
    """

    __tablename__ = "mentorships"
    __table_args__ = (
        one_of("state", MentorshipState),
        CheckConstraint("last_day > since", name="term_not_empty"),
        CheckConstraint("visits > 0 AND unit_price > 0 AND months BETWEEN 1 AND 12", name="sizes_make_sense"),
        CheckConstraint("withholding IN ('business', 'other')", name="withholding_known"),
        CheckConstraint("edition >= 1", name="editions_count_from_one"),
        CheckConstraint("state <> 'stopped' OR reason IS NOT NULL", name="stop_has_a_reason"),
        Index("ix_mentorships_state_entered_at", "state", "entered_at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("match_cases.id"), unique=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tiers.id"))
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))  # whose contribution pays
    state: Mapped[MentorshipState] = mapped_column(Text(10), default=MentorshipState.DRAFTING)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    due_at: Mapped[datetime | None]
    since: Mapped[date]
    last_day: Mapped[date]
    months: Mapped[int]
    visits: Mapped[int]
    unit_price: Mapped[int] = mapped_column(Won)
    shares: Mapped[dict[str, Any]]
    withholding: Mapped[str] = mapped_column(Text(10), default="other")
    purpose: Mapped[str] = mapped_column(Text(2000), default="")
    saves: Mapped[int] = mapped_column(default=0)  # of the draft
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    edition: Mapped[int] = mapped_column(default=1)
    formers: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str | None] = mapped_column(Text(2000))  # of the newest refusal, pause, return, stop

    case: Mapped[MatchCase] = relationship(lazy="joined")
    expert: Mapped[Expert] = relationship(lazy="joined")
    tier: Mapped[Tier] = relationship(lazy="joined")
    sponsor: Mapped[Organisation | None] = relationship()
    tasks: Mapped[list[Task]] = relationship(
        back_populates="mentorship", order_by="Task.number", cascade="all, delete-orphan"
    )
    goals: Mapped[list[Goal]] = relationship(
        back_populates="mentorship", order_by="Goal.number", cascade="all, delete-orphan"
    )
    plan: Mapped[list[PlannedVisit]] = relationship(
        back_populates="mentorship", order_by="PlannedVisit.number", cascade="all, delete-orphan"
    )
    signatures: Mapped[list[Signature]] = relationship(back_populates="mentorship", order_by="Signature.id")
    changes: Mapped[list[ChangeRequest]] = relationship(
        back_populates="mentorship", order_by="ChangeRequest.id"
    )

    @property
    def request(self) -> MentoringRequest:
        """The firm's request that the match answered."""
        return self.case.request

    @property
    def programme(self) -> Programme:
        """The programme that pays."""
        return self.case.request.programme

    @property
    def total(self) -> int:
        """The whole price in won."""
        return self.visits * self.unit_price

    def operated_by(self, user: User) -> bool:
        return self.programme.operated_by(user)

    def belongs_to(self, user: User) -> bool:
        """It belongs to the firm and to the expert who signs it now."""
        return self.request.belongs_to(user) or self.expert.belongs_to(user)

    def party_of(self, user: User) -> Party | None:
        """As which party the user signs; None for everybody else."""
        if self.request.belongs_to(user):
            return Party.FIRM
        if self.expert.belongs_to(user):
            return Party.EXPERT
        return Party.OPERATOR if self.programme.operator_id == user.organisation_id else None

    def move(self, verb: str, due_at: datetime | None = None) -> None:
        """Do a verb of the table: set the state, since when, and by when the next one must act."""
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at = utcnow()
        self.state, self.due_at = after, due_at

    def signed_by(self, party: Party) -> Signature | None:
        """The signature of a party under the present edition, if there is one."""
        return next((s for s in self.signatures if s.edition == self.edition and s.party == party), None)

    @property
    def unsigned(self) -> list[Party]:
        """The parties whose signature the present edition lacks."""
        return [party for party in Party if self.signed_by(party) is None]

    @classmethod
    def locked(cls, mentorship_id: int) -> Mentorship:
        """The row as it is now with its signatures, locked until the transaction ends."""
        db.session.flush()
        options = [selectinload(cls.signatures)]
        return db.session.get_one(
            cls, mentorship_id, options=options, with_for_update={"of": cls}, populate_existing=True
        )

    @classmethod
    def of_case(cls, case: MatchCase) -> Mentorship | None:
        """The mentorship that carries an approved match on, if it was begun."""
        return db.session.scalar(select(cls).where(cls.case_id == case.id))


class Task(Identified, Base):
    """One thing that the mentorship is to do at the firm."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("mentorship_id", "number"),)

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text(200))
    term: Mapped[str | None] = mapped_column(Text(20))  # of the taxonomy

    mentorship: Mapped[Mentorship] = relationship(back_populates="tasks")


class Goal(Identified, Base):
    """A figure of the KPI catalogue that the mentorship is to move from ``baseline`` to ``target``.

    The unit is fixed by the agreement; ``weight`` in thousandths, those of all goals sum to ``WEIGHTS``.
    """

    __tablename__ = "goals"
    __table_args__ = (
        UniqueConstraint("mentorship_id", "number"),
        CheckConstraint("weight BETWEEN 1 AND 1000", name="weight_within_the_whole"),
        CheckConstraint("target <> baseline", name="target_differs_from_baseline"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    number: Mapped[int]
    kpi: Mapped[str] = mapped_column(Text(10))  # code of the catalogue
    unit: Mapped[str] = mapped_column(Text(30))
    baseline: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    target: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    weight: Mapped[int]
    method: Mapped[str] = mapped_column(Text(500))
    period: Mapped[str] = mapped_column(Text(200))
    evidence: Mapped[str] = mapped_column(Text(500))

    mentorship: Mapped[Mentorship] = relationship(back_populates="goals")


class PlannedVisit(Identified, Base):
    """One visit of the plan, within the term."""

    __tablename__ = "planned_visits"
    __table_args__ = (
        UniqueConstraint("mentorship_id", "number"),
        CheckConstraint("number >= 1", name="numbers_count_from_one"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    number: Mapped[int]
    on: Mapped[date]
    content: Mapped[str] = mapped_column(Text(500))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))

    mentorship: Mapped[Mentorship] = relationship(back_populates="plan")
    task: Mapped[Task | None] = relationship(lazy="joined")


class Signature(Identified, Base):
    """Who signed which text of an agreement, for whom and when. Never changed, never deleted.

    ``text_hash`` is the SHA-256 of the agreement's text as it was shown.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        one_of("party", Party),
        UniqueConstraint("mentorship_id", "edition", "party"),
        CheckConstraint("length(text_hash) = 64", name="hash_is_whole"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    edition: Mapped[int]
    party: Mapped[Party] = mapped_column(Text(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(Text(120))
    text_hash: Mapped[str] = mapped_column(Text(64))
    signed_at: Mapped[datetime] = mapped_column(default=utcnow)

    mentorship: Mapped[Mentorship] = relationship(back_populates="signatures")


class ChangeRequest(Identified, Versioned, Base):
    """A request to change a signed agreement (협약변경): what, why, since when there is cause, from when on.

    ``changes`` maps a term of the agreement to its value before and after.
    """

    __tablename__ = "change_requests"
    __table_args__ = (
        one_of("state", ChangeState),
        one_of("asked_by", Party, name="asked_by_a_party"),
        CheckConstraint("effective_on >= cause_on", name="effect_after_cause"),
        CheckConstraint(
            "state <> 'approved' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name="approval_has_who_and_when",
        ),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    state: Mapped[ChangeState] = mapped_column(Text(10), default=ChangeState.REQUESTED)
    asked_by: Mapped[Party] = mapped_column(Text(10))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(Text(2000))
    cause_on: Mapped[date]
    effective_on: Mapped[date]
    changes: Mapped[dict[str, Any]]
    edition: Mapped[int | None]  # of the agreement, that its approval made
    agreed_by: Mapped[list[str]] = mapped_column(default=list)  # parties that were asked and said yes
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text(2000))

    mentorship: Mapped[Mentorship] = relationship(back_populates="changes")

    def belongs_to(self, user: User) -> bool:
        return self.mentorship.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    def move(self, verb: str) -> None:
        """Do a verb of the table."""
        self.state = next_change_state(self.state, verb)
