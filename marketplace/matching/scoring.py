"""The scores of experts for one request, in whole hundredths of a point, and their order.

Of everybody a bound is taken that no score exceeds; scores are worked out for those whose bound reaches the
places asked for. Nobody else can stand there, so the order is that of all scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
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
from marketplace.matching.engine.texts import Asked, Echoes, OnDemand, text_value
from marketplace.matching.engine.values import (
    SOFT,
    PartValue,
    Share,
    Value,
    all_hundredths,
    hundredths,
)
from marketplace.matching.rules import Gates
from marketplace.matching.weights import EVIDENCE
from marketplace.taxonomy.vocabulary import Vocabulary

_MOST = 10_000  # hundredths
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
        self.echoes = Echoes.none(state)
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

    def _tell_texts(self, vocabulary: Vocabulary) -> None:
        state, query = self.state, self.query
        if query.request.needs:
            self.values["needs"], self._closeness = needs_value(state, vocabulary, query.request.needs)
        if query.words:
            self.values["words"] = text_value(state, "words", query, self.echoes, mark=True)
        if query.letters:
            asked = Asked.of(state.letters, query.letters)
            self.values["letters"] = OnDemand(state, "letters", asked, self.echoes)
        if query.expository and (found := related_value(state, query)) is not None:
            self.values["related"], self.nearness = found
        elif query.pointed:
            self.values["symptoms"] = symptoms_value(state, query.pointed, vocabulary, self.echoes)

    def _tell_facts(self, gates: Gates) -> None:
        state, request = self.state, self.query.request
        if request.industry:
            self.facets["industry"] = industry_facet(state, request.industry)
        if request.employees is not None and request.employees < _SMALL_FIRM:
            self.facets["size"] = size_facet(state)
        if request.level:
            self.facets["level"] = level_facet(state, request.level)
        if request.region and gates.region:
            self.facets["region"] = region_facet(state, request)

    def in_order(self, wanted: int) -> Iterator[int]:
        """The slots by score and the written rule for ties, best first; ``wanted`` 0 orders all at once.

        Only as many are worked out as are asked for, which does not change their order.
        """
        bound = self._bounds()
        reach = 2 * wanted or self.state.size
        waiting: dict[int, int] = {}  # scores that some bound not yet looked at still reaches
        above = np.inf
        while above > 0:
            first = kernels.at_least(bound, reach, _MOST)
            waiting.update(self._worked_out(bound, first, above))
            best = sorted(waiting.values(), reverse=True)
            least = best[reach - 1] if len(best) >= reach else 0
            if least < first:  # others may reach the places asked for
                waiting.update(self._worked_out(bound, least, first))
                first = least
            final = [slot for slot, total in waiting.items() if total >= first]
            yield from sorted(final, key=self._place)
            for slot in final:
                del waiting[slot]
            above, reach = first, reach * 4

    def _worked_out(self, bound: Floats, least: float, above: float) -> dict[int, int]:
        """The scores of the slots whose bounds lie in ``least`` .. ``above``, the latter left out."""
        slots = np.flatnonzero((bound >= least) & (bound < above))
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
            earned = all_hundredths(self._fits(facet, slots), self.weights[code])
            unknown = hundredths(facet.mean or 0.0, self.weights[code])
            total += np.where(earned >= 0, earned, np.where(evident, unknown, 0))
        return total

    def _fits(self, facet: Facet, slots: Ints) -> Floats:
        out = np.empty(slots.size)
        for number, segment in enumerate(self.state.segments):
            low, high = np.searchsorted(slots, self.state.first[number : number + 2])
            own = slots[low:high] - self.state.first[number]
            out[low:high] = facet.fits[number][segment.classes[facet.number, own]]
        return out

    def _bounds(self) -> Floats:
        """By slot, hundredths that its score cannot exceed; -1 for who is not allowed."""
        bound = np.full(self.state.size, 0.01)  # more than all rounding
        evident = np.zeros(self.state.size, dtype=bool)
        for code in self._evident:
            value, most = self.values[code], self.weights[code] * _MOST
            if isinstance(value, Value):
                kernels.add_part(value.raw, value.scale, most, bound, evident)
            elif isinstance(value, Share):
                kernels.add_shares_of(value.raw, value.bound, SOFT, most, bound, evident)
            else:
                bound += most
                evident[:] = True
        for code, facet in self._told_facets():
            unknown = (facet.mean or 0.0) * self.weights[code] * _MOST
            for number, segment in enumerate(self.state.segments):
                span = slice(self.state.first[number], self.state.first[number + 1])
                fits = facet.fits[number]
                points = np.where(np.isnan(fits), -1.0, np.clip(fits, 0.0, 1.0) * self.weights[code] * _MOST)
                kernels.add_class(segment.classes[facet.number], points, unknown, evident[span], bound[span])
        bound[~self._allowed] = -1.0
        return bound

    def _told_facets(self) -> list[tuple[str, Facet]]:
        return [(code, facet) for code, facet in self.facets.items() if code in self.weights]

    def _place(self, slot: int) -> tuple[int, int, int, str]:
        covered = sum(closeness[slot] > 0 for closeness in self._closeness)
        held = len(self.state.profile(slot).commitments)
        return (-self.total(slot), -covered, held, self.state.key(slot))

    def value(self, code: str, slot: int) -> float | None:
        """The value in [0, 1] of one part; None when the profile does not tell."""
        if code in self.values:
            return self.values[code].at(slot)
        value = float(self._fits(self.facets[code], np.array([slot]))[0])
        return None if np.isnan(value) else min(max(value, 0.0), 1.0)

    def points(self, code: str, slot: int) -> int:
        """The hundredths that one part earns; the parts of a slot add up to its total."""
        value = self.value(code, slot)
        if value is None:
            evident = any(self.values[c].at(slot) > 0 for c in self._evident)
            value = self.facets[code].mean if evident else 0.0
        return hundredths(value or 0.0, self.weights[code])
