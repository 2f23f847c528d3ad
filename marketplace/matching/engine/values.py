"""The value of a part, by slot."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Ints

SOFT = 0.1


class PartValue(Protocol):
    """What a part says of slots; some parts are worked out for those only who are looked at."""

    def many(self, slots: Ints) -> Floats:
        """The values in [0, 1] of slots in rising order."""
        ...

    def at(self, slot: int) -> float:
        """The value in [0, 1] of one slot."""
        ...

    def raise_bounds(self, most: float, bounds: NDArray[np.float32]) -> None:
        """Add to every slot's bound what the part may earn of ``most`` hundredths."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A part by slot: ``raw`` divided by ``scale``, at most 1."""

    raw: Floats
    scale: float = 1.0

    def many(self, slots: Ints) -> Floats:
        values: Floats = np.minimum(self.raw[slots] / self.scale, 1.0)
        return values

    def at(self, slot: int) -> float:
        return min(float(self.raw[slot]) / self.scale, 1.0)

    def raise_bounds(self, most: float, bounds: NDArray[np.float32]) -> None:
        kernels.add_part(self.raw, self.scale, most, bounds)


def shares(raw: Floats, bound: float) -> Floats:
    """r (1 + SOFT) / (r + SOFT b): 0 for nothing, 1 for all that could be, and half of it from a tenth on.

    Nobody's text holds all that a firm says, so the first words shared count most; more always counts more.
    """
    values: Floats = np.minimum(raw * (1 + SOFT) / (raw + SOFT * (bound or 1.0)), 1.0)
    return values


def hundredths(value: float, weight: float) -> int:
    """The points of a value, cut to [0, 1]: whole hundredths."""
    return floor(min(max(value, 0.0), 1.0) * weight * 10_000 + 1e-6)


def all_hundredths(values: Floats, weight: float) -> Ints:
    """``hundredths`` of many; values that are NaN give -1."""
    cut = np.minimum(np.maximum(values, 0.0), 1.0) * weight * 10_000 + 1e-6
    return np.where(np.isnan(cut), -1.0, cut).astype(np.int64)
