"""Whether learned weights would have served better than the present ones, on decisions they have not seen.

The last third of the decisions in time is held out. Weights are learned anew from earlier decisions of firms
that have none held out, so that neither the future nor a firm's own habits leak. Both weightings then order
each held-out list. Each firm counts once. The 95 % interval of the difference is drawn over firms, both
weightings on the same ones, from a fixed seed. Pure: no database, no web.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from marketplace.errors import N_
from marketplace.matching.decisions import Decision, Option
from marketplace.matching.evaluation import SAME, intervals, ndcg
from marketplace.matching.learning import learned_weights, present_weights

LEAST_HELD_OUT = 30  # decisions, and of as many firms as follow, before anything may be called better
LEAST_HELD_OUT_FIRMS = 20
HELD_OUT = 1 / 3

VERDICT_TEXT: Mapping[str, str] = {
    "better": N_("제안한 가중치가 지금 가중치보다 나았습니다."),
    "not_better": N_("제안한 가중치가 더 낫다는 증거가 없습니다. 지금 가중치를 유지합니다."),
    "too_few": N_("확인에 쓸 결정이 모자랍니다. 지금 가중치를 유지합니다."),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure under both weightings; ``low`` and ``high`` of the difference are None below two firms."""

    prior: float
    learned: float
    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class BackTest:
    """``accuracy``: share of comparisons in which whom staff chose stands higher, a tie counting half.
    ``ndcg``: how far up the list the chosen one stands, 1 for the top. None when nothing could be held out."""

    since: str | None  # of the first held-out decision
    trained_on: int
    decisions: int
    firms: int
    accuracy: Figure | None = None
    ndcg: Figure | None = None

    @property
    def verdict(self) -> str:
        """``better`` only with decisions and firms enough and both intervals wholly above 0."""
        if self.decisions < LEAST_HELD_OUT or self.firms < LEAST_HELD_OUT_FIRMS:
            return "too_few"
        lows = [figure.low for figure in (self.accuracy, self.ndcg) if figure is not None]
        return "better" if len(lows) == 2 and all((low or 0) > SAME for low in lows) else "not_better"

    @property
    def better(self) -> bool:
        return self.verdict == "better"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


def back_test(decisions: Sequence[Decision], prior: Mapping[str, float]) -> BackTest:
    """How the prior and weights learned from earlier decisions do on the later ones."""
    train, held = held_out(decisions)
    firms = len({decision.firm for decision in held})
    if not held or not train:
        return BackTest(None, len(train), len(held), firms)
    present = present_weights(prior)
    learned = learned_weights(train, present)
    rows: dict[str, list[list[float]]] = {}
    for decision in held:
        figures = [*figures_of(decision, present), *figures_of(decision, learned)]
        rows.setdefault(decision.firm, []).append(figures)
    by_firm = np.array([np.mean(rows[firm], axis=0) for firm in sorted(rows)])
    apart = by_firm[:, 2:] - by_firm[:, :2]
    spans = intervals(apart)
    means = by_firm.mean(axis=0)
    accuracy, gain = (
        Figure(
            float(means[at]), float(means[at + 2]), float(apart[:, at].mean()), *(spans[at] or (None, None))
        )
        for at in (0, 1)
    )
    since = held[0].at.isoformat()
    return BackTest(since, len(train), len(held), firms, accuracy, gain)


def held_out(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """Earlier decisions of firms with none held out, and the last third in time; one moment is never parted."""
    ordered = sorted(decisions, key=lambda decision: (decision.at, decision.key))
    if not ordered:
        return [], []
    start: datetime = ordered[min(int(len(ordered) * (1 - HELD_OUT)), len(ordered) - 1)].at
    held = [decision for decision in ordered if decision.at >= start]
    firms = {decision.firm for decision in held}
    return [d for d in ordered if d.at < start and d.firm not in firms], held


def figures_of(decision: Decision, weights: Mapping[str, float]) -> tuple[float, float]:
    """Accuracy and nDCG of one decision's list under these weights."""
    options = [decision.chosen, *decision.passed]
    scores = {option.expert: _score(option, weights) for option in options}
    own = scores[decision.chosen.expert]
    apart = [own - scores[option.expert] for option in decision.passed]
    right = [0.5 if abs(gap) <= SAME else float(gap > 0) for gap in apart]
    order = sorted(scores, key=lambda expert: (-round(scores[expert], 9), expert))
    return float(np.mean(right)), ndcg(order, {decision.chosen.expert: 1.0})


def _score(option: Option, weights: Mapping[str, float]) -> float:
    return sum(weights[code] * value for code, value in option.values.items())
