"""Counting months as in a calendar."""

from __future__ import annotations

from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of that month when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
