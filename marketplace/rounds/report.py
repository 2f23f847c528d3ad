"""What a run says of itself for the pages: reasons, remedies, prices in points and gaps. Follows from the outcome alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from marketplace.matching.assignment import Explainer, Outcome, choice, gaps, unserved
from marketplace.matching.assignment.compare import gini

#: Up to so many requests the choice of each is explained exactly; above, by the prices of the proof.
EXACT = 100
#: A score below this counts as weakly served in the supply gaps; the words of the site call it 낮음.
WEAK = 40.0


def report_of(outcome: Outcome, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the pages tell of a run, as JSON."""
    given = outcome.problem
    explainer = Explainer(outcome) if outcome.market is not None else None
    requests = inputs["requests"]
    left = unserved(outcome)
    served = [request for request in given.requests if request in outcome.worth]
    choices = {}
    if explainer is not None:
        exact = len(given.requests) <= EXACT
        found = ((request, choice(explainer, request, exact=exact)) for request in served)
        choices = {request: fact.to_json() for request, fact in found if fact is not None}
    lacking = gaps(
        outcome,
        {key: row["needs"] for key, row in requests.items()},
        {key: row["region"] for key, row in requests.items() if row["region"]},
        under=WEAK,
    )
    return {
        "unserved": [
            {
                **reason.to_json(),
                "remedies": [fact.to_json() for fact in explainer.remedies(reason.request)]
                if explainer is not None
                else [],
            }
            for reason in left
        ],
        "choices": choices,
        "prices": _prices(outcome, explainer),
        "gaps": [gap.to_json() for gap in lacking],
        "proof": {
            "method": outcome.method,
            "exact": outcome.exact,
            "gap": outcome.gap,
            "floor": None if outcome.floor is None else outcome.floor / 10_000,
            "short": [[s.expert, s.wanted, s.got] for s in outcome.short],
        },
        "places": {key: int(count) for key, count in zip(given.experts, given.places, strict=True)},
        "listed": listed_share(outcome),
    }


def _prices(outcome: Outcome, explainer: Explainer | None) -> dict[str, Any]:
    """What one more place of each fully used expert would add to the whole."""
    if explainer is None:
        return {}
    given = outcome.problem
    full = np.flatnonzero((outcome.loads >= given.places) & (given.places > 0))
    return {given.experts[j]: explainer.place_value(given.experts[j]).to_json() for j in full.tolist()}


def listed_share(outcome: Outcome) -> list[str]:
    """The experts who stand among the five best of any request of the round."""
    given = outcome.problem
    order = np.lexsort((given.col, -given.units, given.row))
    rows = given.row[order]
    starts = np.searchsorted(rows, np.arange(len(given.requests)))
    near = np.arange(len(rows)) - starts[rows] < 5
    return sorted({given.experts[j] for j in given.col[order][near].tolist()})


def spread(loads: Mapping[str, int], places: Mapping[str, int]) -> float:
    """The Gini coefficient of loads over the experts who have places."""
    counted = [loads.get(key, 0) for key, count in places.items() if count > 0 or loads.get(key, 0)]
    return gini(np.array(counted or [0], dtype=np.int64))
