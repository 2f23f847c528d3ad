"""Cases and their candidates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from marketplace.accounts.models import User
from marketplace.companies.models import MentoringRequest
from marketplace.database import Base, Identified, Text, Versioned, db, one_of, utcnow
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.matching.models_ranking import StoredRanking
from marketplace.matching.profiles import Period
from marketplace.matching.states import CandidateState, CaseState, next_state


class MatchCase(Identified, Versioned, Base):
    """The way of one eligible request to an approved match.

    ``due_at`` is when the present holder must have acted. ``relations`` are the organisations that the firm
    named when the case opened, as ``relation_rows`` gives them; None for a case older than this column.
    """

    __tablename__ = "match_cases"
    __table_args__ = (
        one_of("state", CaseState),
        CheckConstraint("until > since", name="period_not_empty"),
        CheckConstraint(
            "state NOT IN ('accepted', 'first_approved', 'approved') OR chosen_id IS NOT NULL",
            name="accepted_has_a_candidate",
        ),
        CheckConstraint(
            "state NOT IN ('first_approved', 'approved')"
            " OR (first_approved_at IS NOT NULL AND first_approved_by_id IS NOT NULL)",
            name="first_approval_has_who_and_when",
        ),
        CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name="approval_has_who_and_when",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> first_approved_by_id", name="two_people_approve"
        ),
        CheckConstraint("state <> 'stopped' OR reason IS NOT NULL", name="stop_has_a_reason"),
        Index("ix_match_cases_state_entered_at", "state", "entered_at"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), unique=True)
    state: Mapped[CaseState] = mapped_column(Text(16), default=CaseState.MATCHING)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # once in the present state
    since: Mapped[date]
    until: Mapped[date]
    relations: Mapped[list[Any] | None]
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
    chosen: Mapped[Candidate | None] = relationship(foreign_keys=[chosen_id], viewonly=True)
    ranking: Mapped[StoredRanking | None] = relationship(foreign_keys=[ranking_id], viewonly=True)
    first_approved_by: Mapped[User | None] = relationship(foreign_keys=[first_approved_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def period(self) -> Period:
        """The days of the mentorship, end excluded."""
        return Period(self.since, self.until)

    @property
    def last_day(self) -> date:
        """The last day of the mentorship."""
        return self.period.last_day

    def belongs_to(self, user: User) -> bool:
        return self.request.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.request.programme.operated_by(user)

    def in_state(self, *states: CandidateState) -> list[Candidate]:
        """The candidates in these states, in the order in which they were put forward."""
        return [candidate for candidate in self.candidates if candidate.state in states]

    def candidate(self, candidate_id: int) -> Candidate:
        """The candidate with this number; NotFound when it is another case's."""
        for candidate in self.candidates:
            if candidate.id == candidate_id:
                return candidate
        raise NotFound(candidate_id)

    def candidate_for(self, expert_id: int) -> Candidate | None:
        """The candidate that this expert is in this case, if any."""
        return next((c for c in self.candidates if c.expert_id == expert_id), None)

    @property
    def offered(self) -> Candidate | None:
        """The candidate whose answer is awaited."""
        return next(iter(self.in_state(CandidateState.OFFERED)), None)

    @property
    def one_person_proposed_and_approved(self) -> bool:
        """Whether who proposed the chosen expert also gave the first approval: allowed, but to be seen."""
        return (
            self.chosen is not None
            and self.first_approved_by_id is not None
            and self.chosen.proposed_by_id == self.first_approved_by_id
        )

    @property
    def waiting(self) -> list[Candidate]:
        """Candidates with a preference who have not been asked yet, first choice first."""
        ranked = [c for c in self.in_state(CandidateState.LISTED) if c.preference is not None]
        return sorted(ranked, key=lambda candidate: candidate.preference or 0)

    def move(self, verb: str, due_at: datetime | None = None) -> None:
        """Do a verb of the table: set the state, since when, and by when the next one must act.

        ``entered_at`` stays when the verb leads to the state it started from.
        """
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at, self.reminded_at = utcnow(), None
        self.state = after
        self.due_at = due_at

    def choose(self, candidate: Candidate | None) -> None:
        """Set, or clear, who accepted.

        The key is set rather than the relationship, which would be written in a second statement, too late
        for the rule that an accepted case has a candidate.
        """
        self.chosen_id = candidate.id if candidate is not None else None
        db.session.expire(self, ["chosen"])

    def offer(self, candidate: Candidate, verb: str) -> None:
        """Ask an expert; the answer is due after the programme's ``offer_days``."""
        now = utcnow()
        candidate.state = CandidateState.OFFERED
        candidate.offered_at = now
        candidate.expires_at = now + timedelta(days=self.request.programme.offer_days)
        candidate.reminded_at = candidate.answered_at = None
        self.move(verb, candidate.expires_at)

    def back_to_matching(self, verb: str) -> None:
        """Nobody is chosen, no order holds; the operator proposes anew within ``matching_days``."""
        self.move(verb, utcnow() + timedelta(days=self.request.programme.matching_days))
        self.choose(None)
        self.overridden_by_id = None
        self.first_approved_at = self.first_approved_by_id = None
        for candidate in self.candidates:
            if candidate.state == CandidateState.LISTED:
                candidate.preference = None

    @property
    def is_to_be_reminded(self) -> bool:
        """Whether the holder's one reminder is due: as long before the deadline as an expert is reminded."""
        programme = self.request.programme
        before = timedelta(days=programme.offer_days - programme.reminder_days)
        return self.reminded_at is None and self.due_at is not None and self.due_at - before <= utcnow()

    def end(self, verb: str) -> Candidate | None:
        """Withdraw or stop: everything open lapses; who was being asked or had accepted, to be told."""
        asked = next(iter(self.in_state(CandidateState.OFFERED, CandidateState.ACCEPTED)), None)
        self.move(verb)
        self.lapse_others()
        if asked is not None:
            asked.state = CandidateState.LAPSED
        return asked

    @classmethod
    def of_request(cls, request: MentoringRequest) -> MatchCase | None:
        """The case that carries a request on, if it got that far."""
        return db.session.scalar(select(cls).where(cls.request_id == request.id))

    def lapse_others(self) -> None:
        """End every candidate that is still open, except the chosen one."""
        for candidate in self.in_state(CandidateState.LISTED, CandidateState.OFFERED):
            if candidate is not self.chosen:
                candidate.state = CandidateState.LAPSED


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
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who put the expert forward
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

    @property
    def may_be_listed(self) -> bool:
        """Whether the expert may be put forward again: never after a refusal by anybody."""
        return self.state in (CandidateState.LISTED, CandidateState.EXPIRED, CandidateState.LAPSED)

    @classmethod
    def case_id_of(cls, candidate_id: int) -> int:
        """The case of a candidate; NotFound when there is no such candidate."""
        case_id = db.session.scalar(select(cls.case_id).where(cls.id == candidate_id))
        if case_id is None:
            raise NotFound(candidate_id)
        return case_id

    def answer(self, state: CandidateState, reason: str | None = None) -> None:
        """End an open offer or an acceptance, with the moment and the reason."""
        self.state = state
        self.answered_at = utcnow()
        self.reason = reason

    def list_again(self) -> None:
        """Put an expert forward anew whose earlier offer ran out."""
        self.state = CandidateState.LISTED
        self.preference = self.offered_at = self.expires_at = self.reminded_at = self.answered_at = None

    @property
    def score_points(self) -> float | None:
        """0 to 100 with two places, as printed; None when it was never scored."""
        return None if self.score is None else self.score / 100


def held_periods(expert_id: int, states: Sequence[CaseState], besides: int | None = None) -> list[Period]:
    """The periods in which cases in these states hold a place of the expert, ``besides`` left out."""
    query = (
        select(MatchCase.since, MatchCase.until)
        .join(Candidate, Candidate.id == MatchCase.chosen_id)
        .where(Candidate.expert_id == expert_id, MatchCase.state.in_(states))
    )
    if besides is not None:
        query = query.where(MatchCase.id != besides)
    return [Period(since, until) for since, until in db.session.execute(query)]


T = TypeVar("T", MatchCase, Expert)


def locked(model: type[T], key: int) -> T:
    """The row as it is now, locked until the transaction ends; NotFound when there is none.

    Whoever locks several takes the expert first, then cases by number. A case brings its candidates, which
    its lock covers. Changes that wait are written first, because what is read here replaces them.
    """
    db.session.flush()
    options = [selectinload(MatchCase.candidates)] if model is MatchCase else []
    row = db.session.get(model, key, options=options, with_for_update={"of": model}, populate_existing=True)
    if row is None:
        raise NotFound(key)
    return row
