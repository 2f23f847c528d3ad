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
    starts: Any, ends: Any, weights: Any, rows: Any, counts: Any, once: Any, norm: Any, acc: Any, hits: Any
) -> None:
    """Add each word's saturated counts to ``acc`` by row: w c / (c + norm), ``once`` being that for w = c = 1.

    Counts the words that each row holds in ``hits``.
    """
    for word in range(starts.size):
        weight = weights[word]
        for at in range(starts[word], ends[word]):
            row = rows[at]
            hits[row] += 1
            if counts[at] == 1:
                acc[row] += weight * once[row]
            else:
                count = float(counts[at])
                acc[row] += weight * (count / (count + norm[row]))


@_compiled
def bm25_of(
    slots: Any, first_row: Any, row_start: Any, row_words: Any, row_counts: Any,
    weights: Any, once: Any, norm: Any, worth: Any, void: Any, out: Any,
) -> None:  # fmt: skip
    """What ``add_bm25`` and ``best_and_mean`` give for these slots alone, from the forward index.

    ``weights`` holds one value per word of the index, 0 for those not asked for.
    """
    for i in range(slots.size):
        low, high = first_row[slots[i]], first_row[slots[i] + 1]
        best = 0.0
        total = 0.0
        for row in range(low, high):
            value = 0.0
            for at in range(row_start[row], row_start[row + 1]):
                weight = weights[row_words[at]]
                if weight != 0.0:
                    if row_counts[at] == 1:
                        value += weight * once[row]
                    else:
                        count = float(row_counts[at])
                        value += weight * (count / (count + norm[row]))
            if value != 0.0 and not void[row]:
                value *= worth[row]
                total += value
                best = max(best, value)
        if best != 0.0:
            best = 0.5 * (best + total / (high - low))
        out[i] = best


@_compiled
def take_suspects(hits: Any, row_start: Any, least: int, share: float, most: int, suspect: Any) -> int:
    """The rows of which at least ``least`` words, and more than this share, were asked for, and those that hold
    ``most`` words asked for or more, into ``suspect``; answers with their number. Clears ``hits``."""
    count = 0
    for row in range(hits.size):
        found = hits[row]
        if found:
            hits[row] = 0
            mostly = found >= least and found > share * (row_start[row + 1] - row_start[row])
            if (mostly or found >= most) and count < suspect.size:
                suspect[count] = row
                count += 1
    return count


@_compiled
def best_and_mean(acc: Any, worth: Any, void: Any, first_row: Any, out: Any) -> None:
    """Half the best row and half the mean row of each slot into ``out``, each row by its ``worth``; a ``void``
    row counts 0. Clears ``acc``."""
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
        if best != 0.0:
            best = 0.5 * (best + total / (high - low))
        out[slot] = best


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
def add_columns(starts: Any, ends: Any, weights: Any, slots: Any, values: Any, out: Any) -> None:
    """Add the weighted values of some terms to the slots that have them."""
    for term in range(starts.size):
        weight = weights[term]
        for at in range(starts[term], ends[term]):
            out[slots[at]] += weight * values[at]


@_compiled
def add_part(raw: Any, scale: float, weight: float, out: Any, evident: Any) -> None:
    """Add a part's hundredths, not yet cut to whole ones, to ``out``; note where there is any evidence."""
    for slot in range(out.size):
        out[slot] += min(raw[slot] / scale, 1.0) * weight
        evident[slot] |= raw[slot] > 0.0


@_compiled
def add_shares_of(raw: Any, bound: float, soft: float, weight: float, out: Any, evident: Any) -> None:
    """``add_part`` for a value that is a share (see ``values.shares``)."""
    for slot in range(out.size):
        value = raw[slot]
        if value > 0.0:
            out[slot] += min(value * (1.0 + soft) / (value + soft * bound), 1.0) * weight
            evident[slot] = True


@_compiled
def add_class(classes: Any, points: Any, unknown: float, evident: Any, out: Any) -> None:
    """Add the hundredths of each slot's class; where it is below 0 the profile does not tell, and earns
    ``unknown`` if there is any evidence."""
    for slot in range(out.size):
        earned = points[classes[slot]]
        if earned < 0:
            earned = unknown if evident[slot] else 0.0
        out[slot] += earned


@_compiled
def at_least(bound: Any, wanted: int, most: int) -> int:
    """The whole number that at least ``wanted`` bounds reach (0 when there are fewer); below 0 counts not."""
    histogram = np.zeros(most + 1, dtype=np.int64)
    for slot in range(bound.size):
        if bound[slot] >= 0:
            histogram[min(most, int(bound[slot]))] += 1
    seen = 0
    for number in range(most, -1, -1):
        seen += histogram[number]
        if seen >= wanted:
            return number
    return 0
