"""Approving several claims at once: a preview first, then each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.payments import actions
from marketplace.payments.actions.claiming import approval_fault
from marketplace.payments.models import Claim


@dataclass(frozen=True)
class Outcome:
    """A claim and what stands, or stood, against approving it; None when nothing does."""

    claim: Claim
    fault: RuleBroken | None


def preview(claims: Sequence[Claim], by: Any) -> list[Outcome]:
    """Which of the claims this person could approve, and why not the others; the money is checked at the approval."""
    return [Outcome(claim, approval_fault(claim, by)) for claim in claims]


def approve_each(claims: Sequence[Claim], *, by: Any) -> list[Outcome]:
    """Approve the claims one by one; a refusal of one leaves the others untouched."""
    outcomes = []
    for claim in claims:
        try:
            actions.approve(claim, by=by)
        except RuleBroken as broken:
            db.session.rollback()
            outcomes.append(Outcome(claim, broken))
        else:
            outcomes.append(Outcome(claim, None))
    return outcomes
