"""A round solved to the proven optimum wherever that is possible, and honestly bounded where it is not.

Quotas that are nested (no two of a side cut through each other) are nodes of the flow. With others the round is a
small exact programme up to ``EXACT_PAIRS`` pairs, and above a Lagrangian of flows whose gap is reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from marketplace.matching.assignment.market import Market, Model, model_of
from marketplace.matching.assignment.outcome import Method, Outcome
from marketplace.matching.assignment.problem import Flags, Ints, Problem
from marketplace.matching.assignment.scale import scale_of

#: Up to so many pairs crossing quotas are solved exactly.
EXACT_PAIRS = 20_000


@dataclass(frozen=True, eq=False)
class Found:
    """An engine's answer. ``bound`` is None when the market's prices prove the value."""

    chosen: Ints
    value: int
    bound: int | None
    method: Method
    market: Market | None = None


@dataclass(frozen=True, eq=False)
class Ask:
    """What an engine is asked: gains per pair, pairs left out, the least number served, the gain of minimums."""

    gain: Ints
    usable: Flags | None = None
    need: int = 0
    urgent: int = 0


Engine = Callable[[Model, Ask], Found | None]


def solve(problem: Problem, *, exact_pairs: int = EXACT_PAIRS) -> Outcome:
    """The best assignment of the round under its objective; the same for every order of the input.

    What stands first: pinned pairs, then experts' minimums, then the objective. "fair" finds the highest floor under
    which ``keep`` of the most servable are still served (and no minimum is lost), then the best total above it.
    """
    if problem.teams:
        from marketplace.matching.assignment.teams import solve_teams

        return solve_teams(problem)
    model = model_of(problem)
    engine = _engine(model, exact_pairs)
    scale = scale_of(model)
    usable, need, floor = None, 0, None
    if problem.objective == "fair":
        need, floor = _fairest(model, engine)
        usable = problem.units >= floor if floor is not None else None
    found = engine(model, Ask(scale.gain, usable, need, scale.urgent))
    if found is None:
        raise RuntimeError("a round that can be left unserved cannot be infeasible")
    chosen = np.union1d(found.chosen, np.flatnonzero(problem.pinned)).astype(np.int64)
    return Outcome(
        problem, chosen, found.method, found.value, found.bound, scale, floor, found.market, model
    )  # fmt: skip


def most_served(problem: Problem) -> int:
    """The largest number of requests that can be served at all, the pinned among them."""
    model = model_of(problem)
    found = _engine(model, EXACT_PAIRS)(model, Ask(np.ones(len(problem.row), dtype=np.int64)))
    return (len(found.chosen) if found else 0) + int(np.count_nonzero(~model.waiting))


def _engine(model: Model, exact_pairs: int) -> Engine:
    if not model.crossing:
        return _by_flow
    from marketplace.matching.assignment import crossing

    return crossing.by_programme if len(model.problem.row) <= exact_pairs else crossing.by_prices


def _by_flow(model: Model, ask: Ask) -> Found | None:
    market = Market(model, ask.gain, usable=ask.usable, need=ask.need, urgent=ask.urgent)
    chosen = market.solve()
    return None if chosen is None else Found(chosen, market.value, None, "flow", market)


def _fairest(model: Model, engine: Engine) -> tuple[int, int | None]:
    """(requests to serve, the highest floor in units) by bisection over the scores that occur."""
    given = model.problem
    nothing = np.zeros(len(given.row), dtype=np.int64)
    most = engine(model, Ask(nothing + 1))
    standing = int(np.count_nonzero(~model.waiting))
    served = standing + (len(most.chosen) if most else 0)
    need = max(0, ceil(Fraction(str(given.keep)) * served) - standing)
    if need == 0 or most is None:
        return need, None
    widest = engine(model, Ask(nothing, None, need, 1))
    floors = np.unique(given.units[model.open])
    low, high = 0, len(floors) - 1
    while low < high:  # floors[low] can be kept
        middle = (low + high + 1) // 2
        kept = engine(model, Ask(nothing, given.units >= floors[middle], need, 1))
        if kept is not None and (widest is None or kept.value >= widest.value):
            low = middle
        else:
            high = middle - 1
    return need, int(floors[low])
