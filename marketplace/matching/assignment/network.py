"""A minimum-cost flow on arrays: solved by OR-Tools, priced by shortest paths in what is left of it.

The prices are the solver's proof: for whole-number costs the value of the dual they form equals the cost of the flow
exactly, or the flow was not the best one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from marketplace.matching.assignment.problem import Flags, Ints

Nodes = NDArray[np.int32]

#: The distance to a node that cannot be reached; two of them still fit into 64 bits.
FAR = np.int64(1) << np.int64(61)


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs from ``tail`` to ``head`` with ``room`` and ``cost`` per unit; ``amount`` flows from source to sink."""

    nodes: int
    source: int
    sink: int
    tail: Nodes
    head: Nodes
    room: Ints
    cost: Ints

    def solve(self, amount: int) -> Ints | None:
        """The cheapest flow of ``amount``, per arc; None when there is none."""
        if not len(self.tail):
            return np.zeros(0, dtype=np.int64) if amount == 0 else None
        biggest = int(np.abs(self.cost).max(initial=0))
        if biggest * (self.nodes + 1) >= 1 << 62:
            raise ValueError("the scores are too finely graded for so large a round; round them to .01")
        solver = min_cost_flow.SimpleMinCostFlow()
        ids = solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.room, self.cost)
        solver.set_node_supply(self.source, amount)
        solver.set_node_supply(self.sink, -amount)
        status = solver.solve()
        if status == solver.INFEASIBLE:
            return None
        if status != solver.OPTIMAL:
            raise RuntimeError(f"the flow solver ended with {status}")
        return np.asarray(solver.flows(ids), dtype=np.int64)

    def dual_value(self, distance: Ints, amount: int) -> int:
        """A lower bound on the cost of every flow of ``amount``; equal to the cost when ``distance`` proves it best."""
        reduced = self.reduced(distance)
        slack = int((self.room * np.minimum(reduced, 0)).sum())
        return slack + amount * int(distance[self.sink] - distance[self.source])

    def reduced(self, distance: Ints) -> Ints:
        """Reduced cost of each arc. Negative only on full arcs: then the worth of one more unit of room."""
        result: Ints = self.cost + distance[self.tail] - distance[self.head]
        return result


class Residual:
    """What can still be changed in a flow: arcs with room left, and used arcs backwards at the opposite cost."""

    def __init__(self, network: Network, flow: Ints) -> None:
        onward, back = flow < network.room, flow > 0
        self.nodes = network.nodes
        self.tail = np.concatenate([network.tail[onward], network.head[back]])
        self.head = np.concatenate([network.head[onward], network.tail[back]])
        self.cost = np.concatenate([network.cost[onward], -network.cost[back]])
        self.arc = np.concatenate([np.flatnonzero(onward), ~np.flatnonzero(back)])

    @cached_property
    def _out(self) -> tuple[Ints, Ints]:
        return _grouped(self.tail, self.nodes)

    @cached_property
    def _in(self) -> tuple[Ints, Ints]:
        return _grouped(self.head, self.nodes)

    def distances(self, start: int) -> Ints:
        """The cheapest way from ``start`` to every node, ``FAR`` or more where there is none."""
        return _shortest(self._out, self.head, self.cost, _only(start, self.nodes), np.array([start]))

    def potentials(self, start: int) -> Ints:
        """Distances from ``start`` in which the nodes out of reach stand in a right order among themselves too.

        No arc of the residual has a negative reduced cost by them, which is what ``dual_value`` needs.
        """
        reached = self.distances(start)
        return _shortest(self._out, self.head, self.cost, reached, np.flatnonzero(reached >= FAR))

    def distances_to(self, goal: int) -> Ints:
        """The cheapest way from every node to ``goal``."""
        return _shortest(self._in, self.tail, self.cost, _only(goal, self.nodes), np.array([goal]))

    def ways_to(self, goals: Ints, cost: Ints) -> Ways:
        """The cheapest ways from every node to any of the goals, at which so much more is to be paid."""
        distance = np.full(self.nodes, FAR, dtype=np.int64)
        distance[goals] = cost
        return Ways(self, _shortest(self._in, self.tail, self.cost, distance, goals), goals, cost)

    def way(self, start: int, goal: int) -> list[int] | None:
        """The arcs of a cheapest way, as ``Ways.path`` gives them; None when there is none."""
        return self.ways_to(np.array([goal]), np.zeros(1, dtype=np.int64)).path(start)


class Ways:
    """Cheapest ways to a set of goals; ``ahead`` is what is still to be paid at each node."""

    def __init__(self, residual: Residual, ahead: Ints, goals: Ints, cost: Ints) -> None:
        self.ahead = ahead
        tight = residual.cost + ahead[residual.head] == ahead[residual.tail]
        tight &= ahead[residual.head] < FAR // 2
        into = np.flatnonzero(tight)
        self._arc, self._head, tails = residual.arc[into], residual.head[into], residual.tail[into]
        ends = goals[ahead[goals] == cost]
        hops = np.full(residual.nodes, FAR, dtype=np.int64)
        hops[ends] = 0
        ones = np.ones(len(into), dtype=np.int64)
        self._hops = _shortest(_grouped(self._head, residual.nodes), tails, ones, hops, ends)
        self._order, self._first = _grouped(tails, residual.nodes)

    def path(self, start: int) -> list[int] | None:
        """The arcs in order: a position in the network, or ``~position`` when taken backwards; None without a way.

        Of equally cheap ways one with the fewest arcs, and of these the first in the network's order.
        """
        if self.ahead[start] >= FAR // 2:
            return None
        arcs, node = [], start
        while self._hops[node]:
            options = self._order[self._first[node] : self._first[node + 1]]
            best = options[int(np.argmin(self._hops[self._head[options]]))]
            arcs.append(int(self._arc[best]))
            node = int(self._head[best])
        return arcs


def _grouped(key: Nodes, nodes: int) -> tuple[Ints, Ints]:
    """Arc positions ordered by node, and where each node's begin."""
    order = np.argsort(key, kind="stable")
    return order, np.searchsorted(key[order], np.arange(nodes + 1))


def _only(start: int, nodes: int) -> Ints:
    distance = np.full(nodes, FAR, dtype=np.int64)
    distance[start] = 0
    return distance


def _shortest(by_node: tuple[Ints, Ints], far_end: Nodes, cost: Ints, distance: Ints, changed: Ints) -> Ints:
    """Bellman-Ford onwards from the nodes that ``changed``, whole layers at a time; costs may be negative."""
    order, begin = by_node
    ends, costs = far_end[order], cost[order]
    for _ in range(len(distance) + 1):
        low = begin[changed]
        count = begin[changed + 1] - low
        total = int(count.sum())
        if total == 0:
            return distance
        before = np.cumsum(count) - count
        arcs = np.repeat(low - before, count) + np.arange(total)
        reached = np.repeat(distance[changed], count) + costs[arcs]
        heads = ends[arcs]
        better: Flags = reached < distance[heads]
        np.minimum.at(distance, heads[better], reached[better])
        changed = np.unique(heads[better])
    raise RuntimeError("the flow is not the cheapest: its residual has a negative cycle")
