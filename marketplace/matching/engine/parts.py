"""The value of each part of a score for one request that does not come from counting words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from math import fsum
from typing import cast

import numpy as np

from marketplace.matching import features_profile as facts
from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats
from marketplace.matching.engine.query import Query
from marketplace.matching.engine.related import Nearness, topics_of
from marketplace.matching.engine.segment import FACETS, Segment
from marketplace.matching.engine.state import State
from marketplace.matching.engine.texts import Echoes
from marketplace.matching.engine.values import Value
from marketplace.matching.profiles import ExpertProfile, Mode, RequestProfile
from marketplace.taxonomy.vocabulary import Vocabulary

#: The nearest direction counts in full, but never one that is less near than this.
LEAST_COSINE = 0.3


@dataclass(frozen=True, slots=True)
class Facet:
    """A part that depends on the profile's class alone.

    ``fits`` are its values by segment and class, NaN where the profile does not tell; ``mean`` is over the
    living profiles that tell, None when none does.
    """

    number: int
    fits: tuple[Floats, ...]
    mean: float | None


def symptoms_value(
    state: State, pointed: Mapping[str, float], vocabulary: Vocabulary, echoes: Echoes
) -> Value:
    """How nearly each slot's texts point where the problem points (cosine), against the best, times strength.

    Whoever echoes the request points nowhere.
    """
    column = vocabulary.symptoms.column
    columns = np.array([column[term] for term in pointed], dtype=np.int64)
    weights = np.array(list(pointed.values()))
    out = np.zeros(state.size)
    for number, segment in enumerate(state.segments):
        own = out[state.first[number] : state.first[number + 1]]
        topics = segment.topics
        starts, ends = topics.start[columns], topics.start[columns + 1]
        kernels.add_columns(starts, ends, weights, topics.slots, topics.values, own)
    left_out = echoes.echoing | ~state.living
    if left_out.any():
        out[left_out] = 0.0
    top = float(out.max(initial=0.0))
    strength = float(np.linalg.norm(weights))
    top = max(top, LEAST_COSINE * strength)
    return Value(out, top / min(1.0, strength) if top else 1.0)


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

    fits = [segment.once((name, question), partial(of_classes, segment)) for segment in state.segments]
    told: Counter[float] = Counter()  # by value, so that no order of profiles matters
    for own, counts in zip(fits, state.counts(number), strict=True):
        for value in np.unique(own[~np.isnan(own)]).tolist():
            told[value] += int(counts[own == value].sum())
    whole = sum(told.values())
    mean = fsum(value * n for value, n in told.items()) / whole if whole else None
    return Facet(number, tuple(fits), mean)
