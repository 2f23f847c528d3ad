"""How good a ranking is on judged pairs: nDCG, recall of a best one, mean reciprocal rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from typing import Any

from marketplace.matching.explanation import Ranking

#: reference -> expert -> grade 0 to 3; a pair that is not listed is 0.
Judgements = Mapping[str, Mapping[str, float]]


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
    rankings: Mapping[str, Sequence[str]] | Iterable[Ranking], judgements: Judgements
) -> dict[str, Any]:
    """Means over the requests that have at least one grade above 0, and each request's own figures.

    A judged request without a ranking counts as 0, so that leaving out hard requests never helps. Rank with
    ``top=0`` to be judged over all experts. Keys: ``ndcg@5``, ``ndcg@10``, ``recall@1``, ``recall@5``,
    ``mrr``, ``n_requests``, ``requests`` (the same figures per request, with its ``reference``).
    """
    if isinstance(rankings, Mapping):
        lists = dict(rankings)
    else:
        lists = {ranking.reference: [r.expert for r in ranking.experts] for ranking in rankings}
    rows = []
    for reference in sorted(judgements):
        grades = judgements[reference]
        if not _best(grades):
            continue
        ranked = lists.get(reference, ())
        figures = {
            "ndcg@5": ndcg(ranked, grades, 5),
            "ndcg@10": ndcg(ranked, grades, 10),
            "recall@1": recall_of_best(ranked, grades, 1),
            "recall@5": recall_of_best(ranked, grades, 5),
            "mrr": reciprocal_rank(ranked, grades),
        }
        rows.append((reference, figures))
    names = ("ndcg@5", "ndcg@10", "recall@1", "recall@5", "mrr")
    means = {name: sum(f[name] for _, f in rows) / len(rows) if rows else 0.0 for name in names}
    per_request = [{"reference": reference, **figures} for reference, figures in rows]
    return {**means, "n_requests": len(rows), "requests": per_request}


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _best(grades: Mapping[str, float]) -> set[str]:
    top = max(grades.values(), default=0)
    return {expert for expert, grade in grades.items() if grade == top} if top > 0 else set()
