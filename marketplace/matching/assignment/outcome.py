"""What came of a round: its pairs, how good they are, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from marketplace.matching.assignment.market import Market, Model
from marketplace.matching.assignment.problem import POINT, Ints, Problem, sha256_of
from marketplace.matching.assignment.scale import Scale

Method = Literal["flow", "mip", "lagrange"]


@dataclass(frozen=True, slots=True)
class Short:
    """An expert whose minimum could not be met."""

    expert: str
    wanted: int
    got: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """``chosen`` are positions of pairs in the problem, ascending, the pinned ones among them.

    ``value`` and ``limit`` are in the layered whole numbers of ``scale``: what was reached, and what no assignment can
    exceed (None: proven by the prices, see ``bound``). ``floor`` is the worst score that "fair" allows, in units.
    ``complete`` is False when possibilities were left out before solving, so that the bound is not one of the round.
    """

    problem: Problem
    chosen: Ints
    method: Method
    value: int
    limit: int | None
    scale: Scale
    floor: int | None = None
    market: Market | None = field(default=None, repr=False)
    model: Model | None = field(default=None, repr=False)
    complete: bool = True

    @property
    def bound(self) -> int:
        """No assignment exceeds this, in the numbers of ``value``."""
        if self.limit is not None:
            return self.limit
        return self.prices.bound

    @property
    def prices(self) -> Market:
        """The market whose prices prove the outcome; only a flow has one."""
        if self.market is None:
            raise ValueError("only a round solved as a flow has prices")
        return self.market

    @property
    def gap(self) -> float | None:
        """How far, as a share, the best assignment could lie above this one; 0 is proven best, None is unknown."""
        if not self.complete:
            return None
        return max(0, self.bound - self.value) / max(1, abs(self.bound))

    @property
    def exact(self) -> bool:
        """Whether nothing better exists, proven."""
        return self.complete and self.bound <= self.value

    @cached_property
    def teams(self) -> Mapping[str, tuple[str, ...]]:
        """The members of every team that was found."""
        wanted = {team.request for team in self.problem.teams}
        found: dict[str, list[str]] = {}
        for at in self.chosen.tolist():
            request, expert = self.problem.pair(at)
            if request in wanted:
                found.setdefault(request, []).append(expert)
        return {request: tuple(members) for request, members in sorted(found.items())}

    @cached_property
    def served(self) -> int:
        """How many requests have an expert or a team."""
        return len(np.unique(self.problem.row[self.chosen]))

    @cached_property
    def worth(self) -> Mapping[str, float]:
        """Points per served request; a team counts with the mean of its members."""
        rows, units = self.problem.row[self.chosen], self.problem.units[self.chosen]
        kept, first, sizes = np.unique(rows, return_index=True, return_counts=True)
        sums = np.add.reduceat(units, first) if len(first) else units
        return {
            self.problem.requests[i]: total / size / POINT
            for i, total, size in zip(kept.tolist(), sums.tolist(), sizes.tolist(), strict=True)
        }

    @cached_property
    def total(self) -> float:
        """The sum of the points, without any bonus."""
        if not self.problem.teams:
            return int(self.problem.units[self.chosen].sum()) / POINT
        return sum(self.worth.values())

    @cached_property
    def loads(self) -> Ints:
        """Places taken per expert, in the problem's order."""
        return np.bincount(self.problem.col[self.chosen], minlength=len(self.problem.experts)).astype(
            np.int64
        )

    @cached_property
    def short(self) -> tuple[Short, ...]:
        """The minimums that could not be met, all of them."""
        lacking = np.flatnonzero(self.loads < self.problem.minimum)
        return tuple(
            Short(self.problem.experts[j], int(self.problem.minimum[j]), int(self.loads[j])) for j in lacking
        )

    def to_json(self) -> dict[str, Any]:
        """Canonical; names the problem by its digest."""
        given = self.problem
        return {
            "problem": given.digest,
            "method": self.method,
            "pairs": [[*given.pair(at), int(given.units[at])] for at in self.chosen.tolist()],
            "served": self.served,
            "total": self.total,
            "floor": self.floor,
            "short": [[s.expert, s.wanted, s.got] for s in self.short],
            "gap": self.gap,
            "exact": self.exact,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: solved again, the same round gives the same."""
        return sha256_of(self.to_json())
