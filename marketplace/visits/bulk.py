"""Accepting several visits at once: what is clean and what is not, then each in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.visits import actions
from marketplace.visits.actions.review import review_fault
from marketplace.visits.models import Visit


@dataclass(frozen=True)
class Outcome:
    """A visit and what stands, or stood, against accepting it; None when nothing does."""

    visit: Visit
    fault: RuleBroken | None

    @property
    def clean(self) -> bool:
        return self.fault is None


def preview(visits: Sequence[Visit], by: Any) -> list[Outcome]:
    """Which of the visits could be accepted as they stand, and why the others need a look of their own."""
    return [Outcome(visit, review_fault(visit, by) or _needs_a_look(visit)) for visit in visits]


def _needs_a_look(visit: Visit) -> RuleBroken | None:
    """A log that was once objected to is not waved through with others."""
    if visit.reason:
        return RuleBroken(
            N_("이의나 보완요청이 있었던 방문입니다. 방문 화면에서 내용을 보고 따로 검토해 주십시오.")
        )
    return None


def accept_each(visits: Sequence[Visit], *, seen: Mapping[int, int], by: Any) -> list[Outcome]:
    """Accept the visits one by one with their full time; a refusal of one leaves the others untouched.

    ``seen`` maps a visit to the version that the preview showed; one that is missing there is refused.
    """
    outcomes = []
    for visit in visits:
        try:
            if (fault := _needs_a_look(visit)) is not None:
                raise fault
            actions.accept(visit, visit.length, seen=seen.get(visit.id, 0), by=by)
        except RuleBroken as broken:
            db.session.rollback()
            outcomes.append(Outcome(visit, broken))
        else:
            outcomes.append(Outcome(visit, None))
    return outcomes
