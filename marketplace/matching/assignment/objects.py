"""The round in objects: scored pairs and rankings in, pairs and reasons out; a thin layer over the arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from marketplace.errors import N_
from marketplace.matching.assignment.inputs import Edge
from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.problem import POINT, Objective, problem
from marketplace.matching.assignment.solve import solve
from marketplace.matching.profiles import ExpertProfile, Period, RequestProfile
from marketplace.matching.rules import Gates, peak, period_of

#: The sentence for each reason, a gettext msgid.
UNSERVED_TEXT: Mapping[str, str] = {
    "no_candidate": N_("모든 전문가가 필수 규칙에서 제외되었습니다."),
    "no_expert": N_("순위를 매길 전문가가 없습니다."),
    "no_places": N_("가능한 전문가는 있으나 이번 회차 기간에 빈자리가 없습니다."),
    "all_taken": N_("가능한 전문가의 자리가 모두 전체 결과를 더 좋게 하는 다른 신청에 배정되었습니다."),
    "quota": N_("가능한 전문가에게 자리가 있으나 지역이나 전 직장별 상한에 닿았습니다."),
    "fairness": N_("가능한 전문가의 점수가 이번 회차에서 지키는 최저 점수보다 낮습니다."),
    "no_team": N_("필요분야를 모두 채우는 팀을 이룰 수 있는 전문가가 모자랍니다."),
}


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
        """Sum of the scores of the pairs, as they are printed (two places); each member of a team counts."""
        return sum((Decimal(str(round(p.score, 2))) for p in self.pairs), Decimal(0))

    @property
    def lowest(self) -> float | None:
        """The score of the worst served; None when nobody is."""
        return min((pair.score for pair in self.pairs), default=None)

    def to_json(self) -> dict[str, Any]:
        return {
            "objective": self.objective,
            "pairs": [{"reference": p.request, "expert": p.expert, "score": p.score} for p in self.pairs],
            "total": float(self.total),
            "lowest": self.lowest,
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
    "served": the most requests served, and of these the largest sum; "fair": nearly as many served, the worst pair as
    good as can be, then the largest sum. ``excluded`` (request -> rule -> number of experts) only feeds the reasons.
    The answer does not depend on the order of the input.
    Raises ValueError for an unknown key, a repeated pair, a negative capacity or a score outside 0 to 100.
    """
    outcome = solve(problem(requests, capacities, edges, objective=objective))
    return assignment_of(outcome, excluded)


def assignment_of(outcome: Outcome, excluded: Mapping[str, Mapping[str, int]] | None = None) -> Assignment:
    """An outcome as pairs and reasons; ``excluded`` adds to the rules of the problem's own blocked pairs."""
    given = outcome.problem
    pairs = tuple(_edge(outcome, at) for at in outcome.chosen.tolist())
    return Assignment(pairs, unserved(outcome, excluded), given.objective)


def unserved(
    outcome: Outcome, excluded: Mapping[str, Mapping[str, int]] | None = None
) -> tuple[Unserved, ...]:
    """The requests without an expert, sorted, each with its reason."""
    given = outcome.problem
    served = {given.requests[i] for i in given.row[outcome.chosen].tolist()}
    holders: dict[str, list[str]] = {}
    for at in outcome.chosen.tolist():
        request, expert = given.pair(at)
        holders.setdefault(expert, []).append(request)
    barred: dict[str, dict[str, int]] = {request: dict(rules) for request, rules in (excluded or {}).items()}
    for out in given.blocked:
        rules = barred.setdefault(out.request, {})
        rules[out.rule] = rules.get(out.rule, 0) + 1
    left = [request for request in given.requests if request not in served]
    return tuple(
        _unserved(outcome, request, dict(sorted(barred.get(request, {}).items())), holders)
        for request in left
    )


def _edge(outcome: Outcome, at: int) -> Edge:
    given = outcome.problem
    return Edge(*given.pair(at), int(given.units[at]) / POINT, given.covers.get(at, ()))


def _unserved(
    outcome: Outcome, request: str, rules: dict[str, int], holders: Mapping[str, Sequence[str]]
) -> Unserved:
    given = outcome.problem
    low, high = given.span(given.row_of[request])
    columns = given.col[low:high]
    experts = [given.experts[j] for j in columns.tolist()]
    room = given.places[columns]
    taken = {expert: tuple(holders[expert]) for expert in experts if expert in holders}
    if not experts:
        return Unserved(request, "no_candidate" if rules else "no_expert", rules)
    if any(team.request == request for team in given.teams):
        return Unserved(request, "no_team", rules, taken)
    if not room.any():
        return Unserved(request, "no_places", rules)
    free = outcome.loads[columns] < room
    if outcome.floor is not None and (given.units[low:high][free] < outcome.floor).any():
        return Unserved(request, "fairness", rules, taken)
    if free.any() and given.quotas:
        return Unserved(request, "quota", rules, taken)
    return Unserved(request, "all_taken", rules, taken)


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
