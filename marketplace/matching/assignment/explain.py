"""Why a round came out as it did, from the prices and the ways left open in its flow.

Rounds that were not solved as a flow (crossing quotas, teams) have no prices: ``Explainer`` raises ValueError for them.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from marketplace.matching.assignment.network import FAR, Ways
from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.problem import POINT, Ints
from marketplace.matching.assignment.sentences import Fact, Gain, Step


class Explainer:
    """Answers about one outcome; what is dear to work out is worked out once.

    Gains are those of solving again with the change, found without solving again. With nested quotas on experts a way
    may pass a quota twice; there a gain is an upper bound.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.market, self.scale = outcome, outcome.prices, outcome.scale
        self.problem, self.network = outcome.problem, self.market.network
        self.experts = self.market.requests + np.arange(self.market.experts)
        self.owner = self.network.head[
            self.market.first_expert : self.market.first_expert + len(self.experts)
        ]
        self.expert_of = {outcome.problem.row[at]: at for at in outcome.chosen.tolist()}

    @cached_property
    def _from_source(self) -> Ints:
        return self.market.residual.distances(self.network.source)

    @cached_property
    def _to_sink(self) -> Ways:
        return self.market.residual.ways_to(np.array([self.network.sink]), np.zeros(1, dtype=np.int64))

    @cached_property
    def _to_place(self) -> Ways:
        """Ways to one more place of whichever expert it helps most."""
        return self.market.residual.ways_to(self.experts, self._to_sink.ahead[self.owner])

    @cached_property
    def prices(self) -> Ints:
        """What a place of each expert costs in the proof; of many proofs the one with the least prices."""
        prices = -self.market.potentials[self.experts]
        lacking = self.market.model.least > self.outcome.loads
        return np.where(lacking, prices, np.maximum(prices, 0))

    def price(self, at: int) -> float:
        """What the place that a pair takes costs in the proof, in points."""
        return self.scale.parts(int(self.prices[self.problem.col[at]]))["units"] / POINT

    def gain(self, value: int) -> Gain:
        """A difference in the solver's numbers, aim by aim."""
        parts = self.scale.parts(value)
        return Gain(parts["minimum"], parts["served"], parts["units"] / POINT)

    def place_value(self, expert: str) -> Gain:
        """What one more place of the expert would add to the whole; nothing while one is free."""
        j = self.problem.col_of[expert]
        way = self.market.potentials if self.owner[j] == self.network.sink else self._from(int(self.owner[j]))
        back = int(way[self.experts[j]])
        return self.gain(max(0, -back) if back < FAR // 2 else 0)

    def _from(self, node: int) -> Ints:
        return self.market.residual.distances(node)

    def remedies(self, request: str) -> tuple[Fact, ...]:
        """What would serve an unserved request: the best place, rule and quota, each the best of its kind.

        Only changes that better the whole are listed; the best first.
        """
        i = self.problem.row_of[request]
        if i in self.expert_of or not self.market.model.waiting[i]:
            return ()
        entry = int(self._from_source[i])
        options = [
            *self._place(request, i, entry),
            *self._rules(request, i, entry),
            *self._quotas(request, i, entry),
        ]
        return tuple(fact for _, fact in sorted(options, key=lambda option: (-option[0], option[1].kind)))

    def _fact(
        self, kind: str, request: str, cost: int, facts: dict[str, str], chain: tuple[Step, ...]
    ) -> Fact:
        gain = self.gain(-cost)
        return Fact(kind, request, {**facts, "points": gain.points}, gain, chain)

    def _place(self, request: str, i: int, entry: int) -> list[tuple[int, Fact]]:
        cost = entry + int(self._to_place.ahead[i])
        path = self._to_place.path(i)
        if path is None or cost >= 0:
            return []
        last = next(arc for arc in reversed(path) if 0 <= arc < len(self.market.pairs))
        expert = self.problem.pair(int(self.market.pairs[last]))[1]
        fact = self._fact("place", request, cost, {"expert": expert}, self.chain(path))
        return [(-cost, fact)]

    def _rules(self, request: str, i: int, entry: int) -> list[tuple[int, Fact]]:
        best: tuple[int, Fact] | None = None
        for out in self.problem.blocked:
            if out.request != request or out.score is None:
                continue
            node = int(self.experts[self.problem.col_of[out.expert]])
            ahead = int(self._to_sink.ahead[node])
            cost = entry - self.scale.gain_of(round(out.score * POINT)) + ahead
            path = self._to_sink.path(node)
            if path is None or cost >= 0 or (best is not None and best[0] >= -cost):
                continue
            first = Step(request, None, out.expert)
            facts = {"expert": out.expert, "rule": out.rule}
            best = (-cost, self._fact("rule", request, cost, facts, (first, *self.chain(path))))
        return [best] if best else []

    def _quotas(self, request: str, i: int, entry: int) -> list[tuple[int, Fact]]:
        best: tuple[int, Fact] | None = None
        for k, quota in enumerate(self.market.model.nested):
            arc = self.market.first_quota + k
            outside = quota.requests is not None and request not in quota.requests
            if outside or self.market.solved[arc] < self.network.room[arc]:
                continue
            tail, head = int(self.network.tail[arc]), int(self.network.head[arc])
            if quota.experts is None:
                cost = int(self._from_source[tail]) + int(self._from(head)[i]) + int(self._to_sink.ahead[i])
            else:
                cost = entry + int(self._from(i)[tail]) + int(self._to_sink.ahead[head])
            if cost < 0 and (best is None or best[0] < -cost):
                best = (-cost, self._fact("quota", request, cost, {"quota": quota.key}, ()))
        return [best] if best else []

    def chain(self, path: list[int], first: tuple[Step, ...] = ()) -> tuple[Step, ...]:
        """The changes along a way: who leaves whom for whom, in order."""
        moves: dict[str, list[str | None]] = {step.request: [step.before, step.after] for step in first}
        for arc in path:
            at = arc if arc >= 0 else ~arc
            if at >= len(self.market.pairs):
                continue
            request, expert = self.problem.pair(int(self.market.pairs[at]))
            moves.setdefault(request, [None, None])[1 if arc >= 0 else 0] = expert
        return tuple(Step(request, before, after) for request, (before, after) in moves.items())
