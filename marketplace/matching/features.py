"""Everything the ranker keeps of the experts, by slot, and the value of each part for one request.

A slot is the number of an expert in the arrays; it stays with the key for as long as the expert is known.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import log

import numpy as np
from numpy.typing import NDArray

from marketplace.matching import features_profile as facts
from marketplace.matching.features_text import Floats, PostingIndex
from marketplace.matching.profiles import ExpertProfile, Need, RequestProfile
from marketplace.taxonomy.text import Reading
from marketplace.taxonomy.vocabulary import Vocabulary

#: A part is measured against the best expert, but never against less than this share of the highest score
#: that a profile could have, so that where nobody fits nobody seems to.
LEAST_SHARE = 0.15
LEAST_COSINE = 0.3  # the same for directions among the terms
PROPOSED = 20  # terms read out of the problem that the part "symptoms" asks for


@dataclass(frozen=True, slots=True)
class Query:
    """A request as the index asks it: readings, weighted words and where its problem points."""

    request: RequestProfile
    reading: Reading
    words: Mapping[str, float]
    letters: Mapping[str, float]
    pointed: Mapping[str, float]  # term -> how much the problem points to it


def texts_of(expert: ExpertProfile) -> tuple[str, ...]:
    """The texts that count one by one: entries, then texts of careers that no entry repeats."""
    careers = (c.text for c in expert.careers if c.text)
    return tuple(dict.fromkeys(text for text in (*expert.entries, *careers) if text.strip()))


def passages_of(expert: ExpertProfile) -> tuple[str, ...]:
    """The texts as they are indexed: each carries the headline and the skills, so that it is read in their
    light; an expert without texts has these alone."""
    header = ". ".join(filter(None, (expert.headline, " / ".join(s.words for s in expert.skills))))
    return tuple(f"{header}. {text}" if header else text for text in texts_of(expert)) or (
        (header,) if header else ()
    )


def profile_digest(expert: ExpertProfile) -> int:
    """SHA-256 of a profile as a whole number; sums of these name a set of profiles in any order."""
    values = [
        sorted(value) if isinstance(value, frozenset) else value
        for value in (getattr(expert, field.name) for field in fields(expert))
    ]
    return int.from_bytes(hashlib.sha256(repr(values).encode()).digest(), "big")


class ExpertTable:
    """Profiles by slot with their postings and term vectors."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.experts: list[ExpertProfile | None] = []
        self.slots: dict[str, int] = {}
        self.words = PostingIndex()
        self.letters = PostingIndex()
        self.column = {term: i for i, term in enumerate(vocabulary.symptoms.terms)}
        self.held = np.zeros((0, len(self.column)))  # how well a term is held, 0 to 1
        self.topics = np.zeros((0, len(self.column)))  # how much of the texts its lexicon accounts for
        self.small: list[float | None] = []
        self.digest = 0

    def build(self, experts: Sequence[ExpertProfile]) -> None:
        """Index all at once; the slots follow the order of the keys."""
        ordered = sorted(experts, key=lambda expert: expert.key)
        if len({expert.key for expert in ordered}) != len(ordered):
            raise ValueError("two profiles have the same key")
        passages = [passages_of(expert) for expert in ordered]
        readings = self.vocabulary.reader.read_all([text for own in passages for text in own])
        owners = [slot for slot, own in enumerate(passages) for _ in own]
        self.words.build(owners, [Counter(r.morphemes) for r in readings])
        self.letters.build(owners, [Counter(r.bigrams) for r in readings])
        self._grow(len(ordered))
        at = 0
        for slot, (expert, own) in enumerate(zip(ordered, passages, strict=True)):
            self._describe(slot, expert, readings[at : at + len(own)])
            at += len(own)

    def update(self, expert: ExpertProfile) -> None:
        """Put a new or changed profile in; the next query finds it."""
        self.remove(expert.key)
        slot = self.slots.get(expert.key, len(self.experts))
        self._grow(slot + 1)
        readings = self.vocabulary.reader.read_all(passages_of(expert))
        self.words.replace(slot, [Counter(r.morphemes) for r in readings])
        self.letters.replace(slot, [Counter(r.bigrams) for r in readings])
        self._describe(slot, expert, readings)

    def remove(self, key: str) -> None:
        """Forget a profile; an unknown key is no error."""
        slot = self.slots.get(key)
        if slot is None or self.experts[slot] is None:
            return
        before = self.experts[slot]
        if before is not None:
            self.digest -= profile_digest(before)
        self.experts[slot] = None
        self.words.replace(slot, ())
        self.letters.replace(slot, ())
        self.held[slot] = self.topics[slot] = 0.0
        self.small[slot] = None

    def _grow(self, size: int) -> None:
        while len(self.experts) < size:
            self.experts.append(None)
            self.small.append(None)
        if self.held.shape[0] < size:
            room = np.zeros((max(size - self.held.shape[0], self.held.shape[0] // 2), len(self.column)))
            self.held = np.concatenate([self.held, room])
            self.topics = np.concatenate([self.topics, room])

    def _describe(self, slot: int, expert: ExpertProfile, readings: Sequence[Reading]) -> None:
        self.experts[slot] = expert
        self.slots[expert.key] = slot
        self.digest += profile_digest(expert)
        self.small[slot] = facts.small_plant_fit(expert, (expert.headline, *texts_of(expert)))
        held = self.held[slot]
        for reading in readings:
            for match in self.vocabulary.find_in(reading):
                worth = facts.AMBIGUOUS_NAME if match.ambiguous else facts.NAMED_IN_TEXT
                self._hold(held, match.term, worth)
        for skill in expert.skills:
            worth = facts.LEVEL_WORTH.get(skill.level or 2, 0.7)
            if skill.term is not None:
                self._hold(held, skill.term, worth)
            else:
                for match in self.vocabulary.find(skill.words):
                    self._hold(held, match.term, worth * (0.5 if match.ambiguous else 0.9))
        if readings:
            self.topics[slot] = self.vocabulary.symptoms.directions(readings).mean(axis=0)

    def _hold(self, held: Floats, term: str, worth: float) -> None:
        column = self.column.get(self.vocabulary.current(term)) if term in self.vocabulary.terms else None
        if column is not None:
            held[column] = max(held[column], worth)

    def query(self, request: RequestProfile) -> Query:
        """Read a request: its title and problem; stated needs are asked apart from them."""
        lexicon = self.vocabulary.symptoms
        text = ". ".join(filter(None, (request.title, request.problem, *(n.words for n in request.needs))))
        reading = self.vocabulary.reader.read(text)
        usual = lexicon.familiarity(reading)  # what all firms say counts less, where it is a firm that speaks
        words = {
            word: (1 + log(count)) * (1 - usual * (1 - lexicon.rarity(word)))
            for word, count in Counter(reading.morphemes).items()
        }
        letters = {
            pair: (1 + log(count)) * (1 - usual * (1 - lexicon.letter_rarity(pair)))
            for pair, count in Counter(reading.bigrams).items()
        }
        direction, strength = lexicon.directions([reading])[0], lexicon.strength(reading)
        best = np.argsort(-direction, kind="stable")[:PROPOSED]
        pointed = {lexicon.terms[i]: float(direction[i]) * strength for i in best if direction[i] > 0}
        return Query(request, reading, words, letters, pointed)

    def text_part(self, index: PostingIndex, query: Mapping[str, float]) -> Floats:
        """BM25 by slot in [0, 1]: divided by the best expert's, or by the least share of the bound."""
        scores, bound = index.scores(query, len(self.experts))
        top = max(float(scores.max(initial=0.0)), LEAST_SHARE * bound)
        return scores / top if top else scores

    def need_closeness(self, need: Need) -> Floats:
        """How well each slot meets one need: the term held, or its words in the texts at .6 at most."""
        reading = self.vocabulary.reader.read(need.words)
        words = facts.NAMED_IN_TEXT * self.text_part(self.words, dict.fromkeys(reading.morphemes, 1.0))
        if need.term is None or need.term not in self.vocabulary.terms:
            return words
        column = self.column[self.vocabulary.current(need.term)]
        return np.maximum(self.held[: len(self.experts), column], words)

    def needs_part(self, needs: Sequence[Need]) -> Floats:
        """Closeness over the needs, a 필수 counting three times, a 중요 twice a 희망."""
        weights = np.array([float(need.priority) for need in needs])
        closeness = np.array([self.need_closeness(need) for need in needs])
        result: Floats = weights @ closeness / weights.sum()
        return result

    def symptoms_part(self, query: Query) -> Floats:
        """How nearly each slot's texts point where the problem points (cosine), best to 1, times strength."""
        size = len(self.experts)
        columns = [self.column[term] for term in query.pointed]
        weights = np.array(list(query.pointed.values()))
        cosine = self.topics[:size][:, columns] @ weights
        strength = float(np.linalg.norm(weights))
        top = max(float(cosine.max(initial=0.0)), LEAST_COSINE * strength)
        result: Floats = cosine / top * min(1.0, strength) if top else cosine
        return result

    def industry_part(self, division: str | None) -> Floats:
        """``industry_fit`` by slot; NaN when unknown."""
        values = [facts.industry_fit(division, e.industries) if e else None for e in self.experts]
        return np.array([np.nan if v is None else v for v in values])

    def region_part(self, request: RequestProfile) -> Floats:
        values = [facts.region_fit(e, request) if e else None for e in self.experts]
        return np.array([np.nan if v is None else v for v in values])

    def size_part(self) -> Floats:
        return np.array([np.nan if v is None else v for v in self.small])

    @property
    def living(self) -> NDArray[np.bool_]:
        """Which slots hold a profile."""
        return np.array([expert is not None for expert in self.experts], dtype=bool)
