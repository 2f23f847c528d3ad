"""One inverted index over the texts of some profiles, with its forward index; arrays only, never changed.

Counts are kept, not weights: rarity and mean length are taken when a question is asked, so that an index
that followed changes answers to the last bit as one that is built afresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Of BM25: how soon a count is saturated, and how much a long text is held against it.
K1, B = 1.2, 0.75
SUBSTANCE, VARIETY = 10, 0.7
STEPS = 255  # of a ceiling

_MOST = np.iinfo(np.uint16).max  # a word said more often than this in one text counts as often as this


@dataclass(frozen=True, eq=False)
class Postings:
    """``words`` in order; postings of word w at ``start[w]:start[w + 1]`` in ``rows`` and ``counts``.

    The forward index is the same turned round: ``row_start``, ``row_words``, ``row_counts``, each row's words in
    order too, so that both ways of adding up give the same bits. ``length`` is the number of words in each row,
    repetitions counted. ``ceilings`` are the saturated counts at this index's own mean length, in steps of
    1 / ``STEPS`` rounded up: what bounds are made of, see ``over``.
    """

    words: Sequence[str]
    start: Ints
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    ceilings: NDArray[np.uint8]
    row_start: Ints
    row_words: NDArray[np.int32]
    row_counts: NDArray[np.uint16]
    length: NDArray[np.int32]
    ids: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", {word: i for i, word in enumerate(self.words)})

    @classmethod
    def build(cls, bags: Sequence[Mapping[str, int]]) -> Postings:
        """From one bag of words per row."""
        words = sorted({word for bag in bags for word in bag})
        ids = {word: i for i, word in enumerate(words)}
        ordered = [sorted(bag.items()) for bag in bags]
        row_words = np.fromiter((ids[w] for bag in ordered for w, _ in bag), dtype=np.int32)
        counts = np.fromiter((n for bag in ordered for _, n in bag), dtype=np.int64)
        row_start = np.concatenate([[0], np.cumsum([len(bag) for bag in bags], dtype=np.int64)])
        length = np.array([sum(bag.values()) for bag in bags], dtype=np.int32)
        return cls.turned(words, row_start, row_words, np.minimum(counts, _MOST).astype(np.uint16), length)

    @classmethod
    def turned(
        cls,
        words: Sequence[str],
        row_start: Ints,
        row_words: NDArray[np.int32],
        row_counts: NDArray[np.uint16],
        length: NDArray[np.int32],
    ) -> Postings:
        """From a forward index."""
        order = np.argsort(row_words, kind="stable")
        row_of = np.repeat(np.arange(length.size, dtype=np.int32), np.diff(row_start))
        start = np.searchsorted(row_words[order], np.arange(len(words) + 1)).astype(np.int64)
        rows, counts = row_of[order], row_counts[order]
        ceilings = _ceilings(counts, _norms(length, _mean(length))[rows])
        return cls(words, start, rows, counts, ceilings, row_start, row_words, row_counts, length)

    @classmethod
    def merged(cls, parts: Sequence[Postings], kept: Sequence[NDArray[np.bool_]]) -> Postings:
        """The kept rows of several, one after the other."""
        words = sorted(set().union(*(part.words for part in parts)))
        ids = {word: i for i, word in enumerate(words)}
        row_words, row_counts, sizes, lengths = [], [], [], []
        for part, rows in zip(parts, kept, strict=True):
            size = np.diff(part.row_start)
            entries = np.repeat(rows, size)
            meaning = np.array([ids[word] for word in part.words], dtype=np.int32)
            row_words.append(meaning[part.row_words[entries]] if meaning.size else part.row_words[entries])
            row_counts.append(part.row_counts[entries])
            sizes.append(size[rows])
            lengths.append(part.length[rows])
        row_start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
        return cls.turned(
            words, row_start, np.concatenate(row_words), np.concatenate(row_counts), np.concatenate(lengths)
        )

    def over(self, mean: float) -> float:
        """What ``ceilings`` are to be multiplied with so that no saturated count at this mean length is above.

        A count is saturated less in a text that is shorter against the mean, by no more than the means differ.
        """
        return max(1.0, mean / self.mean) / STEPS

    def norms(self, mean: float) -> Floats:
        """By row, what a count is saturated by where texts are of this mean length."""
        return _norms(self.length, mean)

    @cached_property
    def worth(self) -> Floats:
        """What each row counts, 0 to 1: less where it says little, or the same again and again.

        In full from ``SUBSTANCE`` different words on, of which there must be as many as running text of that
        length has at least (length to the power of ``VARIETY``).
        """
        different = np.diff(self.row_start).astype(np.float64)
        usual = np.maximum(self.length, 1.0) ** VARIETY
        worth: Floats = np.minimum(different / SUBSTANCE, 1.0) * np.minimum(different / usual, 1.0)
        return worth

    @cached_property
    def worth_ceiling(self) -> NDArray[np.float32]:
        """``worth`` for bounds."""
        return self.worth.astype(np.float32)

    @cached_property
    def mean(self) -> float:
        """The mean length of all rows."""
        return _mean(self.length)

    @cached_property
    def total(self) -> int:
        """Words in all rows, repetitions counted."""
        return int(self.length.sum(dtype=np.int64))

    def bag(self, row: int) -> dict[str, int]:
        """The words of one row with their counts."""
        span = slice(self.row_start[row], self.row_start[row + 1])
        pairs = zip(self.row_words[span].tolist(), self.row_counts[span].tolist(), strict=True)
        return {self.words[number]: count for number, count in pairs}


def _mean(length: NDArray[np.int32]) -> float:
    return float(length.mean()) if length.any() else 1.0


def _norms(length: NDArray[np.int32], mean: float) -> Floats:
    """K1 (1 - B + B length / mean)."""
    norms: Floats = K1 * (1 - B) + K1 * B / mean * length.astype(np.float64)
    return norms


def _ceilings(counts: NDArray[np.uint16], norms: Floats) -> NDArray[np.uint8]:
    return np.ceil(STEPS * (counts / (counts + norms))).astype(np.uint8)
