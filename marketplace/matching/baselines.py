"""Plain ways of ranking texts that the ranker must beat: the yardsticks of an evaluation.

They know no taxonomy, no industry and no region, only the words, and share no code with the ranker, so that a
change there never moves the yardstick. A profile is one text: headline, skills, entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sp
from kiwipiepy import Kiwi  # type: ignore[import-untyped]
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from marketplace.matching.profiles import ExpertProfile, RequestProfile

Floats = NDArray[np.float64]

_WORD = re.compile(r"\w+")

K1, B = 1.5, 0.75  # the usual constants of BM25
#: Nouns, roots, stems of verbs and adjectives, Latin words, Chinese characters, numbers.
_CONTENT = ("NNG", "NNP", "XR", "VV", "VA", "SL", "SH", "SN")


class Baselines:
    """Scores of documents (columns) for queries (rows) by each plain way; what they share is read once."""

    def __init__(self, documents: Sequence[str], queries: Sequence[str]) -> None:
        self.documents = [text.lower() for text in documents]
        self.queries = [text.lower() for text in queries]

    def scores(self, name: str) -> Floats:
        """By a name of ``BASELINES``; KeyError for another. The higher the better, 0 where nothing meets."""
        return BASELINES[name](self)

    def tfidf(self, **reading: object) -> Floats:
        """Cosine of TF-IDF vectors; ``reading`` as TfidfVectorizer takes it."""
        vectorizer = TfidfVectorizer(**reading)
        try:
            documents = vectorizer.fit_transform(self.documents)
        except ValueError:  # no document has any word
            return np.zeros((len(self.queries), len(self.documents)))
        return _dense(vectorizer.transform(self.queries) @ documents.T)

    def bm25(self, documents: Sequence[Sequence[str]], queries: Sequence[Sequence[str]]) -> Floats:
        """BM25 of bags of words; a word that the query repeats counts once."""
        if not any(documents):
            return np.zeros((len(queries), len(documents)))
        counter = CountVectorizer(analyzer=_as_is)
        counts = sp.csr_matrix(counter.fit_transform(documents), dtype=np.float64)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        held = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log1p((len(documents) - held + 0.5) / (held + 0.5))
        norm = K1 * (1 - B + B * lengths / lengths.mean())
        of_row = np.repeat(norm, np.diff(counts.indptr))
        counts.data = rarity[counts.indices] * counts.data * (K1 + 1) / (counts.data + of_row)
        asked = counter.transform(queries)
        asked.data[:] = 1
        return _dense(asked @ counts.T)

    def half(self) -> Floats:
        """Morphemes and syllable bigrams by BM25, each as z-scores over the documents, added."""
        return _z(self.scores("bm25-morphemes")) + _z(self.scores("bm25-bigrams"))

    @cached_property
    def words(self) -> tuple[list[list[str]], list[list[str]]]:
        """Whole words, in Korean with their particles."""
        return [_WORD.findall(text) for text in self.documents], [_WORD.findall(t) for t in self.queries]

    @cached_property
    def bigrams(self) -> tuple[list[list[str]], list[list[str]]]:
        """Pairs of neighbouring characters inside each word; a word of one stands for itself."""
        documents, queries = self.words
        return [_pairs(words) for words in documents], [_pairs(words) for words in queries]

    @cached_property
    def morphemes(self) -> tuple[list[list[str]], list[list[str]]]:
        """Content morphemes by Kiwi as it comes, without a dictionary of the trade."""
        texts = [*self.documents, *self.queries]
        read = [[m.form for m in found if m.tag.startswith(_CONTENT)] for found in Kiwi().tokenize(texts)]
        return read[: len(self.documents)], read[len(self.documents) :]

    def _tfidf_of_morphemes(self) -> Floats:
        documents, queries = self.morphemes
        if not any(documents):
            return np.zeros((len(queries), len(documents)))
        vectorizer = TfidfVectorizer(analyzer=_as_is)
        found = vectorizer.fit_transform(documents)
        return _dense(vectorizer.transform(queries) @ found.T)


#: The plain ways by name.
BASELINES: Mapping[str, Callable[[Baselines], Floats]] = {
    "words": lambda texts: texts.tfidf(),
    "letters": lambda texts: texts.tfidf(analyzer="char_wb", ngram_range=(2, 4)),
    "morphemes": lambda texts: texts._tfidf_of_morphemes(),
    "bm25-words": lambda texts: texts.bm25(*texts.words),
    "bm25-bigrams": lambda texts: texts.bm25(*texts.bigrams),
    "bm25-morphemes": lambda texts: texts.bm25(*texts.morphemes),
    "half": Baselines.half,
}


def expert_text(expert: ExpertProfile) -> str:
    """All that a profile says, as one text."""
    careers = (career.text for career in expert.careers)
    skills = (skill.words for skill in expert.skills)
    return "\n".join(filter(None, dict.fromkeys((expert.headline, *skills, *expert.entries, *careers))))


def request_text(request: RequestProfile) -> str:
    """All that a request says, as one text."""
    return "\n".join(filter(None, (request.title, request.problem, *(need.words for need in request.needs))))


def baselines_for(experts: Sequence[ExpertProfile], requests: Sequence[RequestProfile]) -> Baselines:
    """The texts of both sides, in the order given."""
    return Baselines([expert_text(e) for e in experts], [request_text(r) for r in requests])


def ranked(
    scores: Floats,
    experts: Sequence[ExpertProfile],
    requests: Sequence[RequestProfile],
    eligible: Mapping[str, Collection[str]] | None = None,
) -> Iterator[tuple[str, list[str]]]:
    """Each request's key with its experts' keys, best first, ties by key.

    ``eligible`` keeps to those keys, so that a baseline chooses among the same experts as the ranker.
    """
    keys = [expert.key for expert in experts]
    by_key = np.argsort(np.argsort(np.array(keys, dtype=object), kind="stable"), kind="stable")
    for request, row in zip(requests, scores, strict=True):
        order = [keys[i] for i in np.lexsort((by_key, -row))]
        allowed = None if eligible is None else set(eligible.get(request.key, ()))
        yield request.key, order if allowed is None else [key for key in order if key in allowed]


def _as_is(tokens: Sequence[str]) -> Sequence[str]:
    return tokens


def _pairs(words: Sequence[str]) -> list[str]:
    return list(
        chain.from_iterable(
            [word[i : i + 2] for i in range(len(word) - 1)] if len(word) > 1 else [word] for word in words
        )
    )


def _z(scores: Floats) -> Floats:
    spread = scores.std(axis=1, keepdims=True)
    result: Floats = (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)
    return result


def _dense(product: Any) -> Floats:
    return np.asarray(sp.csr_matrix(product).todense(), dtype=np.float64)
