"""The profiles as they stand now, over segments that never change: who is in, who is gone, what is said how often.

A change goes into a small segment, which is built anew from the latest changes before the next question; what
it replaces is marked as gone. Segments that grew are merged, as log-structured indexes do. Questions are
asked of a ``State``, which stays as it is while others change the table.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log1p
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine.postings import Postings
from marketplace.matching.engine.reading import ReadProfile, read_profiles
from marketplace.matching.engine.segment import FACETS, Segment
from marketplace.matching.profiles import ExpertProfile
from marketplace.taxonomy.vocabulary import Vocabulary

_LATEST = 64  # changes that are built anew each time; more become a segment of their own
_MERGED_SHARE = 0.1  # the segments of changes are merged into the large one beyond this share of it ...
_MERGED_LEAST = 2_000  # ... and this many profiles
_AT_ONCE = 20_000  # profiles put into arrays in one go while building

_REMEMBERED = 100_000  # rarities

T = TypeVar("T")

#: The two indexes of a segment.
INDEXES = ("words", "letters")


@dataclass(frozen=True, eq=False)
class Said:
    """How often words stand in the living rows of all segments of one index."""

    indexes: tuple[Postings, ...]
    gone: Mapping[str, int]  # rows that are no longer there, by word
    rows: int
    length: int

    def count(self, word: str) -> int:
        """In how many living rows a word stands."""
        return sum(index.count(word) for index in self.indexes) - self.gone.get(word, 0)

    def rarity(self, word: str) -> float:
        """ln(1 + (N - n + .5) / (n + .5)) over living rows; 0 for a word that stands in none."""
        found = self._rarity.get(word)
        if found is None:
            n = self.count(word)
            found = log1p((self.rows - n + 0.5) / (n + 0.5)) if n else 0.0
            if len(self._rarity) < _REMEMBERED:
                self._rarity[word] = found
        return found

    @cached_property
    def _rarity(self) -> dict[str, float]:
        return {}

    @cached_property
    def single(self) -> float:
        """The rarity of a word that stands in one row only."""
        return log1p((self.rows - 0.5) / 1.5) if self.rows else 0.0

    @property
    def mean_length(self) -> float:
        return self.length / self.rows if self.length else 1.0


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

    def located(self, slot: int) -> tuple[int, Segment, int]:
        """The number of a slot's segment, the segment, and the slot's number there."""
        at = next(i for i, end in enumerate(self.first[1:]) if slot < end)
        return at, self.segments[at], slot - self.first[at]

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

    def profiles(self) -> Iterator[ExpertProfile]:
        """The living profiles."""
        for slot in np.flatnonzero(self.living):
            yield self.profile(int(slot))

    def rows_of(self, slot: int, index: str) -> list[dict[str, int]]:
        """The bags of a slot's rows in ``words`` or ``letters``."""
        segment, own = self.place(slot)
        postings: Postings = getattr(segment, index)
        return [postings.bag(row) for row in range(segment.first_row[own], segment.first_row[own + 1])]

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

    def once(self, question: str, answer: Callable[[], T]) -> T:
        """What ``answer`` gives, worked out when it is first asked for."""
        with self._asking:
            if question not in self._asked:
                self._asked[question] = answer()
            found: T = self._asked[question]
            return found

    @cached_property
    def _asked(self) -> dict[str, Any]:
        return {}

    def room(self, segment: int, index: str) -> tuple[NDArray[np.float64], NDArray[np.uint16]]:
        """Zeros for the calling thread, to be left as zeros: sums and counts, one place per row of the index."""
        rooms: dict[tuple[int, str], tuple[NDArray[np.float64], NDArray[np.uint16]]]
        rooms = self.scratch.__dict__.setdefault("rooms", {})
        key = (segment, index)
        if key not in rooms:
            rows = getattr(self.segments[segment], index).length.size
            rooms[key] = np.zeros(rows), np.zeros(rows, dtype=np.uint16)
        return rooms[key]


class ExpertTable:
    """Profiles by key. Changes may come from any thread; ``state`` answers for what is there now."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._lock = threading.RLock()
        self._segments: list[Segment] = []
        self._alive: list[NDArray[np.bool_]] = []
        self._gone: list[Gone] = []
        self._where: dict[str, tuple[int, int]] = {}  # key -> segment, slot in it
        self._latest: dict[str, ReadProfile] = {}  # what the last segment, if any, is built from
        self._state: State | None = None
        self._has_latest = False

    def build(self, experts: Sequence[ExpertProfile]) -> None:
        """Index all at once; the slots follow the order of the keys."""
        ordered = sorted(experts, key=lambda expert: expert.key)
        if len({expert.key for expert in ordered}) != len(ordered):
            raise ValueError("two profiles have the same key")
        parts = []
        for at in range(0, len(ordered), _AT_ONCE) or (0,):
            read = list(read_profiles(ordered[at : at + _AT_ONCE], self.vocabulary))
            parts.append(Segment.build(read, len(self.vocabulary.symptoms.terms)))
        self.load(Segment.merged(parts, [np.ones(part.size, dtype=bool) for part in parts]))

    def load(self, segment: Segment) -> None:
        """Replace everything by a segment."""
        with self._lock:
            self._segments, self._alive, self._gone, self._where = [], [], [], {}
            self._add(segment)
            self._latest, self._has_latest, self._state = {}, False, None

    def update(self, expert: ExpertProfile) -> None:
        """Put a new or changed profile in; the next question finds it."""
        with self._lock:
            self.remove(expert.key)
            self._latest[expert.key] = next(read_profiles([expert], self.vocabulary))
            self._state = None

    def remove(self, key: str) -> None:
        """Forget a profile; an unknown key is no error."""
        with self._lock:
            self._latest.pop(key, None)
            at = self._where.pop(key, None)
            if at is not None:
                segment, slot = at
                self._alive[segment] = self._alive[segment].copy()  # earlier states keep theirs
                self._alive[segment][slot] = False
                self._gone[segment].take(self._segments[segment], slot)
            self._state = None

    def state(self) -> State:
        """The table as it is now; cheap when nothing changed."""
        with self._lock:
            if self._state is None:
                self._settle()
                self._state = self._made()
            return self._state

    def _settle(self) -> None:
        """Build the segment of the latest changes, and merge what has grown."""
        if self._has_latest:
            del self._segments[-1], self._alive[-1], self._gone[-1]
            self._has_latest = False
        if self._latest:
            read = [self._latest[key] for key in sorted(self._latest)]
            self._add(Segment.build(read, len(self.vocabulary.symptoms.terms)))
            if len(self._latest) > _LATEST:
                self._latest = {}
                self._merge(1)
                if self._segments[1].size > max(_MERGED_LEAST, _MERGED_SHARE * self._segments[0].size):
                    self._merge(0)
            else:
                self._has_latest = True

    def _add(self, segment: Segment) -> None:
        for slot, key in enumerate(segment.keys):
            self._where[key] = (len(self._segments), slot)
        self._segments.append(segment)
        self._alive.append(np.ones(segment.size, dtype=bool))
        self._gone.append(Gone())

    def _merge(self, first: int) -> None:
        """Make one segment of all from ``first`` on."""
        merged = Segment.merged(self._segments[first:], self._alive[first:])
        del self._segments[first:], self._alive[first:], self._gone[first:]
        self._add(merged)

    def _made(self) -> State:
        gone = sum(self._gone[1:], start=self._gone[0].copy()) if self._gone else Gone()
        said = {}
        for index in INDEXES:
            indexes: tuple[Postings, ...] = tuple(getattr(segment, index) for segment in self._segments)
            said[index] = Said(
                indexes,
                gone.words[index],
                sum(postings.length.size for postings in indexes) - gone.rows,
                sum(postings.total for postings in indexes) - gone.length[index],
            )
        digest = sum(segment.digest_sum for segment in self._segments) - gone.digest
        return State(tuple(self._segments), tuple(self._alive), said["words"], said["letters"], digest)


class Gone:
    """What the removed profiles of a segment had said."""

    def __init__(self) -> None:
        self.words: dict[str, Counter[str]] = {index: Counter() for index in INDEXES}
        self.length = dict.fromkeys(INDEXES, 0)
        self.rows = 0
        self.digest = 0

    def take(self, segment: Segment, slot: int) -> None:
        """Count a profile that is being removed."""
        first, last = int(segment.first_row[slot]), int(segment.first_row[slot + 1])
        self.rows += last - first
        self.digest += segment.digest(slot)
        for index in INDEXES:
            postings: Postings = getattr(segment, index)
            for row in range(first, last):
                self.words[index].update(postings.bag(row).keys())
                self.length[index] += int(postings.length[row])

    def __add__(self, other: Gone) -> Gone:
        both = Gone()
        both.rows, both.digest = self.rows + other.rows, self.digest + other.digest
        for index in INDEXES:
            both.words[index] = self.words[index] + other.words[index]
            both.length[index] = self.length[index] + other.length[index]
        return both

    def copy(self) -> Gone:
        """The same, apart from what is counted later."""
        return self + Gone()
