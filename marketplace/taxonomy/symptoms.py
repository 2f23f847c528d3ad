"""From what a firm says to the terms it needs: each term as a small document of names, methods and symptoms.

BM25 on content morphemes, half from the term's whole document and half from its best single phrase, so that
one symptom said in nearly the same words counts as much as many that are brushed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum, log, log1p
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from marketplace.taxonomy.text import Reading, TextReader, Token

K1, B = 1.2, 0.6
SHARPNESS = 1.5  # a text speaks of a few terms; the power lets these stand out
TOLD = 20  # different words of a short description of a trouble
FULL_EVIDENCE = 3.0  # about one rare word in full
CHANCE_SHARE, FULL_SHARE = 0.45, 0.7  # of a text's words known: by chance, and as firms write
LEAST = 0.15  # of a direction, for a term to be proposed
TELLING = 0.35  # of the highest rarity, for a word to be shown as a reason
BESIDE_BEST = 0.5  # of the weightiest word's weight, for another to be shown beside it
_REMEMBERED = 500  # pointings

Floats = NDArray[np.float64]
_compiled: Any = njit(cache=True, nogil=True)


@dataclass(frozen=True, eq=False)
class Pointing:
    """Where a text points among the terms (length 1, or 0 for nowhere), how surely it points anywhere, and how
    far it is written as firms in trouble write; the latter two 0 to 1."""

    direction: Floats
    strength: float
    familiarity: float


def told(reading: Reading) -> float:
    """How much of a short description a text is, 0 to 1, by its different words."""
    return min(1.0, len(set(reading.morphemes)) / TOLD)


@_compiled
def _account(
    ids: Any, weights: Any, term_start: Any, terms: Any, in_term: Any,
    phrase_start: Any, phrases: Any, in_phrase: Any, owner: Any, sums: Any, out: Any,
) -> None:  # fmt: skip
    """Half what a term's whole lexicon accounts for, half what its best phrase does; leaves ``sums`` as zeros."""
    for i in range(ids.size):
        for at in range(term_start[ids[i]], term_start[ids[i] + 1]):
            out[terms[at]] += 0.5 * weights[i] * in_term[at]
        for at in range(phrase_start[ids[i]], phrase_start[ids[i] + 1]):
            sums[phrases[at]] += weights[i] * in_phrase[at]
    best = 0.0
    for phrase in range(owner.size):
        best = max(best, sums[phrase])
        sums[phrase] = 0.0
        if phrase + 1 == owner.size or owner[phrase + 1] != owner[phrase]:
            out[owner[phrase]] += 0.5 * best
            best = 0.0


class SymptomIndex:
    """The lexicon as weights, morphemes by terms; ``terms`` gives the order of the columns."""

    def __init__(
        self,
        names: Mapping[str, Sequence[str]],
        phrases: Mapping[str, Sequence[str]],
        reader: TextReader,
    ) -> None:
        self.terms = tuple(sorted(names))
        self._pointings: dict[str, Pointing] = {}
        self.column = {term: i for i, term in enumerate(self.terms)}
        self.reader = reader
        texts: list[str] = []
        owner: list[int] = []
        for column, term in enumerate(self.terms):
            own = [" / ".join(names[term]), *phrases.get(term, ())]
            texts += own
            owner += [column] * len(own)
        readings = reader.read_all(texts)
        bags = [Counter(reading.morphemes) for reading in readings]
        said = [set(r.morphemes) for r in readings], [set(r.letters) for r in readings]
        self._phrases_with = [Counter(word for words in group for word in words) for group in said]
        self._phrase_count = len(readings)
        self.morphemes = {m: i for i, m in enumerate(sorted({m for bag in bags for m in bag}))}
        self._owner = np.array(owner, dtype=np.int64)
        documents = [Counter[str]() for _ in self.terms]
        for bag, column in zip(bags, owner, strict=True):
            documents[column] += bag
        self.idf = self._rarity(bags, documents)
        self._telling = TELLING * float(self.idf.max(initial=0.0))
        whole, single = self._weights(documents), self._weights(bags)
        self._documents = (whole.indptr.astype(np.int64), whole.indices.astype(np.int64), whole.data)
        self._phrases = (single.indptr.astype(np.int64), single.indices.astype(np.int64), single.data)
        self._background = self.vectors(readings).mean(axis=0) if readings else np.zeros(len(self.terms))

    def _rarity(self, bags: Sequence[Counter[str]], documents: Sequence[Counter[str]]) -> Floats:
        """Rarity among phrases and among terms, half each: a word in every term's lexicon tells nothing."""
        seen = np.zeros((2, len(self.morphemes)))
        for row, group in enumerate((bags, documents)):
            for bag in group:
                for morpheme in bag:
                    seen[row, self.morphemes[morpheme]] += 1
        counts = np.array([[max(len(bags), 1)], [max(len(documents), 1)]])
        result: Floats = np.log1p((counts - seen + 0.5) / (seen + 0.5)).mean(axis=0)
        return result

    @cached_property
    def _rarest(self) -> float:
        """What a word counts that the lexicon lacks."""
        return float(self.idf.max(initial=1.0))

    @cached_property
    def _weights_by_word(self) -> dict[str, float]:
        """What each word of the lexicon counts."""
        return dict(zip(self.morphemes, self.idf.tolist(), strict=True))

    @cached_property
    def _in_term(self) -> list[dict[str, float]]:
        """By term, the words of its lexicon that tell something, with what each counts."""
        found: list[dict[str, float]] = [{} for _ in self.terms]
        starts, terms, values = self._documents
        for word, row in self.morphemes.items():
            if self.idf[row] >= self._telling:
                for at in range(starts[row], starts[row + 1]):
                    found[terms[at]][word] = float(self.idf[row] * values[at])
        return found

    def rarity(self, morpheme: str) -> float:
        """How rarely firms say this, 0 to 1: 1 for a word that no symptom holds."""
        return self._rarities[self._phrases_with[0].get(morpheme, 0)]

    def letter_rarity(self, letters: str) -> float:
        """``rarity`` of two neighbouring letters."""
        return self._rarities[self._phrases_with[1].get(letters, 0)]

    @cached_property
    def _rarities(self) -> list[float]:
        """The rarity of what stands in none of the phrases, in one, in two and so on."""
        total = self._phrase_count
        return [log1p((total - n + 0.5) / (n + 0.5)) / log1p((total + 0.5) / 0.5) for n in range(total + 1)]

    def _weights(self, bags: Sequence[Counter[str]]) -> sparse.csr_array:
        """Saturated, length-normalised frequency, in [0, 1): morphemes in rows, documents in columns."""
        lengths = np.array([sum(bag.values()) for bag in bags], dtype=float)
        mean = lengths.mean() if lengths.size and lengths.any() else 1.0
        rows, columns, values = [], [], []
        for column, bag in enumerate(bags):
            for morpheme, count in bag.items():
                rows.append(self.morphemes[morpheme])
                columns.append(column)
                values.append(count / (count + K1 * (1 - B + B * lengths[column] / mean)))
        shape = (len(self.morphemes), len(bags))
        return sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape))

    def vectors(self, readings: Sequence[Reading]) -> Floats:
        """How much of each text the lexicon of each term accounts for: (texts, terms), values in [0, 1).

        Words that the lexicon lacks count in the whole of a text as its rarest do, so that a text about
        something else stays small.
        """
        found = np.zeros((len(readings), len(self.terms)))
        rarest = self._rarest
        sums = np.zeros(self._owner.size)
        for row, reading in enumerate(readings):
            bag = Counter(reading.morphemes)
            known = sorted((self.morphemes[m], 1 + log(n)) for m, n in bag.items() if m in self.morphemes)
            if not known:
                continue
            ids = np.array([number for number, _ in known], dtype=np.int64)
            weights = self.idf[ids] * np.array([damped for _, damped in known])
            weights /= weights.sum() + rarest * (len(bag) - len(known))
            _account(ids, weights, *self._documents, *self._phrases, self._owner, sums, found[row])
        return found

    def directions(self, readings: Sequence[Reading]) -> Floats:
        """Where each text points among the terms: rows of length 1, or 0 for a text that points nowhere.

        What every symptom shares with a term by chance (the mean over the lexicon's own phrases) is taken
        off first; without that, the terms with the longest lexicon are found everywhere.
        """
        return self._directed(self.vectors(readings))

    def _directed(self, vectors: Floats) -> Floats:
        above = np.maximum(vectors - self._background, 0.0) ** SHARPNESS
        length = np.linalg.norm(above, axis=1, keepdims=True)
        result: Floats = np.divide(above, length, where=length > 0, out=np.zeros_like(above))
        return result

    def pointing(self, reading: Reading) -> Pointing:
        """Direction, strength and familiarity of one text.

        The strength is the familiarity, in full from the evidence of about one rare word and for a text of at
        least ``TOLD`` different words: a question of seven has not told of any trouble yet.
        """
        known = self._pointings.get(reading.text)
        if known is None:
            vector = self.vectors([reading])
            whole = sum(self._weight(m) * (1 + log(n)) for m, n in Counter(reading.morphemes).items())
            above = max(0.0, float((vector[0] - self._background).max(initial=0.0)))
            familiarity = self.familiarity(reading)
            strength = min(1.0, above * whole / FULL_EVIDENCE) * familiarity * told(reading)
            known = Pointing(self._directed(vector)[0], strength, familiarity)
            if len(self._pointings) >= _REMEMBERED:
                self._pointings.clear()
            self._pointings[reading.text] = known  # asked again for the explanation
        return known

    def familiarity(self, reading: Reading) -> float:
        """How far a text is written as firms in trouble write, 0 to 1.

        By the share of its words, weighed by rarity, that the lexicon knows: a text about something else
        shares a few common ones by chance and stays at 0.
        """
        bag = set(reading.morphemes)
        if not bag:
            return 0.0
        known = fsum(self._weights_by_word[m] for m in bag if m in self._weights_by_word)
        share = known / fsum(map(self._weight, bag))  # exact, as no two processes go through a set alike
        return min(1.0, max(0.0, (share - CHANCE_SHARE) / (FULL_SHARE - CHANCE_SHARE))) ** 2

    def _weight(self, morpheme: str) -> float:
        return self._weights_by_word.get(morpheme, self._rarest)

    def likely(self, reading: Reading) -> dict[str, float]:
        """The terms that a firm may need by what it tells, with a score in (0, 1].

        Only terms that are pointed to by a word that few terms have in common.
        """
        pointing = self.pointing(reading)
        scores = {}
        said = set(reading.morphemes)
        for i in np.flatnonzero(pointing.direction > LEAST):
            if pointing.familiarity and not said.isdisjoint(self._in_term[i]):
                scores[self.terms[i]] = float(pointing.direction[i]) * pointing.familiarity
        return scores

    def because(self, reading: Reading, term: str, most: int = 5) -> list[str]:
        """The words of the text that led to a term, the weightiest first; none that many terms share.

        Words that tell a reader nothing by themselves (a single letter, a number) stand only where there is
        nothing else, and none that weighs much less than the weightiest.
        """
        own = self._in_term[self.column[term]]
        weighed: dict[str, float] = {}
        best: dict[str, Token] = {}
        for token in reading.tokens:
            weight = own.get(token.form, 0.0)
            if weight > weighed.get(token.form, 0.0):
                weighed[token.form], best[token.form] = weight, token
        order = sorted(weighed, key=lambda form: (-weighed[form], form))
        first = next((form for form in order if tells(reading.word_at(best[form]))), None)
        least = BESIDE_BEST * weighed[first or order[0]] if order else 0.0
        found: dict[str, None] = {}
        for form in order:
            if weighed[form] < least or len(found) == most:
                break
            written = reading.word_at(best[form])
            if first is None or tells(written):
                found[written] = None
        return list(found)


def tells(word: str) -> bool:
    """Whether a written word can stand as a reason by itself: more than one letter, and no number."""
    return len(word) > 1 and not any(letter.isdigit() for letter in word)
