"""Cases, candidates, and the rankings that decisions rest on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.companies.models import MentoringRequest
from marketplace.database import Base, Identified, Text, Versioned, one_of, utcnow
from marketplace.experts.models import Expert
from marketplace.matching.profiles import Period
from marketplace.matching.states import CandidateState, CaseState, next_state


class Snapshot(Base):
    """What a ranking was fed with, kept once by the SHA-256 of its JSON: a profile, a request, a vocabulary."""

    __tablename__ = "snapshots"

    digest: Mapped[str] = mapped_column(Text(64), primary_key=True)
    kind: Mapped[str] = mapped_column(Text(12))  # expert, request, vocabulary
    content: Mapped[dict[str, Any]]


class StoredRanking(Identified, Base):
    """A ranking that a decision rests on. Replaying it from its snapshots gives the same ``result_hash``."""

    __tablename__ = "stored_rankings"

    case_id: Mapped[int] = mapped_column(ForeignKey("match_cases.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    request_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    vocabulary_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    expert_digests: Mapped[dict[str, Any]]  # expert key -> snapshot digest
    weights: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]  # gates, cooling-off, top
    code_version: Mapped[str] = mapped_column(Text(40))
    result: Mapped[dict[str, Any]]  # the ranking as JSON: ranked and excluded
    result_hash: Mapped[str] = mapped_column(Text(64))


class MatchCase(Identified, Versioned, Base):
    """The way of one eligible request to an approved match. ``due_at`` is when the present holder must have acted."""

    __tablename__ = "match_cases"
    __table_args__ = (
        one_of("state", CaseState),
        CheckConstraint("until > since", name="period_not_empty"),
        CheckConstraint(
            "state NOT IN ('accepted', 'first_approved', 'approved') OR chosen_id IS NOT NULL",
            name="accepted_has_a_candidate",
        ),
        CheckConstraint(
            "state NOT IN ('first_approved', 'approved') OR (first_approved_at IS NOT NULL AND first_approved_by_id IS NOT NULL)",
            name="first_approval_has_who_and_when",
        ),
        CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name="approval_has_who_and_when",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> first_approved_by_id", name="two_people_approve"
        ),
        Index("ix_match_cases_state_entered_at", "state", "entered_at"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), unique=True)
    state: Mapped[CaseState] = mapped_column(Text(16), default=CaseState.MATCHING)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    due_at: Mapped[datetime | None]
    since: Mapped[date]
    until: Mapped[date]
    ranking_id: Mapped[int | None] = mapped_column(ForeignKey("stored_rankings.id", use_alter=True))
    chosen_id: Mapped[int | None] = mapped_column(ForeignKey("candidates.id", use_alter=True))
    overridden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    first_approved_at: Mapped[datetime | None]
    first_approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))  # of the newest refusal, return, override

    request: Mapped[MentoringRequest] = relationship(lazy="joined")
    candidates: Mapped[list[Candidate]] = relationship(
        back_populates="case", order_by="Candidate.id", foreign_keys="Candidate.case_id"
    )
    chosen: Mapped[Candidate | None] = relationship(foreign_keys=[chosen_id], post_update=True)
    ranking: Mapped[StoredRanking | None] = relationship(foreign_keys=[ranking_id], post_update=True)
    first_approved_by: Mapped[User | None] = relationship(foreign_keys=[first_approved_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def period(self) -> Period:
        """The days of the mentorship, end excluded."""
        return Period(self.since, self.until)

    def belongs_to(self, user: User) -> bool:
        return self.request.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.request.programme.operated_by(user)

    def move(self, verb: str, due_at: datetime | None = None) -> None:
        """Do a verb of the table: set the state, since when, and by when the next one must act."""
        self.state = next_state(self.state, verb)
        self.entered_at = utcnow()
        self.due_at = due_at


class Candidate(Identified, Versioned, Base):
    """An expert put forward for a case. ``explanation`` is the ranker's, as it stood when released."""

    __tablename__ = "candidates"
    __table_args__ = (
        one_of("state", CandidateState),
        UniqueConstraint("case_id", "expert_id"),
        CheckConstraint("preference IS NULL OR preference BETWEEN 1 AND 3", name="preference_within_three"),
        CheckConstraint(
            "state <> 'offered' OR (offered_at IS NOT NULL AND expires_at IS NOT NULL)",
            name="offer_has_a_deadline",
        ),
        CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name="decline_has_a_reason"),
        Index("ix_candidates_expert_id_state", "expert_id", "state"),
        Index("ix_candidates_state_expires_at", "state", "expires_at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("match_cases.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"))
    state: Mapped[CandidateState] = mapped_column(Text(10), default=CandidateState.LISTED)
    source: Mapped[str] = mapped_column(Text(10))  # ranking, firm, override
    rank: Mapped[int | None]
    score: Mapped[int | None]  # hundredths of a point, 0 to 10000
    explanation: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preference: Mapped[int | None]
    offered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text(2000))

    case: Mapped[MatchCase] = relationship(back_populates="candidates", foreign_keys=[case_id])
    expert: Mapped[Expert] = relationship(lazy="joined")

    def belongs_to(self, user: User) -> bool:
        """An offer belongs to the expert it was made to."""
        return self.expert.belongs_to(user) and self.offered_at is not None
