"""What the texts of profiles share with a request: the parts "words" and "letters"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.echoes import Echoes
from marketplace.matching.engine.postings import K1, Floats, Ints, Postings
from marketplace.matching.engine.state import Said, State
from marketplace.matching.engine.values import SOFT, shares

ASKED = 96  # the heaviest words, and runs of letters, of a request that are looked for


@dataclass(frozen=True, slots=True)
class Asked:
    """The words (or runs of letters) of a request that are looked for, each with its weight times rarity, in a
    fixed order, and the score that no text could exceed."""

    weighed: dict[str, float]
    bound: float

    @classmethod
    def of(cls, said: Said, query: Mapping[str, float]) -> Asked:
        """Words that no profile has count in the bound as those that stand in a single text, so that an
        answer that misses the rare words is seen to be poor."""
        weighed = {word: weight * said.rarity(word) for word, weight in query.items()}
        bound = sum(weighed[word] or weight * said.single for word, weight in sorted(query.items())) * (
            K1 + 1
        )
        heaviest = sorted((w for w in weighed if weighed[w]), key=lambda w: (-weighed[w], w))[:ASKED]
        return cls({word: weighed[word] * (K1 + 1) for word in sorted(heaviest)}, bound)


class TextValue:
    """BM25 of a slot, half its best row and half the mean of its rows, as a share of what a row could have.

    Worked out for those who are looked at, out of their own texts. Rows that echo the request count nothing:
    the part "words" (``words`` None) finds them, and is asked first by the others.
    """

    def __init__(
        self,
        state: State,
        index: str,
        query: Mapping[str, float],
        echoes: Echoes,
        words: TextValue | None = None,
    ) -> None:
        self._state = state
        self._index = index
        self._said: Said = getattr(state, index)
        self._asked = Asked.of(self._said, query)
        self._echoes = echoes
        self._words = words
        self._raw = np.zeros(state.size)
        self._known = np.zeros(state.size, dtype=bool)  # whose values are worked out
        self._weights: dict[int, Floats] = {}

    def many(self, slots: Ints) -> Floats:
        values = self.at_most(slots)
        if self._words is not None:
            self._words.many(slots)
            echoing = self._echoes.echoing[slots]
            if echoing.any():
                self._work_out(slots[echoing])
                values = shares(self._raw[slots], self._asked.bound)
        return values

    def at(self, slot: int) -> float:
        return float(self.many(np.array([slot]))[0])

    def at_most(self, slots: Ints) -> Floats:
        """The values that slots have unless a text of theirs turns out to be an echo."""
        new = slots[~self._known[slots]]
        if new.size:
            self._work_out(new)
            self._known[new] = True
        return shares(self._raw[slots], self._asked.bound)

    def raise_bounds(self, most: float, bounds: NDArray[np.float32]) -> None:
        if self._words is not None:  # looked up for those few whom the words leave
            bounds += np.float32(most)
            return
        for number, segment in enumerate(self._state.segments):
            postings: Postings = getattr(segment, self._index)
            starts, ends, weights = lists(postings, self._asked.weighed)
            weights *= postings.over(self._said.mean)
            acc = self._state.room(number, self._index)[2]
            kernels.add_ceilings(
                starts, ends, weights.astype(np.float32), postings.rows, postings.ceilings, acc
            )
            kernels.raise_by_texts(
                segment.first_row, acc, postings.worth_ceiling, np.float32(self._asked.bound or 1.0),
                np.float32(SOFT), np.float32(most), self._state.part(bounds, number),
            )  # fmt: skip

    def _work_out(self, slots: Ints) -> None:
        """The values of slots in rising order, by what is known of echoes."""
        for number, own, _ in self._state.by_segment(slots):
            segment = self._state.segments[number]
            postings: Postings = getattr(segment, self._index)
            acc, hits, _ = self._state.room(number, self._index)
            kernels.bm25_of(
                own, segment.first_row, postings.row_start, postings.row_words, postings.row_counts,
                self._by_word(number, postings), self._said.norms[number], acc, hits,
            )  # fmt: skip
            if self._words is None:
                self._echoes.mark(number, own, self._asked.weighed, hits)
            kernels.best_and_mean(
                own, segment.first_row, postings.worth, self._echoes.void[number], acc, hits,
                self._state.part(self._raw, number),
            )  # fmt: skip

    def _by_word(self, number: int, postings: Postings) -> Floats:
        """The weight of each word of the index, 0 for those not asked for."""
        if number not in self._weights:
            weights = np.zeros(len(postings.words))
            for word, weight in self._asked.weighed.items():
                if (at := postings.ids.get(word)) is not None:
                    weights[at] = weight
            self._weights[number] = weights
        return self._weights[number]


def lists(
    postings: Postings, weighed: Mapping[str, float]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Where the postings of the words begin and end, for those that there are, and their weights."""
    found = [
        (number, weight) for word, weight in weighed.items() if (number := postings.ids.get(word)) is not None
    ]
    ids = np.array([number for number, _ in found], dtype=np.int64)
    return postings.start[ids], postings.start[ids + 1], np.array([weight for _, weight in found])
