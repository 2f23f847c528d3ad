"""나의 할 일: what waits for a user. Each slice adds a source; the page sorts oldest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from marketplace.civil import day_of
from marketplace.database import utcnow


@dataclass(frozen=True)
class Todo:
    """One thing that waits: a Korean sentence (translated when shown), where to do it, since when, by when.

    ``count`` above 1 stands for so many of the same kind behind one list.
    """

    sentence: str
    url: str
    since: datetime
    due: datetime | None = None
    count: int = 1
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def days_left(self) -> int | None:
        """Whole days until the last day for it, by the Korean calendar; negative when late."""
        if self.due is None:
            return None
        return (day_of(self.due) - day_of(utcnow())).days


Source = Callable[[Any], list[Todo]]
_sources: list[Source] = []


def todo_source(source: Source) -> Source:
    """Register a function that lists what waits for a user."""
    if source not in _sources:
        _sources.append(source)
    return source


@dataclass(frozen=True)
class Place:
    """Where somebody may go on when nothing waits: a Korean label and what is found there, and for whom."""

    order: int
    label: str
    endpoint: str
    hint: str
    shown: Callable[[Any], bool]


_places: list[Place] = []


def place_to_go(order: int, label: str, endpoint: str, hint: str, shown: Callable[[Any], bool]) -> None:
    """Offer a page to those for whom nothing waits; called once by a slice's views, like ``menu``.

    ``shown`` is asked only then, and may cost a statement.
    """
    if all((known.endpoint, known.label) != (endpoint, label) for known in _places):
        _places.append(Place(order, label, endpoint, hint, shown))


def places_of(user: Any) -> list[dict[str, str]]:
    """The pages for a user for whom nothing waits, with their label, address and hint in the reader's language."""
    return [
        {"label": gettext(place.label), "url": url_for(place.endpoint), "hint": gettext(place.hint)}
        for place in sorted(_places, key=lambda place: place.order)
        if place.shown(user)
    ]


def todos_of(user: Any) -> list[Todo]:
    """Everything that waits for the user, oldest first."""
    return sorted((todo for source in _sources for todo in source(user)), key=lambda todo: todo.since)
