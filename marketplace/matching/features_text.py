"""An exact BM25 index over the entries of profiles that follows changes without being rebuilt.

Postings lie term by term: a large immutable part and a small tail of what came since. Counts are kept, not
weights, and rarity and mean length are taken at query time, so that an index that was updated answers to the
last bit as one that is built afresh from the same profiles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TAIL_SHARE = 0.1  # the tail is merged when it exceeds this share of the rows ...
_TAIL_ROWS = 2_000  # ... and this many


class PostingIndex:
    """Bags of words in rows; each row belongs to an owner (a whole number from 0)."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._df = np.zeros(0, dtype=np.int64)
        self._bags: list[Counter[str] | None] = []  # by row; None once removed
        self._rows_of: dict[int, list[int]] = {}
        self._owner = np.zeros(0, dtype=np.int64)
        self._length = np.zeros(0)
        self._alive = np.zeros(0, dtype=bool)
        self._start = np.zeros(1, dtype=np.int64)
        self._rows = np.zeros(0, dtype=np.int64)
        self._counts = np.zeros(0)
        self._tail: dict[int, list[tuple[int, int]]] = {}
        self._merged = 0  # rows below this number lie in the large part
        self.live_rows = 0
        self.total_length = 0.0

    def build(self, owners: Sequence[int], bags: Sequence[Counter[str]]) -> None:
        """Replace everything by these rows."""
        self.__init__()  # type: ignore[misc]
        for owner, bag in zip(owners, bags, strict=True):
            self._append(owner, bag)
        self._merge()

    def replace(self, owner: int, bags: Sequence[Counter[str]]) -> None:
        """Give an owner these rows instead of its present ones; none to remove it."""
        for row in self._rows_of.pop(owner, ()):
            bag = self._bags[row]
            if bag is None:
                continue
            for word in bag:
                self._df[self._ids[word]] -= 1
            self.live_rows -= 1
            self.total_length -= self._length[row]
            self._alive[row] = False
            self._bags[row] = None
        for bag in bags:
            row = self._append(owner, bag)
            for word, count in bag.items():
                self._tail.setdefault(self._ids[word], []).append((row, count))
        new = len(self._bags) - self._merged
        if new > _TAIL_ROWS and new > _TAIL_SHARE * len(self._bags):
            self._merge()

    def _append(self, owner: int, bag: Counter[str]) -> int:
        row = len(self._bags)
        if row == self._owner.size:
            room = max(64, row // 2)
            self._owner = np.concatenate([self._owner, np.zeros(room, dtype=np.int64)])
            self._length = np.concatenate([self._length, np.zeros(room)])
            self._alive = np.concatenate([self._alive, np.zeros(room, dtype=bool)])
        length = bag.total()
        self._bags.append(bag)
        self._rows_of.setdefault(owner, []).append(row)
        self._owner[row], self._length[row], self._alive[row] = owner, length, True
        self.live_rows += 1
        self.total_length += length
        for word in bag:
            number = self._ids.setdefault(word, len(self._ids))
            if number >= self._df.size:
                self._df = np.concatenate([self._df, np.zeros(max(256, number // 2), dtype=np.int64)])
            self._df[number] += 1
        return row

    def _merge(self) -> None:
        """Lay all living rows into the large part; row numbers stay, dead rows leave nothing behind."""
        words, rows, counts = [], [], []
        for row, bag in enumerate(self._bags):
            if bag:
                words += [self._ids[word] for word in bag]
                counts += list(bag.values())
                rows += [row] * len(bag)
        numbers = np.array(words, dtype=np.int64)
        order = np.argsort(numbers, kind="stable")
        self._rows = np.array(rows, dtype=np.int64)[order]
        self._counts = np.array(counts, dtype=float)[order]
        self._start = np.searchsorted(numbers[order], np.arange(len(self._ids) + 1))
        self._tail = {}
        self._merged = len(self._bags)

    def rarity(self, word: str) -> float:
        """ln(1 + (N - n + .5) / (n + .5)) over living rows; 0 for a word that stands in none."""
        number = self._ids.get(word)
        n = int(self._df[number]) if number is not None else 0
        return float(np.log1p((self.live_rows - n + 0.5) / (n + 0.5))) if n else 0.0

    def scores(self, query: Mapping[str, float], owners: int) -> tuple[Floats, float]:
        """BM25 of each owner below ``owners``: half its best row, half the mean of its rows.

        Also the score that no row could exceed, counting words that no profile has at the rarity of one
        that stands in a single row, so that an answer that misses the rare words is seen to be poor.
        """
        row_scores, bound = self._row_scores(query)
        used = len(self._bags)
        owner = self._owner[:used][self._alive[:used]]
        values = row_scores[self._alive[:used]]
        best = np.zeros(owners)
        np.maximum.at(best, owner, values)
        count = np.bincount(owner, minlength=owners)
        mean = np.bincount(owner, weights=values, minlength=owners) / np.maximum(count, 1)
        return (best + mean) / 2, bound

    def best_row(self, query: Mapping[str, float], owner: int) -> int | None:
        """Which of the owner's rows (0 = the first it was given) answers best; None when none does."""
        rows = self._rows_of.get(owner, [])
        mean = self.total_length / self.live_rows if self.total_length else 1.0
        best, found = 0.0, None
        for place, row in enumerate(rows):
            bag = self._bags[row] or Counter()
            norm = K1 * (1 - B + B * self._length[row] / mean)
            value = sum(
                weight * self.rarity(word) * bag[word] * (K1 + 1) / (bag[word] + norm)
                for word, weight in query.items()
                if word in bag
            )
            if value > best:
                best, found = value, place
        return found

    def words_in(self, owner: int, words: Sequence[str]) -> list[str]:
        """Those of the words that stand in a row of the owner, rarest first."""
        bags = [self._bags[row] or Counter() for row in self._rows_of.get(owner, ())]
        there = [word for word in words if any(word in bag for bag in bags)]
        return sorted(there, key=lambda word: (-self.rarity(word), word))

    def _row_scores(self, query: Mapping[str, float]) -> tuple[Floats, float]:
        rows: list[Ints] = []
        counts: list[Floats] = []
        weights: list[float] = []
        bound = 0.0
        single = float(np.log1p((self.live_rows - 0.5) / 1.5)) if self.live_rows else 0.0
        for word in sorted(query):  # a fixed order of addition, whatever the order of rows
            rarity = self.rarity(word)
            bound += query[word] * (rarity or single) * (K1 + 1)
            if not rarity:
                continue
            number = self._ids[word]
            weight = query[word] * rarity
            if number < self._start.size - 1:
                span = slice(self._start[number], self._start[number + 1])
                rows.append(self._rows[span])
                counts.append(self._counts[span])
                weights.append(weight)
            if number in self._tail:
                tail = np.array(self._tail[number], dtype=np.int64)
                rows.append(tail[:, 0])
                counts.append(tail[:, 1].astype(float))
                weights.append(weight)
        used = len(self._bags)
        if not rows:
            return np.zeros(used), bound
        at, count = np.concatenate(rows), np.concatenate(counts)
        weight_of = np.repeat(weights, [r.size for r in rows])
        mean = self.total_length / self.live_rows
        norm = K1 * (1 - B + B * self._length[at] / mean)
        values = weight_of * count * (K1 + 1) / (count + norm)
        sums: Floats = np.bincount(at, weights=values, minlength=used).astype(float)
        return sums, bound
