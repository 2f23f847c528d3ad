"""Periods against an oracle that is written from the articles, by looking at every single day."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from marketplace.civil import is_working_day, last_day_of, months_after, working_day_from

ONE = timedelta(days=1)
DAYS = [date(2024, 1, 1) + ONE * n for n in range((date(2036, 12, 31) - date(2024, 1, 1)).days + 1)]
STARTS = [day for day in DAYS if day.year <= 2034]
BY_MONTH: dict[tuple[int, int], list[date]] = {}
for _day in DAYS:
    BY_MONTH.setdefault((_day.year, _day.month), []).append(_day)
MONTHS = sorted(BY_MONTH)
PUBLIC = set(holidays.KR(years=range(2024, 2037)))


def oracle(first: date, months: int) -> date:
    """제160조: by the calendar; the day before the one that corresponds, else the last of that month. 제161조."""
    final = BY_MONTH[MONTHS[MONTHS.index((first.year, first.month)) + months]]
    corresponding = [day for day in final if day.day == first.day]
    at = DAYS.index(corresponding[0]) - 1 if corresponding else DAYS.index(final[-1])
    while DAYS[at].strftime("%a") in ("Sat", "Sun") or DAYS[at] in PUBLIC:
        at += 1
    return DAYS[at]


def test_every_start_of_eleven_years_and_every_length_up_to_a_year_ends_when_the_articles_say() -> None:
    wrong = [
        (start, months)
        for start in STARTS
        for months in range(1, 13)
        if last_day_of(start, months) != oracle(start, months)
    ]
    assert len(STARTS) == 4018
    assert wrong == []


def test_a_deadline_that_runs_from_an_event_does_not_count_the_day_of_the_event() -> None:
    for start in STARTS[::7]:
        for months in (1, 3, 6, 12):
            assert last_day_of(start, months, first_counts=False) == oracle(start + ONE, months)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2025, 1, 31), 3, date(2025, 4, 30)),  # April has no 31st: its last day
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2025, 1, 30), 1, date(2025, 2, 28)),
        (date(2026, 3, 1), 3, date(2026, 6, 1)),  # 31 May is a Sunday
        (date(2025, 7, 6), 3, date(2025, 10, 10)),  # the Chuseok week: 5 October is a Sunday, 9 is Hangul Day
    ],
)
def test_periods_that_were_worked_out_by_hand(start: date, months: int, last: date) -> None:
    assert last_day_of(start, months) == last


def test_months_are_counted_from_the_first_day_and_not_one_by_one() -> None:
    start = date(2025, 1, 31)
    step = months_after(months_after(months_after(start, 1), 1), 1)
    assert (months_after(start, 3), step) == (date(2025, 4, 30), date(2025, 4, 28))


def test_a_period_without_months_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        last_day_of(date(2025, 1, 1), 0)


@pytest.mark.parametrize("day", [date(2026, 2, 17), date(2026, 3, 2), date(2026, 8, 17), date(2026, 11, 28)])
def test_holidays_their_substitutes_and_saturdays_are_no_working_days(day: date) -> None:
    assert not is_working_day(day)
    assert working_day_from(day) > day
