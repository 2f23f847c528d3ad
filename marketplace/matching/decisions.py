"""Decisions as the learner of weights sees them: within one request, one expert rather than others.

Values are those of the explanations that were kept when the list was released, so that learning sees what was
seen then. Pure: no database, no web.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.explanation import digest_of
from marketplace.matching.weights import PRIOR_WEIGHTS

Floats = NDArray[np.float64]


class Source(StrEnum):
    """Where a comparison comes from. Never mixed: who is approved and who succeeds are two questions."""

    DECISIONS = "decisions"
    OUTCOMES = "outcomes"  # verified results of mentorships; none are kept yet


@dataclass(frozen=True, slots=True)
class Option:
    """An expert who could be taken, with the value of each part as it counted in the score then."""

    expert: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision in one request: ``chosen`` rather than any of ``passed``; ``key`` is the decision's own."""

    key: str
    firm: str
    at: datetime
    chosen: Option
    passed: tuple[Option, ...]
    source: Source = Source.DECISIONS


def values_of(explanation: Mapping[str, Any]) -> dict[str, float]:
    """The value of each part as it counted in a kept explanation.

    A part that the profile left unknown counts as the ranker counted it: as the mean of the others, which its
    points tell, or as nothing where the profile had no evidence at all. Parts that no ranker knows any more
    are left out, and so are those that the request left unknown.
    """
    found = {}
    for code, part in explanation.get("parts", {}).items():
        if code not in PRIOR_WEIGHTS:
            continue
        value = part["value"]
        if value is None:
            value = part["points"] / (100 * part["weight"]) if part["weight"] else 0.0
        found[code] = min(max(float(value), 0.0), 1.0)
    return found


def comparable(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two kept explanations come from the same reading of a request: same parts, same weights."""
    one, other = ({c: p["weight"] for c, p in e.get("parts", {}).items()} for e in (first, second))
    return bool(one) and one == other


@dataclass(frozen=True, slots=True)
class Pairs:
    """Decisions as rows: values of the chosen minus those of one passed over; a part unknown to both is 0."""

    X: Floats
    decisions: NDArray[np.str_]
    firms: NDArray[np.str_]
    times: Floats


def pairs_of(decisions: Sequence[Decision]) -> Pairs:
    """The comparisons of decisions of one source. Raises ValueError when sources are mixed."""
    if len({decision.source for decision in decisions}) > 1:
        raise ValueError("decisions and outcomes are trained apart")
    rows = [(decision, passed) for decision in decisions for passed in decision.passed]
    return Pairs(
        np.array([difference(d.chosen, p) for d, p in rows]).reshape(len(rows), len(PRIOR_WEIGHTS)),
        np.array([d.key for d, _ in rows], dtype=np.str_),
        np.array([d.firm for d, _ in rows], dtype=np.str_),
        np.array([d.at.timestamp() for d, _ in rows], dtype=np.float64),
    )


def difference(chosen: Option, passed: Option) -> list[float]:
    """Part by part, in the order of the parts."""
    return [chosen.values.get(code, 0.0) - passed.values.get(code, 0.0) for code in PRIOR_WEIGHTS]


def data_digest(decisions: Sequence[Decision]) -> str:
    """SHA-256 of everything that is learned from, whatever the order in which it came."""
    plain = [
        [
            d.key,
            d.firm,
            d.at.isoformat(),
            str(d.source),
            [d.chosen, *sorted(d.passed, key=lambda o: o.expert)],
        ]
        for d in sorted(decisions, key=lambda d: d.key)
    ]
    return digest_of(plain)
