"""The value of each part of a score for one request, for all slots at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import floor, fsum, log
from typing import cast

import numpy as np
from numpy.typing import NDArray

from marketplace.matching import features_profile as facts
from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Postings
from marketplace.matching.engine.segment import FACETS
from marketplace.matching.engine.table import Said, State
from marketplace.matching.profiles import ExpertProfile, Mode, Need, RequestProfile
from marketplace.taxonomy.text import Reading
from marketplace.taxonomy.vocabulary import Vocabulary

K1, B = 1.2, 0.75

#: A part is measured against the best expert, but never against less than this share of the highest score
#: that a profile could have, so that where nobody fits nobody seems to.
LEAST_SHARE = 0.15
LEAST_COSINE = 0.3  # the same for directions among the terms
PROPOSED = 20  # terms read out of the problem that the part "symptoms" asks for
ASKED = 64  # the heaviest words, and pairs of letters, of a request that are looked for


@dataclass(frozen=True, slots=True)
class Query:
    """A request as the index asks it: readings, weighted words and where its problem points."""

    request: RequestProfile
    reading: Reading
    words: Mapping[str, float]
    letters: Mapping[str, float]
    pointed: Mapping[str, float]  # term -> how much the problem points to it


def ask(request: RequestProfile, vocabulary: Vocabulary) -> Query:
    """Read a request: its title, its problem and the words of its needs."""
    lexicon = vocabulary.symptoms
    text = ". ".join(filter(None, (request.title, request.problem, *(n.words for n in request.needs))))
    reading = vocabulary.reader.read(text)
    pointing = lexicon.pointing(reading)
    usual = pointing.familiarity  # what all firms say counts less, where it is a firm that speaks
    words = {
        word: (1 + log(count)) * (1 - usual * (1 - lexicon.rarity(word)))
        for word, count in Counter(reading.morphemes).items()
    }
    letters = {
        pair: (1 + log(count)) * (1 - usual * (1 - lexicon.letter_rarity(pair)))
        for pair, count in Counter(reading.bigrams).items()
    }
    best = np.argsort(-pointing.direction, kind="stable")[:PROPOSED]
    pointed = {
        lexicon.terms[i]: float(pointing.direction[i]) * pointing.strength
        for i in best
        if pointing.direction[i] > 0
    }
    return Query(request, reading, words, letters, pointed)


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A part by slot: ``raw`` divided by ``scale``, at most 1."""

    raw: Floats
    scale: float = 1.0

    def at(self, slot: int) -> float:
        """The value in [0, 1] of one slot."""
        return min(float(self.raw[slot]) / self.scale, 1.0)


@dataclass(frozen=True, slots=True)
class Facet:
    """A part that depends on the profile's class alone: ``of`` a class its value, None when it does not tell.

    ``mean`` over the profiles that tell; None when none does.
    """

    number: int
    of: Callable[[tuple[object, ...]], float | None]
    mean: float | None


def text_value(state: State, index: str, query: Mapping[str, float]) -> Value:
    """BM25 of each slot, half its best row and half the mean of its rows, against the best slot's.

    Measured against no less than ``LEAST_SHARE`` of the score that no row could exceed, in which words that
    no profile has count as those that stand in a single row, so that an answer that misses the rare words
    is seen to be poor.
    """
    said: Said = getattr(state, index)
    weighed = {word: weight * said.rarity(word) for word, weight in query.items()}
    bound = sum(weighed[word] or weight * said.single for word, weight in sorted(query.items())) * (K1 + 1)
    heaviest = sorted((w for w in weighed if weighed[w]), key=lambda w: (-weighed[w], w))[:ASKED]
    words = sorted(heaviest)  # a fixed order of addition
    out = np.empty(state.size)
    top = 0.0
    flat, slope = K1 * (1 - B), K1 * B / said.mean_length
    for number, (segment, alive) in enumerate(zip(state.segments, state.alive, strict=True)):
        postings: Postings = getattr(segment, index)
        starts, ends, weights = _lists(postings, words, weighed)
        room = state.room(number, index)
        kernels.add_bm25(
            starts,
            ends,
            weights * (K1 + 1),
            postings.rows,
            postings.counts,
            postings.length,
            flat,
            slope,
            room,
        )
        own = out[state.first[number] : state.first[number + 1]]
        top = max(top, kernels.best_and_mean(room, segment.first_row, alive, own))
    return Value(out, max(top, LEAST_SHARE * bound) or 1.0)


def _lists(
    postings: Postings, words: Sequence[str], weighed: Mapping[str, float]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Where the postings of the words begin and end, for those that there are, and their weights."""
    found = [(number, weighed[word]) for word in words if (number := postings.ids.get(word)) is not None]
    ids = np.array([number for number, _ in found], dtype=np.int64)
    return postings.start[ids], postings.start[ids + 1], np.array([weight for _, weight in found])


class Needs:
    """How well each slot meets the needs of a request."""

    def __init__(self, state: State, vocabulary: Vocabulary) -> None:
        self._state = state
        self._vocabulary = vocabulary
        self._column = vocabulary.symptoms.column

    def closeness(self, need: Need) -> Floats:
        """By slot, 0 to 1: the worth at which the term is held, or what share of the need's words (weighed by
        rarity) the texts hold, times ``NAMED_IN_TEXT``."""
        out = np.zeros(self._state.size)
        weighed, whole = self._weighed(need)
        for number, segment in enumerate(self._state.segments):
            own = out[self._state.first[number] : self._state.first[number + 1]]
            starts, ends, weights = _lists(segment.words, sorted(weighed), weighed)
            scaled = weights * (facts.NAMED_IN_TEXT / whole)
            kernels.add_shares(starts, ends, scaled, segment.words.rows, segment.owner, own)
            if (column := self._held_column(need)) is not None:
                span = slice(segment.held_start[column], segment.held_start[column + 1])
                slots = segment.held_slots[span]
                own[slots] = np.maximum(own[slots], segment.held_worth[span])
        return out

    def closeness_at(self, need: Need, slot: int) -> float:
        """``closeness`` of one slot."""
        segment, own = self._state.place(slot)
        weighed, whole = self._weighed(need)
        there = set().union(*self._state.rows_of(slot, "words")) if weighed else set()
        share = 0.0
        for word in sorted(weighed):
            if word in there:
                share += weighed[word] * (facts.NAMED_IN_TEXT / whole)
        if (column := self._held_column(need)) is not None:
            span = slice(segment.held_start[column], segment.held_start[column + 1])
            held = segment.held_worth[span][segment.held_slots[span] == own]
            if held.size:
                share = max(share, float(held[0]))
        return share

    def value(self, needs: Sequence[Need]) -> tuple[Value, list[Floats]]:
        """The mean closeness, a 필수 counting three times, a 중요 twice a 희망; and each need's own."""
        each = [self.closeness(need) for need in needs]
        out = np.zeros(self._state.size)
        whole = float(sum(need.priority for need in needs))
        for need, closeness in zip(needs, each, strict=True):
            out += closeness * (need.priority / whole)
        return Value(out), each

    def _weighed(self, need: Need) -> tuple[dict[str, float], float]:
        """The words of a need with their rarity, and the sum in which unknown words count as the rarest."""
        said = self._state.words
        rarity = {word: said.rarity(word) for word in self._vocabulary.reader.read(need.words).morphemes}
        whole = sum(value or said.single for _, value in sorted(rarity.items()))
        return {word: value for word, value in rarity.items() if value}, whole or 1.0

    def _held_column(self, need: Need) -> int | None:
        if need.term is None or need.term not in self._vocabulary.terms:
            return None
        return self._column.get(self._vocabulary.current(need.term))


def symptoms_value(state: State, pointed: Mapping[str, float], vocabulary: Vocabulary) -> Value:
    """How nearly each slot's texts point where the problem points (cosine), against the best, times strength."""
    column = vocabulary.symptoms.column
    columns = np.array([column[term] for term in pointed], dtype=np.int64)
    weights = np.array(list(pointed.values()))
    out = np.zeros(state.size)
    top = 0.0
    for number, (segment, alive) in enumerate(zip(state.segments, state.alive, strict=True)):
        own = out[state.first[number] : state.first[number + 1]]
        kernels.add_columns(columns, weights, segment.topics, own)
        if own.size:
            top = max(top, float(own.max(where=alive, initial=0.0)))
    strength = float(np.linalg.norm(weights))
    top = max(top, LEAST_COSINE * strength)
    return Value(out, top / min(1.0, strength) if top else 1.0)


def industry_facet(state: State, division: str) -> Facet:
    """``industry_fit`` by the industries of the profile."""
    number = FACETS.index("industry")
    fit = lru_cache(maxsize=None)(lambda value: facts.industry_fit(division, cast(tuple[str, ...], value)))
    return Facet(number, fit, _mean(state, number, fit))


def region_facet(state: State, request: RequestProfile) -> Facet:
    """``region_fit`` by the regions and the mode of the profile."""
    number = FACETS.index("region")

    @cache
    def fit(value: tuple[object, ...]) -> float | None:
        regions, mode = cast(tuple[tuple[str, ...], Mode | None], value)
        return facts.region_fit(ExpertProfile("", regions=regions, mode=mode), request)

    return Facet(number, fit, _mean(state, number, fit))


def size_facet(state: State) -> Facet:
    """``small_plant_fit`` of the profile."""
    number = FACETS.index("size")

    def fit(value: tuple[object, ...]) -> float | None:
        return cast(tuple[float | None], value)[0]

    return Facet(number, fit, _mean(state, number, fit))


def _mean(state: State, number: int, fit: Callable[[tuple[object, ...]], float | None]) -> float | None:
    """Over the living profiles that tell; exactly rounded, so that no order of profiles matters."""
    known = [(value, n) for own, n in state.counts(number) if (value := fit(own)) is not None]
    return fsum(value * n for value, n in known) / sum(n for _, n in known) if known else None


def hundredths(value: float, weight: float) -> int:
    """The points of a value in [0, 1]: cut to whole hundredths, as the kernel does."""
    return floor(min(value, 1.0) * weight * 10_000 + 1e-6)
