"""What the texts of profiles share with a request: the parts "words" and "letters"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Ints, Postings
from marketplace.matching.engine.query import Query
from marketplace.matching.engine.segment import NEVER
from marketplace.matching.engine.state import K1, Said, State
from marketplace.matching.engine.values import Value

#: A part is measured against the best expert, but never against less than this share of the highest score
#: that a profile could have, so that where nobody fits nobody seems to. What a firm tells in its own words is
#: measured against this share alone: nobody who did the work says it in the same words.
LEAST_SHARE = 0.15
ASKED = 96  # the heaviest words, and runs of letters, of a request that are looked for
ECHO_LEAST, ECHO_SHARE = 3, 0.5  # words of a text that are the request's
ECHO_WHOLE = ((14, 0.6), (10, 0.8))  # from how many words of a request which share of them in a text


@dataclass(frozen=True, slots=True, eq=False)
class Echoes:
    """Texts that are the request over again, by segment and row, and whose they are, by slot.

    More than half of such a text's words are the firm's, or it holds most of what a firm tells in its
    own words (people who did the work share a third at most). It tells of nothing done, and
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
        share = next((share for least, share in ECHO_WHOLE if asked >= least), None)
        whole = ceil(share * asked) if query.own_words and share else NEVER
        return cls(not query.expository, whole, void, np.zeros(state.size, dtype=bool))


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


def text_value(state: State, index: str, query: Query, echoes: Echoes, *, mark: bool = False) -> Value:
    """BM25 of each slot, half its best row and half the mean of its rows.

    ``mark`` finds the echoes first; rows that are echoes count nothing.
    """
    said: Said = getattr(state, index)
    asked = Asked.of(said, getattr(query, index))
    out = np.empty(state.size)
    top = 0.0
    for number, (segment, alive) in enumerate(zip(state.segments, state.alive, strict=True)):
        postings: Postings = getattr(segment, index)
        starts, ends, weights = lists(postings, asked.weighed)
        acc, hits = state.room(number, index)
        kernels.add_bm25(
            starts,
            ends,
            weights,
            postings.rows,
            postings.counts,
            said.once[number],
            said.norms[number],
            acc,
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
        top = max(top, kernels.best_and_mean(acc, postings.worth, void, segment.first_row, alive, out[own]))
    least = LEAST_SHARE * asked.bound
    return Value(out, (least if query.own_words else max(top, least)) or 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class OnDemand:
    """``text_value`` of an index for a request in a firm's own words, worked out for those who are looked at.

    Its scale needs nobody else, so that it need not be known of everybody.
    """

    state: State
    index: str
    asked: Asked
    echoes: Echoes
    known: dict[int, float] = field(default_factory=dict)

    def many(self, slots: Ints) -> Floats:
        """The values in [0, 1] of slots in rising order."""
        out = np.empty(slots.size)
        said: Said = getattr(self.state, self.index)
        scale = LEAST_SHARE * self.asked.bound or 1.0
        for number, segment in enumerate(self.state.segments):
            low, high = np.searchsorted(slots, self.state.first[number : number + 2])
            if low == high:
                continue
            postings: Postings = getattr(segment, self.index)
            weights = np.zeros(len(postings.words))
            for word, weight in self.asked.weighed.items():
                if (at := postings.ids.get(word)) is not None:
                    weights[at] = weight
            kernels.bm25_of(
                slots[low:high] - self.state.first[number], segment.first_row, postings.row_start,
                postings.row_words, postings.row_counts, weights, said.once[number], said.norms[number],
                postings.worth, self.echoes.void[number], out[low:high],
            )  # fmt: skip
        values: Floats = np.minimum(out / scale, 1.0)
        self.known.update(zip(slots.tolist(), values.tolist(), strict=True))
        return values

    def at(self, slot: int) -> float:
        """The value of one slot."""
        if slot not in self.known:
            self.many(np.array([slot]))
        return self.known[slot]


def lists(
    postings: Postings, weighed: Mapping[str, float]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Where the postings of the words begin and end, for those that there are, and their weights."""
    found = [
        (number, weight) for word, weight in weighed.items() if (number := postings.ids.get(word)) is not None
    ]
    ids = np.array([number for number, _ in found], dtype=np.int64)
    return postings.start[ids], postings.start[ids + 1], np.array([weight for _, weight in found])
