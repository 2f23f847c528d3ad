"""Values that were measured for a goal, and effects on the firm's business; both are entered, then verified."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Numeric, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, one_of, utcnow
from marketplace.files.models import StoredFile
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.outcomes import rates
from marketplace.outcomes.states import ValueState, next_state

PROCESS, BUSINESS = "PQCDSE", "B"  # fields of the KPI catalogue


def _evidence(name: str, of: str) -> Table:
    """The files that stand behind values; rows are added, never changed."""
    return Table(
        name,
        Base.metadata,
        Column("value_id", ForeignKey(f"{of}.id"), primary_key=True),
        Column("file_id", ForeignKey("stored_files.id"), primary_key=True, index=True),
    )


MEASUREMENT_FILES = _evidence("measurement_files", "measurements")
EFFECT_FILES = _evidence("business_effect_files", "business_effects")


class Stated(Identified, Versioned):
    """Mixin: a value that somebody entered for a period, from a source, and that staff verify.

    ``doubts``: what seemed implausible when it was entered, as kinds of ``rates.Doubt``; ``explanation`` is what
    the author said to that, ``question`` what staff asked, ``answer`` what was answered.
    """

    state: Mapped[ValueState] = mapped_column(Text(10), default=ValueState.ENTERED)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    source: Mapped[str] = mapped_column(Text(200))
    evidence: Mapped[str] = mapped_column(Text(500))
    doubts: Mapped[list[str]] = mapped_column(default=list)
    explanation: Mapped[str] = mapped_column(Text(2000), default="")
    question: Mapped[str | None] = mapped_column(Text(2000))
    answer: Mapped[str | None] = mapped_column(Text(2000))
    decided_at: Mapped[datetime | None]

    @declared_attr
    def author_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("users.id"))

    @declared_attr
    def decided_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("users.id"))

    @declared_attr
    def author(cls) -> Mapped[User]:
        return relationship(User, foreign_keys=[cls.author_id], lazy="joined")  # type: ignore[list-item]

    def move(self, verb: str) -> None:
        """Do a verb of the table."""
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at = utcnow()
        self.state = after

    def decide(self, verb: str, by: User) -> None:
        """Verify or refuse, with who and when."""
        self.move(verb)
        self.decided_at, self.decided_by_id = utcnow(), by.id

    @property
    def counts(self) -> bool:
        """Whether the value stands in totals."""
        return self.state == ValueState.VERIFIED


def _checks(table: str) -> tuple[Any, ...]:
    return (
        one_of("state", ValueState),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint(
            "state <> 'verified' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name="verification_has_who_and_when",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> author_id", name="two_people_verify"),
        CheckConstraint("state <> 'questioned' OR question IS NOT NULL", name="question_is_asked"),
        Index(f"ix_{table}_state_entered_at", "state", "entered_at"),
    )


class Measurement(Stated, Base):
    """A value of a goal's figure over a period. ``value`` None: nothing was collected (``sample`` 0)."""

    __tablename__ = "measurements"
    __table_args__ = (
        *_checks("measurements"),
        CheckConstraint("sample >= 0", name="sample_not_negative"),
        CheckConstraint("(value IS NULL) = (sample = 0)", name="no_sample_no_value"),
        UniqueConstraint("goal_id", "starts_on", "ends_on"),
    )

    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id"), index=True)
    value: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    sample: Mapped[int]
    method: Mapped[str] = mapped_column(Text(500))

    goal: Mapped[Goal] = relationship(lazy="joined")
    files: Mapped[list[StoredFile]] = relationship(secondary=MEASUREMENT_FILES, order_by=StoredFile.id)

    @property
    def mentorship(self) -> Mentorship:
        """The mentorship whose goal this is."""
        return self.goal.mentorship

    def belongs_to(self, user: User) -> bool:
        return self.mentorship.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    @property
    def achievement(self) -> Decimal | None:
        """How much of the way to the target was gone, in per cent; None when not collected."""
        if self.value is None:
            return None
        return rates.achievement(self.goal.baseline, self.goal.target, self.value)


class BusinessEffect(Stated, Base):
    """What happened to the firm's business (sales, jobs) between two periods; not taken from the goals' figures."""

    __tablename__ = "business_effects"
    __table_args__ = (
        *_checks("business_effects"),
        UniqueConstraint("mentorship_id", "kpi", "starts_on", "ends_on"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    kpi: Mapped[str] = mapped_column(Text(10))  # code of the catalogue, field B
    unit: Mapped[str] = mapped_column(Text(30))
    before: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    after: Mapped[Decimal] = mapped_column(Numeric(18, 4))

    mentorship: Mapped[Mentorship] = relationship(lazy="joined")
    files: Mapped[list[StoredFile]] = relationship(secondary=EFFECT_FILES, order_by=StoredFile.id)

    def belongs_to(self, user: User) -> bool:
        return self.mentorship.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    @property
    def change(self) -> Decimal:
        """After less before, in the unit."""
        return self.after - self.before


Value = Measurement | BusinessEffect
