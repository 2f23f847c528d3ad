"""The value of each part of a score for one request, for all slots at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, floor, fsum, log
from typing import cast

import numpy as np
from numpy.typing import NDArray

from marketplace.matching import features_profile as facts
from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Postings
from marketplace.matching.engine.related import Nearness, topics_of
from marketplace.matching.engine.segment import FACETS, NEVER, Segment
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
ECHO_LEAST, ECHO_SHARE = 3, 0.5  # words of a text that are the request's
ECHO_TOLD, ECHO_WHOLE = 8, 0.6  # words of a request, and the share of them in a text
LONG, FAMILIAR = 40, 0.5  # content words; familiarity
ASKED = 96  # the heaviest words, and pairs of letters, of a request that are looked for


@dataclass(frozen=True, slots=True)
class Query:
    """A request as the index asks it: readings, weighted words and where its problem points."""

    request: RequestProfile
    reading: Reading
    words: Mapping[str, float]
    letters: Mapping[str, float]
    pointed: Mapping[str, float]  # term -> how much the problem points to it
    familiarity: float  # how far it is written as firms in trouble write, 0 to 1

    @property
    def expository(self) -> bool:
        """Whether it is a long text that tells of a subject, not of a trouble: an abstract, a specification.

        Such a text is compared by topic; the lexicon of symptoms has nothing to say about it.
        """
        return len(self.reading.tokens) >= LONG and self.familiarity < FAMILIAR


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
        for pair, count in Counter(reading.letters).items()
    }
    best = np.argsort(-pointing.direction, kind="stable")[:PROPOSED]
    pointed = {
        lexicon.terms[i]: float(pointing.direction[i]) * pointing.strength
        for i in best
        if pointing.direction[i] > 0
    }
    return Query(request, reading, words, letters, pointed, usual)


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
    """A part that depends on the profile's class alone.

    ``fits`` are its values by segment and class, NaN where the profile does not tell; ``mean`` is over the
    living profiles that tell, None when none does.
    """

    number: int
    fits: tuple[Floats, ...]
    mean: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Echoes:
    """Texts that are the request over again, by segment and row, and whose they are, by slot.

    More than half of such a text's words are the firm's, or it holds more than three fifths of what a firm
    tells in its own words (people who did the work share a third at most). It tells of nothing done, and
    counts nothing. Of expository requests none is sought: one's own abstract is no trick.
    """

    sought: bool
    whole: int  # words of the request that no other text holds
    void: tuple[NDArray[np.bool_], ...]
    echoing: NDArray[np.bool_]

    @classmethod
    def to_seek(cls, state: State, query: Query) -> Echoes:
        """Nothing marked yet."""
        void = tuple(np.zeros(segment.words.length.size, dtype=bool) for segment in state.segments)
        asked = min(len(query.words), ASKED)
        own_words = query.familiarity >= FAMILIAR and asked >= ECHO_TOLD
        whole = ceil(ECHO_WHOLE * asked) if own_words else NEVER
        return cls(not query.expository, whole, void, np.zeros(state.size, dtype=bool))


def text_value(
    state: State, index: str, query: Mapping[str, float], echoes: Echoes, *, mark: bool = False
) -> Value:
    """BM25 of each slot, half its best row and half the mean of its rows, against the best slot's.

    Measured against no less than ``LEAST_SHARE`` of the score that no row could exceed, in which words that
    no profile has count as those that stand in a single row, so that an answer that misses the rare words
    is seen to be poor. ``mark`` finds the echoes first; rows that are echoes count nothing.
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
        room, hits = state.room(number, index)
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
            hits,
        )
        own = slice(state.first[number], state.first[number + 1])
        void = echoes.void[number]
        if mark and echoes.sought:
            kernels.mark_echoes(
                hits,
                postings.row_start,
                segment.owner,
                ECHO_LEAST,
                ECHO_SHARE,
                echoes.whole,
                void,
                echoes.echoing[own],
            )
        else:
            hits[:] = 0
        top = max(top, kernels.best_and_mean(room, postings.worth, void, segment.first_row, alive, out[own]))
    return Value(out, max(top, LEAST_SHARE * bound) or 1.0)


def _lists(
    postings: Postings, words: Sequence[str], weighed: Mapping[str, float]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Where the postings of the words begin and end, for those that there are, and their weights."""
    found = [(number, weighed[word]) for word in words if (number := postings.ids.get(word)) is not None]
    ids = np.array([number for number, _ in found], dtype=np.int64)
    return postings.start[ids], postings.start[ids + 1], np.array([weight for _, weight in found])


class NeedAsked:
    """One need of a request, as it is asked of the profiles.

    Closeness is 0 to 1: the worth at which the term is held, or what share of the need's words (weighed by
    rarity, words that nobody has as the rarest) the texts hold, times ``NAMED_IN_TEXT``; the larger of both.
    """

    def __init__(self, state: State, vocabulary: Vocabulary, need: Need) -> None:
        self.need = need
        self._state = state
        self._column = None
        if need.term is not None and need.term in vocabulary.terms:
            self._column = vocabulary.symptoms.column.get(vocabulary.current(need.term))
        said = state.words
        rarity = {word: said.rarity(word) for word in vocabulary.reader.read(need.words).morphemes}
        whole = sum(value or said.single for _, value in sorted(rarity.items())) or 1.0
        self._shares = {w: rarity[w] * (facts.NAMED_IN_TEXT / whole) for w in sorted(rarity) if rarity[w]}

    def everywhere(self) -> Floats:
        """The closeness of all slots."""
        out = np.zeros(self._state.size)
        for number, segment in enumerate(self._state.segments):
            own = out[self._state.first[number] : self._state.first[number + 1]]
            starts, ends, weights = _lists(segment.words, list(self._shares), self._shares)
            kernels.add_shares(starts, ends, weights, segment.words.rows, segment.owner, own)
            slots, worth = self._held(segment)
            own[slots] = np.maximum(own[slots], worth)
        return out

    def at(self, slot: int, words: Collection[str]) -> float:
        """The closeness of one slot whose texts hold these words."""
        share = 0.0
        for word, value in self._shares.items():
            if word in words:
                share += value
        segment, own = self._state.place(slot)
        slots, worth = self._held(segment)
        at = int(np.searchsorted(slots, own))
        return max(share, float(worth[at])) if at < slots.size and slots[at] == own else share

    def _held(self, segment: Segment) -> tuple[NDArray[np.int32], Floats]:
        """The slots of a segment that hold the term, and how well."""
        if self._column is None:
            return np.zeros(0, dtype=np.int32), np.zeros(0)
        span = slice(segment.held_start[self._column], segment.held_start[self._column + 1])
        return segment.held_slots[span], segment.held_worth[span]


def needs_value(state: State, vocabulary: Vocabulary, needs: Sequence[Need]) -> tuple[Value, list[Floats]]:
    """The mean closeness, a 필수 counting three times, a 중요 twice a 희망; and each need's own closeness."""
    each = [NeedAsked(state, vocabulary, need).everywhere() for need in needs]
    out = np.zeros(state.size)
    whole = float(sum(need.priority for need in needs))
    for need, closeness in zip(needs, each, strict=True):
        out += closeness * (need.priority / whole)
    return Value(out), each


def symptoms_value(
    state: State, pointed: Mapping[str, float], vocabulary: Vocabulary, echoes: Echoes
) -> Value:
    """How nearly each slot's texts point where the problem points (cosine), against the best, times strength.

    Whoever echoes the request points nowhere.
    """
    column = vocabulary.symptoms.column
    columns = np.array([column[term] for term in pointed], dtype=np.int64)
    weights = np.array(list(pointed.values()))
    out = np.zeros(state.size)
    top = 0.0
    for number, (segment, alive) in enumerate(zip(state.segments, state.alive, strict=True)):
        own = out[state.first[number] : state.first[number + 1]]
        kernels.add_columns(columns, weights, segment.topics, own)
        own[echoes.echoing[state.first[number] : state.first[number + 1]]] = 0.0
        if own.size:
            top = max(top, float(own.max(where=alive, initial=0.0)))
    strength = float(np.linalg.norm(weights))
    top = max(top, LEAST_COSINE * strength)
    return Value(out, top / min(1.0, strength) if top else 1.0)


def related_value(state: State, query: Query) -> tuple[Value, Nearness] | None:
    """How near each slot's texts are to the request by topic; None where topics cannot be told."""
    topics = topics_of(state)
    if topics is None:
        return None
    nearness = topics.nearness(query.reading.morphemes)
    return Value(nearness.by_slot()), nearness


def industry_facet(state: State, division: str) -> Facet:
    """``industry_fit`` by the industries of the profile."""

    def fit(value: tuple[object, ...]) -> float | None:
        return facts.industry_fit(division, cast(tuple[str, ...], value))

    return _facet(state, "industry", division, fit)


def region_facet(state: State, request: RequestProfile) -> Facet:
    """``region_fit`` by the regions and the mode of the profile."""

    def fit(value: tuple[object, ...]) -> float | None:
        regions, mode = cast(tuple[tuple[str, ...], Mode | None], value)
        return facts.region_fit(ExpertProfile("", regions=regions, mode=mode), request)

    return _facet(state, "region", (request.region, request.mode), fit)


def size_facet(state: State) -> Facet:
    """``small_plant_fit`` of the profile."""
    return _facet(state, "size", None, lambda value: cast(tuple[float | None], value)[0])


def _facet(
    state: State, name: str, question: Hashable, fit: Callable[[tuple[object, ...]], float | None]
) -> Facet:
    number = FACETS.index(name)

    def of_classes(segment: Segment) -> Floats:
        values = (fit(value) for value in segment.values[number])
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    fits = [segment.once((name, question), partial(of_classes, segment)) for segment in state.segments]
    told: Counter[float] = Counter()  # by value, so that no order of profiles matters
    for own, counts in zip(fits, state.counts(number), strict=True):
        for value in np.unique(own[~np.isnan(own)]).tolist():
            told[value] += int(counts[own == value].sum())
    whole = sum(told.values())
    mean = fsum(value * n for value, n in told.items()) / whole if whole else None
    return Facet(number, tuple(fits), mean)


def hundredths(value: float, weight: float) -> int:
    """The points of a value, cut to [0, 1]: whole hundredths, as the kernel takes them."""
    return floor(min(max(value, 0.0), 1.0) * weight * 10_000 + 1e-6)
