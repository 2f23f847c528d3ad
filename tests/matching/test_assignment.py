from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from marketplace.matching.assignment import UNSERVED_TEXT, Assignment, Edge, assign, free_places
from marketplace.matching.profiles import ExpertProfile, Period, RequestProfile
from marketplace.matching.rules import Gates

Instance = tuple[list[str], dict[str, int], list[Edge]]


@st.composite
def rounds(draw: st.DrawFn) -> Instance:
    requests = [f"r{i}" for i in range(draw(st.integers(1, 8)))]
    experts = {f"e{j}": draw(st.integers(0, 3)) for j in range(draw(st.integers(1, 6)))}
    edges = [
        Edge(r, e, draw(st.integers(0, 10_000)) / 100)
        for r in requests
        for e in experts
        if draw(st.booleans())
    ]
    return requests, experts, edges


def optimum(instance: Instance, bonus: float) -> tuple[int, float]:
    """(served, total) by scipy: expert columns repeated by capacity, one empty column per request."""
    requests, capacities, edges = instance
    columns = [expert for expert, places in capacities.items() for _ in range(places)]
    gain = np.full((len(requests), len(columns)), -1e9)
    score = {(e.request, e.expert): e.score for e in edges}
    for i, request in enumerate(requests):
        for j, expert in enumerate(columns):
            if (request, expert) in score:
                gain[i, j] = score[request, expert] + bonus
    gain = np.hstack([gain, np.zeros((len(requests), len(requests)))])
    rows, chosen = linear_sum_assignment(gain, maximize=True)
    served = [(requests[i], columns[j]) for i, j in zip(rows, chosen, strict=True) if j < len(columns)]
    return len(served), sum(score[pair] for pair in served)


def check_feasible(instance: Instance, result: Assignment) -> None:
    requests, capacities, edges = instance
    assert set(result.pairs) <= set(edges)
    assert len({pair.request for pair in result.pairs}) == len(result.pairs)
    for expert, places in capacities.items():
        assert sum(pair.expert == expert for pair in result.pairs) <= places
    served = {pair.request for pair in result.pairs}
    assert served | {left.request for left in result.unserved} == set(requests)
    assert len(served) + len(result.unserved) == len(requests)
    assert all(left.reason in UNSERVED_TEXT for left in result.unserved)


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_the_best_total_equals_that_of_linear_sum_assignment(instance: Instance) -> None:
    result = assign(*instance)
    check_feasible(instance, result)
    assert float(result.total) == pytest.approx(optimum(instance, 0)[1], abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_the_most_served_equals_that_of_linear_sum_assignment(instance: Instance) -> None:
    result = assign(*instance, objective="served")
    check_feasible(instance, result)
    served, total = optimum(instance, 10_000)
    assert len(result.pairs) == served
    assert float(result.total) == pytest.approx(total, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(rounds(), st.integers(0, 9))
def test_the_order_of_the_input_changes_nothing(instance: Instance, seed: int) -> None:
    requests, capacities, edges = instance
    shuffled = random.Random(seed)
    mixed = (
        shuffled.sample(requests, len(requests)),
        dict(shuffled.sample(list(capacities.items()), len(capacities))),
        shuffled.sample(edges, len(edges)),
    )
    assert assign(*mixed) == assign(*instance)


def test_greedy_would_lose_and_the_flow_does_not() -> None:
    edges = [Edge("r1", "a", 90), Edge("r1", "b", 85), Edge("r2", "a", 88), Edge("r2", "b", 10)]
    result = assign(["r1", "r2"], {"a": 1, "b": 1}, edges)
    assert {(p.request, p.expert) for p in result.pairs} == {("r1", "b"), ("r2", "a")}
    assert result.total == Decimal("173")


def test_the_two_objectives_part_where_one_strong_pair_blocks_two() -> None:
    edges = [Edge("r1", "a", 100), Edge("r2", "a", 10), Edge("r1", "b", 5)]
    capacities = {"a": 1, "b": 1}
    assert assign(["r1", "r2"], capacities, edges).total == Decimal("100")
    both = assign(["r1", "r2"], capacities, edges, objective="served")
    assert len(both.pairs) == 2
    assert both.total == Decimal("15")


def test_a_request_that_rules_bar_from_everyone_names_the_rules() -> None:
    result = assign(["r1"], {"a": 1}, [], excluded={"r1": {"region": 1}})
    assert [(u.reason, u.rules) for u in result.unserved] == [("no_candidate", {"region": 1})]
    assert "제외" in result.unserved[0].sentence


def test_a_request_without_any_expert_to_rank_says_so() -> None:
    assert assign(["r1"], {}, []).unserved[0].reason == "no_expert"


def test_a_request_that_lost_its_expert_names_who_holds_the_place() -> None:
    result = assign(["r1", "r2"], {"a": 1}, [Edge("r1", "a", 50), Edge("r2", "a", 60)])
    left = result.unserved[0]
    assert (left.request, left.reason, left.taken) == ("r1", "all_taken", {"a": ("r2",)})


def test_a_request_whose_experts_have_no_places_at_all_says_so() -> None:
    assert assign(["r1"], {"a": 0}, [Edge("r1", "a", 50)]).unserved[0].reason == "no_places"


def test_a_pair_that_scores_nothing_is_still_served_when_it_costs_nothing() -> None:
    assert len(assign(["r1"], {"a": 1}, [Edge("r1", "a", 0)]).pairs) == 1


@pytest.mark.parametrize(
    ("requests", "capacities", "edges"),
    [
        (["r1"], {"a": 1}, [Edge("r2", "a", 1)]),
        (["r1"], {"a": 1}, [Edge("r1", "b", 1)]),
        (["r1"], {"a": 1}, [Edge("r1", "a", 101)]),
        (["r1"], {"a": 1}, [Edge("r1", "a", -1)]),
        (["r1"], {"a": 1}, [Edge("r1", "a", 1), Edge("r1", "a", 2)]),
        (["r1"], {"a": -1}, []),
        (["r1", "r1"], {"a": 1}, []),
    ],
)
def test_input_that_cannot_be_meant_is_refused(
    requests: list[str], capacities: dict[str, int], edges: list[Edge]
) -> None:
    with pytest.raises(ValueError):
        assign(requests, capacities, edges)


def test_free_places_leave_out_what_is_held_anywhere_in_the_round() -> None:
    held = Period(date(2027, 5, 1), date(2027, 6, 1))
    expert = ExpertProfile("a", capacity=2, commitments=(held,))
    requests = [
        RequestProfile("r1", start_on=date(2027, 3, 1)),
        RequestProfile("r2", start_on=date(2027, 5, 10)),
    ]
    assert free_places([expert], requests) == {"a": 1}
    assert free_places([expert], requests[:1]) == {"a": 1}
    assert free_places([expert], requests, Gates.none()) == {"a": 2}
