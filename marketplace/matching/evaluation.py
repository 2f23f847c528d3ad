"""How good a ranking is on judged pairs: nDCG, recall of a best one, mean reciprocal rank, and how sure that is.

Every mean has a 95 % percentile interval by bootstrap over the requests, drawn from a fixed seed, so that the
same files give the same figures years later. Fewer than two requests have no interval (None).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.explanation import Ranking

#: reference -> expert -> grade 0 to 3; a pair that is not listed is 0.
Judgements = Mapping[str, Mapping[str, float]]

#: reference -> the experts best first, or the rankings themselves.
Rankings = Mapping[str, Sequence[str]] | Iterable[Ranking]

FIGURES = ("ndcg@5", "ndcg@10", "recall@1", "recall@5", "mrr")
RESAMPLES = 2_000
SEED = 20260101
SAME = 1e-9  # differences up to this are a tie, not a rounding's win

_BLOCK = 1_000_000  # draws held at a time


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], k: int | None = None) -> float:
    """Gain 2^grade - 1, discount log2(rank + 1), against the ideal order of all graded experts.

    ``k`` None counts the whole list. 0 when no grade is above 0.
    """
    gains = [2.0 ** grades.get(expert, 0) - 1 for expert in ranked[:k]]
    ideal = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:k]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def recall_of_best(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """1 when one of the best-graded experts stands among the first ``k``, else 0."""
    return float(any(expert in _best(grades) for expert in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, float]) -> float:
    """1 / rank of the first best-graded expert; 0 when none is listed."""
    best = _best(grades)
    return next((1 / rank for rank, expert in enumerate(ranked, 1) if expert in best), 0.0)


def evaluate(
    rankings: Rankings,
    judgements: Judgements,
    facets: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Means over the requests that have at least one grade above 0, and each request's own figures.

    A judged request without a ranking counts as 0, so that leaving out hard requests never helps. Rank with
    ``top=0`` to be judged over all experts. Keys: ``FIGURES``, ``n_requests``, ``intervals`` (low and high by
    figure), ``slices`` (the same figures over the requests of one class, with ``n``; empty without ``facets``,
    which names each request's class by slice) and ``requests`` (each one's figures and ``reference``).
    """
    rows = figures_by_request(rankings, judgements)
    classes: dict[tuple[str, str], list[Mapping[str, float]]] = {}
    for reference, figures in rows.items():
        for pair in (facets or {}).get(reference, {}).items():
            classes.setdefault(pair, []).append(figures)
    order = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in classes))}
    parts = [
        {"slice": name, "class": value, "n": len(classes[name, value]), **_means(classes[name, value])}
        for name, value in sorted(classes, key=lambda pair: (order[pair[0]], pair[1]))
    ]
    return {
        **_means(list(rows.values())),
        "n_requests": len(rows),
        "slices": parts,
        "requests": [{"reference": reference, **figures} for reference, figures in rows.items()],
    }


def compare(
    rankings: Rankings, against: Rankings, judgements: Judgements, figure: str = "ndcg@10"
) -> dict[str, Any]:
    """Two rankings request by request, the first minus the second, by one of ``FIGURES``.

    Keys: ``figure``, ``mean``, ``mean_against``, ``difference`` (of the means), ``interval`` of the difference,
    drawn over pairs, ``wins``, ``ties``, ``losses`` of the first, ``n_requests`` and ``requests`` (``reference``,
    ``value``, ``against``, ``difference``).
    """
    first, second = figures_by_request(rankings, judgements), figures_by_request(against, judgements)
    ours = np.array([row[figure] for row in first.values()])
    theirs = np.array([second[reference][figure] for reference in first])
    apart = ours - theirs
    requests = [
        {"reference": reference, "value": float(a), "against": float(b), "difference": float(d)}
        for reference, a, b, d in zip(first, ours, theirs, apart, strict=True)
    ]
    return {
        "figure": figure,
        "mean": float(ours.mean()) if first else 0.0,
        "mean_against": float(theirs.mean()) if first else 0.0,
        "difference": float(apart.mean()) if first else 0.0,
        "interval": intervals(apart[:, None])[0],
        "wins": int((apart > SAME).sum()),
        "ties": int((np.abs(apart) <= SAME).sum()),
        "losses": int((apart < -SAME).sum()),
        "n_requests": len(first),
        "requests": requests,
    }


def figures_by_request(rankings: Rankings, judgements: Judgements) -> dict[str, dict[str, float]]:
    """``FIGURES`` of each judged request that has a relevant expert, in the order of the references."""
    if isinstance(rankings, Mapping):
        lists: Mapping[str, Sequence[str]] = rankings
    else:
        lists = {ranking.reference: [r.expert for r in ranking.experts] for ranking in rankings}
    rows = {}
    for reference in sorted(judgements):
        grades = judgements[reference]
        if not _best(grades):
            continue
        ranked = lists.get(reference, ())
        rows[reference] = {
            "ndcg@5": ndcg(ranked, grades, 5),
            "ndcg@10": ndcg(ranked, grades, 10),
            "recall@1": recall_of_best(ranked, grades, 1),
            "recall@5": recall_of_best(ranked, grades, 5),
            "mrr": reciprocal_rank(ranked, grades),
        }
    return rows


def intervals(values: NDArray[np.float64]) -> list[list[float] | None]:
    """Low and high of the mean of each column over resampled rows: percentiles 2.5 and 97.5.

    All columns share one draw, so that figures of the same requests go together. None for fewer than two rows.
    """
    rows, columns = values.shape
    if rows < 2:
        return [None] * columns
    draw = np.random.default_rng(SEED)
    block = max(1, _BLOCK // rows)
    means = np.concatenate(
        [
            values[draw.integers(rows, size=(min(block, RESAMPLES - done), rows))].mean(axis=1)
            for done in range(0, RESAMPLES, block)
        ]
    )
    return [[float(low), float(high)] for low, high in np.percentile(means, [2.5, 97.5], axis=0).T]


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    values = np.array([[row[name] for name in FIGURES] for row in rows]).reshape(-1, len(FIGURES))
    means = values.mean(axis=0) if rows else np.zeros(len(FIGURES))
    spans = intervals(values)
    return {
        **{name: float(mean) for name, mean in zip(FIGURES, means, strict=True)},
        "intervals": dict(zip(FIGURES, spans, strict=True)),
    }


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _best(grades: Mapping[str, float]) -> set[str]:
    top = max(grades.values(), default=0)
    return {expert for expert, grade in grades.items() if grade == top} if top > 0 else set()
