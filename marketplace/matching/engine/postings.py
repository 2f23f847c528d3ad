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

SUBSTANCE, VARIETY = 10, 0.7

_MOST = np.iinfo(np.uint16).max  # a word said more often than this in one text counts as often as this


@dataclass(frozen=True, eq=False)
class Postings:
    """``words`` in order; postings of word w at ``start[w]:start[w + 1]`` in ``rows`` and ``counts``.

    The forward index is the same turned round: ``row_start``, ``row_words``, ``row_counts``. ``length`` is
    the number of words in each row, repetitions counted.
    """

    words: Sequence[str]
    start: Ints
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
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
        row_words = np.fromiter((ids[w] for bag in bags for w in bag), dtype=np.int32)
        counts = np.fromiter((n for bag in bags for n in bag.values()), dtype=np.int64)
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
        return cls(words, start, row_of[order], row_counts[order], row_start, row_words, row_counts, length)

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
    def total(self) -> int:
        """Words in all rows, repetitions counted."""
        return int(self.length.sum(dtype=np.int64))

    def count(self, word: str) -> int:
        """In how many rows a word stands."""
        number = self.ids.get(word)
        return 0 if number is None else int(self.start[number + 1] - self.start[number])

    def bag(self, row: int) -> dict[str, int]:
        """The words of one row with their counts."""
        span = slice(self.row_start[row], self.row_start[row + 1])
        pairs = zip(self.row_words[span].tolist(), self.row_counts[span].tolist(), strict=True)
        return {self.words[number]: count for number, count in pairs}
