from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from marketplace.matching.evaluation import evaluate, ndcg, recall_of_best, reciprocal_rank

GRADES = {"a": 3, "b": 1, "c": 2}


def test_ndcg_equals_a_value_computed_by_hand() -> None:
    # ranked b, x, a: gains 1, 0, 7; ideal a, c, b: gains 7, 3, 1
    expected = (1 + 7 / log2(4)) / (7 + 3 / log2(3) + 1 / log2(4))
    assert ndcg(["b", "x", "a"], GRADES, 10) == pytest.approx(expected)


def test_ndcg_cuts_the_list_and_the_ideal_at_k() -> None:
    assert ndcg(["b", "a"], GRADES, 1) == pytest.approx(1 / 7)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.integers(1, 12), st.randoms())
def test_ndcg_equals_that_of_scikit_learn(grades: list[int], k: int, random: object) -> None:
    keys = [f"e{i}" for i in range(len(grades))]
    order = list(range(len(grades)))
    random.shuffle(order)  # type: ignore[attr-defined]
    scores = np.empty(len(grades))
    scores[order] = np.arange(len(grades), 0, -1)
    expected = ndcg_score([2.0 ** np.array(grades) - 1], [scores], k=k)
    judged = dict(zip(keys, grades, strict=True))
    assert ndcg([keys[i] for i in order], judged, k) == pytest.approx(expected)


def test_recall_counts_any_one_of_the_best_graded() -> None:
    grades = {"a": 2, "b": 2, "c": 1}
    assert recall_of_best(["c", "b"], grades, 1) == 0
    assert recall_of_best(["c", "b"], grades, 2) == 1


def test_reciprocal_rank_is_that_of_the_first_best_graded() -> None:
    assert reciprocal_rank(["c", "b", "a"], {"a": 2, "b": 2, "c": 1}) == pytest.approx(1 / 2)
    assert reciprocal_rank(["c"], {"a": 2, "c": 1}) == 0


def test_means_are_over_the_requests_that_have_a_relevant_expert() -> None:
    judged = {"r1": {"a": 3}, "r2": {"b": 1}, "r3": {"a": 0}}
    result = evaluate({"r1": ["a", "b"], "r2": ["a", "b"], "r3": ["a"]}, judged)
    assert result["n_requests"] == 2
    assert result["recall@1"] == pytest.approx(0.5)
    assert result["mrr"] == pytest.approx(0.75)
    assert result["ndcg@5"] == pytest.approx((1 + 1 / log2(3)) / 2)
    assert [row["reference"] for row in result["requests"]] == ["r1", "r2"]


def test_a_judged_request_without_a_ranking_counts_as_zero() -> None:
    result = evaluate({"r1": ["a"]}, {"r1": {"a": 1}, "r2": {"a": 1}})
    assert result["ndcg@10"] == pytest.approx(0.5)


def test_nothing_judged_gives_zeros() -> None:
    assert evaluate({}, {})["n_requests"] == 0
    assert evaluate({}, {})["ndcg@10"] == 0.0
