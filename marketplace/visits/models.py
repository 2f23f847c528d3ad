"""A visit of an expert at a firm, with every version of its log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, db, one_of, utcnow
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.files.models import StoredFile
from marketplace.mentorships.models import Mentorship, Task
from marketplace.visits.states import VisitState, next_state

MODES = ("onsite", "remote")


class Visit(Identified, Versioned, Base):
    """One visit as logged by the expert who made it.

    ``client_key`` is drawn on the device that wrote the log, so that a log sent twice is one visit. ``minutes``
    are those that staff recognise. ``attendees``: names of both sides as written. ``planned_number`` is the
    visit of the plan that this one carries out; a number rather than a key, because a changed plan is written anew.
    """

    __tablename__ = "visits"
    __table_args__ = (
        one_of("state", VisitState),
        one_of("mode", MODES),
        UniqueConstraint("mentorship_id", "client_key"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("minutes IS NULL OR minutes >= 0", name="minutes_not_negative"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'accepted') OR (confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name="confirmation_has_who_and_when",
        ),
        CheckConstraint(
            "state <> 'accepted' OR (reviewed_at IS NOT NULL AND reviewed_by_id IS NOT NULL)",
            name="review_has_who_and_when",
        ),
        CheckConstraint(
            "state NOT IN ('disputed', 'returned', 'refused') OR reason IS NOT NULL",
            name="objection_has_a_reason",
        ),
        CheckConstraint(
            "reviewed_by_id IS NULL OR confirmed_by_id IS NULL OR reviewed_by_id <> confirmed_by_id",
            name="two_people_decide",
        ),
        CheckConstraint(
            "confirmed_because IS NULL OR confirmed_by_id IS NOT NULL",
            name="confirmed_for_the_firm_by_somebody",
        ),
        Index("ix_visits_expert_id_starts_at", "expert_id", "starts_at"),
        Index("ix_visits_state_entered_at", "state", "entered_at"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    client_key: Mapped[str] = mapped_column(Text(36))
    state: Mapped[VisitState] = mapped_column(Text(10), default=VisitState.LOGGED)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[str] = mapped_column(Text(10))
    place: Mapped[str] = mapped_column(Text(200))
    attendees: Mapped[str] = mapped_column(Text(500))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    done: Mapped[str] = mapped_column(Text(4000))
    result: Mapped[str] = mapped_column(Text(2000), default="")
    homework: Mapped[str] = mapped_column(Text(2000), default="")  # what the firm does until the next visit
    next_plan: Mapped[str] = mapped_column(Text(2000), default="")
    planned_number: Mapped[int | None]
    minutes: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_because: Mapped[str | None] = mapped_column(
        Text(2000)
    )  # by staff, for a firm that stays silent
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))  # of the newest objection

    mentorship: Mapped[Mentorship] = relationship(lazy="joined")
    expert: Mapped[Expert] = relationship(lazy="joined")
    task: Mapped[Task | None] = relationship(lazy="joined")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id])
    versions: Mapped[list[VisitVersion]] = relationship(
        back_populates="visit", order_by="VisitVersion.number"
    )

    def belongs_to(self, user: User) -> bool:
        """It belongs to the firm and to the expert who made it, also after another one took over."""
        return self.mentorship.request.belongs_to(user) or self.expert.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    @property
    def edition(self) -> int:
        """The number of the newest version of the log."""
        return len(self.versions)

    @property
    def length(self) -> int:
        """Whole minutes from start to end."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def is_overdue(self) -> bool:
        """Whether whoever holds it should have acted by now."""
        return self.due_at is not None and self.due_at < utcnow()

    def move(self, verb: str, due_at: datetime | None = None) -> None:
        """Do a verb of the table: set the state, since when, and by when the next one must act."""
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at, self.reminded_at = utcnow(), None
        self.state, self.due_at = after, due_at


class VisitVersion(Identified, Base):
    """A log as it was handed in, by whom and when. Never changed, never deleted."""

    __tablename__ = "visit_versions"
    __table_args__ = (UniqueConstraint("visit_id", "number"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    visit: Mapped[Visit] = relationship(back_populates="versions")
    by: Mapped[User] = relationship(lazy="joined")
    photos: Mapped[list[VisitPhoto]] = relationship(order_by="VisitPhoto.position", lazy="selectin")


class VisitPhoto(Base):
    """A photo that a version of a log shows. The same photo of two versions is one file with two of these rows."""

    __tablename__ = "visit_photos"
    __table_args__ = (CheckConstraint("position > 0", name="position_counts_from_one"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("visit_versions.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), primary_key=True, index=True)
    position: Mapped[int]

    file: Mapped[StoredFile] = relationship(lazy="joined")


def locked_visit(visit_id: int) -> Visit:
    """The visit as it is now, locked until the transaction ends; NotFound when there is none.

    Whoever locks more takes the expert first, then firm, mentorship and visit.
    """
    db.session.flush()
    query = select(Visit).where(Visit.id == visit_id).with_for_update(of=Visit)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(visit_id)
    db.session.refresh(row, ["versions"])
    return row
