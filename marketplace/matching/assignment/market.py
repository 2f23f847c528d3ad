"""A round as a network: source -> regions' quotas -> request -> expert -> employers' quotas -> sink.

One bypass from source to sink takes the requests that stay unserved and keeps the flow feasible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marketplace.matching.assignment.inputs import Quota
from marketplace.matching.assignment.network import Network, Residual
from marketplace.matching.assignment.problem import Flags, Ints, Problem


@dataclass(frozen=True, eq=False)
class Model:
    """What is left to decide of a round once its pinned pairs stand.

    ``room`` and ``least`` are experts' free places and what they still lack to their minimum; ``open`` the pairs
    that may be chosen; ``nested`` the quotas that are nodes of the network, ``crossing`` those that are not, each
    with what is left of it.
    """

    problem: Problem
    waiting: Flags
    room: Ints
    least: Ints
    open: Flags
    nested: tuple[Quota, ...]
    crossing: tuple[Quota, ...]

    @cached_property
    def most(self) -> int:
        """No more requests than this can be served."""
        able = len(np.unique(self.problem.row[self.open]))
        return int(min(able, self.room.sum()))

    def inside(self, quota: Quota) -> Flags:
        """Which pairs count towards a quota."""
        return inside(self.problem, quota)


def model_of(problem: Problem) -> Model:
    """The model of a round; teams are not in it (see ``teams``)."""
    pinned = problem.pinned
    waiting = np.ones(len(problem.requests), dtype=bool)
    waiting[problem.row[pinned]] = False
    held = np.bincount(problem.col[pinned], minlength=len(problem.experts))
    room = np.maximum(problem.places - held, 0)
    quotas = []
    for quota in problem.quotas:
        left = (
            quota.at_most - int(np.count_nonzero(inside(problem, quota) & pinned))
            if pinned.any()
            else quota.at_most
        )
        quotas.append(Quota(quota.key, max(left, 0), quota.requests, quota.experts))
    nested, crossing = parted(problem, quotas)
    least = np.minimum(np.maximum(problem.minimum - held, 0), room)
    return Model(problem, waiting, room, least, waiting[problem.row], nested, crossing)


def inside(problem: Problem, quota: Quota) -> Flags:
    """Which pairs of the round count towards the quota."""
    rows, cols = _members(problem, quota)
    result: Flags = rows[problem.row] & cols[problem.col]
    return result


def _members(problem: Problem, quota: Quota) -> tuple[Flags, Flags]:
    def flags(keys: Sequence[str], wanted: frozenset[str] | None) -> Flags:
        if wanted is None:
            return np.ones(len(keys), dtype=bool)
        return np.fromiter((key in wanted for key in keys), bool, len(keys))

    return flags(problem.requests, quota.requests), flags(problem.experts, quota.experts)


def _side(quota: Quota) -> str | None:
    """ "request" or "expert" when the quota looks at one side only."""
    if quota.experts is None:
        return "request"
    return "expert" if quota.requests is None else None


def parted(problem: Problem, quotas: Iterable[Quota]) -> tuple[tuple[Quota, ...], tuple[Quota, ...]]:
    """(nested, crossing): the largest first, a quota is nested while no other of its side cuts through it."""
    nested: list[Quota] = []
    crossing: list[Quota] = []
    owner = {"request": np.full(len(problem.requests), -1), "expert": np.full(len(problem.experts), -1)}
    for quota in _widest_first(problem, quotas):
        side = _side(quota)
        members = _members(problem, quota)[0 if side == "request" else 1]
        if side is None or len(np.unique(owner[side][members])) > 1:
            crossing.append(quota)
        elif members.any():
            owner[side][members] = len(nested)
            nested.append(quota)
    return tuple(nested), tuple(sorted(crossing, key=lambda quota: quota.key))


def _widest_first(problem: Problem, quotas: Iterable[Quota]) -> list[Quota]:
    def width(quota: Quota) -> tuple[int, str]:
        members = _members(problem, quota)[0 if quota.experts is None else 1]
        return -int(members.sum()), quota.key

    return sorted(quotas, key=width)


class Market:
    """The network of a model for given gains per pair (higher is better), with positions to find one's way.

    ``usable`` leaves pairs out; ``need`` is the least number of requests to serve; ``urgent`` the gain of each place
    that fills an expert's minimum.
    """

    def __init__(
        self, model: Model, gain: Ints, *, usable: Flags | None = None, need: int = 0, urgent: int = 0
    ) -> None:
        given = model.problem
        n, m = len(given.requests), len(given.experts)
        self.model, self.requests, self.experts = model, n, m
        self.pairs = np.flatnonzero(model.open if usable is None else model.open & usable)
        self.amount = int(model.waiting.sum())
        quotas = n + m
        source, sink = quotas + len(model.nested), quotas + len(model.nested) + 1
        above_request, above_expert = np.full(n, source), np.full(m, sink)
        links: list[tuple[int, int, int]] = []
        for k, quota in enumerate(model.nested):
            rows, cols = _members(given, quota)
            if _side(quota) == "request":
                links.append((int(above_request[np.argmax(rows)]), quotas + k, quota.at_most))
                above_request[rows] = quotas + k
            else:
                links.append((quotas + k, int(above_expert[np.argmax(cols)]), quota.at_most))
                above_expert[cols] = quotas + k
        waiting = np.flatnonzero(model.waiting)
        ends = np.array([*links, (source, sink, max(self.amount - need, 0))], dtype=np.int64)
        ones = np.ones(len(waiting), dtype=np.int64)
        least = model.least if urgent else np.zeros(m, dtype=np.int64)
        must = np.flatnonzero(least)
        many = np.ones(len(self.pairs), dtype=np.int64)
        free = np.zeros(m, dtype=np.int64)
        parts = [
            (given.row[self.pairs], n + given.col[self.pairs], many, -gain[self.pairs]),
            (above_request[waiting], waiting, ones, 0 * ones),
            (n + np.arange(m), above_expert, model.room - least, free),
            (n + must, above_expert[must], least[must], free[must] - urgent),
            (ends[:, 0], ends[:, 1], ends[:, 2], 0 * ends[:, 2]),
        ]
        tail, head, room, cost = (np.concatenate(column) for column in zip(*parts, strict=True))
        self.first_request = len(self.pairs)  # positions of the arcs into requests, out of experts, of quotas
        self.first_expert = self.first_request + len(waiting)
        self.first_quota = self.first_expert + m + len(must)
        self.waiting = waiting
        self.network = Network(
            sink + 1, source, sink, tail.astype(np.int32), head.astype(np.int32),
            room, cost,
        )  # fmt: skip
        self.flow: Ints | None = None

    def solve(self) -> Ints | None:
        """The chosen pairs (positions in the problem), ascending; None when so many cannot be served."""
        self.flow = self.network.solve(self.amount)
        if self.flow is None:
            return None
        chosen: Ints = self.pairs[np.flatnonzero(self.flow[: len(self.pairs)])]
        return chosen

    @property
    def solved(self) -> Ints:
        """The flow per arc."""
        if self.flow is None:
            raise RuntimeError("the market is not solved, or cannot be")
        return self.flow

    @cached_property
    def value(self) -> int:
        """What the flow gains."""
        return -int(self.network.cost @ self.solved)

    @cached_property
    def residual(self) -> Residual:
        return Residual(self.network, self.solved)

    @cached_property
    def potentials(self) -> Ints:
        """Distances from the sink: the least prices of places among all that prove the flow best."""
        return self.residual.potentials(self.network.sink)

    @cached_property
    def bound(self) -> int:
        """No assignment gains more than this, by the prices alone."""
        return -self.network.dual_value(self.potentials, self.amount)

    def expert_arc(self, j: int) -> int:
        return self.first_expert + j
