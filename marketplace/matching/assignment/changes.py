"""The same round with something changed: places, an added expert, declined pairs, what stands already."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from marketplace.matching.assignment.inputs import Blocked, Pair
from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.problem import POINT, Flags, Problem

#: The rule by which a declined pair is kept apart.
DECLINED = "declined"


def with_places(problem: Problem, places: Mapping[str, int]) -> Problem:
    """These experts have so many places instead."""
    room = problem.places.copy()
    for expert, count in places.items():
        if count < 0:
            raise ValueError("a capacity is negative")
        room[problem.col_of[expert]] = count
    return problem.replace(places=room)


def with_expert(
    problem: Problem, expert: str, places: int, scores: Mapping[str, float], covers: tuple[str, ...] = ()
) -> Problem:
    """One more expert, eligible for the requests in ``scores``; the key must sort behind all others."""
    if places < 0 or (problem.experts and expert <= problem.experts[-1]):
        raise ValueError(
            "the key of an added expert must sort behind all others, and its places not be negative"
        )
    rows = np.array(sorted(problem.row_of[request] for request in scores), dtype=np.int64)
    units = np.array([round(scores[problem.requests[i]] * POINT) for i in rows.tolist()], dtype=np.int64)
    at = np.searchsorted(problem.row, rows, side="right")
    shift = np.searchsorted(rows, problem.row, side="left")  # pairs of earlier requests were put in front
    wanted = {team.request for team in problem.teams}
    met = {old + int(shift[old]): needs for old, needs in problem.covers.items()}
    for position, i in enumerate(rows.tolist()):
        if problem.requests[i] in wanted:
            met[int(at[position]) + position] = covers
    return problem.replace(
        experts=(*problem.experts, expert),
        places=np.append(problem.places, places),
        minimum=np.append(problem.minimum, 0),
        row=np.insert(problem.row, at, rows),
        col=np.insert(problem.col, at, len(problem.experts)),
        units=np.insert(problem.units, at, units),
        pinned=np.insert(problem.pinned, at, False),
        published=np.insert(problem.published, at, False),
        covers=met,
    )


def without(problem: Problem, pairs: Mapping[Pair, str]) -> Problem:
    """These pairs are kept apart from now on, each by its rule; what is not eligible anyway stays as it is."""
    positions = {pair: at for pair in pairs if (at := problem.index(*pair)) is not None}
    stay = np.ones(len(problem.row), dtype=bool)
    stay[list(positions.values())] = False
    new = np.cumsum(stay) - 1
    out = [Blocked(*pair, pairs[pair], int(problem.units[at]) / POINT) for pair, at in positions.items()]
    return problem.replace(
        row=problem.row[stay],
        col=problem.col[stay],
        units=problem.units[stay],
        pinned=problem.pinned[stay],
        published=problem.published[stay],
        covers={int(new[at]): needs for at, needs in problem.covers.items() if stay[at]},
        blocked=tuple(sorted((*problem.blocked, *out), key=lambda b: (b.request, b.expert, b.rule))),
    )


def marked(problem: Problem, pairs: Collection[Pair]) -> Flags:
    """Which positions these pairs hold; raises ValueError for one that is not eligible."""
    flags = np.zeros(len(problem.row), dtype=bool)
    for pair in pairs:
        at = problem.index(*pair)
        if at is None:
            raise ValueError(f"the pair is not eligible: {pair[0]}, {pair[1]}")
        flags[at] = True
    return flags


def again(
    outcome: Outcome, *, declined: Collection[Pair] = (), accepted: Collection[Pair] = (), bonus: float = 10.0
) -> Problem:
    """The round after answers: declined pairs are out, accepted ones are fixed, the others get ``bonus`` points.

    Solved, it leaves most of what was published as it was: a pair moves only when that is worth more than the bonus.
    """
    if set(declined) & set(accepted):
        raise ValueError("a pair is both accepted and declined")
    given = outcome.problem
    stood = {given.pair(at) for at in outcome.chosen.tolist()}
    left = without(given, dict.fromkeys(declined, DECLINED))
    fixed = marked(left, accepted) | left.pinned
    return left.replace(
        pinned=fixed, published=marked(left, stood - set(declined)), bonus=round(bonus * POINT)
    )
