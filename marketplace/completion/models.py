"""The report of each side, and what the firm's people do without the expert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, db, one_of
from marketplace.errors import N_
from marketplace.mentorships.models import Mentorship, Task
from marketplace.mentorships.states import Party

AUTHORS = (Party.FIRM, Party.EXPERT)
#: What each side reports: the field and its label. All must be said.
FIELDS: dict[Party, tuple[tuple[str, str], ...]] = {
    Party.FIRM: (
        ("done", N_("멘토링으로 달라진 것")),
        ("lasting", N_("앞으로 스스로 이어 갈 것")),
        ("left", N_("아직 남은 문제")),
    ),
    Party.EXPERT: (
        ("done", N_("한 일과 그 결과")),
        ("lasting", N_("기업이 이어 가야 할 것")),
        ("left", N_("하지 못한 일과 그 까닭")),
    ),
}
#: What each side rates the other by, from 1 to 5.
QUESTIONS: dict[Party, tuple[tuple[str, str], ...]] = {
    Party.FIRM: (
        ("skill", N_("우리 문제를 정확히 짚어 주었다")),
        ("practical", N_("현장에서 바로 쓸 수 있는 방법을 알려 주었다")),
        ("teaching", N_("우리 직원이 알아듣게 설명했다")),
        ("reliable", N_("약속한 날짜와 시간을 지켰다")),
        ("again", N_("다른 기업에도 이 전문가를 권하겠다")),
    ),
    Party.EXPERT: (
        ("open", N_("필요한 자료와 현장을 보여 주었다")),
        ("staffed", N_("담당자를 두고 시간을 내 주었다")),
        ("doing", N_("맡은 일을 다음 방문까지 해 놓았다")),
        ("leading", N_("대표나 책임자가 관심을 갖고 도왔다")),
        ("lasting", N_("멘토링이 끝난 뒤에도 이어 갈 것으로 보인다")),
    ),
}
LOWEST, HIGHEST = 1, 5


class CompletionReport(Identified, Versioned, Base):
    """What one side says at the end, and how it rates the other. ``edition`` counts how often it was handed in.

    ``written``: text by field; ``scores``: 1 to 5 by question. The other side sees the rating once both are in.
    """

    __tablename__ = "completion_reports"
    __table_args__ = (
        one_of("party", AUTHORS),
        UniqueConstraint("mentorship_id", "party"),
        CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by_id IS NULL)", name="submission_has_who_and_when"
        ),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    party: Mapped[Party] = mapped_column(Text(10))
    written: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(Text(2000), default="")
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    edition: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]

    mentorship: Mapped[Mentorship] = relationship(lazy="joined")
    submitted_by: Mapped[User | None] = relationship(lazy="joined")

    def belongs_to(self, user: User) -> bool:
        """A report belongs to the side that writes it."""
        return self.mentorship.party_of(user) == self.party

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    @property
    def rating(self) -> float | None:
        """The mean of the scores; None before any was given."""
        return sum(self.scores.values()) / len(self.scores) if self.scores else None

    @classmethod
    def of(cls, mentorship_id: int) -> dict[Party, CompletionReport]:
        """The reports of a mentorship by side; empty before its visits are over."""
        query = select(cls).where(cls.mentorship_id == mentorship_id).order_by(cls.id)
        return {Party(report.party): report for report in db.session.scalars(query)}


class Handover(Identified, Versioned, Base):
    """One task as the firm takes it over: who does it, by which document, and since when without the expert."""

    __tablename__ = "handovers"

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), unique=True)
    who: Mapped[str] = mapped_column(Text(120), default="")
    document: Mapped[str] = mapped_column(Text(300), default="")
    done_on: Mapped[date | None]

    task: Mapped[Task] = relationship(lazy="joined")

    @property
    def is_complete(self) -> bool:
        """Whether the firm's people did the task without the expert, and by what."""
        return bool(self.who and self.document and self.done_on)

    @classmethod
    def of(cls, mentorship_id: int) -> Sequence[Handover]:
        """The tasks of a mentorship as they are taken over, in their order."""
        query = select(cls).join(cls.task).where(cls.mentorship_id == mentorship_id).order_by(Task.number)
        return db.session.scalars(query).all()
