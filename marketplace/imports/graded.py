"""Cells that list terms of the trade with a grade: ``MES:3;설비보전``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from marketplace.imports import kinds
from marketplace.imports.cells import Cell, items
from marketplace.imports.faults import BadCell, shown

_NUMBER = re.compile(r"[+-]?\d{1,2}(?:\.\d+)?")


class Resolver(Protocol):
    """What is asked of a vocabulary: the id of a term by id, name or synonym, else None."""

    def resolve(self, words: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Graded:
    """One entry: the term's id, or None when the taxonomy lacks it, the words as written and the grade."""

    term: str | None
    words: str
    grade: int


def graded(
    terms: Resolver, grades: Mapping[int, str], default: int, limit: int
) -> Callable[[Cell], tuple[Graded, ...]]:
    """A parser of ``term:grade`` lists. ``grades`` names each grade; a word longer than ``limit`` is refused.

    The grade is a number or its name. What follows a colon and is neither belongs to the term when the whole
    is no known term with a wrong grade ("IATF 16949:2016"). Exact repetitions count once, the higher grade.
    """
    names = {name: number for number, name in grades.items()}
    low, high = min(grades), max(grades)
    known: dict[str, str | None] = {}

    def resolve(words: str) -> str | None:
        if words not in known:
            known[words] = terms.resolve(words)
        return known[words]

    def one(part: str) -> Graded:
        words, colon, tail = (piece.strip() for piece in part.replace("：", ":").rpartition(":"))
        if not colon:
            words, grade = tail, default
        elif tail in names:
            grade = names[tail]
        elif tail.isascii() and tail.isdigit() and low <= int(tail[:3]) <= high:
            grade = int(tail)
        elif not tail:
            grade = default
        elif _NUMBER.fullmatch(tail) or resolve(words):
            meaning = ", ".join(f"{number} {name}" for number, name in grades.items())
            example = f"{shown(words)}:{default}"
            raise BadCell(
                kinds.BAD_GRADE, word=shown(words), low=low, high=high, example=example, meaning=meaning
            )
        else:
            words, grade = part, default
        if len(words) > limit:
            raise BadCell(kinds.TOO_LONG, limit=f"{limit:,}", length=f"{len(words):,}")
        return Graded(resolve(words), words, grade)

    def parse(cell: Cell) -> tuple[Graded, ...]:
        best: dict[str, Graded] = {}
        for part in items(cell):
            entry = one(part)
            key = entry.words.casefold()
            if entry.words and (key not in best or best[key].grade < entry.grade):
                best[key] = entry
        return tuple(best.values())

    return parse


def own_words(entries: tuple[Graded, ...]) -> str:
    """The words that the taxonomy lacks, for a remark; empty when it knows all."""
    return ", ".join(entry.words for entry in entries if entry.term is None)
