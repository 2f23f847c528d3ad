"""The inner loops, compiled. Every sum is taken in a fixed order, so that the same profiles give the same
bits however they came into the index; nothing is approximated.

Arrays: ``rows`` and ``counts`` are postings (for each word the rows that hold it and how often), a *row* is
one text of an expert, a *slot* one expert; ``first_row[slot] .. first_row[slot + 1]`` are a slot's rows.

A number out of an array is made an unsigned one (``_at``) before it is a place in another array: signed ones are
asked each time whether they count from the end, which takes more than half of the time of such a loop.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_compiled: Any = njit(cache=True, nogil=True)
_at: Any = np.uint64


@_compiled
def add_ceilings(starts: Any, ends: Any, weights: Any, rows: Any, ceilings: Any, acc: Any) -> None:
    """Add to ``acc``, by row, what each word can count at most."""
    for word in range(starts.size):
        weight = weights[word]
        own, most = rows[starts[word] : ends[word]], ceilings[starts[word] : ends[word]]
        for place in range(own.size):
            acc[_at(own[place])] += weight * most[place]


@_compiled
def raise_by_texts(
    first_row: Any, acc: Any, worth: Any, bound: float, soft: float, most: float, out: Any
) -> None:
    """Add to ``out``, by slot, the hundredths of half its best row and half the mean of its rows, as a share of
    ``bound`` (see ``values.shares``). Clears ``acc``."""
    half, one = np.float32(0.5), np.float32(1.0)
    for slot in range(out.size):
        low, high = _at(first_row[slot]), _at(first_row[slot + 1])
        if high == low + _at(1):
            best = acc[low] * worth[low]
            acc[low] = 0.0
        else:
            best = np.float32(0.0)
            total = np.float32(0.0)
            for row in range(low, high):
                value = acc[row] * worth[row]
                acc[row] = 0.0
                total += value
                best = max(best, value)
            if best > 0.0:
                best = half * (best + total / np.float32(high - low))
        out[slot] += most * min(best * (one + soft) / (best + soft * bound), one)


@_compiled
def bm25_of(
    slots: Any, first_row: Any, row_start: Any, row_words: Any, row_counts: Any,
    weights: Any, norm: Any, acc: Any, hits: Any,
) -> None:  # fmt: skip
    """BM25 of the rows of these slots into ``acc``: for each word w c / (c + norm); how many of the words asked
    for stand in each row into ``hits``.

    ``weights`` holds one value per word of the index, 0 for those not asked for.
    """
    for slot in slots:
        for row in range(first_row[slot], first_row[slot + 1]):
            value = 0.0
            found = 0
            own = norm[row]
            words, counts = (
                row_words[row_start[row] : row_start[row + 1]],
                row_counts[row_start[row] : row_start[row + 1]],
            )
            for place in range(words.size):
                weight = weights[_at(words[place])]  # mostly 0: cheaper added than looked at
                count = float(counts[place])
                value += weight * (count / (count + own))
                found += weight != 0.0
            acc[row] = value
            hits[row] = found


@_compiled
def suspects(
    slots: Any, first_row: Any, hits: Any, row_start: Any, least: int, share: float, most: int
) -> Any:
    """The rows of these slots of which at least ``least`` words, and more than this share, were asked for, and
    those that hold ``most`` words asked for or more."""
    found = []
    for slot in slots:
        for row in range(first_row[slot], first_row[slot + 1]):
            held = hits[row]
            mostly = held >= least and held > share * (row_start[row + 1] - row_start[row])
            if mostly or held >= most:
                found.append(row)
    return np.array(found, dtype=np.int64)


@_compiled
def best_and_mean(slots: Any, first_row: Any, worth: Any, void: Any, acc: Any, hits: Any, out: Any) -> None:
    """Half the best row and half the mean row of each of these slots into ``out``, by slot; each row by its
    ``worth``, a ``void`` row 0. Clears ``acc`` and ``hits`` for these slots."""
    for slot in slots:
        low, high = first_row[slot], first_row[slot + 1]
        best = 0.0
        total = 0.0
        for row in range(low, high):
            value = acc[row]
            acc[row] = 0.0
            hits[row] = 0
            if value != 0.0 and not void[row]:
                value *= worth[row]
                total += value
                best = max(best, value)
        if best != 0.0:
            best = 0.5 * (best + total / (high - low))
        out[slot] = best


@_compiled
def _place(values: Any, low: int, high: int, sought: int) -> int:
    """Where a number stands in ``low .. high`` of values in rising order; -1 when it does not."""
    end = high
    while low < high:
        middle = (low + high) // 2
        if values[middle] < sought:
            low = middle + 1
        else:
            high = middle
    return low if low < end and values[low] == sought else -1


@_compiled
def find_words(slots: Any, first_row: Any, row_start: Any, row_words: Any, ids: Any, out: Any) -> None:
    """Which of these words each of these slots has in any of its rows, into ``out``: (slots, words)."""
    for at in range(slots.size):
        for row in range(first_row[slots[at]], first_row[slots[at] + 1]):
            low, high = row_start[row], row_start[row + 1]
            for word in range(ids.size):
                if not out[at, word]:
                    out[at, word] = _place(row_words, low, high, ids[word]) >= 0


@_compiled
def find_values(starts: Any, ends: Any, column: Any, values: Any, slots: Any, out: Any) -> None:
    """The value of each term for each of these slots, 0 where there is none, into ``out``: (terms, slots)."""
    for term in range(starts.size):
        for at in range(slots.size):
            place = _place(column, starts[term], ends[term], slots[at])
            out[term, at] = values[place] if place >= 0 else 0.0


@_compiled
def count_owners(start: Any, rows: Any, owner: Any, out: Any) -> None:
    """By word, how many slots have it in any of their rows, into ``out``."""
    for word in range(out.size):
        last = -1
        for row in rows[start[word] : start[word + 1]]:
            slot = owner[_at(row)]
            if slot != last:
                out[word] += 1
                last = slot


@_compiled
def add_shares(starts: Any, ends: Any, weights: Any, rows: Any, owner: Any, out: Any) -> None:
    """Add each word's weight once to every slot that holds it in any of its rows."""
    for word in range(starts.size):
        last = -1
        for row in rows[starts[word] : ends[word]]:
            slot = owner[_at(row)]
            if slot != last:
                out[_at(slot)] += weights[word]
                last = slot


@_compiled
def add_columns(starts: Any, ends: Any, weights: Any, slots: Any, values: Any, out: Any) -> None:
    """Add the weighted values of some terms to the slots that have them."""
    for term in range(starts.size):
        weight = weights[term]
        own, worth = slots[starts[term] : ends[term]], values[starts[term] : ends[term]]
        for place in range(own.size):
            out[_at(own[place])] += weight * worth[place]


@_compiled
def raise_by_columns(starts: Any, ends: Any, weights: Any, slots: Any, values: Any, out: Any) -> None:
    """Raise ``out`` to the highest weighted value among some terms of each slot that has any."""
    for term in range(starts.size):
        weight = weights[term]
        own, worth = slots[starts[term] : ends[term]], values[starts[term] : ends[term]]
        for place in range(own.size):
            slot = _at(own[place])
            out[slot] = max(out[slot], weight * worth[place])


@_compiled
def add_scaled(values: Any, scale: float, out: Any) -> None:
    """Add the values times ``scale`` to ``out``."""
    for slot in range(out.size):
        out[slot] += scale * values[slot]


@_compiled
def add_part(raw: Any, scale: float, most: float, out: Any) -> None:
    """Add a part's hundredths, not yet cut to whole ones, to ``out``; ``most`` is what the part can earn."""
    for slot in range(out.size):
        out[slot] += np.float32(min(raw[slot] / scale, 1.0) * most)


@_compiled
def add_class(classes: Any, points: Any, out: Any) -> None:
    """Add the hundredths of each slot's class."""
    for slot in range(out.size):
        out[slot] += points[_at(classes[slot])]


@_compiled
def shut_out(allowed: Any, out: Any) -> None:
    """-1 for every slot that is not allowed."""
    for slot in range(out.size):
        if not allowed[slot]:
            out[slot] = -1.0


@_compiled
def between(bound: Any, least: float, above: float) -> Any:
    """The slots whose bound is at least ``least`` and below ``above``."""
    found = []
    for slot in range(bound.size):
        if least <= bound[slot] < above:
            found.append(slot)
    return np.array(found, dtype=np.int64)


@_compiled
def reached_by(bound: Any, wanted: int) -> float:
    """The highest number that at least ``wanted`` bounds reach; 0 when there are fewer that are not below 0."""
    heap = np.zeros(wanted, dtype=bound.dtype)  # the highest so far, the least of them first
    for slot in range(bound.size):
        value = bound[slot]
        if value > heap[0]:
            at = 0
            while True:
                least = 2 * at + 1
                if least >= wanted:
                    break
                if least + 1 < wanted and heap[least + 1] < heap[least]:
                    least += 1
                if heap[least] >= value:
                    break
                heap[at] = heap[least]
                at = least
            heap[at] = value
    return float(heap[0])
