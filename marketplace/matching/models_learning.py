"""Weights that were learned and are proposed for a programme, and what became of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, one_of, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.matching.decisions import Source
from marketplace.programmes.models import Programme


class ProposalState(StrEnum):
    """Where proposed weights stand."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    REJECTED = "rejected"


PROPOSAL_LABELS = {
    ProposalState.PROPOSED: N_("결정 대기"),
    ProposalState.ADOPTED: N_("채택됨"),
    ProposalState.REJECTED: N_("채택하지 않음"),
}
PROPOSAL_TRANSITIONS: dict[ProposalState, dict[str, ProposalState]] = {
    ProposalState.PROPOSED: {"adopt": ProposalState.ADOPTED, "reject": ProposalState.REJECTED},
    ProposalState.ADOPTED: {},
    ProposalState.REJECTED: {},
}


class LearnedWeights(Identified, Versioned, Base):
    """Weights that decisions speak for, beside those of the programme when they were learned (``prior``).

    ``figures`` is the back-test, ``better`` its verdict, ``data_digest`` the SHA-256 of what was learned from.
    ``made_by_id`` None: by command. Nothing changes until somebody adopts.
    """

    __tablename__ = "learned_weights"
    __table_args__ = (
        one_of("state", ProposalState),
        one_of("source", Source),
        CheckConstraint("decisions >= firms AND firms >= 0", name="counts_make_sense"),
        CheckConstraint(
            "state = 'proposed' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL AND reason IS NOT NULL)",
            name="decision_has_who_when_and_why",
        ),
        CheckConstraint(
            "state <> 'proposed' OR (decided_at IS NULL AND decided_by_id IS NULL)", name="open_is_undecided"
        ),
        CheckConstraint(
            "state <> 'adopted' OR better OR length(reason) >= 10", name="unproven_is_adopted_with_a_reason"
        ),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    source: Mapped[Source] = mapped_column(Text(10), default=Source.DECISIONS)
    state: Mapped[ProposalState] = mapped_column(Text(10), default=ProposalState.PROPOSED)
    weights: Mapped[dict[str, Any]]
    prior: Mapped[dict[str, Any]]
    data_digest: Mapped[str] = mapped_column(Text(64))
    decisions: Mapped[int]
    firms: Mapped[int]
    better: Mapped[bool]
    figures: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))

    programme: Mapped[Programme] = relationship(lazy="joined")
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    def operated_by(self, user: User) -> bool:
        return self.programme.operated_by(user)

    @property
    def changes_nothing(self) -> bool:
        return self.weights == self.prior

    def decide(self, verb: str, reason: str, by: User | None) -> None:
        """Adopt or reject; RuleBroken (conflict) when that was done before."""
        after = PROPOSAL_TRANSITIONS[ProposalState(self.state)].get(verb)
        if after is None:
            raise RuleBroken(
                N_("이미 결정된 제안입니다(%(state)s). 새로 고친 뒤 확인해 주십시오."),
                conflict=True,
                state=PROPOSAL_LABELS[ProposalState(self.state)],
            )
        self.state, self.reason = after, reason
        self.decided_at, self.decided_by_id = utcnow(), by.id if by else None
