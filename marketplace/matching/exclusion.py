"""Whom the hard rules keep out: asked of whole classes of profiles first, told in full only when looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import cast, overload

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine.segment import FACETS, Segment
from marketplace.matching.engine.state import State
from marketplace.matching.explanation import Excluded
from marketplace.matching.profiles import ExpertProfile, Mode, RequestProfile
from marketplace.matching.rules import Gates, exclusions, period_of

_OPEN = FACETS.index("open")


def may_be_open(state: State, request: RequestProfile, gates: Gates) -> NDArray[np.bool_]:
    """The slots that pass the rules on verification, pause, mode, region and dates.

    Nobody who passes all rules is left out; whoever is left in may still fail the rules on capacity,
    conflicts and refusals.
    """
    of_class = replace(gates, capacity=False, dates=False, conflicts=False, refused=False)
    span = period_of(request) if gates.dates else None
    answers = [np.zeros(0, dtype=bool)]
    for segment in state.segments:
        question = ("open", of_class, request.mode, request.region)
        allowed = np.array(segment.once(question, partial(_passing, segment, request, of_class)))
        if span is not None:
            last_day = (span.until - timedelta(days=1)).toordinal()
            allowed &= (segment.free_from <= span.since.toordinal()) & (segment.free_until >= last_day)
        answers.append(allowed)
    return np.concatenate(answers)


def _passing(segment: Segment, request: RequestProfile, gates: Gates) -> NDArray[np.bool_]:
    """By slot, whether its class passes."""
    passes = [not exclusions(_like(value), request, gates) for value in segment.values[_OPEN]]
    by_slot: NDArray[np.bool_] = np.array(passes, dtype=bool)[segment.classes[_OPEN]]
    return by_slot


def _like(value: tuple[object, ...]) -> ExpertProfile:
    """A profile of which only this class is known."""
    verified, active, paused, mode, regions = cast(
        tuple[bool, bool, bool, Mode | None, tuple[str, ...]], value
    )
    return ExpertProfile("", verified=verified, active=active, paused=paused, mode=mode, regions=regions)


class AllExcluded(Sequence[Excluded]):
    """Everybody whom a hard rule keeps out, by key, with every reason; worked out when first looked at."""

    def __init__(self, state: State, request: RequestProfile, gates: Gates, today: date | None) -> None:
        self._asked = (state, request, gates, today)

    @cached_property
    def _found(self) -> tuple[Excluded, ...]:
        state, request, gates, today = self._asked
        found = []
        for profile in state.profiles():
            if reasons := exclusions(profile, request, gates, today=today):
                found.append(Excluded(profile.key, reasons))
        return tuple(sorted(found, key=lambda out: out.expert))

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Excluded]:
        return iter(self._found)

    @overload
    def __getitem__(self, at: int) -> Excluded: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Excluded]: ...
    def __getitem__(self, at: int | slice) -> Excluded | Sequence[Excluded]:
        return self._found[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._found)
