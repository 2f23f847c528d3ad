"""Rounds in which some requests ask for two or three experts who together cover all their needs.

Every team without a superfluous member is a column of an exact programme, beside the single pairs, and all share the
experts' places. In this order: the pinned pairs, experts' minimums, the objective's wish ("served": as many requests
as can be; "score" and "fair": as many of those that ask for a team), the fewest people in teams, the best total. A team
counts with the mean of its members. Exact up to ``COLUMNS`` columns; above, each request keeps only its smallest and
best teams, and the outcome says that it is not complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array, vstack

from marketplace.matching.assignment.crossing import Best, Floats, counting, maximise
from marketplace.matching.assignment.inputs import Team
from marketplace.matching.assignment.market import Model, model_of
from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.problem import Ints, Problem
from marketplace.matching.assignment.scale import Scale

#: Up to so many teams and single pairs a round is solved exactly.
COLUMNS = 60_000
#: The mean of one, two or three whole scores is whole in sixths.
SIXTH = 6


@dataclass(frozen=True, eq=False)
class Columns:
    """Each column is a set of pairs of one request; ``incidence`` has a row per pair of the problem."""

    request: Ints
    size: Ints
    sixths: Ints
    incidence: csr_array
    complete: bool


def covering(problem: Problem, team: Team) -> list[tuple[int, ...]]:
    """Every set of at most ``team.most`` pairs that covers all needs and loses one with each member, best first.

    Fewer members go before more, then the higher mean, then the order of the experts.
    """
    i = problem.row_of[team.request]
    low, high = np.searchsorted(problem.row, [i, i + 1]).tolist()
    meets = {at: team.needs & set(problem.covers.get(at, ())) for at in range(low, high)}
    useful = [at for at, needs in meets.items() if needs and problem.places[problem.col[at]] > 0]
    found: list[tuple[int, ...]] = []
    for size in range(1, team.most + 1):
        for members in combinations(useful, size):
            if frozenset().union(*(meets[at] for at in members)) != team.needs:
                continue
            others = (frozenset().union(*(meets[at] for at in members if at != one)) for one in members)
            if all(other != team.needs for other in others):
                found.append(members)
    return sorted(found, key=lambda members: (len(members), -problem.units[list(members)].sum(), members))


def solve_teams(problem: Problem, *, columns: int = COLUMNS) -> Outcome:
    """The best assignment of a round with teams; "fair" raises ValueError, for no floor is defined over teams."""
    if problem.objective == "fair":
        raise ValueError("a round with teams can be solved for score or served, not for fair")
    model = model_of(problem)
    made = _columns(model, columns)
    chosen = np.flatnonzero(problem.pinned)
    scale = Scale(problem.units, 0, 1, (("units", 1),))
    if not len(made.size):
        return Outcome(problem, chosen, "mip", 0, 0, scale, None, None, model)
    point, value, limit = _best(model, made)
    picked = made.incidence @ point > 0.5
    everything = np.union1d(np.flatnonzero(picked), chosen).astype(np.int64)
    return Outcome(problem, everything, "mip", value, limit, scale, None, None, model, made.complete)


def _columns(model: Model, most: int) -> Columns:
    given = model.problem
    wanted = {given.row_of[team.request] for team in given.teams}
    single = np.flatnonzero(model.open & ~np.isin(given.row, list(wanted)))
    groups = [covering(given, team) for team in given.teams if model.waiting[given.row_of[team.request]]]
    room = max(most - len(single), len(groups))
    share, complete = max(1, room // max(1, len(groups))), True
    if sum(map(len, groups)) > room:
        complete = all(len(group) <= share for group in groups)
        groups = [group[:share] for group in groups]
    members = [(at,) for at in single.tolist()] + [team for group in groups for team in group]
    sizes = np.array([len(team) for team in members], dtype=np.int64)
    pairs = np.array([at for team in members for at in team], dtype=np.int64)
    of = np.repeat(np.arange(len(members)), sizes)
    worth = given.units + given.bonus * given.published
    sums = np.zeros(len(members), dtype=np.int64)
    np.add.at(sums, of, worth[pairs])
    first = np.cumsum(sizes) - sizes
    request = given.row[pairs[first]].astype(np.int64) if len(members) else sizes
    incidence = csr_array((np.ones(len(pairs)), (pairs, of)), shape=(len(given.row), len(members)))
    return Columns(request, sizes, sums * SIXTH // np.maximum(sizes, 1), incidence, complete)


def _best(model: Model, made: Columns) -> tuple[Floats, int, int]:
    """(the columns taken, the value of the last aim or of the first that is not proven, what none exceeds in it)."""
    given = model.problem
    must = np.flatnonzero(model.least)
    many, width = len(made.size), len(made.size) + len(must)

    def wide(table: csr_array) -> csr_array:
        return csr_array((table.data, table.indices, table.indptr), shape=(table.shape[0], width))

    load = wide(csr_array(counting(given.col, len(given.experts), len(given.row)) @ made.incidence))
    filled = counting(np.r_[np.full(many, -1), np.arange(len(must))], len(must), width)
    quotas = (*model.nested, *model.crossing)
    rows = [
        counting(np.r_[made.request, np.full(len(must), -1)], len(given.requests), width),
        load,
        *(
            wide(csr_array(csr_array(model.inside(q)[None, :].astype(float)) @ made.incidence))
            for q in quotas
        ),
        filled - load[must],
    ]
    limits = np.concatenate(
        [np.ones(len(given.requests)), model.room, [q.at_most for q in quotas], np.zeros(len(must))]
    ).astype(np.float64)
    table = csr_array(vstack(rows, format="csr"))
    most = np.r_[np.ones(many), model.least[must]].astype(np.float64)
    in_team = np.isin(made.request, [given.row_of[team.request] for team in given.teams])
    wishes = [
        np.r_[np.zeros(many), np.ones(len(must))],
        np.r_[in_team if given.objective == "score" else np.ones(many), np.zeros(len(must))].astype(
            np.float64
        ),
        np.r_[-(made.size * in_team), np.zeros(len(must))].astype(np.float64),
        np.r_[made.sixths, np.zeros(len(must))].astype(np.float64),
    ]
    open_aim: tuple[int, int] | None = None
    last = Best(np.zeros(width), 0, 0)
    for wish in wishes:
        if not wish.any():
            continue
        best = maximise(wish, table, limits, most)
        if best is None:
            raise RuntimeError("a round that can be left unserved cannot be infeasible")
        last = best
        table = csr_array(vstack([table, csr_array(-wish[None, :])], format="csr"))
        limits = np.r_[limits, -float(best.value)]
        if best.bound > best.value and open_aim is None:
            open_aim = (best.value, best.bound)  # the first aim that is not proven is where the gap lies
    value, bound = open_aim or (last.value, last.bound)
    return last.point[:many], value, bound
