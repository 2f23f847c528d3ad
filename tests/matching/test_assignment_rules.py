from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.assignment import (
    Blocked,
    Edge,
    Quota,
    crossing,
    most_served,
    problem,
    problem_of_arrays,
    solve,
)
from marketplace.matching.assignment.market import model_of
from tests.matching import rounds

OBJECTIVES = st.sampled_from(["score", "served"])
few = settings(max_examples=60, deadline=None)


@few
@given(st.data(), OBJECTIVES)
def test_the_flow_finds_the_best_of_all_assignments_and_its_prices_prove_it(
    data: st.DataObject, objective: str
) -> None:
    drawn = data.draw(rounds.inputs())
    outcome = solve(rounds.build(drawn, objective=objective))
    assert rounds.is_possible(outcome)
    assert rounds.rank_of(outcome.problem, outcome.chosen.tolist()) == rounds.best_rank(outcome.problem)
    assert (outcome.method, outcome.exact, outcome.gap) == ("flow", True, 0)


@few
@given(st.data(), OBJECTIVES)
def test_nested_quotas_and_minimums_are_kept_at_the_best(data: st.DataObject, objective: str) -> None:
    drawn = data.draw(rounds.inputs())
    side = data.draw(st.sampled_from(["requests", "experts"]))
    quotas = data.draw(rounds.quotas(drawn, (side,)))
    minimum = {expert: data.draw(st.integers(0, 2)) for expert in drawn["capacities"]}
    outcome = solve(rounds.build(drawn, objective=objective, quotas=quotas, minimum=minimum))
    assert rounds.is_possible(outcome)
    assert rounds.rank_of(outcome.problem, outcome.chosen.tolist()) == rounds.best_rank(outcome.problem)
    assert outcome.exact
    assert {s.expert: s.got for s in outcome.short} == {
        expert: int(load)
        for expert, load in zip(outcome.problem.experts, outcome.loads, strict=True)
        if load < minimum[expert]
    }


@few
@given(st.data(), OBJECTIVES)
def test_crossing_quotas_are_solved_exactly_when_the_round_is_small(
    data: st.DataObject, objective: str
) -> None:
    drawn = data.draw(rounds.inputs())
    quotas = data.draw(rounds.quotas(drawn, ("requests", "experts", "both")))
    minimum = {expert: data.draw(st.integers(0, 2)) for expert in drawn["capacities"]}
    outcome = solve(rounds.build(drawn, objective=objective, quotas=quotas, minimum=minimum))
    assert rounds.is_possible(outcome)
    assert rounds.rank_of(outcome.problem, outcome.chosen.tolist()) == rounds.best_rank(outcome.problem)
    assert outcome.exact


@few
@given(st.data(), OBJECTIVES)
def test_prices_on_crossing_quotas_keep_them_and_never_claim_too_much(
    data: st.DataObject, objective: str
) -> None:
    drawn = data.draw(rounds.inputs())
    quotas = data.draw(rounds.quotas(drawn, ("requests", "experts", "both")))
    made = rounds.build(drawn, objective=objective, quotas=quotas)
    outcome, best = solve(made, exact_pairs=-1), rounds.best_rank(made)
    assert rounds.is_possible(outcome)
    reached = rounds.rank_of(made, outcome.chosen.tolist())
    assert reached <= best
    if outcome.method == "lagrange":
        limit = max(int(outcome.scale.gain[chosen].sum()) if chosen else 0 for chosen in rounds.every(made))
        assert outcome.value <= limit <= outcome.bound
    if outcome.exact:
        assert reached == best


def test_a_large_round_with_crossing_quotas_says_how_much_is_left_open() -> None:
    draw = np.random.default_rng(3)
    requests, experts = [f"r{i:03}" for i in range(300)], [f"e{j:03}" for j in range(200)]
    edges = [
        Edge(r, experts[j], round(float(draw.uniform(20, 95)), 2))
        for r in requests
        for j in draw.choice(200, 12, replace=False)
    ]
    quotas = [
        Quota(f"q{k}{part}", 14, frozenset(requests[k::5]), frozenset(experts[part::3]))
        for k in range(5)
        for part in range(3)
    ]
    made = problem(requests, dict.fromkeys(experts, 2), edges, quotas=quotas)
    priced, exact = solve(made, exact_pairs=0), solve(made)
    assert (priced.method, exact.method) == ("lagrange", "mip")
    assert rounds.is_possible(priced)
    assert exact.exact
    assert priced.value <= exact.value <= priced.bound
    assert priced.gap is not None
    assert 0 <= priced.gap < 0.02


def test_quotas_that_do_not_cut_through_each_other_stay_nodes_of_the_flow() -> None:
    edges = [Edge(f"r{i}", "a", 50) for i in range(4)]
    nested = [
        Quota("all", 3, frozenset({"r0", "r1", "r2", "r3"})),
        Quota("two", 1, frozenset({"r0", "r1"})),
        Quota("other", 1, frozenset({"r2", "r3"})),
    ]
    made = problem(["r0", "r1", "r2", "r3"], {"a": 4}, edges, quotas=nested)
    assert [q.key for q in model_of(made).nested] == ["all", "other", "two"]
    assert solve(made).served == 2
    cutting = problem(
        ["r0", "r1", "r2", "r3"], {"a": 4}, edges, quotas=[*nested, Quota("x", 1, frozenset({"r1", "r2"}))]
    )
    assert [q.key for q in model_of(cutting).crossing] == ["x"]
    assert solve(cutting).method == "mip"


@few
@given(st.data(), OBJECTIVES)
def test_pinned_pairs_stand_and_the_rest_is_the_best_around_them(data: st.DataObject, objective: str) -> None:
    drawn = data.draw(rounds.inputs())
    free = rounds.build(drawn)
    if not len(free.row):
        return
    some = data.draw(st.sampled_from(list(rounds.every(free))))
    pins = [free.pair(at) for at in some if data.draw(st.booleans())]
    outcome = solve(rounds.build(drawn, objective=objective, pinned=pins))
    assert rounds.is_possible(outcome)
    assert rounds.rank_of(outcome.problem, outcome.chosen.tolist()) == rounds.best_rank(outcome.problem)


@few
@given(st.data())
def test_fair_keeps_its_share_then_the_worst_pair_then_the_total(data: st.DataObject) -> None:
    drawn = data.draw(rounds.inputs())
    keep = data.draw(st.sampled_from([0.5, 0.75, 0.98, 1]))
    outcome = solve(rounds.build(drawn, objective="fair", keep=keep))
    made, lists = outcome.problem, list(rounds.every(outcome.problem))
    most = max(map(len, lists))
    assert most_served(made) == most
    enough = [chosen for chosen in lists if len(chosen) >= keep * most]

    def rank(chosen: list[int]) -> tuple[float, int, int]:
        worst = min((int(made.units[at]) for at in chosen), default=0)
        return worst, rounds.worth(made, chosen), len(chosen)

    assert outcome.served >= keep * most
    assert rank(outcome.chosen.tolist()) == max(map(rank, enough))
    if most:
        assert outcome.floor == rank(outcome.chosen.tolist())[0]


@few
@given(st.data())
def test_slack_is_complementary_nothing_unused_has_a_price(data: st.DataObject) -> None:
    outcome = solve(rounds.build(data.draw(rounds.inputs(8, 6))))
    market = outcome.prices
    reduced, flow, room = market.network.reduced(market.potentials), market.solved, market.network.room
    assert (reduced[(flow > 0) & (flow < room)] == 0).all()
    assert (reduced[(flow == 0) & (room > 0)] >= 0).all()
    assert (reduced[(flow == room) & (room > 0)] <= 0).all()
    assert outcome.bound == outcome.value


@few
@given(st.data(), st.integers(0, 99))
def test_a_round_replays_to_the_same_hash_in_whatever_order_it_is_given(
    data: st.DataObject, seed: int
) -> None:
    drawn = data.draw(rounds.inputs(8, 6))
    objective = data.draw(st.sampled_from(["score", "served", "fair"]))
    quotas = data.draw(rounds.quotas(drawn, ("requests", "experts")))
    mix = random.Random(seed)
    mixed = {
        "requests": mix.sample(drawn["requests"], len(drawn["requests"])),
        "capacities": dict(mix.sample(list(drawn["capacities"].items()), len(drawn["capacities"]))),
        "edges": mix.sample(drawn["edges"], len(drawn["edges"])),
    }
    one = rounds.build(drawn, objective=objective, quotas=quotas)
    other = rounds.build(mixed, objective=objective, quotas=quotas[::-1])
    assert one.digest == other.digest
    assert solve(one).digest == solve(one).digest == solve(other).digest


def test_another_score_gives_another_hash() -> None:
    one, other = (problem(["r"], {"a": 1}, [Edge("r", "a", score)]) for score in (50, 50.01))
    assert one.digest != other.digest
    assert solve(one).digest != solve(other).digest


def test_a_minimum_that_cannot_be_met_is_reported_and_a_met_one_moves_a_request() -> None:
    edges = [Edge("r1", "a", 90), Edge("r1", "b", 20), Edge("r2", "a", 80)]
    outcome = solve(problem(["r1", "r2"], {"a": 2, "b": 2}, edges, minimum={"b": 2}))
    assert [outcome.problem.pair(at) for at in outcome.chosen] == [("r1", "b"), ("r2", "a")]
    assert [(s.expert, s.wanted, s.got) for s in outcome.short] == [("b", 2, 1)]


def test_a_maximum_overrides_the_capacity() -> None:
    edges = [Edge("r1", "a", 90), Edge("r2", "a", 80)]
    assert solve(problem(["r1", "r2"], {"a": 2}, edges, maximum={"a": 1})).served == 1


def test_a_blocked_pair_is_never_chosen_and_its_rule_is_counted() -> None:
    edges = [Edge("r1", "a", 90)]
    made = problem(["r1"], {"a": 1}, edges, blocked=[Blocked("r1", "a", "kin", 90)])
    assert solve(made).served == 0


def test_the_best_seen_so_far_of_a_programme_carries_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossing, "NODES", 1)
    edges = [Edge(f"r{i}", f"e{j}", 10 + (7 * i + 3 * j) % 11) for i in range(6) for j in range(4)]
    quotas = [
        Quota(f"q{k}", 1, frozenset({f"r{k}", f"r{k + 1}"}), frozenset({"e0", f"e{k % 4}"})) for k in range(5)
    ]
    outcome = solve(
        problem([f"r{i}" for i in range(6)], {f"e{j}": 2 for j in range(4)}, edges, quotas=quotas)
    )
    assert outcome.bound >= outcome.value
    assert rounds.is_possible(outcome)


@pytest.mark.parametrize(
    "more",
    [
        {"objective": "other"},
        {"keep": 0},
        {"bonus": -1},
        {"minimum": {"x": 1}},
        {"maximum": {"x": 1}},
        {"minimum": {"a": -1}},
        {"pinned": [("r1", "b")]},
        {"pinned": [("r1", "a"), ("r1", "c")]},
        {"quotas": [Quota("q", -1)]},
        {"quotas": [Quota("q", 1), Quota("q", 2)]},
    ],
)
def test_rules_that_cannot_be_meant_are_refused(more: dict[str, object]) -> None:
    edges = [Edge("r1", "a", 50), Edge("r1", "c", 50)]
    with pytest.raises(ValueError):
        problem(["r1"], {"a": 1, "b": 1, "c": 1}, edges, **more)  # type: ignore[arg-type]


def test_arrays_are_checked_as_objects_are() -> None:
    with pytest.raises(ValueError):
        problem_of_arrays(["r"], ["a"], [1], [-1], [0], [50])
    with pytest.raises(ValueError):
        problem_of_arrays(["r"], ["a"], [1], [0, 0], [0, 0], [50, 60])


def test_scores_too_fine_for_so_large_a_round_are_refused_and_not_rounded() -> None:
    n = 30_000
    draw = np.random.default_rng(1)
    with pytest.raises(ValueError, match="finely"):
        solve(
            problem_of_arrays(
                [f"r{i:05}" for i in range(n)],
                [f"e{i:05}" for i in range(n)],
                np.ones(n),
                np.arange(n),
                np.arange(n),
                draw.integers(0, 1_000_000, n) / 10_000,
                minimum=np.ones(n),
            )
        )
