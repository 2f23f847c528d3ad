"""The scores of all experts for one request, in whole hundredths of a point, and their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.parts import (
    Echoes,
    Facet,
    Query,
    Value,
    hundredths,
    industry_facet,
    needs_value,
    region_facet,
    related_value,
    size_facet,
    symptoms_value,
    text_value,
)
from marketplace.matching.engine.postings import Floats
from marketplace.matching.engine.related import Nearness
from marketplace.matching.engine.table import State
from marketplace.matching.rules import Gates
from marketplace.matching.weights import EVIDENCE
from marketplace.taxonomy.vocabulary import Vocabulary

_COVERED = 0.3  # closeness from which a need counts as covered where ties are broken
_UNKNOWN = -1
_SMALL_FIRM = 300  # people; below, experience with small plants counts


class Scores:
    """``weights`` are those of the parts that can be told for this request, scaled to sum 1; ``values`` and
    ``facets`` the parts themselves; ``total`` the hundredths by slot, -1 for who is not there."""

    def __init__(
        self, state: State, query: Query, vocabulary: Vocabulary, weights: Mapping[str, float], gates: Gates
    ) -> None:
        self.state = state
        self.query = query
        request = query.request
        self.values: dict[str, Value] = {}
        self.facets: dict[str, Facet] = {}
        self._closeness: list[Floats] = []
        if request.needs:
            self.values["needs"], self._closeness = needs_value(state, vocabulary, request.needs)
        self.echoes = Echoes.to_seek(state, query)
        if query.words:
            self.values["words"] = text_value(state, "words", query.words, self.echoes, mark=True)
        if query.letters:
            self.values["letters"] = text_value(state, "letters", query.letters, self.echoes)
        self.nearness: Nearness | None = None
        if query.expository and (found := related_value(state, query)) is not None:
            self.values["related"], self.nearness = found
        elif query.pointed:
            self.values["symptoms"] = symptoms_value(state, query.pointed, vocabulary, self.echoes)
        if request.industry:
            self.facets["industry"] = industry_facet(state, request.industry)
        if request.employees is not None and request.employees < _SMALL_FIRM:
            self.facets["size"] = size_facet(state)
        if request.region and gates.region:
            self.facets["region"] = region_facet(state, request)
        told = set(self.values) | {c for c, facet in self.facets.items() if facet.mean is not None}
        known = {code: weight for code, weight in weights.items() if code in told}
        whole = sum(known.values())
        self.weights = {code: weight / whole for code, weight in known.items()} if whole else {}
        self.total = self._added()

    def keep(self, allowed: NDArray[np.bool_]) -> None:
        """Leave out all slots that are not allowed."""
        self.total[~allowed] = _UNKNOWN

    def in_order(self, wanted: int) -> Iterator[int]:
        """The slots by score and the written rule for ties, best first; ``wanted`` 0 orders all at once.

        Only as many are put in order as are asked for, which does not change their order.
        """
        reach = wanted * 2 or self.state.size
        above = np.iinfo(np.int64).max  # what was put in order already
        while above > 0:
            least = kernels.at_least(self.total, reach, 10_000)
            slots = np.flatnonzero((self.total >= least) & (self.total < above))
            yield from sorted((int(slot) for slot in slots), key=self._place)
            above, reach = least, reach * 4

    def _place(self, slot: int) -> tuple[int, int, int, str]:
        covered = sum(closeness[slot] >= _COVERED for closeness in self._closeness)
        held = len(self.state.profile(slot).commitments)
        return (-int(self.total[slot]), -covered, held, self.state.key(slot))

    def value(self, code: str, slot: int) -> float | None:
        """The value in [0, 1] of one part; None when the profile does not tell."""
        if code in self.values:
            return self.values[code].at(slot)
        number, segment, own = self.state.located(slot)
        facet = self.facets[code]
        value = float(facet.fits[number][segment.classes[facet.number, own]])
        return None if np.isnan(value) else min(max(value, 0.0), 1.0)

    def points(self, code: str, slot: int) -> int:
        """The hundredths that one part earns; the parts of a slot add up to its total."""
        value = self.value(code, slot)
        if value is None:
            evident = any(self.values[c].raw[slot] > 0 for c in self._evident)
            value = self.facets[code].mean if evident else 0.0
        return hundredths(value or 0.0, self.weights[code])

    @property
    def _evident(self) -> list[str]:
        return [code for code in EVIDENCE if code in self.weights]

    def _added(self) -> NDArray[np.int64]:
        codes = self._evident
        total = np.zeros(self.state.size, dtype=np.int64)
        facets = [(code, facet) for code, facet in self.facets.items() if code in self.weights]
        unknown = np.array([hundredths(f.mean or 0.0, self.weights[c]) for c, f in facets], dtype=np.int64)
        scales = np.array([self.values[code].scale for code in codes])
        weights = np.array([self.weights[code] for code in codes])
        raw = np.array([self.values[code].raw for code in codes]).reshape(len(codes), self.state.size)
        for number, (segment, alive) in enumerate(zip(self.state.segments, self.state.alive, strict=True)):
            span = slice(self.state.first[number], self.state.first[number + 1])
            classes = np.array([segment.classes[f.number] for _, f in facets], dtype=np.int32)
            fits = [facet.fits[number] for _, facet in facets]
            table = np.full((len(facets), max((own.size for own in fits), default=0)), _UNKNOWN)
            for row, (code, own) in enumerate(zip((c for c, _ in facets), fits, strict=True)):
                known = np.floor(np.clip(own, 0.0, 1.0) * self.weights[code] * 10_000 + 1e-6)
                table[row, : own.size] = np.where(np.isnan(own), _UNKNOWN, np.nan_to_num(known))
            kernels.add_points(
                raw[:, span], scales, weights, alive, classes.reshape(len(facets), segment.size), table, unknown, total[span],
            )  # fmt: skip
        return total
