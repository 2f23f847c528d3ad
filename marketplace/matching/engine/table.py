"""The profiles as they stand now, over segments that never change: who is in, who is gone, what is said how often.

A change goes into a small segment, which is built anew from the latest changes before the next question; what
it replaces is marked as gone. Segments that grew are merged, as log-structured indexes do. Questions are
asked of a ``State``, which stays as it is while others change the table.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine.postings import Postings
from marketplace.matching.engine.reading import ReadProfile, read_profiles
from marketplace.matching.engine.segment import Segment
from marketplace.matching.engine.state import INDEXES, Said, State
from marketplace.matching.profiles import ExpertProfile
from marketplace.taxonomy.vocabulary import Vocabulary

_LATEST = 64  # changes that are built anew each time; more become a segment of their own
_MERGED_SHARE = 0.1  # the segments of changes are merged into the large one beyond this share of it ...
_MERGED_LEAST = 2_000  # ... and this many profiles
_AT_ONCE = 20_000  # profiles put into arrays in one go while building


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
                tuple(segment.sayers(index) for segment in self._segments),
                gone.words[index],
                sum(segment.telling for segment in self._segments) - gone.tellers,
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
        self.tellers = self.rows = 0
        self.digest = 0

    def take(self, segment: Segment, slot: int) -> None:
        """Count a profile that is being removed."""
        first, last = int(segment.first_row[slot]), int(segment.first_row[slot + 1])
        self.tellers += last > first
        self.rows += last - first
        self.digest += segment.digest(slot)
        for index in INDEXES:
            postings: Postings = getattr(segment, index)
            self.words[index].update({word for row in range(first, last) for word in postings.bag(row)})
            self.length[index] += int(postings.length[first:last].sum())

    def __add__(self, other: Gone) -> Gone:
        both = Gone()
        both.tellers, both.rows = self.tellers + other.tellers, self.rows + other.rows
        both.digest = self.digest + other.digest
        for index in INDEXES:
            both.words[index] = self.words[index] + other.words[index]
            both.length[index] = self.length[index] + other.length[index]
        return both

    def copy(self) -> Gone:
        """The same, apart from what is counted later."""
        return self + Gone()
