from __future__ import annotations

from math import log2

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from marketplace.matching.evaluation import (
    FIGURES,
    RESAMPLES,
    SEED,
    compare,
    evaluate,
    intervals,
    ndcg,
    recall_of_best,
    reciprocal_rank,
)
from marketplace.matching.profiles import Need, RequestProfile
from marketplace.matching.slices import facets
from marketplace.taxonomy.vocabulary import packaged_vocabulary

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


def test_an_interval_holds_the_middle_95_hundredths_of_the_resampled_means() -> None:
    # two requests, 0 and 1: a resampled mean is 0, 1/2, 1 with chances 1/4, 1/2, 1/4
    assert intervals(np.array([[0.0], [1.0]])) == [[0.0, 1.0]]
    # forty, one of which is 1: the number of ones is binomial(40, 1/40), of which 2.5 % to 97.5 % is 0 to 3
    values = np.zeros((40, 1))
    values[7] = 1.0
    expected = scipy.stats.binom.ppf([0.025, 0.975], 40, 1 / 40) / 40
    assert intervals(values) == [pytest.approx(expected)]


def test_intervals_equal_those_drawn_one_resample_at_a_time() -> None:
    values = np.random.default_rng(1).random((9, 2))
    draw = np.random.default_rng(SEED)
    rows = draw.integers(9, size=(RESAMPLES, 9))
    means = np.array([values[row].mean(axis=0) for row in rows])
    expected = np.percentile(means, [2.5, 97.5], axis=0).T
    assert intervals(values) == [pytest.approx(expected[0]), pytest.approx(expected[1])]


def test_intervals_agree_with_the_bootstrap_of_scipy() -> None:
    values = np.random.default_rng(2).random(60)
    drawn = scipy.stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=3)
    expected = [drawn.confidence_interval.low, drawn.confidence_interval.high]
    assert intervals(values[:, None]) == [pytest.approx(expected, abs=0.005)]


def test_many_requests_are_drawn_in_blocks_and_the_same_every_time() -> None:
    values = np.random.default_rng(4).random((6_000, 1))
    first = intervals(values)
    assert first == intervals(values)
    low, high = first[0] or (0, 0)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 6_000**0.5, rel=0.1)


def test_one_request_has_no_interval() -> None:
    result = evaluate({"r1": ["a"]}, {"r1": {"a": 1}})
    assert result["intervals"] == dict.fromkeys(FIGURES)
    assert evaluate({}, {})["intervals"] == dict.fromkeys(FIGURES)


def test_slices_hold_the_means_of_their_own_requests() -> None:
    judged = {"r1": {"a": 3}, "r2": {"a": 3}, "r3": {"b": 3}, "r4": {"a": 0}}
    lists = {key: ["a", "b"] for key in judged}
    classes = {
        "r1": {"needs": "given", "industry": "C25"},
        "r2": {"needs": "empty", "industry": "C10"},
        "r3": {"needs": "empty", "industry": "C25"},
        "r4": {"needs": "given", "industry": "C99"},  # nobody is relevant: not judged
    }
    parts = evaluate(lists, judged, classes)["slices"]
    told = [(part["slice"], part["class"], part["n"], part["recall@1"]) for part in parts]
    assert told == [
        ("needs", "empty", 2, 0.5),
        ("needs", "given", 1, 1.0),
        ("industry", "C10", 1, 1.0),
        ("industry", "C25", 2, 0.5),
    ]
    assert parts[0]["mrr"] == pytest.approx(0.75)
    assert parts[0]["ndcg@10"] == pytest.approx((1 + 1 / log2(3)) / 2)
    assert parts[0]["intervals"]["recall@1"] == [0.0, 1.0]


def test_two_rankings_are_compared_by_pairs() -> None:
    judged = {f"r{i}": {"a": 1} for i in range(4)}
    first = {"r0": ["a"], "r1": ["b", "a"], "r2": ["a"], "r3": ["b", "c", "a"]}
    second = {"r0": ["b", "a"], "r1": ["a"], "r2": ["a"]}  # leaves r3 out, which counts as 0
    result = compare(first, second, judged)
    fall = 1 - 1 / log2(3)
    differences = [row["difference"] for row in result["requests"]]
    assert differences == pytest.approx([fall, -fall, 0, 1 / 2])
    assert (result["wins"], result["ties"], result["losses"], result["n_requests"]) == (2, 1, 1, 4)
    assert result["difference"] == pytest.approx(1 / 8)
    assert result["mean"] - result["mean_against"] == pytest.approx(1 / 8)
    assert result["interval"] == intervals(np.array(differences)[:, None])[0]


def test_pairing_finds_a_small_steady_gain_that_the_two_intervals_hide() -> None:
    grades = {"a": 3, "b": 2}
    easy, hard = ["a", "b"], ["x", "y", "z", "a", "b"]
    judged = {f"r{i}": grades for i in range(20)}
    first = {f"r{i}": easy if i % 2 else hard for i in range(20)}
    second = {f"r{i}": ["b", "a"] if i % 2 else ["x", "y", "z", "b", "a"] for i in range(20)}
    apart = compare(first, second, judged)
    ours = evaluate(first, judged)["intervals"]["ndcg@10"]
    theirs = evaluate(second, judged)["intervals"]["ndcg@10"]
    assert ours[0] < theirs[1]
    assert apart["interval"][0] > 0


def test_comparing_nothing_gives_zeros() -> None:
    result = compare({}, {}, {})
    assert (result["difference"], result["interval"], result["wins"]) == (0.0, None, 0)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (RequestProfile("r", title="MES 구축"), "method"),
        (RequestProfile("r", problem="스마트 공장을 하고 싶은데 생산 계획이 없습니다."), "method"),
        (RequestProfile("r", problem="PM이 필요합니다."), "symptom"),  # a bare acronym of two meanings
        (
            RequestProfile("r", problem="자꾸 물건이 늦게 나갑니다.", needs=(Need("SYS-01", "MES"),)),
            "symptom",
        ),
        (RequestProfile("r"), "symptom"),
    ],
)
def test_a_request_names_a_method_only_when_its_text_does_so_beyond_doubt(
    request_: RequestProfile, expected: str
) -> None:
    assert facets([request_], packaged_vocabulary())["r"]["wording"] == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, "short"), (119, "short"), (120, "medium"), (199, "medium"), (200, "long")],
)
def test_the_length_of_a_problem_has_three_classes(size: int, expected: str) -> None:
    found = facets([RequestProfile("r", problem="가" * size)], packaged_vocabulary())["r"]
    assert (found["length"], found["needs"], found["industry"]) == (expected, "empty", "unknown")
