"""Rates by hand, and what cannot be computed."""

from __future__ import annotations

from decimal import Decimal as D
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.outcomes.chart import Point, line_chart
from marketplace.outcomes.rates import (
    Overall,
    achievement,
    doubts,
    improvement,
    overall,
    points,
    possible,
    relative_change,
)

FIGURES = st.decimals(min_value=-10_000, max_value=10_000, places=2)


def test_defects_from_four_to_one_per_cent_are_minus_75_per_cent_and_minus_3_points() -> None:
    assert relative_change(D(4), D(1)) == D(-75)
    assert points("%", D(4), D(1)) == D(-3)
    assert improvement("down", D(4), D(1)) == D(75)
    assert achievement(D(4), D(1), D(1)) == D(100)


@pytest.mark.parametrize(
    ("baseline", "target", "value", "rate"),
    [
        (D(1320), D(1080), D(1200), D(50)),  # lead time, less is better
        (D(50), D(80), D(65), D(50)),  # output, more is better
        (D(4), D(2), D(1), D(150)),  # beyond the target
        (D(4), D(2), D(5), D(-50)),  # worse than before
    ],
)
def test_achievement_is_the_same_expression_in_both_directions(
    baseline: D, target: D, value: D, rate: D
) -> None:
    assert achievement(baseline, target, value) == rate


def test_a_base_of_zero_gives_no_rate() -> None:
    assert improvement("down", D(0), D(3)) is None
    assert relative_change(D(0), D(3)) is None
    assert achievement(D(2), D(2), D(1)) is None


def test_only_figures_in_per_cent_have_percentage_points() -> None:
    assert points("ppm", D(4000), D(1000)) is None


def test_what_was_not_collected_counts_neither_as_nothing_nor_as_reached() -> None:
    assert overall([(500, D(80)), (500, None)]) == Overall(D(80), 500)
    assert overall([(1000, None)]) == Overall(None, 0)
    assert overall([]) == Overall(None, 0)


def test_in_the_weighted_sum_each_goal_counts_between_nothing_and_the_cap() -> None:
    assert overall([(500, D(150)), (500, D(-40))]) == Overall(D(50), 1000)
    assert overall([(500, D(150)), (500, D(-40))], cap=120) == Overall(D(60), 1000)


@given(FIGURES, FIGURES)
def test_the_target_itself_is_always_reached_in_full(baseline: D, target: D) -> None:
    if baseline != target:
        assert achievement(baseline, target, target) == 100
        assert achievement(baseline, target, baseline) == 0


@pytest.mark.parametrize(
    ("direction", "unit", "baseline", "value", "kind"),
    [
        ("down", "sec", D(120), D(2), "unit_slip"),  # minutes for seconds
        ("up", "ea/h", D(10), D(45), "too_good"),
        ("down", "h", D(10), D(16), "much_worse"),
    ],
)
def test_a_value_that_looks_like_a_mistake_is_doubted(
    direction: str, unit: str, baseline: D, value: D, kind: str
) -> None:
    assert kind in {doubt.kind for doubt in doubts(direction, unit, baseline, value)}


@pytest.mark.parametrize(
    ("unit", "value", "may_be_loss", "can_be"),
    [
        ("%", D(0), False, True),
        ("%", D(100), False, True),
        ("%", D("100.01"), False, False),
        ("%", D(25000), False, False),  # ppm for per cent
        ("ppm", D(25000), False, True),
        ("%", D(-3), False, False),
        ("%", D(-3), True, True),  # a loss
        ("%", D(101), True, False),
        ("명", D(-3), False, False),
    ],
)
def test_a_share_lies_between_0_and_100_and_only_a_loss_below_0(
    unit: str, value: D, may_be_loss: bool, can_be: bool
) -> None:
    assert possible(unit, value, may_be_loss=may_be_loss) is can_be


@pytest.mark.parametrize(("baseline", "value"), [(D(4), D(1)), (D(4), D(3)), (D(40), D(10))])
def test_a_usual_improvement_is_not_doubted(baseline: D, value: D) -> None:
    assert doubts("down", "%", baseline, value) == []


@given(st.lists(st.one_of(st.none(), FIGURES), max_size=12), FIGURES, FIGURES)
def test_every_series_makes_a_drawing_within_its_frame(
    values: list[D | None], baseline: D, target: D
) -> None:
    series = [Point(f"{at}월", value, at % 2 == 0) for at, value in enumerate(values)]
    drawn = line_chart(
        series, baseline=baseline, target=target, unit="<%>", title="불량 & 률", names=("기존", "목표")
    )
    tree = ET.fromstring(str(drawn))
    circles = tree.findall("circle")
    assert len(circles) == sum(value is not None for value in values)
    for circle in circles:
        assert 0 <= float(circle.attrib["cx"]) <= 560
        assert 0 <= float(circle.attrib["cy"]) <= 220
