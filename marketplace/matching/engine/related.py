"""Related topics: long texts compared by latent semantic analysis of what the profiles themselves say.

Two long texts about one subject share a subject more surely than words. Each text of a profile counts by
itself, as in the other parts: half the nearest one, half the mean of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from marketplace.matching.engine.postings import Floats, Ints
from marketplace.matching.engine.state import State

DIMENSIONS = 400
_FEWEST = 5
MOST_ROWS = 30_000  # texts; beyond, the part is not told, and its weight goes to the others
_ROUNDED = 4  # places; hides what differs between processors


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """Cosines, 0 to 1, of every text with the request; ``owner`` is each text's slot, of ``size`` slots."""

    near: Floats
    owner: Ints
    size: int

    def by_slot(self) -> Floats:
        """Half the nearest text of each slot and half the mean of its texts."""
        best = np.zeros(self.size)
        np.maximum.at(best, self.owner, self.near)
        count = np.bincount(self.owner, minlength=self.size)
        total = np.bincount(self.owner, weights=self.near, minlength=self.size)
        mean: Floats = total / np.maximum(count, 1)
        return (best + mean) / 2

    def nearest(self, slot: int) -> int | None:
        """Which of a slot's texts is the nearest, from 0; None when none is near at all."""
        own = self.near[np.flatnonzero(self.owner == slot)]
        return int(own.argmax()) if own.size and own.max() > 0 else None


class Topics:
    """The latent topics of the living texts of a state."""

    def __init__(self, state: State) -> None:
        owners: list[int] = []
        bags: list[dict[str, int]] = []
        for slot in sorted((int(s) for s in np.flatnonzero(state.living)), key=state.key):
            own = state.rows_of(slot, "words")
            owners += [slot] * len(own)
            bags += own
        self._size = state.size
        self._owner = np.array(owners, dtype=np.int64)
        self._words = {word: i for i, word in enumerate(sorted({word for bag in bags for word in bag}))}
        seen = Counter(word for bag in bags for word in bag)
        self._rarity = np.array([log((1 + len(bags)) / (1 + seen[word])) + 1 for word in self._words])
        matrix = self._weighed(bags)
        most = max(1, min(DIMENSIONS, min(matrix.shape) - 1))
        self._svd = TruncatedSVD(most, algorithm="randomized", n_iter=5, random_state=0).fit(matrix)
        self._rows: Floats = normalize(self._svd.transform(matrix))

    def nearness(self, words: Sequence[str]) -> Nearness:
        """How near every text is to a text of these words."""
        query = normalize(self._svd.transform(self._weighed([Counter(words)])))[0]
        return Nearness(np.round(np.maximum(self._rows @ query, 0.0), _ROUNDED), self._owner, self._size)

    def _weighed(self, bags: Sequence[dict[str, int]]) -> sparse.csr_array:
        """Texts by words: damped counts times rarity, each text of length 1."""
        rows, columns, values = [], [], []
        for row, bag in enumerate(bags):
            for word, count in bag.items():
                column = self._words.get(word)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append((1 + log(count)) * self._rarity[column])
        shape = (len(bags), len(self._words))
        weighed: sparse.csr_array = normalize(sparse.csr_array((values, (rows, columns)), shape=shape))
        return weighed


def topics_of(state: State) -> Topics | None:
    """The topics of a state, worked out when first asked for; None where there are too few texts or too many."""
    if not _FEWEST <= state.words.rows <= MOST_ROWS:
        return None
    return state.once("topics", lambda: Topics(state))
