"""On which days the visits of a mentorship may be: laid out over the term, and checked. Pure; no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from marketplace.civil import is_working_day, last_day_of


def spread(since: date, last_day: date, visits: int, monthly: int) -> list[date]:
    """Days for so many visits, evenly over the term, on working days, at most ``monthly`` in a calendar month.

    Where there are too few such days, other days of the week are taken first, then the limit of a month is left
    aside, and last a day is taken twice: the plan is a proposal, and whatever it breaks is said when it is
    checked.
    """
    every = [since + timedelta(days=n) for n in range((last_day - since).days + 1)]
    working = [day for day in every if is_working_day(day)]
    for days in (working, every):
        room = _within_limit(days, monthly)
        if len(room) >= visits:
            return _evenly(days, visits, monthly) or _thinned(room, visits)
    days = working if len(working) >= visits else every
    if len(days) >= visits:
        return _thinned(days, visits)
    return [*days, *[last_day] * (visits - len(days))]


def _evenly(days: Sequence[date], visits: int, monthly: int) -> list[date]:
    """Equal steps through the days; where a month is full, the next day with room. Empty when that does not fit."""
    found: list[date] = []
    taken: Counter[tuple[int, int]] = Counter()
    for number in range(visits):
        wish = days[number * len(days) // visits]
        day = _free(days, wish, found, taken, monthly, visits - number)
        if day is None:
            return []
        found.append(day)
        taken[day.year, day.month] += 1
    return found


def _free(
    days: Sequence[date],
    wish: date,
    found: Sequence[date],
    taken: Counter[tuple[int, int]],
    monthly: int,
    still: int,
) -> date | None:
    """The first free day from the wished one on whose month has room; None when too few follow."""
    free = [
        day
        for day in days
        if day >= wish and (not found or day > found[-1]) and taken[day.year, day.month] < monthly
    ]
    rooms: Counter[tuple[int, int]] = Counter()
    left = 0
    for day in free:
        month = (day.year, day.month)
        if taken[month] + rooms[month] < monthly:
            rooms[month] += 1
            left += 1
    return free[0] if left >= still else None


def _within_limit(days: Sequence[date], monthly: int) -> list[date]:
    """At most ``monthly`` days of each month, spread over the month."""
    months: dict[tuple[int, int], list[date]] = {}
    for day in days:
        months.setdefault((day.year, day.month), []).append(day)
    return [day for month in months.values() for day in _thinned(month, min(monthly, len(month)))]


def _thinned(days: Sequence[date], count: int) -> list[date]:
    """So many of the days, evenly."""
    return [days[number * len(days) // count] for number in range(count)] if count else []


def moved(days: Sequence[date], before: date, since: date, last_day: date, monthly: int) -> list[date]:
    """The days of a plan after its term moved from ``before`` to ``since``: each as much later.

    When that breaks the limit of a month or leaves the term, the visits are laid out anew.
    """
    later = [day + (since - before) for day in days]
    within = all(since <= day <= last_day for day in later)
    if within and not crowded(later, monthly) and len(set(later)) == len(later):
        return later
    return spread(since, last_day, len(days), monthly)


def crowded(days: Sequence[date], monthly: int) -> list[tuple[int, int]]:
    """The months, as (year, month), in which there are more visits than allowed, in order."""
    counts = Counter((day.year, day.month) for day in days)
    return sorted(month for month, count in counts.items() if count > monthly)


def term_from(since: date, months: int) -> tuple[date, date]:
    """First and last day of a term that begins on a day, as the Civil Act counts it."""
    return since, last_day_of(since, months)
