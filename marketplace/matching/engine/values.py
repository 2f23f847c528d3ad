"""The value of a part, by slot."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np

from marketplace.matching.engine.postings import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A part by slot: ``raw`` divided by ``scale``, at most 1."""

    raw: Floats
    scale: float = 1.0

    def many(self, slots: Ints) -> Floats:
        """The values in [0, 1] of some slots."""
        values: Floats = np.minimum(self.raw[slots] / self.scale, 1.0)
        return values

    def at(self, slot: int) -> float:
        """The value in [0, 1] of one slot."""
        return min(float(self.raw[slot]) / self.scale, 1.0)


def hundredths(value: float, weight: float) -> int:
    """The points of a value, cut to [0, 1]: whole hundredths."""
    return floor(min(max(value, 0.0), 1.0) * weight * 10_000 + 1e-6)


def all_hundredths(values: Floats, weight: float) -> Ints:
    """``hundredths`` of many; values that are NaN give -1."""
    cut = np.floor(np.clip(values, 0.0, 1.0) * weight * 10_000 + 1e-6)
    whole: Ints = np.where(np.isnan(values), -1.0, np.nan_to_num(cut)).astype(np.int64)
    return whole
