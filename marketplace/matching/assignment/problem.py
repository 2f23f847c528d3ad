"""What a round is solved from: requests, experts' places, scored pairs and the rules on them, as arrays.

Everything is put in the order of the keys, so that the order of the input changes nothing, and the whole has one
canonical JSON whose SHA-256 names it. Scores are whole ten-thousandths of a point inside ("units").
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marketplace.matching.assignment.inputs import Blocked, Edge, Pair, Quota, Team

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Objective = Literal["score", "served", "fair"]

OBJECTIVES = ("score", "served", "fair")

#: Units in one point; a score of 100 is 1,000,000 units.
POINT = 10_000


@dataclass(frozen=True, eq=False)
class Problem:
    """A round in canonical order; build it with ``problem`` or ``problem_of_arrays``.

    ``row``, ``col``, ``units`` describe the pairs, sorted by (request, expert). ``pinned`` pairs stand whatever it
    costs; ``published`` pairs get ``bonus`` units so that a new run changes few of them. ``keep`` is the share of
    the most servable that "fair" must keep.
    """

    requests: tuple[str, ...]
    experts: tuple[str, ...]
    places: Ints
    row: NDArray[np.int32]
    col: NDArray[np.int32]
    units: Ints
    objective: Objective
    minimum: Ints
    pinned: Flags
    published: Flags
    bonus: int = 0
    keep: float = 0.98
    quotas: tuple[Quota, ...] = ()
    teams: tuple[Team, ...] = ()
    covers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    blocked: tuple[Blocked, ...] = ()

    @cached_property
    def row_of(self) -> dict[str, int]:
        return {key: i for i, key in enumerate(self.requests)}

    @cached_property
    def col_of(self) -> dict[str, int]:
        return {key: j for j, key in enumerate(self.experts)}

    def index(self, request: str, expert: str) -> int | None:
        """The position of a pair, or None when it is not eligible."""
        i, j = self.row_of[request], self.col_of[expert]
        low, high = np.searchsorted(self.row, [i, i + 1])
        at = int(low + np.searchsorted(self.col[low:high], j))
        return at if at < high and self.col[at] == j else None

    def pair(self, at: int) -> Pair:
        return self.requests[self.row[at]], self.experts[self.col[at]]

    def replace(self, **changes: Any) -> Problem:
        """The same round with some fields changed; arrays must stay in canonical order."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Canonical: equal rounds give equal JSON whatever the order they were given in."""
        edges = np.column_stack([self.row, self.col, self.units, self.pinned, self.published]).tolist()
        blocked = [
            [b.request, b.expert, b.rule, None if b.score is None else round(b.score * POINT)]
            for b in self.blocked
        ]
        return {
            "requests": list(self.requests),
            "experts": list(self.experts),
            "places": self.places.tolist(),
            "minimum": self.minimum.tolist(),
            "pairs": edges,
            "objective": self.objective,
            "keep": float(self.keep) if self.objective == "fair" else None,
            "bonus": self.bonus,
            "quotas": [quota.to_json() for quota in self.quotas],
            "teams": [[t.request, sorted(t.needs), t.most] for t in self.teams],
            "covers": [[at, list(self.covers[at])] for at in sorted(self.covers)],
            "blocked": blocked,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return sha256_of(self.to_json())


def sha256_of(value: Any) -> str:
    """SHA-256, in hex, of a JSON value in canonical form."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def problem(
    requests: Sequence[str],
    capacities: Mapping[str, int],
    edges: Iterable[Edge],
    *,
    objective: Objective = "score",
    keep: float = 0.98,
    minimum: Mapping[str, int] | None = None,
    maximum: Mapping[str, int] | None = None,
    quotas: Iterable[Quota] = (),
    teams: Iterable[Team] = (),
    pinned: Collection[Pair] = (),
    published: Collection[Pair] = (),
    bonus: float = 0,
    blocked: Iterable[Blocked] = (),
) -> Problem:
    """A round from objects. ``maximum`` overrides the capacity of the experts it names; ``bonus`` is in points.

    A pair in ``blocked`` is taken out of ``edges``. Raises ValueError for whatever cannot be meant: an unknown key,
    a repeated pair or request, a score outside 0 to 100, a negative number, a pinned pair that is not eligible.
    """
    barred = tuple(sorted(blocked, key=lambda b: (b.request, b.expert, b.rule)))
    out = {(b.request, b.expert) for b in barred}
    arcs = [edge for edge in edges if (edge.request, edge.expert) not in out]
    rows, cols = _positions(requests), _positions(capacities)
    for edge in arcs:
        if edge.request not in rows or edge.expert not in cols:
            raise ValueError(f"unknown request or expert in {edge}")
    experts = list(capacities)
    limits = {**capacities, **(maximum or {})}
    if len(limits) > len(experts) or not set(minimum or {}) <= set(experts):
        raise ValueError("a minimum or maximum names an unknown expert")
    given = problem_of_arrays(
        list(requests),
        experts,
        [limits[key] for key in experts],
        np.fromiter((rows[edge.request] for edge in arcs), np.int64, len(arcs)),
        np.fromiter((cols[edge.expert] for edge in arcs), np.int64, len(arcs)),
        np.fromiter((edge.score for edge in arcs), np.float64, len(arcs)),
        objective=objective,
        keep=keep,
        minimum=[(minimum or {}).get(key, 0) for key in experts],
        bonus=bonus,
    )
    wanted = tuple(sorted(teams, key=lambda team: team.request))
    groups = {team.request for team in wanted}
    covers = {}
    for edge in arcs:
        if edge.request in groups:
            at = given.index(edge.request, edge.expert)
            covers[at if at is not None else -1] = tuple(sorted(set(edge.covers)))
    limited = tuple(sorted(quotas, key=lambda quota: quota.key))
    _check_rules(given, limited, wanted)
    fixed = _marked(given, pinned, "pinned")
    twice = np.bincount(given.row[fixed], minlength=len(given.requests)) > 1
    if any(twice[i] and key not in groups for key, i in given.row_of.items()):
        raise ValueError("a request that asks for one expert is pinned twice")
    return given.replace(
        quotas=limited,
        teams=wanted,
        covers=covers,
        pinned=fixed,
        published=_marked(given, published, None),
        blocked=barred,
    )


def problem_of_arrays(
    requests: Sequence[str],
    experts: Sequence[str],
    places: ArrayLike,
    row: ArrayLike,
    col: ArrayLike,
    score: ArrayLike,
    *,
    objective: Objective = "score",
    keep: float = 0.98,
    minimum: ArrayLike | None = None,
    bonus: float = 0,
) -> Problem:
    """A round from arrays: pair k joins ``requests[row[k]]`` and ``experts[col[k]]`` with ``score[k]``, 0 to 100."""
    if objective not in OBJECTIVES:
        raise ValueError(f"unknown objective {objective!r}")
    if not 0 < keep <= 1:
        raise ValueError("the share to keep must lie above 0 and not above 1")
    if bonus < 0:
        raise ValueError("a bonus is negative")
    new_row, new_col = _order(requests), _order(experts)
    points = np.asarray(score, dtype=np.float64)
    if points.size and not (points.min() >= 0 and points.max() <= 100):
        raise ValueError("a score must lie between 0 and 100")
    given_row, given_col = np.asarray(row, dtype=np.int64), np.asarray(col, dtype=np.int64)
    if points.size and min(given_row.min(), given_col.min()) < 0:
        raise ValueError("a position is negative")
    r, c = new_row[given_row], new_col[given_col]
    units = np.rint(points * POINT).astype(np.int64)
    key = r.astype(np.int64) * max(len(experts), 1) + c
    if np.any(key[1:] <= key[:-1]):
        order = np.argsort(key, kind="stable")
        r, c, units, key = r[order], c[order], units[order], key[order]
        if np.any(key[1:] == key[:-1]):
            raise ValueError("a pair stands twice")
    room = np.empty(len(experts), dtype=np.int64)
    room[new_col] = np.asarray(places, dtype=np.int64)
    least = np.zeros(len(experts), dtype=np.int64)
    if minimum is not None:
        least[new_col] = np.asarray(minimum, dtype=np.int64)
    if (room < 0).any() or (least < 0).any():
        raise ValueError("a capacity or a minimum is negative")
    none = np.zeros(len(r), dtype=bool)
    return Problem(
        tuple(sorted(requests)), tuple(sorted(experts)), room, r, c, units, objective, least, none, none,
        bonus=round(bonus * POINT), keep=keep,
    )  # fmt: skip


def _order(keys: Sequence[str]) -> NDArray[np.int32]:
    """Where each key goes when the keys are sorted."""
    place = {key: i for i, key in enumerate(sorted(keys))}
    if len(place) != len(keys):
        raise ValueError("a request or an expert stands twice")
    return np.fromiter((place[key] for key in keys), np.int32, len(keys))


def _positions(keys: Iterable[str]) -> dict[str, int]:
    return {key: i for i, key in enumerate(keys)}


def _marked(given: Problem, pairs: Collection[Pair], must: str | None) -> Flags:
    flags = np.zeros(len(given.row), dtype=bool)
    for request, expert in pairs:
        known = request in given.row_of and expert in given.col_of
        at = given.index(request, expert) if known else None
        if at is not None:
            flags[at] = True
        elif must:
            raise ValueError(f"a {must} pair is not eligible: {request}, {expert}")
    return flags


def _check_rules(given: Problem, quotas: Sequence[Quota], teams: Sequence[Team]) -> None:
    if len({quota.key for quota in quotas}) < len(quotas) or any(quota.at_most < 0 for quota in quotas):
        raise ValueError("a quota stands twice or is negative")
    for team in teams:
        if team.request not in given.row_of or team.most not in (2, 3) or not team.needs:
            raise ValueError(f"a team needs a known request, 2 or 3 experts and something to cover: {team}")
    if len({team.request for team in teams}) < len(teams):
        raise ValueError("a request asks for two teams")
