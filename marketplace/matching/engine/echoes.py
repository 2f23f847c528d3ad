"""Texts of profiles that are the request over again."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine import kernels
from marketplace.matching.engine.postings import Ints
from marketplace.matching.engine.query import Query
from marketplace.matching.engine.reading import header_of
from marketplace.matching.engine.segment import NEVER
from marketplace.matching.engine.state import State
from marketplace.matching.profiles import ExpertProfile
from marketplace.taxonomy.text import letters_of, normalise, words_of

LEAST, SHARE = 3, 0.5  # words of a text that are the request's, for it to be looked at
RUNS, COPIED = 6, 0.8  # runs of letters of a text, and the share of them that are the request's
TOLD = 6  # words of a request, for a text to be compared with the whole of it
WORDS, LETTERS = 0.6, 0.95  # the shares of its words and of its runs of letters in a copy


@dataclass(frozen=True, slots=True, eq=False)
class Echoes:
    """Texts that are the request over again, by segment and row, and whose they are, by slot.

    Such a text is made, letter by letter, of what the firm wrote, or it holds nearly all that the firm wrote in
    its own words. It tells of nothing done, and counts nothing. Of expository requests none is sought: one's
    own abstract is no trick.

    What the stated needs are called counts on neither side, so that a skill that is asked for, once it is
    declared, makes no text an echo.
    """

    state: State
    query: Query
    void: tuple[NDArray[np.bool_], ...]
    echoing: NDArray[np.bool_]

    @classmethod
    def none(cls, state: State, query: Query) -> Echoes:
        """Nothing marked yet."""
        void = tuple(np.zeros(segment.words.length.size, dtype=bool) for segment in state.segments)
        return cls(state, query, void, np.zeros(state.size, dtype=bool))

    def mark(self, number: int, slots: Ints, asked: Collection[str], hits: NDArray[np.uint16]) -> None:
        """Mark the echoes among the texts of these slots of one segment.

        ``hits`` says how many of the words ``asked`` for stand in each row.
        """
        if self.query.expository:
            return
        segment, void = self.state.segments[number], self.void[number]
        sought = set(asked) - self.query.stated.words
        most = ceil(WORDS * len(sought)) if self.query.own_words and len(sought) >= TOLD else NEVER
        rows = kernels.suspects(
            slots, segment.first_row, hits, segment.words.row_start, LEAST, SHARE, most
        ).tolist()
        for row in rows:
            if self._is_copy(number, row, sought, most):
                void[row] = True
                self.echoing[self.state.first[number] + segment.owner[row]] = True

    def _is_copy(self, number: int, row: int, sought: Set[str], most: int) -> bool:
        segment = self.state.segments[number]
        said = segment.words.bag(row).keys()
        held = len(said & sought)
        if held < most and (held < LEAST or held <= SHARE * len(said)):
            return False  # the needs alone made it a suspect
        asked_for = self.query.letters.keys() - self.query.stated.letters
        written = segment.letters.bag(row).keys() - self.query.stated.letters
        shared = len(asked_for & written)
        if most != NEVER and shared >= LETTERS * len(asked_for):
            return True
        if shared < COPIED * RUNS:
            return False
        own = written - _header_letters(segment.profile(int(segment.owner[row]))) or written
        return len(own) >= RUNS and len(own & asked_for) >= COPIED * len(own)


def _header_letters(profile: ExpertProfile) -> frozenset[str]:
    """The runs of letters of what stands before every text of a profile."""
    return frozenset(run for word in words_of(normalise(header_of(profile))) for run in letters_of(word))
