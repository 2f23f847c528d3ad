"""What the learner of weights finds, and what it leaves alone."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from marketplace.matching.decisions import Option, Source, comparable, data_digest, pairs_of, values_of
from marketplace.matching.learning import PENALTIES, PairwiseWeights, fit_to, learned_weights, windows
from marketplace.matching.weights import PRIOR_WEIGHTS, checked
from tests.matching.learning.decided import TRUE, distance, drawn

PRIOR = checked(PRIOR_WEIGHTS)
CODES = list(PRIOR)


def learner(**given):
    return PairwiseWeights(list(PRIOR.values()), **given)


def test_all_estimator_checks_pass():
    check_estimator(PairwiseWeights())


def test_a_clone_has_the_same_parameters_and_nothing_learned():
    fitted = fit_to(pairs_of(drawn(60, TRUE)), learner(folds=4))
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "weights_")


def test_known_weights_are_recovered_from_decisions():
    found = learned_weights(drawn(600, TRUE), PRIOR)
    assert distance(found, TRUE) < 0.25 * distance(PRIOR, TRUE)


def test_more_decisions_bring_the_weights_nearer():
    far = [distance(learned_weights(drawn(count, TRUE), PRIOR), TRUE) for count in (60, 300, 1500)]
    assert far == sorted(far, reverse=True)


@pytest.mark.parametrize("seed", range(6))
def test_the_prior_stays_where_decisions_follow_nothing(seed):
    found = learned_weights(drawn(300, None, seed=seed), PRIOR)
    assert distance(found, PRIOR) < 0.05


@pytest.mark.parametrize("seed", range(3))
def test_the_prior_stays_where_decisions_follow_it(seed):
    assert distance(learned_weights(drawn(300, PRIOR, seed=seed), PRIOR), PRIOR) < 0.1


def test_the_prior_stays_exactly_with_few_decisions():
    assert learned_weights(drawn(38, TRUE), PRIOR) == PRIOR
    assert learned_weights([], PRIOR) == PRIOR


def test_the_prior_stays_exactly_when_few_firms_made_all_decisions():
    few = [replace(decision, firm=decision.firm[-1]) for decision in drawn(300, TRUE)]
    assert learned_weights(few, PRIOR) == PRIOR


def test_the_prior_stays_when_everything_was_decided_in_one_moment():
    at_once = [replace(decision, at=drawn(1, TRUE)[0].at) for decision in drawn(300, TRUE)]
    assert learned_weights(at_once, PRIOR) == PRIOR


def test_weights_are_shares_of_one_whatever_was_decided():
    against = {code: float(code == "region") for code in CODES}
    found = learned_weights(drawn(600, against), PRIOR)
    assert min(found.values()) >= 0
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert all(round(weight, 4) == weight for weight in found.values())


def test_a_higher_value_never_lowers_the_score():
    fitted = fit_to(pairs_of(drawn(200, TRUE)), learner())
    assert (fitted.decision_function(np.eye(len(CODES))) >= 0).all()


@pytest.mark.parametrize("penalty", [1000.0, 100.0, 10.0])
def test_more_decisions_for_a_part_never_lower_its_weight(penalty):
    given = pairs_of(drawn(100, TRUE))
    at = CODES.index("size")
    weights = []
    for more in (0, 5, 20, 80):
        X = np.vstack([given.X, np.tile(0.5 * np.eye(len(CODES))[at], (more, 1))])
        fitted = learner(penalties=[penalty], least_decisions=1, least_firms=1).fit(X)
        weights.append(fitted.weights_[at])
    assert (np.diff(weights) >= -1e-12).all()  # the solver's last digits aside


def test_the_order_in_which_decisions_come_changes_nothing():
    decisions = drawn(200, TRUE)
    mixed = random.Random(3).sample(decisions, len(decisions))
    mixed = [replace(d, passed=tuple(reversed(d.passed))) for d in mixed]
    assert learned_weights(mixed, PRIOR) == learned_weights(decisions, PRIOR)
    one, other = fit_to(pairs_of(decisions), learner()), fit_to(pairs_of(mixed), learner())
    assert (one.weights_ == other.weights_).all()
    assert data_digest(mixed) == data_digest(decisions)


def test_the_digest_changes_with_any_value():
    decisions = drawn(3, TRUE)
    option = decisions[1].chosen
    changed = replace(option, values={**option.values, "size": 0.123})
    assert data_digest([decisions[0], replace(decisions[1], chosen=changed)]) != data_digest(decisions[:2])


def test_a_decision_counts_once_however_many_were_passed_over():
    plain = drawn(100, TRUE)
    doubled = [replace(d, passed=d.passed + d.passed) for d in plain]
    one, other = (fit_to(pairs_of(d), learner(penalties=[100.0])) for d in (plain, doubled))
    assert other.weights_ == pytest.approx(one.weights_, abs=1e-6)


def test_the_strongest_penalty_is_the_prior_itself():
    fitted = fit_to(pairs_of(drawn(200, TRUE)), learner(penalties=[np.inf]))
    assert fitted.weights_.tolist() == pytest.approx(list(PRIOR.values()))
    assert PENALTIES[0] == np.inf


def test_a_stronger_penalty_stays_nearer_to_the_prior():
    given = pairs_of(drawn(200, TRUE))
    away = [
        float(np.abs(fit_to(given, learner(penalties=[p])).weights_ - list(PRIOR.values())).sum())
        for p in PENALTIES
    ]
    assert away == sorted(away)


def test_a_window_is_later_than_its_training_and_shares_no_firm_with_it():
    draw = np.random.default_rng(0)
    times, firms = draw.integers(20, size=200).astype(float), draw.integers(60, size=200)
    found = list(windows(times, firms, 5))
    assert len(found) == 4
    for train, held in found:
        assert times[train].max() < times[held].min()
        assert not set(firms[train]) & set(firms[held])


def test_sources_are_never_mixed():
    first, second = drawn(2, TRUE)
    with pytest.raises(ValueError, match="trained apart"):
        pairs_of([first, replace(second, source=Source.OUTCOMES)])


@pytest.mark.parametrize("prior", [[0.5, 0.5, 0.0], [0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_a_prior_that_cannot_be_is_refused(prior):
    with pytest.raises(ValueError, match="prior"):
        PairwiseWeights(prior).fit(np.zeros((3, 2)))


def part(weight, value, points):
    return {"weight": weight, "value": value, "points": points, "because": []}


def test_an_unknown_part_counts_as_the_ranker_counted_it():
    parts = {"words": part(0.5, 0.4, 20.0), "industry": part(0.3, None, 9.0), "size": part(0.2, None, 0.0)}
    assert values_of({"parts": parts}) == pytest.approx({"words": 0.4, "industry": 0.3, "size": 0.0})


def test_a_part_without_weight_or_that_nobody_knows_any_more_says_nothing():
    parts = {"industry": part(0.0, None, 0.0), "former": part(0.3, 1.0, 30.0)}
    assert values_of({"parts": parts}) == {"industry": 0.0}


def test_only_explanations_of_one_reading_are_comparable():
    one = {"parts": {"words": part(0.6, 0.4, 24.0), "size": part(0.4, 1.0, 40.0)}}
    same = {"parts": {"words": part(0.6, 0.1, 6.0), "size": part(0.4, None, 10.0)}}
    other = {"parts": {"words": part(1.0, 0.4, 40.0)}}
    assert comparable(one, same)
    assert not comparable(one, other)
    assert not comparable({}, {})


def test_a_part_that_the_request_leaves_unknown_decides_nothing():
    decision = drawn(1, TRUE)[0]
    without = [
        Option(o.expert, {c: v for c, v in o.values.items() if c != "needs"})
        for o in (decision.chosen, *decision.passed)
    ]
    given = pairs_of([replace(decision, chosen=without[0], passed=tuple(without[1:]))])
    assert (given.X[:, CODES.index("needs")] == 0).all()
