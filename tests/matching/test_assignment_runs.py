from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.assignment import (
    Blocked,
    Edge,
    Problem,
    Quota,
    Team,
    again,
    compare,
    figures,
    gaps,
    problem,
    solve,
    with_expert,
    with_places,
    without,
)
from marketplace.matching.assignment.compare import Change, gini
from marketplace.matching.assignment.problem import POINT
from tests.matching import rounds

few = settings(max_examples=60, deadline=None)


@few
@given(st.data(), st.sampled_from(["score", "served"]), st.sampled_from([0, 5.0, 100.0]))
def test_after_declines_the_round_is_the_best_with_the_bonus_on_what_was_published(
    data: st.DataObject, objective: str, bonus: float
) -> None:
    first = solve(rounds.build(data.draw(rounds.inputs()), objective=objective))
    pairs = [first.problem.pair(at) for at in first.chosen.tolist()]
    answers = {pair: data.draw(st.sampled_from(["accepted", "declined", "open"])) for pair in pairs}
    accepted = [pair for pair, answer in answers.items() if answer == "accepted"]
    declined = [pair for pair, answer in answers.items() if answer == "declined"]
    second = solve(again(first, accepted=accepted, declined=declined, bonus=bonus))
    assert rounds.is_possible(second)
    assert rounds.rank_of(second.problem, second.chosen.tolist()) == rounds.best_rank(second.problem)
    now = {second.problem.pair(at) for at in second.chosen.tolist()}
    assert set(accepted) <= now
    assert not set(declined) & now


def test_inertia_keeps_what_stands_unless_moving_is_worth_more() -> None:
    edges = [
        Edge("r1", "a", 50),
        Edge("r1", "b", 49),
        Edge("r2", "b", 52),
        Edge("r2", "a", 50),
        Edge("r3", "a", 60),
    ]
    first = solve(problem(["r1", "r2", "r3"], {"a": 1, "b": 1}, edges))
    assert [first.problem.pair(at) for at in first.chosen] == [("r2", "b"), ("r3", "a")]
    kept = solve(again(first, declined=[("r3", "a")]))
    assert [kept.problem.pair(at) for at in kept.chosen] == [("r1", "a"), ("r2", "b")]
    difference = compare(first, kept)
    assert difference.kept == 1
    assert difference.changed == (Change("r1", (), ("a",)), Change("r3", ("a",), ()))
    assert kept.problem.blocked == (Blocked("r3", "a", "declined", 60.0),)


def test_what_is_answered_twice_or_was_never_eligible_is_refused() -> None:
    first = solve(problem(["r1"], {"a": 1, "b": 1}, [Edge("r1", "a", 50)]))
    with pytest.raises(ValueError):
        again(first, declined=[("r1", "a")], accepted=[("r1", "a")])
    with pytest.raises(ValueError):
        again(first, accepted=[("r1", "b")])


def by_objects(
    made: Problem, *, leave: set[tuple[str, str]] = frozenset(), extra: list[Edge] | None = None
) -> Problem:
    """The same round built again from objects."""
    edges = [
        Edge(*made.pair(at), int(made.units[at]) / POINT, made.covers.get(at, ()))
        for at in range(len(made.row))
        if made.pair(at) not in leave
    ]
    capacities = dict(zip(made.experts, made.places.tolist(), strict=True))
    if extra:
        capacities[extra[0].expert] = 2
    return problem(
        made.requests, capacities, [*edges, *(extra or [])], teams=made.teams, blocked=made.blocked
    )


@few
@given(st.data())
def test_an_added_expert_and_a_taken_pair_give_the_round_built_anew(data: st.DataObject) -> None:
    drawn = data.draw(rounds.inputs())
    edges = [Edge(e.request, e.expert, e.score, ("n",)) for e in drawn["edges"]]
    teams = [Team("r0", frozenset({"n"}))] if data.draw(st.booleans()) else []
    made = problem(drawn["requests"], drawn["capacities"], edges, teams=teams)
    some = data.draw(st.sets(st.sampled_from(drawn["requests"])))
    added = with_expert(made, "zz", 2, dict.fromkeys(some, 40.5), ("m",))
    extra = [Edge(request, "zz", 40.5, ("m",)) for request in some]
    expected = by_objects(made, extra=extra) if some else None
    assert expected is None or added.digest == expected.digest
    if edges:
        gone = data.draw(st.sampled_from(edges))
        left = without(made, {(gone.request, gone.expert): "kin"})
        blocked = [Blocked(gone.request, gone.expert, "kin", gone.score)]
        built = problem(drawn["requests"], drawn["capacities"], edges, teams=teams, blocked=blocked)
        assert left.digest == built.digest


def test_changes_that_cannot_be_meant_are_refused() -> None:
    made = problem(["r"], {"b": 1}, [Edge("r", "b", 5)])
    with pytest.raises(ValueError):
        with_expert(made, "a", 1, {"r": 5})
    with pytest.raises(ValueError):
        with_places(made, {"b": -1})


def test_two_more_platers_in_the_south_would_serve_three_more_firms() -> None:
    """Four firms want plating in 48; one place there serves one of them, and each added expert two."""
    requests = ["r1", "r2", "r3", "r4", "r5"]
    edges = [Edge(f"r{k}", "a", 65 - k) for k in (1, 2, 3, 4)] + [Edge("r5", "b", 30)]
    outcome = solve(problem(requests, {"a": 1, "b": 1}, edges))
    needs = {request: ["plating"] for request in requests[:4]} | {"r5": ["welding", "plating"]}
    regions = dict.fromkeys(requests[:4], "48") | {"r5": "11"}
    found = gaps(outcome, needs, regions, under=40)
    assert [(gap.term, gap.region) for gap in found] == [
        ("plating", "48"),
        ("plating", "11"),
        ("welding", "11"),
    ]
    plating = found[0]
    assert (plating.requests, plating.unserved, plating.weak) == (4, ("r2", "r3", "r4"), ())
    assert (plating.more, plating.experts, plating.firms) == ((2, 3), 2, 3)
    assert plating.sentence == "plating × 48: 전문가가 2명 더 있으면 기업 3곳을 더 지원할 수 있습니다."
    assert found[1].weak == ("r5",)
    assert (found[1].more, found[1].firms) == ((1,), 1)
    assert found[0].to_json()["experts"] == 2


def test_an_added_expert_who_frees_a_place_serves_a_firm_elsewhere() -> None:
    edges = [Edge("r1", "a", 60), Edge("r2", "a", 50)]
    outcome = solve(problem(["r1", "r2"], {"a": 1}, edges))
    needs, regions = {"r1": ["x"], "r2": ["x"]}, {"r1": "48", "r2": "11"}
    (gap,) = gaps(outcome, needs, regions)
    assert (gap.region, gap.unserved, gap.more) == ("11", ("r2",), (1,))


def test_a_gap_that_no_added_expert_closes_promises_nothing() -> None:
    made = problem(["r1"], {"a": 1}, [Edge("r1", "a", 60)], quotas=[Quota("48", 0, frozenset({"r1"}))])
    (gap,) = gaps(solve(made), {"r1": ["x"]}, {"r1": "48"})
    assert (gap.experts, gap.firms) == (0, 0)


def test_two_runs_are_compared_by_numbers_regions_employers_and_pairs() -> None:
    edges = [Edge("r1", "a", 80), Edge("r1", "b", 70), Edge("r2", "a", 60), Edge("r3", "c", 40)]
    capacities = {"a": 1, "b": 1, "c": 1, "d": 1}
    score = solve(problem(["r1", "r2", "r3"], {**capacities, "b": 0}, edges))
    served = solve(problem(["r1", "r2", "r3"], capacities, edges, objective="served"))
    found = compare(
        score,
        served,
        regions={"r1": "48", "r2": "48"},
        employers={"a": "삼성전자", "b": "삼성전자"},
        shown=([["a", "b"]], [["a", "b"], ["c"]]),
    )
    before, after = found.before, found.after
    assert (before.served, before.total, before.mean, before.worst) == (2, 120.0, 60.0, 40.0)
    assert (after.served, after.total, after.worst) == (3, 170.0, 40.0)
    assert (before.never_shown, after.never_shown) == (0.5, 0.25)
    assert (before.regions, after.regions) == ({"": (1, 1), "48": (2, 1)}, {"": (1, 1), "48": (2, 2)})
    assert after.employers == {"": (2, 1), "삼성전자": (2, 2)}
    assert after.loads == {"a": 1, "b": 1, "c": 1}
    assert (found.kept, [change.request for change in found.changed]) == (1, ["r1", "r2"])
    assert found.to_json()["changed"][1] == {"request": "r2", "before": (), "after": ("a",)}


def test_a_run_that_serves_nobody_has_no_mean() -> None:
    empty = figures(solve(problem([], {}, [])))
    assert (empty.served, empty.total, empty.mean, empty.worst, empty.gini) == (0, 0, None, None, 0.0)
    assert empty.never_shown is None


def test_the_gini_of_loads() -> None:
    loads = solve(problem(["r"], {"a": 1, "b": 1}, [Edge("r", "a", 1)])).loads
    assert gini(loads) == pytest.approx(0.5)
    assert gini(loads[:1]) == 0
