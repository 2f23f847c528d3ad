from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import brn
from marketplace.codes.book import CodeBook, Region, by_section, packaged_codebook, sections

BOOK = packaged_codebook()
BEFORE = date(2026, 6, 30)
AFTER = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C26", "C26"),
        ("c26", "C26"),
        ("26", "C26"),
        ("２６", "C26"),
        ("전자 부품, 컴퓨터, 영상, 음향 및 통신장비 제조업", "C26"),
        ("전자부품,컴퓨터,영상,음향및통신장비제조업", "C26"),
        ("고무제품 및 플라스틱제품 제조업", "C22"),
        ("고무 및 플라스틱제품 제조업", "C22"),
        ("화학물질 및 화학제품 제조업; 의약품 제외", "C20"),
        ("화학 물질 및 화학제품 제조업", "C20"),
        ("식료품", "C10"),
        ("Furniture", "C32"),
        ("J62", "J62"),
        ("j 62", "J62"),
        ("62", "J62"),
        ("６２", "J62"),
        ("컴퓨터 프로그래밍, 시스템 통합 및 관리업", "J62"),
        ("컴퓨터프로그래밍 시스템통합 및 관리업", "J62"),
        ("H52", "H52"),
        ("창고 및 운송관련 서비스업", "H52"),
        ("도매 및 상품 중개업", "G46"),
        ("소매업", "G47"),
        ("소매업; 자동차 제외", "G47"),
        ("연구개발업", "M70"),
        ("교육서비스업", "P85"),
        ("영상·오디오 기록물 제작 및 배급업", "J59"),
        ("영상ㆍ오디오 기록물 제작 및 배급업", "J59"),
        ("A01", "A01"),
        ("01", "A01"),
        ("농업", "A01"),
        ("35", "D35"),
        ("C09", None),
        ("09", None),
        ("5", None),
        ("G62", None),
        ("C62", None),
        ("J", None),
        ("62;6", None),
        ("V62", None),
        ("", None),
        ("도소매업", None),
    ],
)
def test_an_industry_is_found_by_code_number_or_name(text: str, code: str | None) -> None:
    assert BOOK.industry(text) == code


def test_every_industry_is_found_by_each_of_its_names() -> None:
    for item in BOOK.industries.values():
        for name in (item.code, item.code[1:], item.ko, item.ko.replace(" ", ""), item.en):
            assert BOOK.industry(name) == item.code


def test_the_book_knows_the_77_divisions_of_the_21_sections() -> None:
    assert len(BOOK.industries) == 77
    groups = by_section(BOOK.industries.values())
    assert [section.code for section, _ in groups] == list("CABDEFGHIJKLMNOPQRSTU")
    counts = {section.code: len(rows) for section, rows in groups}
    assert sum(counts.values()) == 77
    assert (counts["C"], counts["J"], counts["M"], counts["L"]) == (25, 6, 4, 1)


def test_only_the_divisions_of_section_c_are_manufacturing() -> None:
    made = {code for code, item in BOOK.industries.items() if item.manufacturing}
    assert made == {f"C{number}" for number in range(10, 35)}


def test_divisions_and_sections_have_names_in_both_languages_that_fit_the_database() -> None:
    for item in (*BOOK.industries.values(), *sections()):
        assert item.ko and item.en.isascii()
    assert max(len(name) for item in BOOK.industries.values() for name in (item.ko, item.en)) <= 120
    assert (sections()[0].label("ko"), sections()[0].label("en")) == ("제조업", "Manufacturing")


def test_a_section_of_which_no_division_is_known_is_left_out() -> None:
    some = [BOOK.industries["J62"], BOOK.industries["C26"]]
    assert [(section.code, rows) for section, rows in by_section(some)] == [
        ("C", [some[1]]),
        ("J", [some[0]]),
    ]


@pytest.mark.parametrize(
    ("text", "on", "code"),
    [
        ("광주", BEFORE, "29"),
        ("광주광역시", BEFORE, "29"),
        ("전남", BEFORE, "46"),
        ("광주", AFTER, "12"),
        ("광주광역시", AFTER, "12"),
        ("전라남도", AFTER, "12"),
        ("전남", AFTER, "12"),
        ("29", AFTER, "12"),
        ("46", AFTER, "12"),
        ("전남광주", AFTER, "12"),
        ("전남 광주", AFTER, "12"),
        ("전남광주통합특별시", AFTER, "12"),
        ("전남광주", BEFORE, None),
        ("12", BEFORE, None),
        ("경기도 광주시", AFTER, "41"),
        ("광주시", AFTER, None),
        ("광주시", BEFORE, None),
        ("전남 순천시", AFTER, "12"),
        ("경남 창원시", AFTER, "48"),
        ("강원도", AFTER, "51"),
        ("42", AFTER, "51"),
        ("전라북도", AFTER, "52"),
        ("45", date(2020, 1, 1), "52"),
        ("강원", date(2020, 1, 1), "51"),
        ("제주도", AFTER, "50"),
        ("서울시", AFTER, "11"),
        ("Seoul", AFTER, "11"),
        ("１１", AFTER, "11"),
        ("창원", AFTER, None),
        ("", AFTER, None),
    ],
)
def test_a_region_is_found_by_any_of_its_names_on_the_day(text: str, on: date, code: str | None) -> None:
    assert BOOK.region(text, on) == code


def test_there_are_seventeen_regions_before_the_merger_and_sixteen_after() -> None:
    before = {region.code for region in BOOK.regions_valid_on(BEFORE)}
    after = {region.code for region in BOOK.regions_valid_on(AFTER)}
    assert (len(before), len(after)) == (17, 16)
    assert before - after == {"29", "46"}
    assert after - before == {"12"}


def test_a_renamed_region_stands_before_its_new_name_too() -> None:
    assert {"51", "52"} <= {region.code for region in BOOK.regions_valid_on(date(2022, 1, 1))}


def test_a_code_may_bear_another_name_from_some_day_on() -> None:
    old = Region("99", "옛도", "옛", "Old", None, date(2026, 12, 31))
    new = Region("99", "새도", "새", "New", date(2027, 1, 1), None, ("옛도",))
    book = CodeBook([], [new, old])
    assert book.regions_valid_on(date(2026, 12, 31)) == (old,)
    assert book.regions_valid_on(date(2027, 1, 1)) == (new,)
    assert book.region("옛도", date(2027, 1, 1)) == "99"
    assert book.region("새도", date(2026, 1, 1)) is None


def test_a_region_that_ended_without_a_successor_stands_no_longer() -> None:
    book = CodeBook([], [Region("99", "옛도", "옛", "Old", None, date(2026, 12, 31))])
    assert book.regions_valid_on(date(2027, 1, 1)) == ()
    assert book.region("옛도", date(2027, 1, 1)) is None


@given(st.text(), st.dates())
def test_looking_up_any_text_on_any_day_answers_with_a_code_or_none(text: str, day: date) -> None:
    assert BOOK.industry(text) in {None, *BOOK.industries}
    assert BOOK.region(text, day) in {None, *BOOK.regions}


@pytest.mark.parametrize(
    "number",
    ["124-81-00998", "123-45-67891", "111-11-11119", "222-22-22227", "333-33-33336", "999-00-00020"],
)
def test_a_business_number_with_the_right_check_digit_is_valid(number: str) -> None:
    assert brn.is_valid(number)
    assert brn.is_valid(number.replace("-", ""))
    assert brn.formatted(brn.normalise(number)) == number


@pytest.mark.parametrize(
    "number",
    ["123-45-67890", "000-00-00000", "", "124-81-0099", "124-81-009988", "124-81-0099a", "²24-81-00998x"],
)
def test_a_business_number_that_does_not_add_up_is_refused(number: str) -> None:
    assert not brn.is_valid(number)


def test_full_width_digits_and_other_hyphens_are_folded() -> None:
    assert brn.normalise(" １２４－８１－００９９８ ") == "1248100998"
    assert brn.normalise("124–81−00998") == "1248100998"
    assert brn.formatted("１２４８１００９９８") == "124-81-00998"


@given(st.integers(0, 999_999_999))
def test_exactly_one_check_digit_fits_any_nine_digits(first_nine: int) -> None:
    fitting = [digit for digit in range(10) if brn.is_valid(f"{first_nine:09d}{digit}")]
    assert len(fitting) == (1 if first_nine else 0)


@given(st.text())
def test_checking_any_text_never_fails(text: str) -> None:
    assert brn.is_valid(text) in (True, False)
    assert brn.formatted(text) is not None
