"""Quotas that cut through each other: a small exact programme, or flows with a price on every quota.

Both report a bound that no assignment exceeds, so that what is left open is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from marketplace.matching.assignment.market import Market, Model
from marketplace.matching.assignment.problem import Flags, Ints
from marketplace.matching.assignment.solve import Ask, Found

Floats = NDArray[np.float64]

#: Branches that the exact programme may look at; a count and not a time, so that a run can be repeated.
NODES = 20_000
#: Flows of the Lagrangian, and after how many of them a list that keeps every quota is built.
ROUNDS, REPAIR_EACH = 30, 3


@dataclass(frozen=True, eq=False)
class Best:
    """The best whole-number point that was found, its value, and what none exceeds."""

    point: Floats
    value: int
    bound: int


def maximise(gain: Floats, rows: csr_array, upper: Floats, most: Floats) -> Best | None:
    """The best whole-number x with ``rows @ x <= upper`` and 0 <= x <= ``most``, for whole-number gains (HiGHS)."""
    rules = LinearConstraint(rows, ub=upper)
    found = milp(
        -gain,
        integrality=np.ones(len(gain), dtype=np.int64),
        bounds=Bounds(0, most),
        constraints=rules,
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if found.x is None:
        if found.status == 2:
            return None
        raise RuntimeError(f"the exact programme ended without an answer: {found.message}")
    point = np.round(found.x)
    value = round(float(gain @ point))
    bound = value if found.status == 0 else max(value, int(np.floor(-found.mip_dual_bound + 1e-6)))
    return Best(point, value, bound)


def counting(group: NDArray[np.integer[Any]], groups: int, width: int) -> csr_array:
    """One row per group that counts its columns; a column of group -1 counts nowhere."""
    columns = np.flatnonzero(group >= 0)
    return csr_array((np.ones(len(columns)), (group[columns], columns)), shape=(groups, width))


def by_programme(model: Model, ask: Ask) -> Found | None:
    """Branch and bound over the open pairs. None when so many cannot be served."""
    given = model.problem
    pairs = np.flatnonzero(model.open if ask.usable is None else model.open & ask.usable)
    must = np.flatnonzero(model.least) if ask.urgent else np.zeros(0, dtype=np.int64)
    if not len(pairs):
        return None if ask.need else Found(pairs, 0, 0, "mip")
    many, width = len(pairs), len(pairs) + len(must)
    on_pairs, on_must = np.zeros(width), np.zeros(width)
    on_pairs[:many], on_must[many:] = 1, 1
    quotas = (*model.nested, *model.crossing)
    load = counting(given.col[pairs], len(given.experts), width)
    filled = counting(np.r_[np.full(many, -1), np.arange(len(must))], len(must), width)
    rows = [
        counting(given.row[pairs], len(given.requests), width),
        load,
        *(counting(np.where(model.inside(quota)[pairs], 0, -1), 1, width) for quota in quotas),
        filled - load[must],  # a filled place of a minimum is a pair of that expert
        csr_array(-on_pairs[None, :]),
    ]
    limits = np.concatenate(
        [
            np.ones(len(given.requests)),
            model.room,
            [q.at_most for q in quotas],
            np.zeros(len(must)),
            [-ask.need],
        ]
    ).astype(np.float64)
    table = csr_array(vstack(rows, format="csr"))
    most = np.r_[np.ones(many), model.least[must]].astype(np.float64)
    value = bound = 0
    if len(must):
        first = maximise(on_must, table, limits, most)
        if first is None:
            return None
        value, bound = ask.urgent * first.value, ask.urgent * first.bound
        table = csr_array(vstack([table, csr_array(-on_must[None, :])], format="csr"))
        limits = np.r_[limits, -float(first.value)]
    second = maximise(np.r_[ask.gain[pairs], np.zeros(len(must))].astype(np.float64), table, limits, most)
    if second is None:
        return None
    chosen: Ints = pairs[second.point[:many] > 0]
    return Found(chosen, value + second.value, bound + second.bound, "mip")


def by_prices(model: Model, ask: Ask) -> Found | None:
    """Flows with a price on every crossing quota, moved by subgradients; every flow gives a bound.

    None when no list that keeps the quotas and serves enough was found.
    """
    masks = [model.inside(quota) for quota in model.crossing]
    caps = np.array([quota.at_most for quota in model.crossing], dtype=np.int64)
    prices = np.zeros(len(caps), dtype=np.int64)
    highest = 2 * int(ask.gain.max(initial=0)) + ask.urgent + 1
    best: Found | None = None
    bound: int | None = None
    pace = 1.0
    for turn in range(ROUNDS):
        gain = ask.gain - sum(price * mask for price, mask in zip(prices, masks, strict=True))
        market = Market(model, gain, usable=ask.usable, need=ask.need, urgent=ask.urgent)
        chosen = market.solve()
        if chosen is None:
            return None
        now = market.value + int(prices @ caps)
        pace = pace if bound is None or now < bound else pace * 0.7
        bound = now if bound is None else min(bound, now)
        over = np.array([np.count_nonzero(mask[chosen]) for mask in masks]) - caps
        if turn % REPAIR_EACH == 0 or turn == ROUNDS - 1 or not (over > 0).any():
            repaired = _repaired(model, ask, masks, caps, chosen, gain)
            if repaired is not None and (best is None or repaired.value > best.value):
                best = repaired
        if best is not None and best.value >= bound:
            break
        aim = best.value if best is not None else 0
        moving = np.where((prices == 0) & (over < 0), 0, over)
        if not moving.any():
            break
        step = pace * max(bound - aim, 1) / int(moving @ moving)
        prices = np.clip(prices + np.rint(step * moving).astype(np.int64), 0, highest)
    if best is None or bound is None:
        return None
    return Found(best.chosen, best.value, max(bound, best.value), "lagrange")


def _repaired(
    model: Model, ask: Ask, masks: list[Flags], caps: Ints, chosen: Ints, gain: Ints
) -> Found | None:
    """A list that keeps every quota: the best pairs of an overfull one stay, its others are barred, solved anew."""
    usable = np.ones(len(gain), dtype=bool) if ask.usable is None else ask.usable.copy()
    for _ in range(len(masks) + 1):
        counts = [np.count_nonzero(mask[chosen]) for mask in masks]
        over = [k for k, count in enumerate(counts) if count > caps[k]]
        if not over:
            load = np.bincount(model.problem.col[chosen], minlength=len(model.least))
            minimums = int(np.minimum(load, model.least).sum())
            return Found(chosen, int(ask.gain[chosen].sum()) + ask.urgent * minimums, None, "lagrange")
        for k in over:
            held = chosen[masks[k][chosen]]
            kept = held[np.lexsort((held, -ask.gain[held]))][: caps[k]]
            narrowed = usable & ~masks[k]
            narrowed[kept] = usable[kept]  # what another quota has barred by now stays barred
            usable = narrowed
        chosen_now = Market(model, ask.gain, usable=usable, need=ask.need, urgent=ask.urgent).solve()
        if chosen_now is None:
            return None
        chosen = chosen_now
    return None
