"""A card as its author wrote it, and as it was published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.cards.states import CardState, next_state
from marketplace.database import Base, Identified, Text, Versioned, one_of, utcnow
from marketplace.errors import N_
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import Party

MOST = 3  # cards of one party for one mentorship
#: What a card says, in order: the field, its label, whether it must be said.
FIELDS: tuple[tuple[str, str, bool], ...] = (
    ("title", N_("한 줄 요약"), True),
    ("problem", N_("문제"), True),
    ("cause", N_("원인"), True),
    ("action", N_("한 일"), True),
    ("cost", N_("든 비용과 시간"), False),
    ("result", N_("결과"), True),
    ("failed", N_("해 보았으나 안 된 것"), False),
)
AUTHORS = (Party.FIRM, Party.EXPERT)


class Card(Identified, Versioned, Base):
    """One problem that a mentorship solved, or failed to solve.

    ``written`` is the author's text by field, ``public`` the anonymised one that others read; ``terms`` are ids of
    the taxonomy by which it is found.
    """

    __tablename__ = "cards"
    __table_args__ = (
        one_of("state", CardState),
        one_of("party", AUTHORS),
        UniqueConstraint("mentorship_id", "party", "number"),
        CheckConstraint(f"number BETWEEN 1 AND {MOST}", name="number_within_the_limit"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL AND published_by_id IS NOT NULL)",
            name="publishing_has_who_and_when",
        ),
        Index("ix_cards_state_entered_at", "state", "entered_at"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    party: Mapped[Party] = mapped_column(Text(10))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[CardState] = mapped_column(Text(10), default=CardState.DRAFT)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    written: Mapped[dict[str, Any]]
    public: Mapped[dict[str, Any]] = mapped_column(default=dict)
    terms: Mapped[list[str]] = mapped_column(default=list)
    industry: Mapped[str | None] = mapped_column(Text(5))
    size_class: Mapped[str | None] = mapped_column(Text(10))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))  # of the newest return

    mentorship: Mapped[Mentorship] = relationship(lazy="joined")
    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="joined")

    def belongs_to(self, user: User) -> bool:
        """A card belongs to the side that writes it."""
        return self.mentorship.party_of(user) == self.party

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    def move(self, verb: str) -> None:
        """Do a verb of the table."""
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at = utcnow()
        self.state = after
