"""The scores of experts for one request, in whole hundredths of a point, and their order.

Of everybody a bound is taken that no score exceeds; scores are worked out for those whose bound reaches the
places asked for. Nobody else can stand there, so the order is that of all scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import isnan

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.echoes import Echoes
from marketplace.matching.engine.needs import needs_value
from marketplace.matching.engine.parts import (
    Facet,
    industry_facet,
    level_facet,
    region_facet,
    related_value,
    size_facet,
    symptoms_value,
)
from marketplace.matching.engine.postings import Floats, Ints
from marketplace.matching.engine.query import Query
from marketplace.matching.engine.related import Nearness
from marketplace.matching.engine.state import State
from marketplace.matching.engine.texts import TextValue
from marketplace.matching.engine.values import (
    PartValue,
    all_hundredths,
    hundredths,
)
from marketplace.matching.profiles import Mode
from marketplace.matching.rules import Gates
from marketplace.matching.weights import EVIDENCE
from marketplace.taxonomy.vocabulary import Vocabulary

_MOST = 10_000  # hundredths
_ROUNDING = 0.5  # hundredths; more than all rounding of the bounds
_LEAST_LOOKED_AT = 24  # slots whose scores are worked out at once
_SMALL_FIRM = 300  # people; below, experience with small plants counts


class Scores:
    """``weights`` are those of the parts that can be told for this request, scaled to sum 1; ``values`` and
    ``facets`` the parts themselves, for the slots that are ``allowed``."""

    def __init__(
        self,
        state: State,
        query: Query,
        vocabulary: Vocabulary,
        weights: Mapping[str, float],
        gates: Gates,
        allowed: NDArray[np.bool_] | None = None,
    ) -> None:
        self.state = state
        self.query = query
        self._allowed = state.living if allowed is None else allowed & state.living
        self.echoes = Echoes.none(state, query)
        self.values: dict[str, PartValue] = {}
        self.facets: dict[str, Facet] = {}
        self.nearness: Nearness | None = None
        self._closeness: list[Floats] = []
        self._tell_texts(vocabulary)
        self._tell_facts(gates)
        told = set(self.values) | {c for c, facet in self.facets.items() if facet.mean is not None}
        known = {code: weight for code, weight in weights.items() if code in told}
        whole = sum(known.values())
        self.weights = {code: weight / whole for code, weight in known.items()} if whole else {}
        self._evident = [code for code in EVIDENCE if code in self.weights]
        self._totals: dict[int, int] = {}
        self._lowered = np.zeros(state.size, dtype=bool)

    def _tell_texts(self, vocabulary: Vocabulary) -> None:
        state, query = self.state, self.query
        if query.request.needs:
            self.values["needs"], self._closeness = needs_value(state, vocabulary, query.request.needs)
        words = TextValue(state, "words", query.words, self.echoes)
        if query.words:
            self.values["words"] = words
        if query.letters:
            self.values["letters"] = TextValue(state, "letters", query.letters, self.echoes, words)
        if query.expository and (found := related_value(state, query)) is not None:
            self.values["related"], self.nearness = found
        elif query.pointed:
            self.values["symptoms"] = symptoms_value(state, query.pointed, vocabulary, self.echoes, words)

    def _tell_facts(self, gates: Gates) -> None:
        state, request = self.state, self.query.request
        if request.industry:
            self.facets["industry"] = industry_facet(state, request.industry)
        if request.employees is not None and request.employees < _SMALL_FIRM:
            self.facets["size"] = size_facet(state)
        if request.level:
            self.facets["level"] = level_facet(state, request.level)
        if request.region and gates.region and request.mode is not Mode.REMOTE:
            self.facets["region"] = region_facet(state, request)

    def in_order(self, wanted: int) -> Iterator[int]:
        """The slots by score and the written rule for ties, best first; ``wanted`` 0 orders all at once.

        Only as many are worked out as are asked for, which does not change their order.
        """
        bounds = self._bounds()
        reach = max(_LEAST_LOOKED_AT, 2 * wanted) if wanted else self.state.size
        waiting: dict[int, int] = {}  # scores that some bound not yet looked at still reaches
        above = np.inf
        while above > 0:
            first = kernels.reached_by(bounds, reach)
            waiting.update(self._worked_out(kernels.between(bounds, first, above)))
            best = sorted(waiting.values(), reverse=True)
            sought = wanted or reach
            least = best[sought - 1] if len(best) >= sought else 0
            if least < first:  # others may reach the places asked for
                near = self._narrowed(kernels.between(bounds, least, first), bounds, least)
                waiting.update(self._worked_out(near))
                first = least
            final = [slot for slot, total in waiting.items() if total >= first]
            yield from self._ordered(final)
            for slot in final:
                del waiting[slot]
            above, reach, wanted = first, reach * 4, wanted * 4

    def _ordered(self, slots: Sequence[int]) -> Iterator[int]:
        """The slots by score, those of one score by the written rule for ties."""
        by_total = sorted(slots, key=self.total, reverse=True)
        for _, group in groupby(by_total, key=self.total):
            tied = list(group)
            yield from sorted(tied, key=self._place) if len(tied) > 1 else tied

    def _narrowed(self, slots: Ints, bounds: NDArray[np.float32], least: float) -> Ints:
        """The slots that still reach ``least`` when what their letters earn is known.

        Their bounds stay lowered; ``_lowered`` says whose are.
        """
        letters = self.values.get("letters")
        if not isinstance(letters, TextValue) or "letters" not in self.weights:
            return slots
        new = slots[~self._lowered[slots]]
        most = self.weights["letters"] * _MOST
        bounds[new] -= ((1.0 - letters.at_most(new)) * most).astype(np.float32)
        self._lowered[new] = True
        return slots[bounds[slots] >= least]

    def _worked_out(self, slots: Ints) -> dict[int, int]:
        """The scores of slots in rising order."""
        totals = dict(zip(slots.tolist(), self.totals(slots).tolist(), strict=True))
        self._totals.update(totals)
        return totals

    def total(self, slot: int) -> int:
        """The hundredths of one slot: those of its parts added up."""
        if slot not in self._totals:
            self._totals[slot] = int(self.totals(np.array([slot]))[0])
        return self._totals[slot]

    def totals(self, slots: Ints) -> Ints:
        """The hundredths of slots in rising order."""
        total = np.zeros(slots.size, dtype=np.int64)
        evident = np.zeros(slots.size, dtype=bool)
        for code in self._evident:
            values = self.values[code].many(slots)
            evident |= values > 0
            total += all_hundredths(values, self.weights[code])
        for code, facet in self._told_facets():
            total += self._earned(code, facet, self._fits(facet, slots), evident)
        return total

    def _fits(self, facet: Facet, slots: Ints) -> Floats:
        out = np.empty(slots.size)
        for number, own, where in self.state.by_segment(slots):
            out[where] = facet.fits[number][self.state.segments[number].classes[facet.number, own]]
        return out

    def _bounds(self) -> NDArray[np.float32]:
        """By slot, hundredths that its score cannot exceed; -1 for who is not allowed."""
        bounds = np.full(self.state.size, _ROUNDING, dtype=np.float32)
        for code in self._evident:
            self.values[code].raise_bounds(self.weights[code] * _MOST, bounds)
        for code, facet in self._told_facets():
            most = self.weights[code] * _MOST
            for number, segment in enumerate(self.state.segments):
                points = (facet.filled[number] * most).astype(np.float32)
                kernels.add_class(segment.classes[facet.number], points, self.state.part(bounds, number))
        kernels.shut_out(self._allowed, bounds)
        return bounds

    def _told_facets(self) -> list[tuple[str, Facet]]:
        return [(code, facet) for code, facet in self.facets.items() if code in self.weights]

    def _place(self, slot: int) -> tuple[int, int, str]:
        covered = sum(closeness[slot] > 0 for closeness in self._closeness)
        held = len(self.state.profile(slot).commitments)
        return (-covered, held, self.state.key(slot))

    def value(self, code: str, slot: int) -> float | None:
        """The value in [0, 1] of one part; None when the profile does not tell."""
        return self.told(np.array([slot]))[code][0][0]

    def told(self, slots: Ints) -> dict[str, tuple[list[float | None], list[int]]]:
        """By part, for slots in rising order: its values in [0, 1], None where the profile does not tell, and
        the hundredths that it earns; those of a slot add up to its total."""
        found: dict[str, tuple[list[float | None], list[int]]] = {}
        evident = np.zeros(slots.size, dtype=bool)
        for code in self._evident:
            values = self.values[code].many(slots)
            evident |= values > 0
            earned = all_hundredths(values, self.weights[code])
            found[code] = np.clip(values, 0.0, 1.0).tolist(), earned.tolist()
        for code, facet in self._told_facets():
            values = self._fits(facet, slots)
            earned = self._earned(code, facet, values, evident)
            known = np.clip(values, 0.0, 1.0).tolist()
            found[code] = [None if isnan(value) else value for value in known], earned.tolist()
        return found

    def _earned(self, code: str, facet: Facet, values: Floats, evident: NDArray[np.bool_]) -> Ints:
        """The hundredths of a facet: an unknown value counts as the mean where there is any evidence."""
        unknown = hundredths(facet.mean or 0.0, self.weights[code])
        earned = all_hundredths(values, self.weights[code])
        return np.where(earned >= 0, earned, np.where(evident, unknown, 0))
