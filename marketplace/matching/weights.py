"""The weights of the parts of a score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

#: Where the weights start, before staff or outcomes say otherwise; each with its reason. Only those of the parts
#: that a request tells count, scaled to sum 1: of symptoms and topics a request is read for one.
PRIOR_WEIGHTS: Mapping[str, float] = {
    "needs": 0.07,  # what the firm states; often empty and often the name of a system, not of the trouble
    "words": 0.15,  # the firm's words in the expert's own: the surest single sign
    "letters": 0.11,  # the same through odd spacing, misspelling and unknown compounds
    "symptoms": 0.26,  # the bridge where the words differ, as they mostly do: symptom here, method there
    "related": 0.26,  # the bridge between long texts that tell of a subject
    "industry": 0.10,  # a cure differs by what the plant makes; a neighbour helps half
    "level": 0.01,  # robots and forecasts help little where nothing is counted yet; a hint, no more
    "size": 0.03,  # advice from a giant's fully automatic line is hard to use in a shop of thirty
    "region": 0.01,  # only convenience; what is impossible is excluded by rule
}

#: The parts that rest on what the expert can do; the others only tell between those who can do it.
EVIDENCE = ("needs", "words", "letters", "symptoms", "related")


def checked(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights scaled to sum 1, in the order of the parts; a part that is not named weighs nothing.

    Raises ValueError for what cannot be a weight.
    """
    unknown = sorted(set(weights) - set(PRIOR_WEIGHTS))
    if unknown:
        raise ValueError(f"unknown parts: {', '.join(unknown)}")
    if any(weight < 0 or not np.isfinite(weight) for weight in weights.values()):
        raise ValueError("a weight must be a finite number of at least 0")
    total = sum(weights.values())
    if not total:
        raise ValueError("at least one weight must be above 0")
    return {code: weights.get(code, 0.0) / total for code in PRIOR_WEIGHTS}
