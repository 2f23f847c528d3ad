"""What the pages show of figures: series with their rates, a chart, and totals that name what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import get_locale, gettext
from markupsafe import Markup

from marketplace.codes.models import Kpi
from marketplace.mentorships.models import Goal
from marketplace.outcomes import rates
from marketplace.outcomes.chart import Point, line_chart, plain
from marketplace.outcomes.models import Measurement
from marketplace.outcomes.states import STATE_LABELS, TONES, ValueState
from marketplace.web.setup import day

NOT_COMPUTED = "–"


@dataclass(frozen=True)
class Row:
    """One value of a series as it is printed."""

    measured: Measurement
    value: str
    change: str  # in per cent of before, or why there is none
    points: str | None  # percentage points, for figures in per cent
    achievement: str
    badge: tuple[str, str]


@dataclass(frozen=True)
class Series:
    """A goal with its values, oldest first, and its chart."""

    goal: Goal
    name: str
    better: str
    baseline: str
    target: str
    rows: Sequence[Row]
    chart: Markup
    last: Row | None  # the newest verified one


def name_of(kpi: Kpi) -> str:
    """The indicator in the reader's language."""
    return kpi.name_en if str(get_locale()) == "en" else kpi.name_ko


def badge_of(state: str) -> tuple[str, str]:
    """The name of a value's state and the tone of its badge."""
    known = ValueState(state)
    return gettext(STATE_LABELS[known]), TONES[known]


def series_of(goal: Goal, values: Sequence[Measurement], kpis: Mapping[str, Kpi]) -> Series:
    """The series of one goal."""
    kpi = kpis[goal.kpi]
    rows = [_row(goal, measured) for measured in values]
    shown = [
        Point(f"{row.measured.ends_on:%m.%d}", row.measured.value, row.measured.counts)
        for row in rows
        if row.measured.state != ValueState.REFUSED
    ]
    chart = line_chart(
        shown,
        baseline=goal.baseline,
        target=goal.target,
        unit=goal.unit,
        title=name_of(kpi),
        names=(gettext("기존"), gettext("목표")),
    )
    verified = [row for row in rows if row.measured.counts and row.measured.value is not None]
    return Series(
        goal,
        name_of(kpi),
        gettext("높을수록 좋음") if kpi.direction == "up" else gettext("낮을수록 좋음"),
        plain(goal.baseline),
        plain(goal.target),
        rows,
        chart,
        verified[-1] if verified else None,
    )


def overall_of(series: Sequence[Series]) -> tuple[str | None, str]:
    """The weighted achievement over verified values, and how much of the weight stands behind it, in per cent."""
    found = rates.overall(
        (one.goal.weight, one.last.measured.achievement if one.last is not None else None) for one in series
    )
    share = f"{found.collected / 10:g}"
    return (None if found.rate is None else percent(found.rate)), share


def percent(value: Decimal) -> str:
    """A rate with one place, as printed."""
    return f"{value:.1f}%"


def signed(value: Decimal) -> str:
    """A number with its sign, without trailing zeros."""
    sign = "+" if value > 0 else "-" if value < 0 else ""
    return f"{sign}{plain(abs(value))}"


def change_of(baseline: Decimal, value: Decimal) -> str:
    """The relative change as printed; a base of 0 gives none."""
    change = rates.relative_change(baseline, value)
    if change is None:
        return str(gettext("산출 불가 (기존값 0)"))
    return f"{signed(change.quantize(Decimal('0.1')))}%"


def _row(goal: Goal, measured: Measurement) -> Row:
    badge = badge_of(measured.state)
    if measured.value is None:
        return Row(measured, gettext("미수집"), NOT_COMPUTED, None, NOT_COMPUTED, badge)
    points = rates.points(goal.unit, goal.baseline, measured.value)
    reached = measured.achievement
    return Row(
        measured,
        plain(measured.value),
        change_of(goal.baseline, measured.value),
        None if points is None else gettext("%(points)s%%p", points=signed(points)),
        NOT_COMPUTED if reached is None else percent(reached),
        badge,
    )


def period_of(row: Any) -> str:
    """First and last day as printed."""
    return f"{day(row.starts_on)} ~ {day(row.ends_on)}"
