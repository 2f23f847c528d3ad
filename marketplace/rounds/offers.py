"""What a round asks the ranker of each request; pure, so that the processes of a batch need no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.matching.profiles import RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates

#: Only the rules that nothing lifts.
APART = Gates(
    conflicts=False, paused=False, capacity=False, dates=False, mode=False, region=False, verified=True
)


@dataclass(frozen=True, slots=True)
class Offers:
    """The best experts of a request with their hundredths, and the best of those whom ``APART`` leaves.

    ``covers`` are the stated needs that each of the best covers, of a request that may want a team.
    """

    best: Mapping[str, int]
    apart: Sequence[tuple[str, int]]
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def offers(
    ranker: ExpertRanker, requests: Sequence[RequestProfile], *, top: int, gates: Gates, teams: bool
) -> list[Offers]:
    """The first ``top`` experts of each request (0: all), with what they cover where a team may be wanted."""
    apart = ranker.best(requests, top, APART)
    return [
        _with_covers(ranker, request, top, gates, others)
        if teams and len(needs_of(request)) > 1
        else Offers(dict(ranker.best([request], top, gates)[0]), others)
        for request, others in zip(requests, apart, strict=True)
    ]


def needs_of(request: RequestProfile) -> frozenset[str]:
    """The terms that a request states as its needs."""
    return frozenset(need.term for need in request.needs if need.term)


def _with_covers(
    ranker: ExpertRanker, request: RequestProfile, top: int, gates: Gates, others: Sequence[tuple[str, int]]
) -> Offers:
    stated = needs_of(request)
    best: dict[str, int] = {}
    covers: dict[str, tuple[str, ...]] = {}
    for ranked in ranker.rank([request], top, gates)[0].experts:
        met = {need.term for need in ranked.needs if need.covered and need.term in stated and need.term}
        best[ranked.expert], covers[ranked.expert] = ranked.hundredths, tuple(sorted(met))
    return Offers(best, others, covers)
