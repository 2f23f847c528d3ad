from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.civil import months_after
from marketplace.matching.organisations import same_organisation
from marketplace.matching.profiles import (
    Career,
    ExpertProfile,
    Interest,
    InterestKind,
    Mode,
    Period,
    Relation,
    RelationKind,
    RequestProfile,
)
from marketplace.matching.rules import (
    EXCLUSION_TEXT,
    FORMER_TIES,
    Gates,
    exclusions,
    peak,
    unchecked,
)
from marketplace.programmes.conflicts import CONFLICTS, RELATIONS, TIES, pairs_of, table_of

EXPERT = ExpertProfile("e1", regions=("48",), mode=Mode.BOTH, capacity=2)
REQUEST = RequestProfile(
    "r1",
    company_name="(주)한빛정밀",
    company_brn="124-81-00998",
    region="48",
    months=3,
    start_on=date(2027, 3, 2),
    mode=Mode.ONSITE,
)


def broken(expert: ExpertProfile, request: RequestProfile = REQUEST, gates: Gates | None = None) -> list[str]:
    return [exclusion.rule for exclusion in exclusions(expert, request, gates)]


def employer(name: str, until: date | None) -> ExpertProfile:
    return replace(EXPERT, interests=(Interest(InterestKind.EMPLOYER, name, None, until),))


def related(kind: RelationKind, name: str) -> RequestProfile:
    return replace(REQUEST, relations=(Relation(kind, name),))


def test_an_expert_who_breaks_no_rule_is_eligible() -> None:
    assert broken(EXPERT) == []


def test_an_unverified_expert_is_excluded_even_with_the_gates_off() -> None:
    assert broken(replace(EXPERT, verified=False), gates=Gates.none()) == ["unverified"]


def test_an_expert_without_an_account_in_use_is_excluded_with_a_reason_of_its_own() -> None:
    assert broken(replace(EXPERT, active=False), gates=Gates.none()) == ["inactive"]


def test_a_paused_expert_is_excluded_with_the_reason() -> None:
    assert broken(replace(EXPERT, paused=True)) == ["paused"]


def test_an_expert_whom_the_firm_refused_before_is_excluded() -> None:
    assert broken(EXPERT, replace(REQUEST, former_partners=("e1",))) == ["refused"]


def test_an_expert_without_free_places_is_excluded_with_the_reason() -> None:
    held = Period(date(2027, 4, 1), date(2027, 7, 1))
    full = replace(EXPERT, commitments=(held, held))
    reason = exclusions(full, REQUEST)[0]
    assert reason.rule == "capacity"
    assert "2건이 그 기간에 모두 찼습니다(2건 진행)" in reason.sentence


def test_commitments_one_after_the_other_hold_one_place() -> None:
    first = Period(date(2027, 3, 1), date(2027, 4, 1))
    second = Period(date(2027, 4, 1), date(2027, 5, 1))
    assert peak([first, second], Period(date(2027, 3, 2), date(2027, 6, 2))) == 1
    assert broken(replace(EXPERT, capacity=2, commitments=(first, second))) == []


def test_commitments_outside_the_period_hold_no_place() -> None:
    before = Period(date(2026, 12, 1), date(2027, 3, 2))
    assert broken(replace(EXPERT, capacity=1, commitments=(before,))) == []


@pytest.mark.parametrize(("day", "rules"), [(date(2027, 3, 2), []), (date(2027, 3, 3), ["available_from"])])
def test_an_expert_must_be_free_from_the_start(day: date, rules: list[str]) -> None:
    assert broken(replace(EXPERT, available_from=day)) == rules


@pytest.mark.parametrize(("day", "rules"), [(date(2027, 6, 1), []), (date(2027, 5, 31), ["available_until"])])
def test_an_expert_must_be_free_to_the_last_day(day: date, rules: list[str]) -> None:
    assert broken(replace(EXPERT, available_until=day)) == rules


def test_modes_that_never_meet_are_excluded_in_words() -> None:
    reason = exclusions(replace(EXPERT, mode=Mode.REMOTE), REQUEST)[0]
    assert reason.rule == "mode"
    assert "희망하는 지원방식(대면)과 전문가의 지원방식(비대면)" in reason.sentence


@pytest.mark.parametrize(
    ("expert_mode", "request_mode", "rules"),
    [
        (Mode.BOTH, Mode.ONSITE, ["region"]),
        (Mode.ONSITE, Mode.BOTH, ["region"]),
        (Mode.BOTH, Mode.BOTH, []),
        (Mode.REMOTE, Mode.BOTH, []),
        (Mode.BOTH, Mode.REMOTE, []),
    ],
)
def test_the_region_matters_only_where_the_two_must_meet(
    expert_mode: Mode, request_mode: Mode, rules: list[str]
) -> None:
    expert = replace(EXPERT, regions=("26",), mode=expert_mode)
    assert broken(expert, replace(REQUEST, mode=request_mode)) == rules


def test_unknown_regions_are_flagged_and_not_excluded() -> None:
    expert = replace(EXPERT, regions=())
    assert broken(expert) == []
    assert unchecked(expert, REQUEST) == ("region",)


def test_an_unknown_start_is_flagged_and_not_excluded() -> None:
    request = replace(REQUEST, start_on=None)
    assert broken(replace(EXPERT, available_from=date(2030, 1, 1)), request) == []
    assert unchecked(EXPERT, request) == ("dates",)


@pytest.mark.parametrize("kind", [RelationKind.CUSTOMER, RelationKind.COMPETITOR, RelationKind.CONTRIBUTOR])
@pytest.mark.parametrize(
    ("left", "rules"), [(date(2025, 3, 3), ["employer"]), (date(2025, 3, 2), []), (None, ["employer"])]
)
def test_a_former_employer_is_a_conflict_for_24_months(
    kind: RelationKind, left: date | None, rules: list[str]
) -> None:
    assert broken(employer("대한전자", left), related(kind, "대한전자 주식회사")) == rules


def test_the_cooling_off_is_a_parameter() -> None:
    expert = employer("대한전자", date(2026, 1, 1))
    assert broken(expert, related(RelationKind.CUSTOMER, "대한전자"), Gates(cooling_off_months=12)) == []


def test_a_career_is_a_tie_though_no_interest_was_declared() -> None:
    expert = replace(EXPERT, careers=(Career("한빛정밀", "부장", None, date(2026, 6, 30), ""),))
    assert broken(expert) == ["employer"]


@pytest.mark.parametrize("kind", [InterestKind.SHARES, InterestKind.KIN])
def test_shares_and_kin_never_cool_off(kind: InterestKind) -> None:
    expert = replace(EXPERT, interests=(Interest(kind, "한빛정밀", None, date(2000, 1, 1)),))
    assert broken(expert, gates=Gates.none()) == [kind.value]


def test_a_tie_to_a_supplier_counts_when_the_firm_considers_that_supplier() -> None:
    expert = replace(EXPERT, interests=(Interest(InterestKind.VENDOR, "㈜솔루션나라"),))
    assert broken(expert) == []
    assert broken(expert, related(RelationKind.VENDOR, "솔루션 나라")) == ["vendor"]


def tied(kind: InterestKind, name: str = "대한전자") -> ExpertProfile:
    return replace(EXPERT, interests=(Interest(kind, name),))


@pytest.mark.parametrize("relation", [kind for kind in RelationKind if kind is not RelationKind.SELF])
@pytest.mark.parametrize("tie", list(InterestKind))
def test_a_tie_counts_against_the_relations_of_the_table_and_no_other(
    tie: InterestKind, relation: RelationKind
) -> None:
    counts = relation.value in CONFLICTS[tie.value]
    assert broken(tied(tie), related(relation, "대한전자")) == ([tie.value] if counts else [])


def test_who_holds_shares_of_the_contributor_may_be_proposed() -> None:
    request = related(RelationKind.CONTRIBUTOR, "대한전자")
    assert broken(tied(InterestKind.SHARES), request) == []
    assert broken(tied(InterestKind.KIN), request) == []
    assert broken(employer("대한전자", None), request) == ["employer"]


@pytest.mark.parametrize("pair", pairs_of(dict.fromkeys(TIES, RELATIONS)))
def test_a_programme_decides_about_each_pair_by_itself(pair: str) -> None:
    tie, relation = pair.split(":")
    expert = tied(InterestKind(tie), "한빛정밀" if relation == "self" else "대한전자")
    request = REQUEST if relation == "self" else related(RelationKind(relation), "대한전자")
    assert broken(expert, request, Gates(ties=(pair,))) == [tie]
    others = tuple(other for other in pairs_of(dict.fromkeys(TIES, RELATIONS)) if other != pair)
    assert broken(expert, request, Gates(ties=others)) == []


def test_the_table_has_the_ties_and_relations_that_the_ranker_knows() -> None:
    assert list(TIES) == [kind.value for kind in InterestKind]
    assert set(RELATIONS) == {kind.value for kind in RelationKind}
    assert table_of(pairs_of(CONFLICTS)) == {tie: list(found) for tie, found in CONFLICTS.items()}
    assert table_of(["shares:self", "shares:moon", "", "x"])["shares"] == ["self"]


def test_before_the_table_shares_and_kin_counted_against_everybody() -> None:
    former = Gates(ties=FORMER_TIES)
    for kind in (InterestKind.SHARES, InterestKind.KIN):
        for relation in RelationKind:
            assert broken(tied(kind), related(relation, "대한전자"), former) == [kind.value]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("(주)한빛 정밀", None), ("한빛정밀 주식회사", None), True),
        (("㈜한빛정밀", None), ("한빛정밀", "1248100998"), True),
        (("한빛정밀", "124-81-00998"), ("한빛정밀", "2208162517"), True),  # a number for each site
        (("한빛정밀", "124-81-00998"), ("다른이름", "2208162517"), False),
        (("삼성전자 반도체사업부", None), ("삼성전자", None), True),
        (("삼성전자(주) 수원사업장", None), ("삼성전자", None), True),
        (("LG전자", None), ("엘지전자", None), True),
        (("SK하이닉스", None), ("에스케이하이닉스", None), True),
        (("POSCO", None), ("포스코", None), True),
        (("현대자동차", None), ("현대차", None), True),
        (("Samsung Electronics Co., Ltd.", None), ("삼성전자", None), True),
        (("삼성전자", None), ("삼성전기", None), False),
        (("포스코", None), ("포스코DX", None), False),
        (("옛이름", "124-81-00998"), ("새이름", "1248100998"), True),
        (("Hanbit Co., Ltd.", None), ("HANBIT", None), True),
        (("", None), ("", None), False),
        (("한빛정밀", None), ("한빛정밀화학", None), False),
    ],
)
def test_organisations_are_the_same_by_number_or_by_name(
    one: tuple[str, str | None], other: tuple[str, str | None], same: bool
) -> None:
    assert same_organisation(*one, *other) is same


def test_months_end_on_the_last_day_when_the_month_is_shorter() -> None:
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_every_exclusion_fills_its_sentence() -> None:
    held = Period(date(2027, 3, 1), date(2027, 9, 1))
    ties = tuple(Interest(kind, "한빛정밀") for kind in InterestKind)
    bad = replace(
        EXPERT, verified=False, active=False, paused=True, capacity=1, commitments=(held,), interests=ties
    )
    away = replace(bad, regions=("11",), mode=Mode.ONSITE, available_from=date(2027, 4, 1))
    remote = replace(away, mode=Mode.REMOTE, available_until=date(2027, 4, 2))
    request = replace(REQUEST, former_partners=("e1",))
    found = [*exclusions(away, request), *exclusions(remote, request)]
    assert {exclusion.rule for exclusion in found} == set(EXCLUSION_TEXT)
    assert all("%(" not in exclusion.sentence for exclusion in found)


def test_a_merged_region_counts_as_the_one_it_became() -> None:
    expert = replace(EXPERT, mode=Mode.ONSITE, regions=("46",))
    assert "region" not in broken(expert, replace(REQUEST, mode=Mode.ONSITE, region="12"))
    assert "region" in broken(expert, replace(REQUEST, mode=Mode.ONSITE, region="48"))
