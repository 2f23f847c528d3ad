"""Everything the ranker keeps of some profiles, by slot. A segment is never changed; arrays may lie in a file."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.columns import Columns
from marketplace.matching.engine.postings import Ints, Postings
from marketplace.matching.engine.reading import ReadProfile, profile_digest
from marketplace.matching.engine.records import Notes, decode, encode
from marketplace.matching.profiles import ExpertProfile

#: Each way in which profiles are told apart by class; see ``reading.facets_of``.
FACETS = ("industry", "region", "size", "level", "open")
_REMEMBERED = 300  # answers by class: a question names an industry, or a region and a mode
T = TypeVar("T")
NEVER, ALWAYS = np.iinfo(np.int32).max, 0  # days of available_until and available_from when none is given


@dataclass(frozen=True, eq=False)
class Segment:
    """Profiles in slots 0 .. n-1.

    ``first_row`` bounds each slot's rows in ``words`` and ``letters``; ``topics`` says where
    the texts of a slot point among the terms, ``held`` how well a term is held. ``classes`` is
    facets by slots, into ``values``. ``records`` are the encoded profiles, bounded by ``record_start``.
    """

    keys: Sequence[str]
    first_row: Ints
    words: Postings
    letters: Postings
    topics: Columns
    held: Columns
    classes: NDArray[np.int32]
    values: Sequence[Sequence[tuple[object, ...]]]
    free_from: NDArray[np.int32]
    free_until: NDArray[np.int32]
    digests: NDArray[np.uint8]
    record_start: Ints
    records: NDArray[np.uint8]

    @property
    def size(self) -> int:
        return len(self.keys)

    @cached_property
    def _asked(self) -> dict[Hashable, Any]:
        return {}

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """What ``answer`` gives, worked out once for as long as few other questions are asked of the segment.

        The segment does not change, so neither does the answer.
        """
        if question not in self._asked:
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            self._asked[question] = answer()
        found: T = self._asked[question]
        return found

    @cached_property
    def owner(self) -> NDArray[np.int32]:
        """The slot of each row."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.first_row))

    @cached_property
    def telling(self) -> int:
        """How many slots have any text."""
        return int(np.count_nonzero(np.diff(self.first_row)))

    def sayers(self, index: str) -> NDArray[np.int32]:
        """By word of ``words`` or ``letters``, how many slots say it."""
        return self.once(("sayers", index), lambda: self._sayers(getattr(self, index)))

    def _sayers(self, postings: Postings) -> NDArray[np.int32]:
        if self.telling == postings.length.size:  # one text each
            return np.diff(postings.start).astype(np.int32)
        out = np.zeros(len(postings.words), dtype=np.int32)
        kernels.count_owners(postings.start, postings.rows, self.owner, out)
        return out

    @cached_property
    def _decoded(self) -> dict[int, tuple[ExpertProfile, Notes]]:
        return {}

    def record(self, slot: int) -> tuple[ExpertProfile, Notes]:
        """The profile of a slot and what was read in it; the latest some thousand are remembered."""
        known = self._decoded.get(slot)
        if known is None:
            if len(self._decoded) >= 20_000:
                self._decoded.clear()
            span = slice(self.record_start[slot], self.record_start[slot + 1])
            known = self._decoded[slot] = decode(self.records[span].tobytes())
        return known

    def profile(self, slot: int) -> ExpertProfile:
        """The profile of a slot."""
        return self.record(slot)[0]

    def digest(self, slot: int) -> int:
        """``profile_digest`` of a slot's profile."""
        return int.from_bytes(self.digests[slot].tobytes(), "big")

    @cached_property
    def digest_sum(self) -> int:
        """The digests of all slots added up."""
        return sum(int.from_bytes(line.tobytes(), "big") for line in self.digests)

    @classmethod
    def build(cls, read: Sequence[ReadProfile], terms: int) -> Segment:
        """From profiles that were read, in their order; ``terms`` is the number of columns."""
        first_row = np.concatenate([[0], np.cumsum([len(r.words) for r in read], dtype=np.int64)])
        values = [sorted({r.facets[name] for r in read}, key=repr) for name in FACETS]
        number = [{value: i for i, value in enumerate(own)} for own in values]
        classes = np.array(
            [[number[f][r.facets[name]] for r in read] for f, name in enumerate(FACETS)], dtype=np.int32
        ).reshape(len(FACETS), len(read))
        records = [encode(r.profile, r.notes) for r in read]
        digests = [profile_digest(r.profile).to_bytes(32, "big") for r in read]
        return cls(
            keys=[r.profile.key for r in read],
            first_row=first_row,
            words=Postings.build([bag for r in read for bag in r.words]),
            letters=Postings.build([bag for r in read for bag in r.letters]),
            topics=Columns.build([r.topics for r in read], terms),
            held=Columns.build([r.held for r in read], terms),
            classes=classes,
            values=values,
            free_from=_days((r.profile.available_from for r in read), ALWAYS),
            free_until=_days((r.profile.available_until for r in read), NEVER),
            digests=np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(len(read), 32),
            record_start=np.concatenate([[0], np.cumsum([len(r) for r in records], dtype=np.int64)]),
            records=np.frombuffer(b"".join(records), dtype=np.uint8),
        )

    @classmethod
    def merged(cls, parts: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Segment:
        """The living profiles of several segments in one, in the order of their keys within each part."""
        if len(parts) == 1 and alive[0].all():
            return parts[0]
        rows = [np.repeat(a, np.diff(p.first_row)) for p, a in zip(parts, alive, strict=True)]
        values, classes = _merged_classes(parts, alive)
        row_sizes = [np.diff(p.first_row)[a] for p, a in zip(parts, alive, strict=True)]
        sizes = [np.diff(p.record_start) for p in parts]
        records = [p.records[np.repeat(a, s)] for p, a, s in zip(parts, alive, sizes, strict=True)]
        kept = [s[a] for s, a in zip(sizes, alive, strict=True)]
        pairs = list(zip(parts, alive, strict=True))
        return cls(
            keys=[key for p, a in pairs for key, lives in zip(p.keys, a, strict=True) if lives],
            first_row=np.concatenate([[0], np.cumsum(np.concatenate(row_sizes))]).astype(np.int64),
            words=Postings.merged([p.words for p in parts], rows),
            letters=Postings.merged([p.letters for p in parts], rows),
            topics=Columns.merged([p.topics for p in parts], alive),
            held=Columns.merged([p.held for p in parts], alive),
            classes=classes,
            values=values,
            free_from=np.concatenate([p.free_from[a] for p, a in pairs]),
            free_until=np.concatenate([p.free_until[a] for p, a in pairs]),
            digests=np.concatenate([p.digests[a] for p, a in pairs]),
            record_start=np.concatenate([[0], np.cumsum(np.concatenate(kept))]).astype(np.int64),
            records=np.concatenate(records),
        )


def _days(days: Iterable[date | None], missing: int) -> NDArray[np.int32]:
    return np.array([missing if day is None else day.toordinal() for day in days], dtype=np.int32)


def _merged_classes(
    parts: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]
) -> tuple[list[list[tuple[object, ...]]], NDArray[np.int32]]:
    """The classes that living profiles are in, and the class of each."""
    all_values, all_classes = [], []
    for facet in range(len(FACETS)):
        values = sorted({value for part in parts for value in part.values[facet]}, key=repr)
        number = {value: i for i, value in enumerate(values)}
        lines = [np.zeros(0, dtype=np.int64)]
        for part, lives in zip(parts, alive, strict=True):
            meaning = np.array([number[value] for value in part.values[facet]], dtype=np.int64)
            lines.append(meaning[part.classes[facet][lives]])
        used, classes = np.unique(np.concatenate(lines), return_inverse=True)
        all_values.append([values[i] for i in used])
        all_classes.append(classes.astype(np.int32))
    return all_values, np.array(all_classes, dtype=np.int32)
