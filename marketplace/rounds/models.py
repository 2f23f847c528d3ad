"""Rounds: what was asked, every run with what it was solved from, and every change by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, db, one_of, utcnow
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.jobs import Job
from marketplace.matching.models import MatchCase
from marketplace.programmes.models import Programme
from marketplace.rounds.states import CHANGES, RoundState, next_state

POINT = 10_000  # units in one point, as the engine counts


class Round(Identified, Versioned, Base):
    """Many open requests of a programme, matched at once.

    ``options`` is what the operator asked for (see ``options.Options``). ``runs`` counts the runs that came to an end
    and names the present one; ``pairs`` are the present pairs with what was changed by hand since, each as request,
    expert and units, and ``served`` and ``units`` what they come to. ``reason`` is that of the failure or of throwing
    it away.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        one_of("state", RoundState),
        CheckConstraint("state NOT IN ('solved', 'published') OR runs > 0", name="solved_has_a_run"),
        CheckConstraint("state <> 'running' OR job_id IS NOT NULL", name="running_has_a_job"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL AND published_by_id IS NOT NULL)",
            name="publication_has_who_and_when",
        ),
        CheckConstraint(
            "state NOT IN ('failed', 'discarded') OR reason IS NOT NULL", name="end_has_a_reason"
        ),
        CheckConstraint("served >= 0 AND served <= asked", name="served_within_asked"),
        Index("ix_rounds_state", "state"),
    )

    name: Mapped[str] = mapped_column(Text(80))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    state: Mapped[RoundState] = mapped_column(Text(10), default=RoundState.DRAFT)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)
    options: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    asked: Mapped[int] = mapped_column(default=0)
    served: Mapped[int] = mapped_column(default=0)
    units: Mapped[int] = mapped_column(default=0)
    pairs: Mapped[list[Any]] = mapped_column(default=list)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))

    programme: Mapped[Programme] = relationship(lazy="joined")
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])
    job: Mapped[Job | None] = relationship()
    requests: Mapped[list[RoundRequest]] = relationship(order_by="RoundRequest.case_id")
    changes: Mapped[list[RoundChange]] = relationship(order_by="RoundChange.id")

    def operated_by(self, user: User) -> bool:
        return self.programme.operated_by(user)

    @property
    def total(self) -> float:
        """The sum of the points of the present pairs."""
        return self.units / POINT

    @property
    def mean(self) -> float | None:
        """Points per served request."""
        return self.total / self.served if self.served else None

    def move(self, verb: str) -> None:
        """Do a verb of the table: set the state and since when."""
        after = next_state(self.state, verb)
        if after != self.state:
            self.entered_at = utcnow()
        self.state = after

    def holds(self, pairs: list[list[Any]]) -> None:
        """Make these the present pairs; a request with a team counts once, with the mean of its members."""
        self.pairs = sorted(pairs)
        self.served, self.units = worth_of(self.pairs)

    @classmethod
    def locked(cls, round_id: int) -> Round:
        """The row as it is now, locked until the transaction ends."""
        row = db.session.get(cls, round_id, with_for_update={"of": cls}, populate_existing=True)
        if row is None:
            raise NotFound(round_id)
        return row


def worth_of(pairs: list[list[Any]]) -> tuple[int, int]:
    """How many requests pairs serve, and their points in units."""
    by_request: dict[str, list[int]] = {}
    for request, _, units in pairs:
        by_request.setdefault(request, []).append(units)
    return len(by_request), sum(round(sum(units) / len(units)) for units in by_request.values())


class RoundRequest(Base):
    """A case that a round is about."""

    __tablename__ = "round_requests"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("match_cases.id"), primary_key=True, index=True)

    case: Mapped[MatchCase] = relationship()


class RoundRun(Identified, Base):
    """One run: what it was solved from, by the hash of its canonical JSON, and what came out.

    Solving the problem again gives the same ``result_hash``. ``report`` holds the reasons, prices and gaps of the run
    for the pages; it follows from problem and result and is not part of the hash.
    """

    __tablename__ = "round_runs"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("length(result_hash) = 64", name="hash_is_whole"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    options: Mapped[dict[str, Any]]
    problem_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    inputs_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    code_version: Mapped[str] = mapped_column(Text(40))
    result: Mapped[dict[str, Any]]
    result_hash: Mapped[str] = mapped_column(Text(64))
    report: Mapped[dict[str, Any]]

    made_by: Mapped[User | None] = relationship()


class RoundChange(Identified, Base):
    """A change by hand: who, when, why, and what the whole came to before and after."""

    __tablename__ = "round_changes"
    __table_args__ = (
        one_of("verb", CHANGES),
        CheckConstraint("verb IN ('unserve', 'free') OR expert_id IS NOT NULL", name="pair_has_an_expert"),
        CheckConstraint("length(reason) > 0", name="change_has_a_reason"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    run: Mapped[int]
    verb: Mapped[str] = mapped_column(Text(10))
    case_id: Mapped[int] = mapped_column(ForeignKey("match_cases.id"))
    request: Mapped[str] = mapped_column(Text(40))  # the key of the request in the problem
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("experts.id"))
    units: Mapped[int | None]  # of the pair that is given
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text(2000))
    served_before: Mapped[int]
    served_after: Mapped[int]
    units_before: Mapped[int]
    units_after: Mapped[int]

    expert: Mapped[Expert | None] = relationship()
    by: Mapped[User | None] = relationship()

    @property
    def expert_key(self) -> str | None:
        """The expert's key in the problem."""
        return None if self.expert_id is None else str(self.expert_id)

    @property
    def difference(self) -> float:
        """What the change did to the sum of the points."""
        return (self.units_after - self.units_before) / POINT
