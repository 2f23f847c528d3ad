from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.assignment import Edge, Problem, Team, assignment_of, problem, solve
from marketplace.matching.assignment.teams import covering, solve_teams
from tests.matching.rounds import SCORES

NEEDS = ("n1", "n2", "n3")


@st.composite
def team_rounds(draw: st.DrawFn) -> dict[str, Any]:
    """One or two requests that want teams beside up to two that want one expert."""
    groups = [f"t{i}" for i in range(draw(st.integers(1, 2)))]
    singles = [f"r{i}" for i in range(draw(st.integers(0, 2)))]
    experts = {f"e{j}": draw(st.integers(0, 2)) for j in range(draw(st.integers(1, 4)))}
    edges = [
        Edge(r, e, draw(SCORES), tuple(sorted(draw(st.sets(st.sampled_from(NEEDS), max_size=2)))))
        for r in groups + singles
        for e in experts
        if draw(st.integers(0, 3))
    ]
    teams = [
        Team(r, frozenset(draw(st.sets(st.sampled_from(NEEDS), min_size=1))), draw(st.integers(2, 3)))
        for r in groups
    ]
    minimum = {e: draw(st.integers(0, 1)) for e in experts}
    return {
        "requests": groups + singles,
        "capacities": experts,
        "edges": edges,
        "teams": teams,
        "minimum": minimum,
        "objective": draw(st.sampled_from(["score", "served"])),
    }


def possible(made: Problem) -> list[list[tuple[int, ...]]]:
    """Per request, every set of pairs that would serve it; a team has no superfluous member."""
    wanted = {team.request: team for team in made.teams}
    found = []
    for i, request in enumerate(made.requests):
        own = [at for at in range(len(made.row)) if made.row[at] == i]
        if request not in wanted:
            found.append([(at,) for at in own])
            continue
        team, sets = wanted[request], []
        for size in range(1, team.most + 1):
            for members in combinations(own, size):
                met = [set(made.covers[at]) for at in members]
                whole = team.needs <= set().union(*met)
                spare = any(
                    team.needs <= set().union(*(m for k, m in enumerate(met) if k != gone))
                    for gone in range(size)
                )
                if whole and not spare:
                    sets.append(members)
        found.append(sets)
    return found


def best_by_hand(made: Problem) -> tuple[float, ...]:
    wanted = {team.request for team in made.teams}
    best: tuple[float, ...] = ()
    options = possible(made)

    def try_all(i: int, taken: list[tuple[int, ...]]) -> None:
        nonlocal best
        if i == len(options):
            loads = [0] * len(made.experts)
            for at in (at for members in taken for at in members):
                loads[made.col[at]] += 1
            if any(load > places for load, places in zip(loads, made.places, strict=True)):
                return
            teams = [m for m in taken if made.requests[made.row[m[0]]] in wanted]
            best = max(
                best,
                (
                    sum(min(load, int(least)) for load, least in zip(loads, made.minimum, strict=True)),
                    len(teams) if made.objective == "score" else len(taken),
                    -sum(map(len, teams)),
                    sum(int(made.units[list(m)].sum()) * 6 // len(m) for m in taken),
                ),
            )
            return
        try_all(i + 1, taken)
        for members in options[i]:
            try_all(i + 1, [*taken, members])

    try_all(0, [])
    return best


@settings(max_examples=60, deadline=None)
@given(team_rounds())
def test_teams_are_the_best_of_all_that_can_be_formed(drawn: dict[str, Any]) -> None:
    made = problem(**drawn)
    outcome = solve(made)
    assert (outcome.method, outcome.exact, outcome.gap) == ("mip", True, 0)
    loads = outcome.loads.tolist()
    assert all(load <= places for load, places in zip(loads, made.places, strict=True))
    options = possible(made)
    taken = []
    for i in range(len(made.requests)):
        members = tuple(at for at in outcome.chosen.tolist() if made.row[at] == i)
        assert not members or members in options[i]
        taken += [members] if members else []
    wanted = {team.request for team in made.teams}
    teams = [m for m in taken if made.requests[made.row[m[0]]] in wanted]
    reached = (
        sum(min(load, int(least)) for load, least in zip(loads, made.minimum, strict=True)),
        len(teams) if made.objective == "score" else len(taken),
        -sum(map(len, teams)),
        sum(int(made.units[list(m)].sum()) * 6 // len(m) for m in taken),
    )
    assert reached == best_by_hand(made)


def test_the_smallest_team_goes_before_a_better_larger_one() -> None:
    edges = [
        Edge("t", "both", 30, ("n1", "n2")),
        Edge("t", "one", 90, ("n1",)),
        Edge("t", "two", 90, ("n2",)),
    ]
    made = problem(["t"], {"both": 1, "one": 1, "two": 1}, edges, teams=[Team("t", frozenset({"n1", "n2"}))])
    assert solve(made).teams == {"t": ("both",)}
    assert [len(members) for members in covering(made, made.teams[0])] == [1, 2]


def test_a_team_shares_the_places_with_the_requests_for_one() -> None:
    edges = [
        Edge("t", "a", 60, ("n1",)),
        Edge("t", "b", 70, ("n2",)),
        Edge("r", "a", 99),
        Edge("r", "c", 10),
    ]
    made = problem(["t", "r"], {"a": 1, "b": 1, "c": 1}, edges, teams=[Team("t", frozenset({"n1", "n2"}))])
    outcome = solve(made)
    assert outcome.teams == {"t": ("a", "b")}
    assert outcome.total == 75
    assert outcome.served == 2


def test_a_request_without_a_covering_team_says_so() -> None:
    made = problem(["t"], {"a": 1}, [Edge("t", "a", 60, ("n1",))], teams=[Team("t", frozenset({"n1", "n2"}))])
    assert [left.reason for left in assignment_of(solve(made)).unserved] == ["no_team"]


def test_above_the_size_the_outcome_says_that_it_is_not_complete() -> None:
    edges = [Edge("t", f"e{j}", 50 + j, (f"n{j % 2}",)) for j in range(8)]
    made = problem(["t"], {f"e{j}": 1 for j in range(8)}, edges, teams=[Team("t", frozenset({"n0", "n1"}))])
    cut = solve_teams(made, columns=2)
    assert (cut.complete, cut.exact, cut.gap) == (False, False, None)
    assert cut.teams == solve(made).teams == {"t": ("e6", "e7")}


def test_a_pinned_team_stands() -> None:
    edges = [Edge("t", "a", 60, ("n1",)), Edge("t", "b", 70, ("n2",)), Edge("t", "c", 99, ("n1", "n2"))]
    pins = [("t", "a"), ("t", "b")]
    wish = [Team("t", frozenset({"n1", "n2"}))]
    made = problem(["t"], {"a": 1, "b": 1, "c": 1}, edges, teams=wish, pinned=pins)
    assert solve(made).teams == {"t": ("a", "b")}


@pytest.mark.parametrize(
    "teams",
    [
        [Team("x", frozenset({"n"}))],
        [Team("t", frozenset())],
        [Team("t", frozenset({"n"}), 4)],
        [Team("t", frozenset({"n"})), Team("t", frozenset({"m"}))],
    ],
)
def test_a_team_that_cannot_be_meant_is_refused(teams: list[Team]) -> None:
    with pytest.raises(ValueError):
        problem(["t"], {"a": 1}, [], teams=teams)


def test_fair_over_teams_is_refused() -> None:
    made = problem(["t"], {"a": 1}, [], teams=[Team("t", frozenset({"n"}))], objective="fair")
    with pytest.raises(ValueError):
        solve(made)
