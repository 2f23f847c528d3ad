"""The steps of a mentorship's course, and the silences that were met with a reminder."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.course.states import Decision, StepKind, StepState, next_state
from marketplace.database import Base, Identified, Text, Versioned, db, one_of, utcnow
from marketplace.errors import N_
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState as S
from marketplace.mentorships.states import Party

#: What each side is asked in a step: the field, its label, whether it must be said.
FIELDS: dict[StepKind, dict[Party, tuple[tuple[str, str, bool], ...]]] = {
    StepKind.KICKOFF: {
        Party.EXPERT: (
            ("met", N_("회의한 날과 참석자"), True),
            ("agreed", N_("함께 정한 것 (담당자, 일정, 준비할 자료)"), True),
        ),
        Party.FIRM: (("agreed", N_("함께 정한 것 가운데 확인하거나 바라는 점"), True),),
    },
    StepKind.MONTHLY: {
        Party.EXPERT: (
            ("done", N_("이달에 한 일과 결과"), True),
            ("trouble", N_("어려운 점과 운영기관에 바라는 것"), False),
            ("plan", N_("다음 달 계획"), True),
        ),
    },
    StepKind.MIDTERM: {
        Party.FIRM: (
            ("progress", N_("지금까지 달라진 것"), True),
            ("wish", N_("걱정되는 점이나 바라는 것"), False),
        ),
        Party.EXPERT: (
            ("progress", N_("지금까지 한 일과 목표에 이른 정도"), True),
            ("plan", N_("남은 방문의 계획"), True),
        ),
    },
    StepKind.FOLLOWUP: {
        Party.FIRM: (
            ("kept", N_("멘토링에서 배운 것 가운데 지금도 하는 것"), True),
            ("values", N_("목표 지표의 지금 값과 그 근거"), True),
            ("business", N_("매출, 고용 등 경영의 변화"), False),
            ("help", N_("더 필요한 도움"), False),
        ),
    },
}
#: The steps that the operator decides or reads before they are closed.
DECIDED = (StepKind.MIDTERM, StepKind.MONTHLY)
#: Where a mentorship is over for those who were asked; of a stopped one no follow-up is asked either.
OVER = (S.CHECKING, S.SETTLING, S.CLOSED, S.STOPPED)
MOST_SAID = 3000  # characters in a field


class CourseStep(Identified, Versioned, Base):
    """One step: what was asked of whom by when, what they said, and what the operator decided.

    ``period``: the day from which the step counts: first of the month that is reported, day of the follow-up. Its
    kind and period together are unique within a mentorship. ``answers``: by party the fields, who and when.
    ``draft`` is what the page proposes.
    """

    __tablename__ = "course_steps"
    __table_args__ = (
        one_of("kind", StepKind),
        one_of("state", StepState),
        UniqueConstraint("mentorship_id", "kind", "period"),
        CheckConstraint(
            "decision IS NULL OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name="decision_has_who_and_when",
        ),
        CheckConstraint(
            "decision IS NULL OR decision = 'go_on' OR reason IS NOT NULL", name="conditions_have_a_reason"
        ),
        Index("ix_course_steps_state_due_at", "state", "due_at"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(Text(10))
    period: Mapped[date]
    state: Mapped[StepState] = mapped_column(Text(10), default=StepState.OPEN)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decision: Mapped[Decision | None] = mapped_column(Text(10))
    reason: Mapped[str | None] = mapped_column(Text(2000))  # of the decision, or of the newest return
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    mentorship: Mapped[Mentorship] = relationship(lazy="joined")
    decided_by: Mapped[User | None] = relationship(lazy="joined")

    def belongs_to(self, user: User) -> bool:
        return self.mentorship.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    @property
    def asked(self) -> list[Party]:
        """The sides that are asked."""
        return list(FIELDS[StepKind(self.kind)])

    @property
    def unanswered(self) -> list[Party]:
        """The sides that have not answered."""
        return [party for party in self.asked if party not in self.answers]

    @property
    def is_wanted(self) -> bool:
        """Whether an answer that lacks is still wanted; ``still_wanted`` is the same in SQL."""
        over = (S.STOPPED,) if self.kind == StepKind.FOLLOWUP else OVER
        return self.mentorship.state not in over

    @property
    def waits_for(self) -> list[Party]:
        """The sides whose answer is waited for now."""
        return self.unanswered if self.state == StepState.OPEN and self.is_wanted else []

    def move(self, verb: str, due_at: datetime | None = None) -> None:
        """Do a verb of the table."""
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at, self.reminded_at = utcnow(), None
        self.state, self.due_at = after, due_at

    @classmethod
    def locked(cls, step_id: int) -> CourseStep:
        """The row as it is now, locked until the transaction ends."""
        return db.session.get_one(cls, step_id, with_for_update={"of": cls}, populate_existing=True)

    @classmethod
    def of(cls, mentorship_id: int) -> list[CourseStep]:
        """The steps of a mentorship in the order in which they were opened."""
        query = select(cls).where(cls.mentorship_id == mentorship_id).order_by(cls.created_at, cls.id)
        return list(db.session.scalars(query))


def still_wanted() -> ColumnElement[bool]:
    """The condition on a step with its mentorship joined that an answer that lacks is still wanted."""
    follows_up = (CourseStep.kind == StepKind.FOLLOWUP) & (Mentorship.state != S.STOPPED)
    return follows_up | Mentorship.state.not_in(OVER)


class Silence(Identified, Base):
    """A planned visit that nothing followed, and how far the ladder went: 1 both, 2 the operator, 3 a decision."""

    __tablename__ = "silences"
    __table_args__ = (
        UniqueConstraint("mentorship_id", "since", "rung"),
        CheckConstraint("rung BETWEEN 1 AND 3", name="rung_of_the_ladder"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    since: Mapped[date]
    rung: Mapped[int]
