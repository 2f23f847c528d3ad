"""What the commands on files ask of the ranker, request by request, in whatever process they run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import click

from marketplace.errors import N_
from marketplace.imports import files_output
from marketplace.matching.exclusion import AllExcluded
from marketplace.matching.profiles import RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates

_TOLD_FROM = 500  # requests; fewer are ranked without a word
_STEPS = 10


@dataclass(frozen=True, slots=True)
class Offered:
    """Every eligible expert of a request with the hundredths, and how many each rule keeps out."""

    experts: Sequence[tuple[str, int]]
    excluded: Mapping[str, int]


def printed(
    ranker: ExpertRanker,
    requests: Sequence[RequestProfile],
    *,
    top: int,
    gates: Gates,
    today: date | None,
    form: str,
) -> list[str]:
    """The rankings as they are printed; see ``files_output.ranking``."""
    state = ranker.table_.state()
    texts = []
    for request, answer in zip(requests, ranker.rank(requests, top, gates, today=today), strict=True):
        names = {ranked.expert: state.profile_of(ranked.expert).name for ranked in answer.experts}
        texts.append(files_output.ranking(request, answer, names, form))
    return texts


def offered(
    ranker: ExpertRanker, requests: Sequence[RequestProfile], *, gates: Gates, today: date | None
) -> list[Offered]:
    """What ``assign`` is solved from."""
    state = ranker.table_.state()
    found = []
    for request, best in zip(requests, ranker.best(requests, 0, gates, today=today), strict=True):
        counts: Counter[str] = Counter()
        for out in AllExcluded(state, request, gates, today):
            counts.update({exclusion.rule for exclusion in out.exclusions})
        found.append(Offered(best, dict(sorted(counts.items()))))
    return found


def teller() -> Callable[[int, int], None]:
    """Says on standard error how far many requests have been ranked, ten times."""

    def say(done: int, total: int) -> None:
        if total >= _TOLD_FROM and done and done * _STEPS // total > (done - 1) * _STEPS // total:
            shares = {"done": f"{done:,}", "total": f"{total:,}"}
            click.echo(N_("신청 %(total)s건 가운데 %(done)s건의 순위를 매겼습니다.") % shares, err=True)

    return say
