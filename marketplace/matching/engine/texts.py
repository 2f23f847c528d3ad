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
from marketplace.matching.engine.reading import header_of
from marketplace.matching.engine.segment import NEVER
from marketplace.matching.engine.state import K1, Said, State
from marketplace.matching.engine.values import Share, shares
from marketplace.matching.profiles import ExpertProfile
from marketplace.taxonomy.text import letters_of, normalise, words_of

ASKED = 96  # the heaviest words, and runs of letters, of a request that are looked for
ECHO_LEAST, ECHO_SHARE = 3, 0.5  # words of a text that are the request's, for it to be looked at
ECHO_RUNS, ECHO_COPIED = 6, 0.8  # runs of letters of a text, and the share of them that are the request's
ECHO_TOLD = 6  # words of a request, for a text to be compared with the whole of it
ECHO_WORDS, ECHO_LETTERS = 0.6, 0.95  # the shares of its words and of its runs of letters in a copy
_SUSPECTS = 20_000  # texts that are looked at


@dataclass(frozen=True, slots=True, eq=False)
class Echoes:
    """Texts that are the request over again, by segment and row, and whose they are, by slot.

    Such a text is made, letter by letter, of what the firm wrote, or it holds nearly all that the firm wrote in
    its own words. It tells of nothing done, and counts nothing. Of expository requests none is sought: one's
    own abstract is no trick.
    """

    void: tuple[NDArray[np.bool_], ...]
    echoing: NDArray[np.bool_]

    @classmethod
    def none(cls, state: State) -> Echoes:
        """Nothing marked yet."""
        void = tuple(np.zeros(segment.words.length.size, dtype=bool) for segment in state.segments)
        return cls(void, np.zeros(state.size, dtype=bool))

    def mark(self, state: State, number: int, query: Query, hits: NDArray[np.uint16]) -> None:
        """Mark the echoes of one segment, out of how many words asked for stand in each row; clears those."""
        segment, void = state.segments[number], self.void[number]
        asked = min(len(query.words), ASKED)
        most = ceil(ECHO_WORDS * asked) if query.own_words and asked >= ECHO_TOLD else NEVER
        suspect = np.empty(_SUSPECTS, dtype=np.int64)
        count = kernels.take_suspects(hits, segment.words.row_start, ECHO_LEAST, ECHO_SHARE, most, suspect)
        asked_for = query.letters.keys()
        for row in suspect[:count].tolist():
            written = segment.letters.bag(row).keys()
            own = written - _header_letters(segment.profile(int(segment.owner[row]))) or written
            copied = len(own) >= ECHO_RUNS and len(own & asked_for) >= ECHO_COPIED * len(own)
            whole = most != NEVER and len(asked_for & written) >= ECHO_LETTERS * len(asked_for)
            void[row] = copied or whole
        self.echoing[state.first[number] + segment.owner[void]] = True


def _header_letters(profile: ExpertProfile) -> frozenset[str]:
    """The runs of letters of what stands before every text of a profile."""
    return frozenset(run for word in words_of(normalise(header_of(profile))) for run in letters_of(word))


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


def text_value(state: State, index: str, query: Query, echoes: Echoes, *, mark: bool = False) -> Share:
    """BM25 of each slot, half its best row and half the mean of its rows, as a share of what a row could have.

    ``mark`` finds the echoes first; rows that are echoes count nothing.
    """
    said: Said = getattr(state, index)
    asked = Asked.of(said, getattr(query, index))
    out = np.empty(state.size)
    for number, segment in enumerate(state.segments):
        postings: Postings = getattr(segment, index)
        starts, ends, weights = lists(postings, asked.weighed)
        acc, hits = state.room(number, index)
        once, norms = said.once[number], said.norms[number]
        kernels.add_bm25(starts, ends, weights, postings.rows, postings.counts, once, norms, acc, hits)
        if mark and not query.expository:
            echoes.mark(state, number, query, hits)
        else:
            hits[:] = 0
        own = out[state.first[number] : state.first[number + 1]]
        kernels.best_and_mean(acc, postings.worth, echoes.void[number], segment.first_row, own)
    return Share(out, asked.bound)


@dataclass(frozen=True, slots=True, eq=False)
class OnDemand:
    """``text_value`` of an index, worked out for those who are looked at."""

    state: State
    index: str
    asked: Asked
    echoes: Echoes
    known: dict[int, float] = field(default_factory=dict)

    def many(self, slots: Ints) -> Floats:
        out = np.empty(slots.size)
        said: Said = getattr(self.state, self.index)
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
        values = shares(out, self.asked.bound)
        self.known.update(zip(slots.tolist(), values.tolist(), strict=True))
        return values

    def at(self, slot: int) -> float:
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
