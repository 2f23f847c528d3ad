"""The inner loops, compiled. Every sum is taken in a fixed order, so that the same profiles give the same
bits however they came into the index; nothing is approximated.

Arrays: ``rows`` and ``counts`` are postings (for each word the rows that hold it and how often), a *row* is
one text of an expert, a *slot* one expert; ``first_row[slot] .. first_row[slot + 1]`` are a slot's rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_compiled: Any = njit(cache=True, nogil=True)


@_compiled
def add_bm25(
    starts: Any,
    ends: Any,
    weights: Any,
    rows: Any,
    counts: Any,
    length: Any,
    flat: float,
    slope: float,
    acc: Any,
    hits: Any,
) -> None:
    """Add each word's saturated counts to ``acc`` by row: w c / (c + flat + slope * length); count the words
    that each row holds in ``hits``."""
    for word in range(starts.size):
        weight = weights[word]
        for at in range(starts[word], ends[word]):
            row = rows[at]
            count = float(counts[at])
            acc[row] += weight * count / (count + flat + slope * length[row])
            hits[row] += 1


@_compiled
def mark_echoes(
    hits: Any, row_start: Any, owner: Any, least: int, share: float, whole: int, void: Any, echoing: Any
) -> None:
    """Mark the rows of which at least ``least`` words, and more than this share, were asked for, and those
    that hold ``whole`` words asked for; and their slots. Clears ``hits``."""
    for row in range(hits.size):
        found = hits[row]
        if found:
            mostly = found >= least and found > share * (row_start[row + 1] - row_start[row])
            if mostly or found >= whole:
                void[row] = True
                echoing[owner[row]] = True
            hits[row] = 0


@_compiled
def best_and_mean(acc: Any, worth: Any, void: Any, first_row: Any, alive: Any, out: Any) -> float:
    """Half the best row and half the mean row of each slot into ``out``, each row by its ``worth``.

    0 for a slot that is not ``alive`` and for a row that is ``void``. Clears ``acc``; answers with the largest.
    """
    top = 0.0
    for slot in range(first_row.size - 1):
        low, high = first_row[slot], first_row[slot + 1]
        best = 0.0
        total = 0.0
        for row in range(low, high):
            value = acc[row]
            if value != 0.0:
                acc[row] = 0.0
                if not void[row]:
                    value *= worth[row]
                    total += value
                    best = max(best, value)
        if not alive[slot]:
            best = 0.0
        if best != 0.0:
            best = 0.5 * (best + total / (high - low))
            top = max(top, best)
        out[slot] = best
    return top


@_compiled
def add_shares(starts: Any, ends: Any, weights: Any, rows: Any, owner: Any, out: Any) -> None:
    """Add each word's weight once to every slot that holds it in any of its rows."""
    for word in range(starts.size):
        last = -1
        for at in range(starts[word], ends[word]):
            slot = owner[rows[at]]
            if slot != last:
                out[slot] += weights[word]
                last = slot


@_compiled
def add_columns(columns: Any, weights: Any, matrix: Any, out: Any) -> None:
    """Add the weighted rows ``columns`` of ``matrix`` (terms by slots) to ``out``."""
    for i in range(columns.size):
        line = matrix[columns[i]]
        weight = weights[i]
        for slot in range(out.size):
            out[slot] += weight * line[slot]


@_compiled
def add_points(
    values: Any, scales: Any, weights: Any, alive: Any, classes: Any, points: Any, unknown: Any, total: Any
) -> None:
    """Whole hundredths of a point by slot into ``total``; -1 for a slot that is not ``alive``.

    ``values`` are the evidence parts (parts by slots), each divided by its scale. ``classes`` are the facets
    (facets by slots): the class of each slot, whose points stand in ``points[facet, class]``; -1 there means
    that the profile does not tell, and earns ``unknown[facet]`` where there is any evidence.
    """
    for slot in range(total.size):
        if not alive[slot]:
            total[slot] = -1
            continue
        points_here = 0
        evidence = False
        for part in range(values.shape[0]):
            value = values[part, slot]
            if value > 0.0:
                evidence = True
                value = min(value / scales[part], 1.0)
                points_here += int(np.floor(value * weights[part] * 10_000 + 1e-6))
        for facet in range(classes.shape[0]):
            earned = points[facet, classes[facet, slot]]
            if earned >= 0:
                points_here += earned
            elif evidence:
                points_here += unknown[facet]
        total[slot] = points_here


@_compiled
def at_least(total: Any, wanted: int, most: int) -> int:
    """The score that at least ``wanted`` slots reach (0 when fewer live); scores lie in 0 .. ``most``."""
    histogram = np.zeros(most + 1, dtype=np.int64)
    for slot in range(total.size):
        if total[slot] >= 0:
            histogram[total[slot]] += 1
    seen = 0
    for score in range(most, -1, -1):
        seen += histogram[score]
        if seen >= wanted:
            return score
    return 0
