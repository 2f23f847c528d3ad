"""The demo's past: steps planned in any order and taken in the order of their moments.

The record is a chain whose times never go back, so the ways of all firms and experts are taken as one line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from marketplace.civil import SEOUL, day_of
from marketplace.database import clock_at

FIRST_MINUTE, MINUTES = 9 * 60, 8 * 60 + 40  # people act between 09:00 and 17:40


@dataclass(slots=True)
class Timeline:
    """What happened before ``now``; nothing may be planned after it."""

    now: datetime
    _steps: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    @property
    def today(self) -> date:
        """The day of ``now`` in Korea."""
        return day_of(self.now)

    def days_ago(self, days: int) -> date:
        """The day that many days before today."""
        return self.today - timedelta(days=days)

    def within(self, day: date) -> datetime:
        """A moment in the working hours of a day before today, another one at each call."""
        number = next(self._numbers)
        minute = FIRST_MINUTE + number * 97 % MINUTES
        return datetime.combine(day, time(minute // 60, minute % 60, number * 37 % 60), SEOUL)

    def add(self, moment: datetime, step: Callable[[], object]) -> None:
        """Plan a step. Raises ValueError when its moment is yet to come."""
        if moment > self.now:
            raise ValueError(f"{moment} is not in the past")
        self._steps.append((moment, len(self._steps), step))

    def run(self, tell: Callable[[date], None]) -> None:
        """Take every step at its moment; ``tell`` hears the Monday of each week that begins."""
        week = None
        for moment, _, step in sorted(self._steps, key=lambda planned: planned[:2]):
            day = day_of(moment)
            monday = day - timedelta(days=day.weekday())
            if monday != week:
                week = monday
                tell(monday)
            with clock_at(moment):
                step()


def office_day(day: date) -> date:
    """The day, or the Friday before when it is a weekend: staff act on weekdays."""
    return day - timedelta(days=max(day.weekday() - 4, 0))
