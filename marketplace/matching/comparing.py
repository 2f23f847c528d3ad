"""The lists of open requests under the present and under proposed weights, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.accounts.models import User
from marketplace.matching import queries
from marketplace.matching.explanation import Ranked
from marketplace.matching.index import TOP, index
from marketplace.matching.models import MatchCase
from marketplace.matching.periods import Step, period_at
from marketplace.matching.queries_learning import sample_of_open_cases
from marketplace.matching.rows import case_profile, gates_of
from marketplace.programmes.models import Programme

SAMPLE = 5  # open requests
SHOWN = 5  # places of each list
REASONS = 3  # parts named for a move


@dataclass(frozen=True)
class Place:
    """An expert's place in one list; ``other`` is the place in the other list, None below the first ``TOP``.

    ``reasons`` are the parts that moved the expert most: code, hundredths before, hundredths after.
    """

    expert_id: int
    name: str
    hundredths: int
    rank: int
    other: int | None
    reasons: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class TwoLists:
    """One open request: its best places under the present and the proposed weights."""

    case: MatchCase
    present: Sequence[Place]
    proposed: Sequence[Place]

    @property
    def rows(self) -> list[tuple[int, Place | None, Place | None]]:
        """Place by place: the number, who stands there now, who would."""
        longest = max(len(self.present), len(self.proposed))
        return [
            (
                at + 1,
                self.present[at] if at < len(self.present) else None,
                self.proposed[at] if at < len(self.proposed) else None,
            )
            for at in range(longest)
        ]

    @property
    def moved(self) -> int:
        """How many of the first places would be held by somebody else."""
        return sum(
            (now.expert_id if now else None) != (then.expert_id if then else None)
            for _, now, then in self.rows
        )


def two_lists(
    user: User, programme: Programme, present: Mapping[str, float], proposed: Mapping[str, float]
) -> list[TwoLists]:
    """Both lists for a sample of the programme's open requests, ranked as of now. Reads and writes nothing else.

    The number of statements depends on ``SAMPLE`` alone.
    """
    cases = queries.staff_cases(user, sample_of_open_cases(programme, SAMPLE))
    gates = gates_of(programme)
    pairs: list[tuple[MatchCase, Sequence[Ranked], Sequence[Ranked]]] = []
    for case in cases:
        profile = case_profile(case, period_at(case, Step.PROPOSE).since)
        ranked, again = (
            index().rank(profile, gates, dict(weights), top=TOP) for weights in (present, proposed)
        )
        pairs.append((case, ranked.ranking.experts, again.ranking.experts))
    ids = {int(r.expert) for _, now, then in pairs for r in (*now[:SHOWN], *then[:SHOWN])}
    names = {key: expert.name for key, expert in queries.experts_with(sorted(ids)).items()}
    return [
        TwoLists(case, _places(now, then, names, reasons=False), _places(then, now, names, reasons=True))
        for case, now, then in pairs
    ]


def _places(
    own: Sequence[Ranked], other: Sequence[Ranked], names: Mapping[int, str], *, reasons: bool
) -> list[Place]:
    before = {ranked.expert: ranked for ranked in other}
    usual = _usual_change(own, before)
    places = []
    for ranked in own[:SHOWN]:
        former = before.get(ranked.expert)
        moved = former is not None and former.rank != ranked.rank
        places.append(
            Place(
                int(ranked.expert),
                names[int(ranked.expert)],
                ranked.hundredths,
                ranked.rank,
                former.rank if former is not None else None,
                _reasons(former, ranked, usual) if reasons and moved and former is not None else (),
            )
        )
    return places


def _changes(before: Ranked, after: Ranked) -> dict[str, tuple[int, int]]:
    points: dict[str, list[int]] = {}
    for at, ranked in enumerate((before, after)):
        for part in ranked.parts:
            points.setdefault(part.code, [0, 0])[at] = part.hundredths
    return {code: (was, now) for code, (was, now) in points.items()}


def _usual_change(own: Sequence[Ranked], before: Mapping[str, Ranked]) -> dict[str, float]:
    """By how much a part changes on average over those in both lists; only what differs from it moves anybody."""
    both = [_changes(before[ranked.expert], ranked) for ranked in own if ranked.expert in before]
    codes = {code for changes in both for code in changes}
    return {code: sum(c[code][1] - c[code][0] for c in both if code in c) / len(both) for code in codes}


def _reasons(before: Ranked, after: Ranked, usual: Mapping[str, float]) -> tuple[tuple[str, int, int], ...]:
    """The parts that pushed the expert the way he went, the strongest first."""
    upwards = 1 if after.rank < before.rank else -1
    push = {code: upwards * (now - was - usual[code]) for code, (was, now) in _changes(before, after).items()}
    strongest = sorted((code for code in push if push[code] > 0), key=lambda code: (-push[code], code))
    changes = _changes(before, after)
    return tuple((code, *changes[code]) for code in strongest[:REASONS])
