"""Two runs side by side: what each comes to, for whom, and which pairs differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.problem import Ints

UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """One run in numbers.

    ``mean`` and ``worst`` are points over the served requests, None when nobody is. ``gini`` is that of loads over the
    experts who have places: 0 all alike, towards 1 few do everything. ``never_shown`` is the share of experts in none
    of the lists, None when no lists were given. ``regions`` map to (requests, served), ``employers`` to (experts,
    places taken); what is not known stands under "".
    """

    requests: int
    served: int
    total: float
    mean: float | None
    worst: float | None
    loads: Mapping[str, int]
    gini: float
    never_shown: float | None
    regions: Mapping[str, tuple[int, int]]
    employers: Mapping[str, tuple[int, int]]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Change:
    """A request whose experts differ; empty where it is unserved."""

    request: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``kept`` requests have the same experts in both runs; the others are in ``changed``, sorted by request."""

    before: Figures
    after: Figures
    kept: int
    changed: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def figures(
    outcome: Outcome,
    *,
    regions: Mapping[str, str] | None = None,
    employers: Mapping[str, str] | None = None,
    shown: Iterable[Iterable[str]] | None = None,
) -> Figures:
    """The numbers of a run. ``regions`` by request, ``employers`` by expert, ``shown`` the experts of each list."""
    given, worth = outcome.problem, outcome.worth
    seen = None if shown is None else {expert for listed in shown for expert in listed}
    missing = None if seen is None else sum(expert not in seen for expert in given.experts)
    by_region: dict[str, tuple[int, int]] = {}
    for request in given.requests:
        region = (regions or {}).get(request, UNKNOWN)
        asked, served = by_region.get(region, (0, 0))
        by_region[region] = (asked + 1, served + (request in worth))
    by_employer: dict[str, tuple[int, int]] = {}
    loads = outcome.loads.tolist()
    for expert, load in zip(given.experts, loads, strict=True):
        group = (employers or {}).get(expert, UNKNOWN)
        people, taken = by_employer.get(group, (0, 0))
        by_employer[group] = (people + 1, taken + load)
    return Figures(
        requests=len(given.requests),
        served=outcome.served,
        total=outcome.total,
        mean=outcome.total / outcome.served if outcome.served else None,
        worst=min(worth.values(), default=None),
        loads={expert: load for expert, load in zip(given.experts, loads, strict=True) if load},
        gini=gini(outcome.loads[(given.places > 0) | (outcome.loads > 0)]),
        never_shown=None if missing is None else missing / max(1, len(given.experts)),
        regions=dict(sorted(by_region.items())),
        employers=dict(sorted(by_employer.items())),
    )


def compare(
    before: Outcome,
    after: Outcome,
    *,
    regions: Mapping[str, str] | None = None,
    employers: Mapping[str, str] | None = None,
    shown: tuple[Iterable[Iterable[str]] | None, Iterable[Iterable[str]] | None] = (None, None),
) -> Comparison:
    """Both runs in numbers and the requests whose experts differ; ``shown`` are the lists before and after."""
    was, now = holders(before), holders(after)
    both = sorted(set(was) | set(now))
    changed = tuple(
        Change(request, was.get(request, ()), now.get(request, ()))
        for request in both
        if was.get(request, ()) != now.get(request, ())
    )
    return Comparison(
        figures(before, regions=regions, employers=employers, shown=shown[0]),
        figures(after, regions=regions, employers=employers, shown=shown[1]),
        len(both) - len(changed),
        changed,
    )


def holders(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    """The experts of each served request, sorted."""
    found: dict[str, tuple[str, ...]] = {}
    for at in outcome.chosen.tolist():
        request, expert = outcome.problem.pair(at)
        found[request] = (*found.get(request, ()), expert)
    return found


def gini(loads: Ints) -> float:
    """The Gini coefficient of loads; 0 when there is no load."""
    ordered = np.sort(loads)
    total, many = int(ordered.sum()), len(ordered)
    if not total:
        return 0.0
    ranks = np.arange(1, many + 1)
    return float(2 * int(ranks @ ordered) / (many * total) - (many + 1) / many)
