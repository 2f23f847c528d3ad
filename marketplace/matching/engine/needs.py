"""How well profiles meet the needs that a firm states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marketplace.matching import features_profile as facts
from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Floats, Ints
from marketplace.matching.engine.state import State
from marketplace.matching.engine.texts import lists
from marketplace.matching.engine.values import Value
from marketplace.matching.profiles import Need
from marketplace.taxonomy.vocabulary import Vocabulary

COVERED = 0.3  # closeness from which a need counts as covered


class NeedAsked:
    """One need of a request, as it is asked of the profiles.

    Closeness is 0 to 1: the worth at which the term is held, or what share of the need's words (weighed by
    rarity, words that nobody has as the rarest) the texts hold, times ``NAMED_IN_TEXT``; the larger of both.
    What is less than ``COVERED`` covers nothing, and counts nothing.
    """

    def __init__(self, state: State, vocabulary: Vocabulary, need: Need) -> None:
        self.need = need
        self._state = state
        self._column = None
        if need.term is not None and need.term in vocabulary.terms:
            self._column = vocabulary.symptoms.column.get(vocabulary.current(need.term))
        said = state.words
        rarity = {word: said.rarity(word) for word in vocabulary.reader.read(need.words).morphemes}
        whole = sum(value or said.single for _, value in sorted(rarity.items())) or 1.0
        self._shares = {w: rarity[w] * (facts.NAMED_IN_TEXT / whole) for w in sorted(rarity) if rarity[w]}

    def everywhere(self) -> Floats:
        """The closeness of all slots."""
        out = np.zeros(self._state.size)
        for number, segment in enumerate(self._state.segments):
            own = self._state.part(out, number)
            starts, ends, weights = lists(segment.words, self._shares)
            kernels.add_shares(starts, ends, weights, segment.words.rows, segment.owner, own)
            if self._column is not None:
                slots, worth = segment.held.of(self._column)
                own[slots] = np.maximum(own[slots], worth)
        out[out < COVERED] = 0.0
        return out

    def many(self, slots: Ints) -> Floats:
        """The closeness of slots in rising order."""
        found = np.zeros(slots.size)
        said = self._state.said_by(slots, "words", list(self._shares))
        for word, share in enumerate(self._shares.values()):  # one by one, as ``everywhere`` adds them
            found += share * said[:, word]
        if self._column is not None:
            column = np.array([self._column])
            for number, own, where in self._state.by_segment(slots):
                worth = self._state.segments[number].held.many(column, own)[0]
                found[where] = np.maximum(found[where], worth)
        return np.where(found >= COVERED, found, 0.0)


def needs_value(state: State, vocabulary: Vocabulary, needs: Sequence[Need]) -> tuple[Value, list[Floats]]:
    """The mean closeness, a 필수 counting three times, a 중요 twice a 희망; and each need's own closeness."""
    each = [NeedAsked(state, vocabulary, need).everywhere() for need in needs]
    out = np.zeros(state.size)
    whole = float(sum(need.priority for need in needs))
    for need, closeness in zip(needs, each, strict=True):
        out += closeness * (need.priority / whole)
    return Value(out), each
