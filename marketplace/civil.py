"""Days, months and periods as Korean law counts them (민법 제157조 to 제161조)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

SEOUL = ZoneInfo("Asia/Seoul")
_SATURDAY = 5


def day_of(moment: datetime) -> date:
    """The day in Korea that a moment falls on."""
    return moment.astimezone(SEOUL).date()


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of that month when it has no such day.

    Always counted from the first day: a month added three times to 31 January gives another answer.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of(start: date, months: int, *, first_counts: bool = True) -> date:
    """The last day of a period of whole months (제160조), moved to the next working day (제161조).

    ``first_counts``: the period begins with the day itself, at midnight (제157조 단서), as the term of an agreement does;
    else with the day after (제157조), as a deadline that runs from an event does. Raises ValueError for fewer
    months than one.
    """
    if months < 1:
        raise ValueError("a period has at least one month")
    first = start if first_counts else start + timedelta(days=1)
    same = months_after(first, months)
    last = same - timedelta(days=1) if same.day == first.day else same  # 제160조 제2항, else 제3항
    return working_day_from(last)


def working_day_from(day: date) -> date:
    """The day itself, or the next one that is neither a Saturday nor a public holiday, Sundays included."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    """Whether a day is neither a Saturday nor a Sunday nor a public holiday, substitutes included."""
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))
