"""The back-test calls weights better only when held-out decisions say so surely."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.matching.backtest import VERDICT_TEXT, BackTest, Figure, back_test, figures_of, held_out
from marketplace.matching.decisions import Decision, Option
from marketplace.matching.weights import PRIOR_WEIGHTS, checked
from tests.matching.learning.decided import BEGIN, TRUE, drawn

PRIOR = checked(PRIOR_WEIGHTS)


def test_weights_that_serve_better_on_later_decisions_are_called_better():
    found = back_test(drawn(600, TRUE), PRIOR)
    assert found.verdict == "better"
    assert found.accuracy.learned > found.accuracy.prior
    assert 0 < found.accuracy.low <= found.accuracy.difference <= found.accuracy.high
    assert found.ndcg.low > 0


@pytest.mark.parametrize("seed", range(6))
def test_noise_is_never_called_better(seed):
    assert back_test(drawn(300, None, seed=seed), PRIOR).verdict == "not_better"


@pytest.mark.parametrize("seed", range(6))
def test_decisions_that_follow_the_present_weights_leave_them(seed):
    assert not back_test(drawn(300, PRIOR, seed=seed), PRIOR).better


@pytest.mark.parametrize("count", [0, 1, 2, 30, 80])
def test_few_decisions_are_never_enough(count):
    found = back_test(drawn(count, TRUE), PRIOR)
    assert found.verdict == "too_few"
    assert "유지" in VERDICT_TEXT[found.verdict]


def test_later_decisions_and_their_firms_are_held_out_of_training():
    decisions = [replace(d, firm=f"firm {n % 50}") for n, d in enumerate(drawn(100, TRUE))]
    train, held = held_out(decisions)
    assert not {d.firm for d in train} & {d.firm for d in held}
    train, held = held_out(drawn(100, TRUE))
    assert len(held) == 34
    assert max(d.at for d in train) < min(d.at for d in held)


def test_decisions_of_one_moment_are_not_parted():
    decisions = [replace(d, at=BEGIN + timedelta(days=n // 20)) for n, d in enumerate(drawn(100, TRUE))]
    train, held = held_out(decisions)
    assert not {d.at for d in train} & {d.at for d in held}


def test_the_same_decisions_give_the_same_figures_in_any_order():
    decisions = drawn(200, TRUE)
    assert back_test(decisions[::-1], PRIOR) == back_test(decisions, PRIOR)


def test_a_firm_counts_once_however_often_it_was_decided_for():
    decisions = drawn(300, TRUE)
    last = decisions[-1]
    more = [replace(last, key=f"x{n}") for n in range(200)]
    plain, crowded = back_test(decisions, PRIOR), back_test([*decisions, *more], PRIOR)
    assert crowded.firms <= plain.firms


@pytest.mark.parametrize(
    ("low", "other", "verdict"),
    [(0.01, 0.01, "better"), (0.0, 0.01, "not_better"), (0.01, -0.1, "not_better")],
)
def test_both_intervals_must_lie_above_nought(low, other, verdict):
    accuracy, gain = (Figure(0.5, 0.6, 0.1, least, 0.2) for least in (low, other))
    assert BackTest("2026-01-01", 100, 40, 30, accuracy, gain).verdict == verdict
    assert BackTest("2026-01-01", 100, 40, 19, accuracy, gain).verdict == "too_few"


def test_figures_of_one_list_are_what_they_say():
    def option(name, words):
        return Option(name, {"words": words})

    decision = Decision("1", "f", BEGIN, option("b", 0.5), (option("a", 0.5), option("c", 0.1)))
    accuracy, gain = figures_of(decision, PRIOR)
    assert accuracy == 0.75  # one tie, one right
    assert gain == pytest.approx(0.6309, abs=1e-4)  # second place, for a tie goes by the key
