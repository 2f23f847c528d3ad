"""Approving several cases at once: what is clean and what is not, then each in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.access import Permission, may
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.matching import actions
from marketplace.matching.checks import APPROVALS, HOLDS_AGAINST, approval_fault
from marketplace.matching.models import MatchCase
from marketplace.matching.opinions import owed_fault, returned_among
from marketplace.matching.queries import held_by


@dataclass(frozen=True)
class Outcome:
    """A case and what stands, or stood, against its approval; None when nothing does."""

    case: MatchCase
    fault: RuleBroken | None

    @property
    def clean(self) -> bool:
        return self.fault is None


def verb_of(user: Any) -> str | None:
    """The approval that is this person's to give; None when there is none."""
    if may(user, Permission.APPROVE_FIRST):
        return "approve_first"
    return "approve_final" if may(user, Permission.APPROVE_FINAL) else None


def preview(cases: Sequence[MatchCase], by: Any) -> list[Outcome]:
    """Which of the cases could be approved now, and why the others cannot. A constant number of statements."""
    verb = verb_of(by)
    if verb is None:
        return []
    chosen = [case.chosen.expert_id for case in cases if case.chosen is not None]
    held = held_by(chosen, HOLDS_AGAINST[APPROVALS[verb]])
    returned = returned_among(cases)
    outcomes = []
    for case in cases:
        others = held.get(case.chosen.expert_id, []) if case.chosen is not None else []
        against = [period for case_id, period in others if case_id != case.id]
        fault = approval_fault(case, verb, by, against)
        outcomes.append(Outcome(case, fault or (owed_fault() if case.id in returned else None)))
    return outcomes


def approve_each(cases: Sequence[MatchCase], *, seen: Mapping[int, int], by: Any) -> list[Outcome]:
    """Approve the cases one by one; a refusal of one leaves the others untouched.

    ``seen`` maps a case to the candidate that the preview showed; a case that is missing there is refused.
    """
    verb = verb_of(by)
    approve: Callable[..., None] | None = actions.VERBS.get(verb) if verb else None
    outcomes = []
    for case in cases if approve is not None else ():
        try:
            approve(case, seen=seen.get(case.id, 0), by=by)  # type: ignore[misc]
        except RuleBroken as broken:
            db.session.rollback()
            outcomes.append(Outcome(case, broken))
        else:
            outcomes.append(Outcome(case, None))
    return outcomes
