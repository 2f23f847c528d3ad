"""Several aims, one after another, in one whole number per pair, and back again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.assignment.market import Model
from marketplace.matching.assignment.problem import POINT, Ints


@dataclass(frozen=True, eq=False)
class Scale:
    """``gain`` per pair and ``urgent`` per place of a minimum, so that a higher aim outweighs all lower ones.

    ``layers`` are (name, weight), the highest first, of "minimum", "served" and "units"; a unit here is ``divisor``
    units of the problem, the largest that divides all its scores, which keeps the solver's numbers small.
    """

    gain: Ints
    urgent: int
    divisor: int
    layers: tuple[tuple[str, int], ...]

    def parts(self, value: int) -> dict[str, int]:
        """A value or a price taken apart: places of minimums, requests served, units."""
        found = {"minimum": 0, "served": 0, "units": 0}
        for name, weight in self.layers:
            found[name] = (2 * value + weight) // (2 * weight)
            value -= weight * found[name]
        found["units"] *= self.divisor
        return found

    def gain_of(self, units: int) -> int:
        """The gain of a pair that is not in the problem; exact for the scores of blocked pairs."""
        whole = round(units / self.divisor)
        weights = dict(self.layers)
        return whole * weights["units"] + weights["served"]

    def units(self, values: Ints) -> Ints:
        """The part of many values that is score, in units of the problem."""
        for name, weight in self.layers:
            whole = (values + weight // 2) // weight
            if name == "units":
                return whole * self.divisor
            values = values - weight * whole
        raise AssertionError("a scale has units")


def scale_of(model: Model) -> Scale:
    """The scale of the problem's objective.

    "score" and "fair" put the sum of scores (and of the bonus) first and the number served second, "served" the other
    way round; minimums stand above both.
    """
    given = model.problem
    worth = given.units + given.bonus * given.published if given.bonus else given.units
    lifted = [b.score for b in given.blocked if b.score is not None]
    divisor = int(np.gcd.reduce(np.r_[worth, np.rint(np.array(lifted) * POINT).astype(np.int64), 0])) or 1
    worth = worth // divisor
    most = model.most + 1  # one more place, as explanations suppose, must not blur the layers
    highest = int(worth.max(initial=0))
    layers: tuple[tuple[str, int], ...]
    if given.objective == "served":
        step = 2 * most * highest + 1
        gain, layers = worth + step, (("served", step), ("units", 1))
    else:
        step = most + 3
        gain, layers = worth * step + 1, (("units", step), ("served", 1))
    urgent = 0
    if model.least.any():
        urgent = 2 * most * int(gain.max(initial=0)) + 1
        layers = (("minimum", urgent), *layers)
    return Scale(gain, urgent, divisor, layers)
