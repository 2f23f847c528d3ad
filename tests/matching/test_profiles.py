from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from marketplace.matching.features_profile import (
    NEIGHBOUR,
    industry_fit,
    neighbours,
    region_fit,
    small_plant_fit,
)
from marketplace.matching.profiles import ExpertProfile, Mode, Period, RequestProfile

EXPERT = ExpertProfile("e1")


def test_periods_are_half_open() -> None:
    march = Period(date(2027, 3, 1), date(2027, 4, 1))
    assert not march.overlaps(Period(date(2027, 4, 1), date(2027, 5, 1)))
    assert march.overlaps(Period(date(2027, 3, 31), date(2027, 5, 1)))


def test_a_profile_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        EXPERT.key = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("division", "known", "fit"),
    [
        ("C25", ("C25", "C10"), 1.0),
        ("C25", ("C24",), NEIGHBOUR),
        ("C25", ("C10",), 0.0),
        ("C25", (), None),
        (None, ("C25",), None),
    ],
)
def test_industries_fit_when_the_same_half_when_neighbours(
    division: str | None, known: tuple[str, ...], fit: float | None
) -> None:
    assert industry_fit(division, known) == fit


def test_being_neighbours_is_mutual_and_never_with_oneself() -> None:
    codes = [f"C{number}" for number in range(10, 35)]
    for one in codes:
        assert one not in neighbours(one)
        assert all(one in neighbours(other) for other in neighbours(one))


@pytest.mark.parametrize(
    ("regions", "mode", "fit"),
    [
        (("48",), Mode.ONSITE, 1.0),
        (("26",), Mode.REMOTE, 0.6),
        (("26",), Mode.BOTH, 0.0),
        ((), Mode.BOTH, None),
    ],
)
def test_regions_fit_by_province_or_from_afar(
    regions: tuple[str, ...], mode: Mode, fit: float | None
) -> None:
    expert = replace(EXPERT, regions=regions, mode=mode)
    assert region_fit(expert, RequestProfile("r", region="48", mode=Mode.ONSITE)) == fit


@pytest.mark.parametrize(
    ("expert", "texts", "fit"),
    [
        (EXPERT, ("설비를 개선했습니다.",), None),
        (EXPERT, ("완전 자동 라인을 운영했습니다.",), 0.0),
        (replace(EXPERT, small_firm_projects=0), ("협력사 지도",), 0.0),
        (replace(EXPERT, small_firm_projects=9), (), 1.0),
        (replace(EXPERT, firm_sizes=frozenset({"large"})), (), 0.0),
        (replace(EXPERT, firm_sizes=frozenset({"micro", "small"})), (), 1.0),
    ],
)
def test_small_plant_fit_is_declared_or_told_or_unknown(
    expert: ExpertProfile, texts: tuple[str, ...], fit: float | None
) -> None:
    assert small_plant_fit(expert, texts) == fit


def test_signs_of_small_plants_in_the_texts_add_up() -> None:
    one = small_plant_fit(EXPERT, ("협력사 지도를 했습니다.",))
    two = small_plant_fit(EXPERT, ("협력사 지도를 했고 직원 30명 규모의 공장을 도왔습니다.",))
    assert one is not None and two is not None
    assert 0 < one < two <= 1
