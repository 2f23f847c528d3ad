"""Learns the weights of the score from what staff decided, beginning and mostly ending at the present weights.

What is learned from: within one request, the expert whom staff approved, or put in the place of the firm's
order with a written reason, is preferred to those who stood beside him and were passed over, and to those
whom staff rejected. What is never learned from: who was merely shown while nobody decided, what the firm
preferred or refused by itself, and who declined or let an offer run out, which tells of time and not of fit.
Decisions and verified outcomes are two sources that are trained apart (``Source``); so far there are only
decisions. See docs/decisions/0007-what-weights-are-learned-from.md.

Pure: no database, no web.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, minimize, minimize_scalar
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from marketplace.matching.decisions import Decision, Floats, Pairs, pairs_of
from marketplace.matching.weights import PRIOR_WEIGHTS, checked

#: How strongly the weights are held to the prior, strongest first. Infinity is the prior itself.
PENALTIES = (np.inf, 3000.0, 1000.0, 300.0, 100.0, 30.0, 10.0)
LEAST_DECISIONS = 40  # below, and below as many firms as follow, nothing is learned
LEAST_FIRMS = 20
PLACES = 4  # decimals of a learned weight, so that what is shown is what is adopted

_FEWEST_TO_TRAIN = 10  # decisions before a window from which a fold can learn at all
_SURE = (1.0, 100.0)  # how surely a difference in score may decide; keeps separable data finite
_CALIBRATED = (0.01, 100.0)  # the same where weights are judged: those that tell nothing lose nothing by it
_ERRORS = 2.0  # standard errors by which the prior must be worse before it is left


class PairwiseWeights(BaseEstimator):
    """A non-negative pairwise logistic model whose weights sum to 1 and are shrunk to a prior.

    ``prior`` are the weights to begin with, equal ones when None. Each of ``penalties``, strongest first, is
    tried on later decisions of firms that were not trained on, in ``folds`` windows of time; the strongest one
    is taken whose loss there is within two standard errors of the best, so that without good evidence the
    prior stays. Below ``least_decisions`` or ``least_firms`` it stays untried. Each decision counts once,
    however many were passed over. The order of the rows does not matter once ``times`` are given.

    Learned: ``weights_``, ``penalty_``, ``losses_`` (by penalty; empty when none was tried), ``prior_``.
    """

    def __init__(
        self,
        prior: Sequence[float] | None = None,
        penalties: Sequence[float] = PENALTIES,
        folds: int = 5,
        least_decisions: int = LEAST_DECISIONS,
        least_firms: int = LEAST_FIRMS,
    ) -> None:
        self.prior = prior
        self.penalties = penalties
        self.folds = folds
        self.least_decisions = least_decisions
        self.least_firms = least_firms

    def fit(
        self, X: Any, y: object = None, *, decisions: Any = None, firms: Any = None, times: Any = None
    ) -> PairwiseWeights:
        """Fit to rows of differences, preferred minus other; ``y`` is ignored.

        ``decisions``, ``firms`` and ``times`` say of each row to which decision, firm and moment it belongs;
        without them each row is a decision of a firm of its own, in the order given.
        """
        X = validate_data(self, X, dtype=np.float64)
        count, parts = X.shape
        self.prior_ = _prior(self.prior, parts)
        keys = _column(decisions, count)
        owners = _column(firms, count)
        moments = np.arange(count, dtype=float) if times is None else np.asarray(times, dtype=float)
        order = np.lexsort((*X.T[::-1], keys, moments))
        X, keys, owners, moments = X[order], keys[order], owners[order], moments[order]
        share = 1.0 / np.bincount(keys)[keys]
        penalties = sorted(self.penalties, reverse=True)
        self.losses_: dict[float, float] = {}
        self.penalty_ = np.inf
        if len(set(keys)) >= self.least_decisions and len(set(owners)) >= self.least_firms:
            self.penalty_ = self._choose(X, share, owners, moments, penalties)
        self.weights_: Floats = _fitted(X, share, self.prior_, self.penalty_).copy()
        return self

    def decision_function(self, X: Any) -> Floats:
        """The difference in score; above 0 the first is preferred."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        answer: Floats = (X * self.weights_).sum(axis=1)
        return answer

    def _choose(
        self, X: Floats, share: Floats, firms: NDArray[np.intp], times: Floats, penalties: Sequence[float]
    ) -> float:
        """The strongest penalty whose loss on later decisions of other firms is as good as the best."""
        sums = np.zeros((firms.max() + 1, len(penalties)))
        seen = np.zeros(firms.max() + 1)
        for train, held in windows(times, firms, self.folds):
            if share[train].sum() < _FEWEST_TO_TRAIN:
                continue
            for column, penalty in enumerate(penalties):
                weights = _fitted(X[train], share[train], self.prior_, penalty)
                scale = _scale(X[train] @ weights, share[train], _CALIBRATED)
                loss = np.logaddexp(0.0, -scale * (X[held] @ weights)) * share[held]
                np.add.at(sums[:, column], firms[held], loss)
            np.add.at(seen, firms[held], share[held])
        tested = sums[seen > 0] / seen[seen > 0, None]  # each firm counts once
        if len(tested) < 2:
            return float(np.inf)
        means = tested.mean(axis=0)
        self.losses_ = dict(zip(penalties, means.tolist(), strict=True))
        apart = tested - tested[:, [int(means.argmin())]]
        error = apart.std(axis=0, ddof=1) / np.sqrt(len(tested))
        return float(penalties[int(np.argmax(apart.mean(axis=0) <= _ERRORS * error))])


def fit_to(pairs: Pairs, learner: PairwiseWeights) -> PairwiseWeights:
    """The learner, fitted to these comparisons."""
    return learner.fit(pairs.X, decisions=pairs.decisions, firms=pairs.firms, times=pairs.times)


def present_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """What a programme's weights mean: those it leaves out are the ranker's prior; scaled to sum 1."""
    return checked({**PRIOR_WEIGHTS, **weights})


def learned_weights(decisions: Sequence[Decision], prior: Mapping[str, float]) -> dict[str, float]:
    """The weights that these decisions speak for, rounded to ``PLACES`` with sum 1; ``prior`` when it stays."""
    start = present_weights(prior)
    if not decisions:
        return start
    learner = fit_to(pairs_of(decisions), PairwiseWeights(list(start.values())))
    if np.isinf(learner.penalty_):
        return start
    whole = 10**PLACES
    exact = learner.weights_ * whole
    units = np.floor(exact).astype(int)
    for place in np.argsort(units - exact, kind="stable")[: whole - int(units.sum())]:
        units[place] += 1  # largest remainders first
    return {code: int(unit) / whole for code, unit in zip(start, units, strict=True)}


def windows(
    times: Floats, firms: NDArray[Any], folds: int
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Windows of time after the first, as (train, held): train is earlier and of firms without a row in held.

    Rows of one moment are never parted, so there may be fewer windows than asked for.
    """
    ordered = np.sort(times)
    starts = sorted(
        {float(ordered[len(ordered) * k // folds]) for k in range(1, folds)} - {float(ordered[0])}
    )
    for start, end in zip(starts, [*starts, np.inf][1:], strict=True):
        held = (times >= start) & (times < end)
        yield (times < start) & ~np.isin(firms, firms[held]), held


def _prior(given: Sequence[float] | None, parts: int) -> Floats:
    prior = np.ones(parts) if given is None else np.asarray(given, dtype=np.float64)
    if prior.shape != (parts,):
        raise ValueError(f"the prior has {prior.size} weights for {parts} parts")
    if (prior < 0).any() or not np.isfinite(prior).all() or not prior.sum():
        raise ValueError("a prior weight is a finite number of at least 0, and one is above 0")
    answer: Floats = prior / prior.sum()
    return answer


def _column(names: Any, count: int) -> NDArray[np.intp]:
    """Names as numbers that do not depend on the order of the rows."""
    if names is None:
        return np.arange(count)
    return np.unique(np.asarray(names), return_inverse=True)[1]


def _fitted(X: Floats, share: Floats, prior: Floats, penalty: float) -> Floats:
    """The weights of least loss plus penalty: at least 0, with sum 1.

    How surely a difference decides (the scale) is found for the prior first, then for what was learned.
    """
    weights = prior
    for _ in range(2 if np.isfinite(penalty) else 0):
        weights = _at_scale(X, share, prior, penalty, _scale(X @ weights, share, _SURE), weights)
    return weights


def _at_scale(X: Floats, share: Floats, prior: Floats, penalty: float, scale: float, start: Floats) -> Floats:
    """A convex problem with one answer; SLSQP takes the same steps to it every time."""
    size = share.sum()  # costs near 1 suit the solver's tolerances

    def cost(weights: Floats) -> tuple[float, Floats]:
        margin = scale * (X @ weights)
        away = weights - prior
        slope = penalty * away - scale * (X.T @ (share * expit(-margin)))
        value = share @ np.logaddexp(0.0, -margin) + penalty / 2 * (away @ away)
        return float(value / size), slope / size

    found = minimize(
        cost,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(prior),
        constraints=LinearConstraint(np.ones((1, len(prior))), 1.0, 1.0),
        options={"maxiter": 500, "ftol": 1e-12},
    )
    inside = np.clip(found.x, 0.0, None)
    answer: Floats = inside / inside.sum()
    return answer


def _scale(margin: Floats, share: Floats, bounds: tuple[float, float]) -> float:
    """How surely a difference in score decides, between the bounds."""
    found = minimize_scalar(
        lambda scale: float(share @ np.logaddexp(0.0, -scale * margin)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(found.x)
