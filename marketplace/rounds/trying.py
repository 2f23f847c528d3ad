"""What-if: the round with other settings beside the present one. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marketplace.matching.assignment import Comparison, Outcome, Problem, compare, solve
from marketplace.matching.assignment.scale import Scale
from marketplace.rounds.building import affordable, build
from marketplace.rounds.models import Round
from marketplace.rounds.options import Options
from marketplace.rounds.queries import case_ids_of, cases_with
from marketplace.rounds.result import Result


@dataclass(frozen=True)
class Trial:
    """The comparison, the experts by key, and how many mentorships the budget pays for (None: no budget was given)."""

    comparison: Comparison
    people: Mapping[str, Any]
    companies: Mapping[str, str]
    affordable: int | None


def attempt(round_: Round, result: Result, settings: Mapping[str, Any], budget: int | None) -> Trial:
    """Solve the round's requests with other settings, as the database stands now, and compare with the present pairs.

    What was pinned, forbidden or left out by hand holds in both. Raises RuleBroken when it cannot be solved.
    """
    options = replace(Options.from_json(round_.options), **settings, budget=budget)
    cases = cases_with(case_ids_of(round_))
    built = build(round_.programme, cases, options, result.wishes)
    after = solve(built.problem)
    people = {**result.inputs["experts"], **built.inputs["experts"]}
    regions = {
        key: row["region"] for key, row in {**result.inputs["requests"], **built.inputs["requests"]}.items()
    }
    comparison = compare(
        standing(result.problem, round_.pairs),
        after,
        regions=regions,
        employers={key: facts["employer"] for key, facts in people.items()},
    )
    names = {key: row["company"] for key, row in result.inputs["requests"].items()}
    return Trial(comparison, people, names, affordable(cases, budget))


def standing(given: Problem, pairs: list[list[Any]]) -> Outcome:
    """The present pairs as an outcome of the problem, so that they can be counted like any other."""
    positions = [at for request, expert, _ in pairs if (at := given.index(request, expert)) is not None]
    chosen = np.array(sorted(positions), dtype=np.int64)
    return Outcome(given, chosen, "flow", 0, 0, Scale(given.units, 0, 1, (("units", 1),)))
