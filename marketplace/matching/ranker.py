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

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version

from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from marketplace.matching.details import Explainer
from marketplace.matching.engine.query import ask, read_ahead
from marketplace.matching.engine.state import State
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.exclusion import AllExcluded, may_be_open
from marketplace.matching.explanation import Ranked, Ranking, digest_of
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.rules import Gates, exclusions, unchecked
from marketplace.matching.scoring import Scores
from marketplace.matching.weights import PRIOR_WEIGHTS, checked
from marketplace.taxonomy.text import TEXT_VERSION
from marketplace.taxonomy.vocabulary import Vocabulary, packaged_vocabulary

RANKER_VERSION = "2"

__all__ = ["PRIOR_WEIGHTS", "RANKER_VERSION", "ExpertRanker"]


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
        self.weights_ = checked({**PRIOR_WEIGHTS, **(self.weights or {})})
        self.table_ = ExpertTable(self.vocabulary_)
        self.table_.build(list(profiles))
        return self

    def over(self, table: ExpertTable) -> ExpertRanker:
        """Rank the profiles of a table that stands already, instead of ``fit``."""
        self.vocabulary_ = table.vocabulary
        self.weights_ = checked({**PRIOR_WEIGHTS, **(self.weights or {})})
        self.table_ = table
        return self

    def update(self, profile: ExpertProfile) -> ExpertRanker:
        """Put a new or changed profile in; the next query finds it, with no rebuild."""
        self._fitted().table_.update(profile)
        return self

    def remove(self, key: str) -> ExpertRanker:
        """Forget an expert; an unknown key is no error."""
        self._fitted().table_.remove(key)
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
        state = self._fitted().table_.state()
        read_ahead(requests, self.vocabulary_)
        return [self._rank_one(state, request, top, on, today) for request in requests]

    def best(
        self,
        requests: Sequence[RequestProfile],
        top: int,
        gates: Gates | None = None,
        *,
        today: date | None = None,
    ) -> list[list[tuple[str, int]]]:
        """The first ``top`` experts of each ranking with their hundredths, without the explanations."""
        on = gates or Gates()
        state = self._fitted().table_.state()
        read_ahead(requests, self.vocabulary_)
        answers = []
        for request in requests:
            scores = self._scores(state, request, on)
            places = self._eligible(scores, top, on, today)
            answers.append([(state.key(slot), scores.total(slot)) for slot in places])
        return answers

    @property
    def versions(self) -> dict[str, str]:
        """What a ranking depends on beside its inputs and weights."""
        vocabulary = self._fitted().vocabulary_
        return {
            "ranker": RANKER_VERSION,
            "text": TEXT_VERSION,
            "kiwipiepy": _kiwi_version(),
            "taxonomy": vocabulary.version,
            "taxonomy_digest": vocabulary.digest,
        }

    def _fitted(self) -> ExpertRanker:
        if not hasattr(self, "table_"):
            raise NotFittedError("fit this ExpertRanker before asking it")
        return self

    def _rank_one(
        self, state: State, request: RequestProfile, top: int, gates: Gates, today: date | None
    ) -> Ranking:
        scores = self._scores(state, request, gates)
        places = self._eligible(scores, top, gates, today)
        explain = Explainer(scores, self.vocabulary_, places)
        ranked = []
        for rank, slot in enumerate(places, 1):
            profile = state.profile(slot)
            unknown = unchecked(profile, request, gates)
            parts, needs = explain.parts(slot), explain.needs(slot)
            ranked.append(Ranked(profile.key, rank, scores.total(slot), parts, needs, unknown))
        inputs = {
            "request": request,
            "experts": f"{state.digest:x}",
            "gates": gates,
            "top": top,
            "today": today,
        }
        return Ranking(
            request.key,
            tuple(ranked),
            AllExcluded(state, request, gates, today),
            dict(self.weights_),
            self.versions,
            digest_of(inputs),
        )

    def _scores(self, state: State, request: RequestProfile, gates: Gates) -> Scores:
        allowed = may_be_open(state, request, gates)
        return Scores(state, ask(request, self.vocabulary_), self.vocabulary_, self.weights_, gates, allowed)

    def _eligible(self, scores: Scores, top: int, gates: Gates, today: date | None) -> list[int]:
        """The best slots that no hard rule excludes, by the written rule for ties; exact, whatever ``top``.

        The rules that look at one profile alone were asked of whole classes; every slot that is taken has
        passed all rules by itself.
        """
        request = scores.query.request
        found: list[int] = []
        for slot in scores.in_order(top):
            if not exclusions(scores.state.profile(slot), request, gates, today=today):
                found.append(slot)
                if len(found) == top:
                    break
        return found


@cache
def _kiwi_version() -> str:
    return version("kiwipiepy")
