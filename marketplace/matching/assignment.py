"""A whole round at once: the best assignment of requests to experts under capacities, exactly.

Minimum-cost flow with whole-number costs: source -> request -> expert -> sink, and a bypass from every
request to the sink that keeps the flow feasible. The optimum is the solver's, not a heuristic's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from ortools.graph.python import min_cost_flow

from marketplace.errors import N_
from marketplace.matching.explanation import Ranking
from marketplace.matching.profiles import ExpertProfile, Period, RequestProfile
from marketplace.matching.rules import Gates, peak, period_of

Objective = Literal["score", "served"]

#: A score of 100 in whole units of cost.
SCALE = 1_000_000

#: The sentence for each reason, a gettext msgid.
UNSERVED_TEXT: Mapping[str, str] = {
    "no_candidate": N_("모든 전문가가 필수 규칙에서 제외되었습니다."),
    "no_expert": N_("순위를 매길 전문가가 없습니다."),
    "no_places": N_("가능한 전문가는 있으나 이번 회차 기간에 빈자리가 없습니다."),
    "all_taken": N_("가능한 전문가의 자리가 모두 전체 결과를 더 좋게 하는 다른 신청에 배정되었습니다."),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """An eligible pair and its score, 0 to 100."""

    request: str
    expert: str
    score: float


@dataclass(frozen=True, slots=True)
class Unserved:
    """A request without an expert.

    ``reason`` is a key of ``UNSERVED_TEXT``. ``rules`` counts, per hard rule, the experts it excluded;
    ``taken`` names each eligible expert and the requests that hold its places.
    """

    request: str
    reason: str
    rules: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return UNSERVED_TEXT[self.reason]

    def to_json(self) -> dict[str, Any]:
        return {
            "request": self.request,
            "reason": self.reason,
            "sentence": self.sentence,
            "rules": dict(self.rules),
            "taken": {expert: list(requests) for expert, requests in self.taken.items()},
        }


@dataclass(frozen=True, slots=True)
class Assignment:
    """Pairs sorted by request, the sum of their scores, and the unserved with reasons, sorted by request."""

    pairs: tuple[Edge, ...]
    unserved: tuple[Unserved, ...]
    objective: Objective

    @property
    def total(self) -> Decimal:
        """Sum of the scores of the pairs, as they are printed (two places)."""
        return sum((Decimal(str(round(p.score, 2))) for p in self.pairs), Decimal(0))

    def to_json(self) -> dict[str, Any]:
        return {
            "objective": self.objective,
            "pairs": [{"reference": p.request, "expert": p.expert, "score": p.score} for p in self.pairs],
            "total": float(self.total),
            "unserved": [u.to_json() for u in self.unserved],
        }


def assign(
    requests: Sequence[str],
    capacities: Mapping[str, int],
    edges: Iterable[Edge],
    *,
    objective: Objective = "score",
    excluded: Mapping[str, Mapping[str, int]] | None = None,
) -> Assignment:
    """Assign each request to at most one expert, each expert to at most its capacity.

    ``objective`` "score": the largest sum of scores, and of equal sums the one that serves more;
    "served": the most requests served, and of these the largest sum. ``excluded`` (request -> rule ->
    number of experts) only feeds the reasons. The answer does not depend on the order of the input.
    Raises ValueError for an unknown key, a repeated pair, a negative capacity or a score outside 0 to 100.
    """
    if objective not in ("score", "served"):
        raise ValueError(f"unknown objective {objective!r}")
    rows = {key: i for i, key in enumerate(sorted(requests))}
    columns = {key: j for j, key in enumerate(sorted(capacities))}
    if len(rows) != len(requests):
        raise ValueError("a request stands twice")
    if any(places < 0 for places in capacities.values()):
        raise ValueError("a capacity is negative")
    arcs = _checked(edges, rows, columns)
    chosen = _solve(arcs, rows, columns, capacities, objective)
    pairs = tuple(arcs[i] for i in chosen)
    return Assignment(pairs, _unserved(rows, capacities, arcs, pairs, excluded or {}), objective)


def assign_rankings(
    rankings: Sequence[Ranking], capacities: Mapping[str, int], *, objective: Objective = "score"
) -> Assignment:
    """``assign`` over full rankings (``top=0``): every ranked expert is an edge, exclusions give reasons."""
    edges = [Edge(r.reference, e.expert, e.hundredths / 100) for r in rankings for e in r.experts]
    excluded: dict[str, dict[str, int]] = {}
    for ranking in rankings:
        counts = excluded.setdefault(ranking.reference, {})
        for out in ranking.excluded:
            for rule in sorted({exclusion.rule for exclusion in out.exclusions}):
                counts[rule] = counts.get(rule, 0) + 1
    references = [ranking.reference for ranking in rankings]
    return assign(references, capacities, edges, objective=objective, excluded=excluded)


def free_places(
    experts: Iterable[ExpertProfile], requests: Iterable[RequestProfile], gates: Gates | None = None
) -> dict[str, int]:
    """The places each expert can give to this round: capacity less the peak held over the round's whole span.

    The span reaches from the first start to the last end among the requests, so that no order of starts can
    overbook anyone. With the capacity rule off every expert's full capacity counts.
    """
    on = gates or Gates()
    spans = [span for span in map(period_of, requests) if span is not None]
    whole = Period(min(s.since for s in spans), max(s.until for s in spans)) if spans else None
    places = {}
    for expert in experts:
        held = peak(expert.commitments, whole) if on.capacity and whole else 0
        places[expert.key] = max(0, expert.capacity - held)
    return places


def _checked(edges: Iterable[Edge], rows: Mapping[str, int], columns: Mapping[str, int]) -> list[Edge]:
    arcs = sorted(edges, key=lambda edge: (edge.request, edge.expert))
    for before, edge in zip([None, *arcs], arcs, strict=False):
        if edge.request not in rows or edge.expert not in columns:
            raise ValueError(f"unknown request or expert in {edge}")
        if not 0 <= edge.score <= 100:
            raise ValueError(f"a score must lie between 0 and 100: {edge}")
        if before and (before.request, before.expert) == (edge.request, edge.expert):
            raise ValueError(f"the pair stands twice: {edge}")
    return arcs


def _solve(
    arcs: Sequence[Edge],
    rows: Mapping[str, int],
    columns: Mapping[str, int],
    capacities: Mapping[str, int],
    objective: Objective,
) -> list[int]:
    """Indices of the chosen arcs, ascending."""
    n, m = len(rows), len(columns)
    if not arcs:
        return []
    gain = np.array([round(edge.score / 100 * SCALE) for edge in arcs], dtype=np.int64)
    if objective == "served":
        gain = gain + (n * SCALE + 1)  # one more served outweighs any sum of scores
    else:
        gain = gain * (n + 1) + 1  # of equal sums, more served; never against the sum itself
    source, sink = n + m, n + m + 1
    request_nodes = np.arange(n)
    expert_nodes = n + np.arange(m)
    places = np.array([capacities[key] for key in columns], dtype=np.int64)
    tails = np.concatenate(
        [[rows[e.request] for e in arcs], np.full(n, source), expert_nodes, request_nodes]
    ).astype(np.int32)
    heads = np.concatenate(
        [[n + columns[e.expert] for e in arcs], request_nodes, np.full(m, sink), np.full(n, sink)]
    ).astype(np.int32)
    ones = np.ones(n, dtype=np.int64)
    room = np.concatenate([np.ones(len(arcs), dtype=np.int64), ones, places, ones])
    cost = np.concatenate([-gain, np.zeros(2 * n + m, dtype=np.int64)])
    flow = min_cost_flow.SimpleMinCostFlow()
    ids = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)
    flow.set_node_supply(source, n)
    flow.set_node_supply(sink, -n)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow solver ended with {status}")
    return [int(i) for i in np.flatnonzero(flow.flows(ids)[: len(arcs)])]


def _unserved(
    rows: Mapping[str, int],
    capacities: Mapping[str, int],
    arcs: Sequence[Edge],
    pairs: Sequence[Edge],
    excluded: Mapping[str, Mapping[str, int]],
) -> tuple[Unserved, ...]:
    served = {pair.request for pair in pairs}
    holders: dict[str, list[str]] = {}
    for pair in pairs:
        holders.setdefault(pair.expert, []).append(pair.request)
    eligible: dict[str, list[str]] = {}
    for edge in arcs:
        eligible.setdefault(edge.request, []).append(edge.expert)
    left = []
    for request in rows:
        if request in served:
            continue
        rules = dict(sorted(excluded.get(request, {}).items()))
        experts = eligible.get(request, [])
        if not experts:
            left.append(Unserved(request, "no_candidate" if rules else "no_expert", rules))
        elif not any(capacities[expert] for expert in experts):
            left.append(Unserved(request, "no_places", rules))
        else:
            taken = {expert: tuple(holders[expert]) for expert in experts if expert in holders}
            left.append(Unserved(request, "all_taken", rules, taken))
    return tuple(left)
