"""A state laid out as files, for processes that did not build it: its segments, who of them is gone, its topics.

Other processes map the files into memory and answer with the same bits; nothing of 100,000 profiles is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import joblib

from marketplace.matching.engine import store
from marketplace.matching.engine.related import topics_of
from marketplace.matching.engine.segment import Segment
from marketplace.matching.engine.state import INDEXES, Said, State
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.profiles import ExpertProfile
from marketplace.taxonomy.vocabulary import Vocabulary

_TOPICS = "topics"


def lay_out(state: State, folder: Path, *, topics: bool) -> None:
    """Write a state into a folder that is there and empty; ``topics`` with what long texts are compared by, which
    is worked out now. Raises OSError when the disk is full."""
    for number, segment in enumerate(state.segments):
        store.copy(segment, folder / f"segment-{number}")
    told = {index: _counts(getattr(state, index)) for index in INDEXES}
    joblib.dump((state.alive, told, state.digest), folder / "state")
    if topics and (found := topics_of(state)) is not None:
        joblib.dump(found, folder / _TOPICS)


def _counts(said: Said) -> tuple[Any, ...]:
    """Everything of it but the indexes, in the order of its fields."""
    return said.sayers, dict(said.gone), said.tellers, said.rows, said.length


def take_up(folder: Path) -> State:
    """The state of a folder, its arrays mapped read-only. Raises OSError or ValueError when it is not whole."""
    alive, told, digest = joblib.load(folder / "state")
    segments = tuple(store.load(folder / f"segment-{number}")[0] for number in range(len(alive)))
    for segment in segments:
        store.bring_in(segment)
    said = {index: Said(tuple(getattr(s, index) for s in segments), *told[index]) for index in INDEXES}
    state = State(segments, alive, said["words"], said["letters"], digest)
    if (folder / _TOPICS).exists():
        found = joblib.load(folder / _TOPICS, mmap_mode="r")
        state.once(_TOPICS, lambda: found)
    return state


class StandingTable(ExpertTable):
    """A table that shows one state and takes no change; changes raise TypeError."""

    def __init__(self, vocabulary: Vocabulary, state: State) -> None:
        super().__init__(vocabulary)
        self._state = state

    def build(self, experts: Sequence[ExpertProfile]) -> NoReturn:
        raise TypeError("a standing table takes no change")

    def load(self, segment: Segment) -> NoReturn:
        raise TypeError("a standing table takes no change")

    def update(self, expert: ExpertProfile) -> NoReturn:
        raise TypeError("a standing table takes no change")

    def remove(self, key: str) -> NoReturn:
        raise TypeError("a standing table takes no change")
