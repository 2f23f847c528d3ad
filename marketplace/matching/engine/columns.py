"""A sparse table of terms by slots: for each term the slots that have a value, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Ints


@dataclass(frozen=True, eq=False)
class Columns:
    """The slots of term t lie at ``start[t]:start[t + 1]`` of ``slots``, their values beside them."""

    start: Ints
    slots: NDArray[np.int32]
    values: Floats

    @classmethod
    def build(cls, rows: Sequence[dict[int, float]], terms: int) -> Columns:
        """From one mapping of term to value per slot."""
        slots = np.repeat(np.arange(len(rows), dtype=np.int64), [len(row) for row in rows])
        term = np.array([t for row in rows for t in row], dtype=np.int64)
        values = np.array([value for row in rows for value in row.values()], dtype=np.float64)
        return cls._ordered(term, slots, values, terms)

    @classmethod
    def merged(cls, parts: Sequence[Columns], alive: Sequence[NDArray[np.bool_]]) -> Columns:
        """The living slots of several, one after the other."""
        terms, slots, values = [], [], []
        before = 0
        for part, lives in zip(parts, alive, strict=True):
            kept = lives[part.slots]
            place = np.cumsum(lives) - 1 + before
            terms.append(np.repeat(np.arange(part.start.size - 1), np.diff(part.start))[kept])
            slots.append(place[part.slots[kept]])
            values.append(part.values[kept])
            before += int(lives.sum())
        size = parts[0].start.size - 1
        return cls._ordered(np.concatenate(terms), np.concatenate(slots), np.concatenate(values), size)

    @classmethod
    def _ordered(cls, term: Ints, slots: Ints, values: Floats, terms: int) -> Columns:
        order = np.lexsort((slots, term))
        start = np.searchsorted(term[order], np.arange(terms + 1)).astype(np.int64)
        return cls(start, slots[order].astype(np.int32), values[order])

    def of(self, term: int) -> tuple[NDArray[np.int32], Floats]:
        """The slots that have a value for a term, in order, and the values."""
        span = slice(self.start[term], self.start[term + 1])
        return self.slots[span], self.values[span]

    def many(self, terms: Ints, slots: Ints) -> Floats:
        """The values of some slots for some terms, 0 where there is none: (terms, slots)."""
        out = np.empty((terms.size, slots.size))
        kernels.find_values(self.start[terms], self.start[terms + 1], self.slots, self.values, slots, out)
        return out
