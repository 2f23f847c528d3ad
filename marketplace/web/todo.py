"""나의 할 일: what waits for a user. Each slice adds a source; the page sorts oldest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.database import utcnow

SEOUL = ZoneInfo("Asia/Seoul")


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
        return (self.due.astimezone(SEOUL).date() - utcnow().astimezone(SEOUL).date()).days


Source = Callable[[Any], list[Todo]]
_sources: list[Source] = []


def todo_source(source: Source) -> Source:
    """Register a function that lists what waits for a user."""
    if source not in _sources:
        _sources.append(source)
    return source


def todos_of(user: Any) -> list[Todo]:
    """Everything that waits for the user, oldest first."""
    return sorted((todo for source in _sources for todo in source(user)), key=lambda todo: todo.since)
