"""One request of a round for its page: who could serve it, what that would change, and why, need by need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marketplace.matching.assignment import Explainer, solve, why_not
from marketplace.matching.index import index
from marketplace.matching.models import MatchCase
from marketplace.matching.periods import Step, period_at
from marketplace.matching.rows import case_profile, gates_of
from marketplace.rounds.models import POINT
from marketplace.rounds.options import Options
from marketplace.rounds.result import Result, counted

#: How many other experts the page names, and how many pairs a round may have for their effect to be worked out.
SHOWN, MOST_PAIRS = 12, 60_000


@dataclass(frozen=True)
class Option:
    """An expert who could serve the request: the score, places free in the round as it stands, and what it would change."""

    expert: str
    name: str
    employer: str
    score: float
    free: int
    chosen: bool
    effect: Mapping[str, Any] | None


def choices_for(result: Result, request: str) -> list[Option]:
    """The best experts for the request, the chosen ones among them, best first."""
    given = result.problem
    if request not in given.row_of:
        return []
    low, high = np.searchsorted(given.row, [given.row_of[request], given.row_of[request] + 1]).tolist()
    chosen = {pair[1] for pair in result.round.pairs if pair[0] == request}
    positions = sorted(range(low, high), key=lambda at: (-int(given.units[at]), at))
    shown = [at for n, at in enumerate(positions) if n < SHOWN or given.experts[given.col[at]] in chosen]
    taken = counted(pair[1] for pair in result.round.pairs)
    explainer = _explainer(result)
    found = []
    for at in shown:
        expert = given.experts[given.col[at]]
        effect = None
        if explainer is not None and expert not in chosen:
            effect = why_not(explainer, request, expert).to_json()
        found.append(
            Option(
                expert,
                result.name(expert),
                str(result.people.get(expert, {}).get("employer", "")),
                int(given.units[at]) / POINT,
                max(0, int(given.places[given.col[at]]) - taken.get(expert, 0)),
                expert in chosen,
                effect,
            )
        )
    return found


def _explainer(result: Result) -> Explainer | None:
    """The explainer of the run; None when it has no prices, is too large for a page, or was changed by hand since."""
    by_hand = any(change.run == result.run.number for change in result.changes)
    if by_hand or result.run.result["method"] != "flow" or len(result.problem.row) > MOST_PAIRS:
        return None
    return Explainer(solve(result.problem))


def ranked_rows(result: Result, case: MatchCase, experts: Sequence[str]) -> list[dict[str, Any]]:
    """The places of these experts in the ranking of this moment, by the weights of the round, with their reasons."""
    profile = case_profile(case, period_at(case, Step.PROPOSE).since)
    options = Options.from_json(result.round.options)
    found = index().rank(
        profile, gates_of(result.round.programme), options.shares, top=1, also=[int(key) for key in experts]
    )
    return [row for row in found.result["experts"] if row["expert"] in experts]
