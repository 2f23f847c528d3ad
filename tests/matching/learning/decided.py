"""Decisions drawn by known weights, to see what is learned from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from marketplace.matching.decisions import Decision, Option
from marketplace.matching.weights import PRIOR_WEIGHTS, checked

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
#: Far from the prior: the industry and the stated needs decide.
TRUE = checked(
    {
        "needs": 0.3,
        "words": 0.1,
        "letters": 0.05,
        "symptoms": 0.1,
        "related": 0.05,
        "industry": 0.4,
        "size": 0,
        "region": 0,
    }
)


def drawn(
    count: int, weights: dict[str, float] | None, *, seed: int = 1, listed: int = 4, sharp: float = 25.0
) -> list[Decision]:
    """``count`` decisions, two a firm; who is taken follows ``weights``, or nothing at all when None."""
    draw = np.random.default_rng(seed)
    codes = list(PRIOR_WEIGHTS)
    found = []
    for n in range(count):
        values = draw.uniform(size=(listed, len(codes)))
        scores = values @ np.array([weights[c] for c in codes]) * sharp if weights else np.zeros(listed)
        taken = int((scores + draw.gumbel(size=listed)).argmax())
        options = [
            Option(f"{n}-{k}", dict(zip(codes, row.tolist(), strict=True))) for k, row in enumerate(values)
        ]
        chosen = options.pop(taken)
        at = BEGIN + timedelta(days=n)
        found.append(Decision(f"{n:05d}", f"firm {n // 2:04d}", at, chosen, tuple(options)))
    return found


def distance(first: dict[str, float], second: dict[str, float]) -> float:
    """Half the sum of what differs: the weight that would have to be moved."""
    return sum(abs(first[code] - second[code]) for code in PRIOR_WEIGHTS) / 2
