"""Ranks experts for a request and says why: an estimator in scikit-learn's manner.

S = sum of w_k f_k over the parts, w >= 0 with sum 1, f in [0, 1]; printed as 0 to 100, each part cut to whole
hundredths before they are added, so that the parts add up to the score as printed.

What is unknown is neither good nor bad. A part that the *request* leaves unknown (no needs stated, no
industry) gives its weight to the others for all experts alike. A part that one *expert's* profile leaves
unknown counts as the mean of those whose profiles tell, and is shown as unknown (``value`` None); without
anything in the evidence parts an unknown part earns nothing, so that an empty profile scores 0.

Ties: the higher score, then more needs covered, then fewer commitments held, then the key.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from marketplace.matching.details import Explainer
from marketplace.matching.explanation import Excluded, Ranked, Ranking, digest_of, plain
from marketplace.matching.features import ExpertTable, Query
from marketplace.matching.features_text import Floats, Ints
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.rules import Gates, exclusions, unchecked
from marketplace.taxonomy.text import TEXT_VERSION
from marketplace.taxonomy.vocabulary import Vocabulary, packaged_vocabulary

RANKER_VERSION = "1"

#: Where the weights start, before staff or outcomes say otherwise; each with its reason.
PRIOR_WEIGHTS: Mapping[str, float] = {
    "needs": 0.10,  # what the firm states; often empty and often the name of a system, not of the trouble
    "words": 0.20,  # the firm's words in the expert's own: the surest single sign
    "letters": 0.15,  # the same through odd spacing, misspelling and unknown compounds
    "symptoms": 0.35,  # the bridge where the words differ, as they mostly do: symptom here, method there
    "industry": 0.15,  # a cure differs by what the plant makes; a neighbour helps half
    "size": 0.04,  # advice from a giant's fully automatic line is hard to use in a shop of thirty
    "region": 0.01,  # only convenience; what is impossible is excluded by rule
}

#: The parts that rest on what the expert can do; the others only tell between those who can do it.
EVIDENCE = ("needs", "words", "letters", "symptoms")

_COVERED = 0.3  # closeness from which a need counts as covered where ties are broken


class ExpertRanker(BaseEstimator):
    """Ranks experts for requests.

    ``vocabulary`` is the taxonomy to read with (the packaged one when None); ``weights`` replace those of
    ``PRIOR_WEIGHTS`` part by part and are scaled to sum 1. Safe to share between threads.
    """

    def __init__(
        self, vocabulary: Vocabulary | None = None, weights: Mapping[str, float] | None = None
    ) -> None:
        self.vocabulary = vocabulary
        self.weights = weights

    def fit(self, profiles: Iterable[ExpertProfile], y: object = None) -> ExpertRanker:
        """Index the profiles. Raises ValueError for two with one key or for a weight that cannot be."""
        self.vocabulary_ = self.vocabulary or packaged_vocabulary()
        self.weights_ = _checked({**PRIOR_WEIGHTS, **(self.weights or {})})
        self.table_ = ExpertTable(self.vocabulary_)
        self._lock = threading.RLock()
        self.table_.build(list(profiles))
        return self

    def update(self, profile: ExpertProfile) -> ExpertRanker:
        """Put a new or changed profile in; the next query finds it, with no rebuild."""
        with self._fitted()._lock:
            self.table_.update(profile)
        return self

    def remove(self, key: str) -> ExpertRanker:
        """Forget an expert; an unknown key is no error."""
        with self._fitted()._lock:
            self.table_.remove(key)
        return self

    def rank(
        self,
        requests: Sequence[RequestProfile],
        top: int = 10,
        gates: Gates | None = None,
        *,
        today: date | None = None,
    ) -> list[Ranking]:
        """One ranking per request, in order. ``top`` 0 lists every eligible expert."""
        on = gates or Gates()
        with self._fitted()._lock:
            return [self._rank_one(request, top, on, today) for request in requests]

    @property
    def versions(self) -> dict[str, str]:
        """What a ranking depends on beside its inputs and weights."""
        vocabulary = self._fitted().vocabulary_
        return {
            "ranker": RANKER_VERSION,
            "text": TEXT_VERSION,
            "kiwipiepy": version("kiwipiepy"),
            "taxonomy": vocabulary.version,
            "taxonomy_digest": vocabulary.digest,
        }

    def _fitted(self) -> ExpertRanker:
        if not hasattr(self, "table_"):
            raise NotFittedError("fit this ExpertRanker before asking it")
        return self

    def _rank_one(self, request: RequestProfile, top: int, gates: Gates, today: date | None) -> Ranking:
        table = self.table_
        query = table.query(request)
        values = self._values(query, gates)
        weights = self._shared(values)
        points = _points(values, weights)
        total = np.zeros(len(table.experts), dtype=np.int64)
        for column in points.values():
            total += column
        excluded: list[Excluded] = []
        eligible: list[int] = []
        for slot, expert in enumerate(table.experts):
            if expert is None:
                continue
            reasons = exclusions(expert, request, gates, today=today)
            if reasons:
                excluded.append(Excluded(expert.key, reasons))
            else:
                eligible.append(slot)
        order = self._ordered(eligible, total, request, top)
        explain = Explainer(table, query)
        ranked = []
        for rank, slot in enumerate(order, 1):
            profile = table.experts[slot]
            if profile is None:
                continue
            parts = explain.parts(slot, weights, values, points)
            needs = explain.needs(slot)
            unknown = unchecked(profile, request, gates)
            ranked.append(Ranked(profile.key, rank, int(total[slot]), parts, needs, unknown))
        inputs = {"request": plain(request), "experts": f"{table.digest:x}", "gates": plain(gates)}
        inputs.update(top=top, today=plain(today))
        return Ranking(
            request.key,
            tuple(ranked),
            tuple(sorted(excluded, key=lambda out: out.expert)),
            dict(self.weights_),
            self.versions,
            digest_of(inputs),
        )

    def _values(self, query: Query, gates: Gates) -> dict[str, Floats | None]:
        """Each part by slot, NaN where the profile does not tell; None where the request does not."""
        table, request = self.table_, query.request
        return {
            "needs": table.needs_part(request.needs) if request.needs else None,
            "words": table.text_part(table.words, query.words) if query.words else None,
            "letters": table.text_part(table.letters, query.letters) if query.letters else None,
            "symptoms": table.symptoms_part(query) if query.pointed else None,
            "industry": table.industry_part(request.industry) if request.industry else None,
            "size": table.size_part() if request.employees is not None and request.employees < 300 else None,
            "region": table.region_part(request) if request.region and gates.region else None,
        }

    def _shared(self, values: Mapping[str, Floats | None]) -> dict[str, float]:
        """The weights of the parts that can be told for this request, scaled to sum 1."""
        known = {
            code: weight
            for code, weight in self.weights_.items()
            if (value := values[code]) is not None and not np.isnan(value).all()
        }
        total = sum(known.values())
        return {code: weight / total for code, weight in known.items()} if total else {}

    def _ordered(self, eligible: list[int], total: Ints, request: RequestProfile, top: int) -> list[int]:
        """The best slots by the written rule for ties; exact, whatever ``top``."""
        slots = np.array(eligible, dtype=np.int64)
        scores = total[slots] if slots.size else slots
        if 0 < top < slots.size:
            least = np.partition(scores, slots.size - top)[slots.size - top]
            slots = slots[scores >= least]  # all that tie with the last place stay in
        covered = np.zeros(len(self.table_.experts), dtype=np.int64)
        for need in request.needs:
            covered += self.table_.need_closeness(need) >= _COVERED

        def rule(slot: int) -> tuple[int, int, int, str]:
            expert = self.table_.experts[slot]
            held, key = (len(expert.commitments), expert.key) if expert else (0, "")
            return (-int(total[slot]), -int(covered[slot]), held, key)

        ordered = sorted((int(slot) for slot in slots), key=rule)
        return ordered[:top] if top else ordered


def _points(values: Mapping[str, Floats | None], weights: Mapping[str, float]) -> dict[str, Ints]:
    """Whole hundredths by part and slot, the unknown filled in by the mean of the known."""
    filled: dict[str, Floats] = {}
    evidence: Any = False
    for code in weights:
        value = values[code]
        if value is not None and code in EVIDENCE:
            evidence = evidence | (value > 0)
    for code in weights:
        value = values[code]
        if value is not None:
            mean = float(np.nanmean(value))
            filled[code] = np.where(np.isnan(value), np.where(evidence, mean, 0.0), value)
    return {
        code: np.floor(np.clip(value, 0, 1) * weights[code] * 10_000 + 1e-6).astype(np.int64)
        for code, value in filled.items()
    }


def _checked(weights: Mapping[str, float]) -> dict[str, float]:
    unknown = sorted(set(weights) - set(PRIOR_WEIGHTS))
    if unknown:
        raise ValueError(f"unknown parts: {', '.join(unknown)}")
    if any(weight < 0 or not np.isfinite(weight) for weight in weights.values()):
        raise ValueError("a weight must be a finite number of at least 0")
    total = sum(weights.values())
    if not total:
        raise ValueError("at least one weight must be above 0")
    return {code: weights[code] / total for code in PRIOR_WEIGHTS}
