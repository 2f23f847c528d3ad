"""The two ways in which the trade says no, and the marker for sentences that are translated later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any


def N_(sentence: str) -> str:
    """Mark a Korean sentence for the catalogues; it is translated where it is shown."""
    return sentence


class Named(str):
    """A Korean name out of the reference data, with the English one beside it."""

    english: str

    def __new__(cls, korean: str, english: str) -> Named:
        made = super().__new__(cls, korean)
        made.english = english
        return made


def written_day(day: date) -> str:
    """A day as it stands in a Korean sentence: 2026. 12. 2."""
    return f"{day.year}. {day.month}. {day.day}."


class Filled(str):
    """A Korean sentence with its places filled, which still knows how to be said in another language.

    A fact may be a label, a name, another such sentence or a day, each of which is said in the reader's language.
    """

    sentence: str
    facts: dict[str, Any]

    def __new__(cls, sentence: str, **facts: Any) -> Filled:
        korean = {name: written_day(of) if isinstance(of, date) else of for name, of in facts.items()}
        made = super().__new__(cls, sentence % korean if korean else sentence)
        made.sentence, made.facts = sentence, facts
        return made


class RuleBroken(Exception):
    """A rule of the programme refuses; ``sentence`` tells the user what to do.

    ``field`` names the form field at fault when there is one. ``facts`` fill the %(name)s places.
    ``conflict`` is True when somebody else was faster (answered with 409 instead of 422). ``also`` are other
    refusals that were found with this one, so that a form says all of them at once.
    """

    also: Sequence[RuleBroken] = ()

    def __init__(
        self, sentence: str, *, field: str | None = None, conflict: bool = False, **facts: Any
    ) -> None:
        super().__init__(sentence % facts if facts else sentence)
        self.sentence = sentence
        self.field = field
        self.conflict = conflict
        self.facts = facts


def raise_all(faults: Sequence[RuleBroken]) -> None:
    """Raise the first of these with the others beside it; nothing when there are none."""
    if faults:
        first, *others = faults
        first.also = others
        raise first


class NotAllowed(Exception):
    """The actor's role does not hold the permission (answered with 403)."""


class NotFound(Exception):
    """There is no such thing, or it is not the actor's (answered with 404 either way)."""
