"""The profiles at one moment: segments, who of them is there, and how often words are said."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log1p
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Ints, Postings
from marketplace.matching.engine.segment import FACETS, Segment
from marketplace.matching.profiles import ExpertProfile

_REMEMBERED = 100_000  # rarities

T = TypeVar("T")
A = TypeVar("A", bound=np.generic)
Room = tuple[NDArray[np.float64], NDArray[np.uint16], NDArray[np.float32]]

#: The two indexes of a segment.
INDEXES = ("words", "letters")


@dataclass(frozen=True, eq=False)
class Said:
    """Who says which words in all segments of one index, and how long the living rows are.

    Words are counted by who says them and not by row, so that nobody makes a word common by saying it again.
    """

    indexes: tuple[Postings, ...]
    sayers: tuple[NDArray[np.int32], ...]  # by index and word
    gone: Mapping[str, int]  # sayers who are no longer there, by word
    tellers: int  # slots with any row
    rows: int
    length: int

    def count(self, word: str) -> int:
        """How many living slots say a word."""
        said = -self.gone.get(word, 0)
        for index, sayers in zip(self.indexes, self.sayers, strict=True):
            if (number := index.ids.get(word)) is not None:
                said += int(sayers[number])
        return said

    def rarity(self, word: str) -> float:
        """ln(1 + (N - n + .5) / (n + .5)) over living slots; 0 for a word that none says."""
        found = self._rarity.get(word)
        if found is None:
            n = self.count(word)
            found = log1p((self.tellers - n + 0.5) / (n + 0.5)) if n else 0.0
            if len(self._rarity) < _REMEMBERED:
                self._rarity[word] = found
        return found

    @cached_property
    def _rarity(self) -> dict[str, float]:
        return {}

    @cached_property
    def single(self) -> float:
        """The rarity of a word that one slot says only."""
        return log1p((self.tellers - 0.5) / 1.5) if self.tellers else 0.0

    @cached_property
    def mean(self) -> float:
        """The mean length of the living rows."""
        return self.length / self.rows if self.length else 1.0

    @cached_property
    def norms(self) -> tuple[Floats, ...]:
        """By index and row, what a count is saturated by."""
        return tuple(index.norms(self.mean) for index in self.indexes)


@dataclass(frozen=True, eq=False)
class State:
    """The table at one moment. A slot is numbered through all segments, from ``first[i]`` in segment i."""

    segments: tuple[Segment, ...]
    alive: tuple[NDArray[np.bool_], ...]
    words: Said
    letters: Said
    digest: int
    scratch: threading.local = field(default_factory=threading.local)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def first(self) -> tuple[int, ...]:
        return tuple(int(n) for n in np.cumsum([0, *(segment.size for segment in self.segments)]))

    @property
    def size(self) -> int:
        """Slots, those of the gone included."""
        return self.first[-1]

    @cached_property
    def living(self) -> NDArray[np.bool_]:
        """Which slots hold a profile."""
        return np.concatenate([*self.alive, np.zeros(0, dtype=bool)])

    @cached_property
    def whole(self) -> bool:
        """Whether every slot holds a profile."""
        return bool(self.living.all())

    def located(self, slot: int) -> tuple[int, Segment, int]:
        """The number of a slot's segment, the segment, and the slot's number there."""
        at = bisect_right(self.first, slot) - 1
        return at, self.segments[at], slot - self.first[at]

    def part(self, values: NDArray[A], number: int) -> NDArray[A]:
        """The part of an array by slot that belongs to one segment; writing to it writes to the array."""
        return values[self.first[number] : self.first[number + 1]]

    def by_segment(self, slots: Ints) -> Iterator[tuple[int, Ints, slice]]:
        """Slots in rising order by segment: its number, the slots' numbers there, and where among ``slots``."""
        for number in range(len(self.segments)):
            begin, end = self.first[number : number + 2]
            low, high = slots.searchsorted((begin, end)).tolist()
            if low < high:
                yield number, slots[low:high] - begin, slice(low, high)

    def place(self, slot: int) -> tuple[Segment, int]:
        """The segment of a slot and its number there."""
        return self.located(slot)[1:]

    def profile(self, slot: int) -> ExpertProfile:
        """The profile in a slot."""
        segment, own = self.place(slot)
        return segment.profile(own)

    def key(self, slot: int) -> str:
        """The key of the profile in a slot."""
        segment, own = self.place(slot)
        return segment.keys[own]

    def profile_of(self, key: str) -> ExpertProfile:
        """The living profile with this key; KeyError when there is none."""
        return self.profile(self._slots[key])

    @cached_property
    def _slots(self) -> dict[str, int]:
        return {self.key(int(slot)): int(slot) for slot in np.flatnonzero(self.living)}

    def profiles(self) -> Iterator[ExpertProfile]:
        """The living profiles."""
        for slot in np.flatnonzero(self.living):
            yield self.profile(int(slot))

    def rows_of(self, slot: int, index: str) -> list[dict[str, int]]:
        """The bags of a slot's rows in ``words`` or ``letters``."""
        segment, own = self.place(slot)
        postings: Postings = getattr(segment, index)
        return [postings.bag(row) for row in range(segment.first_row[own], segment.first_row[own + 1])]

    def said_by(self, slots: Ints, index: str, words: Sequence[str]) -> NDArray[np.bool_]:
        """Which of these words stand in the texts of slots in rising order, in ``words`` or ``letters``: (slots,
        words)."""
        out = np.zeros((slots.size, len(words)), dtype=bool)
        for number, own, where in self.by_segment(slots):
            segment = self.segments[number]
            postings: Postings = getattr(segment, index)
            ids = np.array([postings.ids.get(word, -1) for word in words], dtype=np.int64)
            kernels.find_words(
                own, segment.first_row, postings.row_start, postings.row_words, ids, out[where]
            )
        return out

    def counts(self, facet: int) -> list[NDArray[np.int64]]:
        """By segment, how many living profiles are in each class of a facet."""
        return self._counts[facet]

    @cached_property
    def _counts(self) -> list[list[NDArray[np.int64]]]:
        pairs = list(zip(self.segments, self.alive, strict=True))
        return [
            [
                np.bincount(segment.classes[facet][alive], minlength=len(segment.values[facet]))
                for segment, alive in pairs
            ]
            for facet in range(len(FACETS))
        ]

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """What ``answer`` gives, worked out when it is first asked for."""
        if question not in self._asked:
            with self._asking:
                if question not in self._asked:
                    self._asked[question] = answer()
        found: T = self._asked[question]
        return found

    @cached_property
    def _asked(self) -> dict[Hashable, Any]:
        return {}

    def room(self, segment: int, index: str) -> Room:
        """Zeros for the calling thread, to be left as zeros, one place per row of the index: sums, counts, and
        sums of ceilings."""
        rooms: dict[tuple[int, str], Room] = self.scratch.__dict__.setdefault("rooms", {})
        key = (segment, index)
        if key not in rooms:
            rows = getattr(self.segments[segment], index).length.size
            rooms[key] = (
                np.zeros(rows), np.zeros(rows, dtype=np.uint16), np.zeros(rows, dtype=np.float32)
            )  # fmt: skip
        return rooms[key]
