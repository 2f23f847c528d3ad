"""The value of each part of a score for one request that does not come from counting words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import fsum
from typing import cast

import numpy as np
from numpy.typing import NDArray

from marketplace.matching import features_profile as facts
from marketplace.matching.engine import kernels
from marketplace.matching.engine.echoes import Echoes
from marketplace.matching.engine.postings import Floats, Ints
from marketplace.matching.engine.query import Query
from marketplace.matching.engine.related import Nearness, topics_of
from marketplace.matching.engine.segment import FACETS, Segment
from marketplace.matching.engine.state import State
from marketplace.matching.engine.values import PartValue, Value
from marketplace.matching.profiles import ExpertProfile, Mode, RequestProfile
from marketplace.taxonomy.vocabulary import Vocabulary

#: The nearest direction counts in full, but never one that is less near than this.
LEAST_COSINE = 0.3
#: What the best held of the terms that a problem points to adds to the nearness of the texts.
HELD = 0.2


@dataclass(frozen=True)
class Facet:
    """A part that depends on the profile's class alone.

    ``fits`` are its values by segment and class, NaN where the profile does not tell; ``mean`` is over the
    living profiles that tell, None when none does.
    """

    number: int
    fits: tuple[Floats, ...]
    mean: float | None

    @cached_property
    def filled(self) -> tuple[Floats, ...]:
        """``fits`` in [0, 1], the mean where the profile does not tell."""
        return tuple(np.clip(np.nan_to_num(own, nan=self.mean or 0.0), 0.0, 1.0) for own in self.fits)


@dataclass(frozen=True, slots=True, eq=False)
class Pointed:
    """How nearly each slot's texts point where the problem points (cosine), and how well the best held of these
    terms is held, against the best, times strength.

    Whoever echoes the request points nowhere, which is found out for those who are looked at (``words``).
    """

    nearness: Value
    echoes: Echoes
    words: PartValue

    def many(self, slots: Ints) -> Floats:
        self.words.many(slots)
        values: Floats = np.where(self.echoes.echoing[slots], 0.0, self.nearness.many(slots))
        return values

    def at(self, slot: int) -> float:
        return float(self.many(np.array([slot]))[0])

    def raise_bounds(self, most: float, bounds: NDArray[np.float32]) -> None:
        self.nearness.raise_bounds(most, bounds)


def symptoms_value(
    state: State, pointed: Mapping[str, float], vocabulary: Vocabulary, echoes: Echoes, words: PartValue
) -> Pointed:
    """Where everybody's texts point and what is held, by the problem of one request.

    Of what is held only the best counts, so that more skills never lower it and a list of all skills gains no
    more than the one that is needed.
    """
    column = vocabulary.symptoms.column
    columns = np.array([column[term] for term in pointed], dtype=np.int64)
    weights = np.array(list(pointed.values()))
    out = np.zeros(state.size)
    for number, segment in enumerate(state.segments):
        own = state.part(out, number)
        topics = segment.topics
        starts, ends = topics.start[columns], topics.start[columns + 1]
        kernels.add_columns(starts, ends, weights, topics.slots, topics.values, own)
        held, best = segment.held, np.zeros(own.size)
        starts, ends = held.start[columns], held.start[columns + 1]
        kernels.raise_by_columns(starts, ends, weights, held.slots, held.values, best)
        kernels.add_scaled(best, HELD, own)
    if not state.whole:
        out[~state.living] = 0.0
    strength = float(np.linalg.norm(weights))
    top = max(_best_of_its_own(out, LEAST_COSINE * strength, echoes, words), LEAST_COSINE * strength)
    return Pointed(Value(out, top / min(1.0, strength) if top else 1.0), echoes, words)


def _best_of_its_own(raw: Floats, least: float, echoes: Echoes, words: PartValue) -> float:
    """The highest value of a slot that does not echo the request; values from ``least`` down are not told apart."""
    while (top := float(raw.max(initial=0.0))) > least:
        slots = np.flatnonzero(raw == top)
        words.many(slots)
        if not echoes.echoing[slots].all():
            return top
        raw[slots] = 0.0
    return least


def related_value(state: State, query: Query) -> tuple[Value, Nearness] | None:
    """How near each slot's texts are to the request by topic; None where topics cannot be told."""
    topics = topics_of(state)
    if topics is None:
        return None
    nearness = topics.nearness(query.reading.morphemes)
    return Value(nearness.by_slot()), nearness


def industry_facet(state: State, division: str) -> Facet:
    """``industry_fit`` by the industries of the profile."""

    def fit(value: tuple[object, ...]) -> float | None:
        return facts.industry_fit(division, cast(tuple[str, ...], value))

    return _facet(state, "industry", division, fit)


def region_facet(state: State, request: RequestProfile) -> Facet:
    """``region_fit`` by the regions and the mode of the profile."""

    def fit(value: tuple[object, ...]) -> float | None:
        regions, mode = cast(tuple[tuple[str, ...], Mode | None], value)
        return facts.region_fit(ExpertProfile("", regions=regions, mode=mode), request)

    return _facet(state, "region", (request.region, request.mode), fit)


def size_facet(state: State) -> Facet:
    """``small_plant_fit`` of the profile."""
    return _facet(state, "size", None, lambda value: cast(tuple[float | None], value)[0])


def level_facet(state: State, level: str) -> Facet:
    """``level_fit`` by the stage of the terms that the profile holds."""

    def fit(value: tuple[object, ...]) -> float | None:
        return facts.level_fit(level, cast(tuple[float | None], value)[0])

    return _facet(state, "level", level, fit)


def _facet(
    state: State, name: str, question: Hashable, fit: Callable[[tuple[object, ...]], float | None]
) -> Facet:
    number = FACETS.index(name)

    def of_classes(segment: Segment) -> Floats:
        values = (fit(value) for value in segment.values[number])
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def of_state() -> Facet:
        fits = [segment.once((name, question), partial(of_classes, segment)) for segment in state.segments]
        return _told(state, number, fits)

    return state.once((name, question), of_state)


def _told(state: State, number: int, fits: Sequence[Floats]) -> Facet:
    told: Counter[float] = Counter()  # by value, so that no order of profiles matters
    for own, counts in zip(fits, state.counts(number), strict=True):
        for value in np.unique(own[~np.isnan(own)]).tolist():
            told[value] += int(counts[own == value].sum())
    whole = sum(told.values())
    mean = fsum(value * n for value, n in told.items()) / whole if whole else None
    return Facet(number, tuple(fits), mean)
