"""Where experts are missing: need by province, and how many more firms how many more experts would serve."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from marketplace.errors import N_, Filled
from marketplace.matching.assignment.changes import with_expert
from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.solve import solve

GAP_TEXT = N_(
    "%(term)s × %(region)s: 전문가가 %(experts)s명 더 있으면 기업 %(firms)s곳을 더 지원할 수 있습니다."
)

#: Sorts behind every key.
ADDED = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Gap:
    """One need in one province.

    ``requests`` ask for it there, ``unserved`` and ``weak`` (served below the threshold) are named. ``more`` says how
    many more firms are served well when 1, 2, ... such experts are added, found by solving the whole round again.
    """

    term: str
    region: str
    requests: int
    unserved: tuple[str, ...]
    weak: tuple[str, ...]
    more: tuple[int, ...]

    @property
    def experts(self) -> int:
        """The fewest added experts that reach the most that was tried."""
        return self.more.index(max(self.more)) + 1 if self.more and max(self.more) > 0 else 0

    @property
    def firms(self) -> int:
        """How many more firms they serve."""
        return max(self.more, default=0) if self.experts else 0

    @property
    def sentence(self) -> str:
        """In Korean, filled with the codes of need and province; a page puts the names in their place."""
        return Filled(
            GAP_TEXT, term=self.term, region=self.region, experts=str(self.experts), firms=str(self.firms)
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "experts": self.experts, "firms": self.firms, "sentence": str(self.sentence)}


def gaps(
    outcome: Outcome,
    needs: Mapping[str, Collection[str]],
    regions: Mapping[str, str],
    *,
    under: float = 0.0,
    cells: int = 10,
    experts: int = 3,
    places: int = 2,
    score: float | None = None,
) -> tuple[Gap, ...]:
    """The ``cells`` pairs of need and province with the most unserved and weakly served requests, the worst first.

    ``needs`` and ``regions`` by request; ``under`` is the score below which a request counts as weakly served. For
    each up to ``experts`` more are tried, each with ``places`` and eligible at ``score`` (by default the mean of this
    outcome) for every request with that need there. That is at most ``cells * experts`` runs of the whole round.
    """
    given, worth = outcome.problem, outcome.worth
    mean = outcome.total / outcome.served if outcome.served else 50.0
    level = round(mean if score is None else score, 2)
    asked: dict[tuple[str, str], list[str]] = {}
    for request in given.requests:
        if request in regions:
            for term in sorted(set(needs.get(request, ()))):
                asked.setdefault((term, regions[request]), []).append(request)
    found = []
    for (term, region), requests in asked.items():
        unserved = tuple(request for request in requests if request not in worth)
        weak = tuple(request for request in requests if worth.get(request, under) < under)
        if unserved or weak:
            found.append((term, region, requests, unserved, weak))
    found.sort(key=lambda cell: (-len(cell[3]) - len(cell[4]), -len(cell[3]), cell[0], cell[1]))
    well = _well(outcome, under)
    result = []
    for term, region, requests, unserved, weak in found[:cells]:
        more: list[int] = []
        for added in range(1, experts + 1):
            tried = with_expert(given, ADDED, added * places, dict.fromkeys(requests, level), (term,))
            more.append(_well(solve(tried), under) - well)
            if more[-1] >= len(unserved) + len(weak) or (added > 1 and more[-1] == more[-2]):
                break
        result.append(Gap(term, region, len(requests), unserved, weak, tuple(more)))
    return tuple(result)


def _well(outcome: Outcome, under: float) -> int:
    return sum(points >= under for points in outcome.worth.values())
