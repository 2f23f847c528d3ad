from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.codes.book import packaged_codebook
from marketplace.imports import cells, kinds
from marketplace.imports.cells import Industries
from marketplace.imports.faults import BadCell, Fault, Kind, shown
from marketplace.imports.graded import Graded, graded
from marketplace.matching.profiles import Mode

BOOK = packaged_codebook()
TODAY = date(2026, 11, 22)
LEVELS = {1: "이해", 2: "수행", 3: "주도", 4: "지도"}


class Terms:
    """A vocabulary of two terms."""

    def resolve(self, words: str) -> str | None:
        return {"mes": "SYS-01", "설비보전": "EQP-01"}.get(words.replace(" ", "").lower())


SKILLS = graded(Terms(), LEVELS, 2, 100)
PARSERS: dict[str, Callable[[Any], Any]] = {
    "clean": cells.clean,
    "line": cells.line(50),
    "prose": cells.prose(50),
    "email": cells.email,
    "whole": cells.whole(0, 80, "년"),
    "day": cells.day,
    "business_number": cells.business_number,
    "mode": cells.choice(cells.MODES),
    "items": cells.items,
    "industry": cells.industry(BOOK),
    "industries": cells.industries(BOOK),
    "region": cells.region(BOOK, TODAY),
    "regions": cells.regions(BOOK, TODAY),
    "skills": SKILLS,
}
ODD = st.sampled_from(
    [
        "\0",
        "\ud800",
        "٣",
        "²",
        "½",
        "１２",
        "1e308",
        "Infinity",
        "-1",
        "🤖",
        "\u202eabc",
        "=1+1",
        "'",
        ":",
        ";",
        "9" * 5000,
        "2024-02-30",
        "99999999",
        "C26;",
        "a@b.kr",
        "MES:9",
        "\u1100\u1161",
    ]
)
ANY_TEXT = st.one_of(
    st.text(), st.lists(ODD, max_size=4).map("".join), st.text("0123456789-./:;, 년월일", max_size=14)
)


@pytest.mark.parametrize("name", PARSERS)
@given(cell=st.one_of(ANY_TEXT, st.dates()))
@example(cell="%(")
def test_a_parser_answers_or_says_what_to_do_whatever_the_text(name: str, cell: Any) -> None:
    try:
        PARSERS[name](cell)
    except BadCell as bad:
        assert "\n" not in Fault(bad.kind, 2, name, name, shown(cell), bad.params).line()
        plain = dict.fromkeys(
            bad.params, "말"
        )  # the cell itself may hold what looks like a place to be filled
        assert "%(" not in Fault(bad.kind, 2, name, name, "말", plain).line()


def refusal(parse: Callable[[Any], Any], cell: Any) -> Kind:
    with pytest.raises(BadCell) as caught:
        parse(cell)
    return caught.value.kind


@pytest.mark.parametrize(
    "text",
    [
        "2024-12-31",
        "2024.12.31",
        "2024. 12. 31.",
        "2024.12.31.",
        "20241231",
        "2024/12/31",
        "2024년 12월 31일",
        "２０２４－１２－３１",
    ],
)
def test_dates_are_read_in_every_listed_form(text: str) -> None:
    assert cells.day(text) == date(2024, 12, 31)
    assert cells.day(f" {text} 00:00:00") == date(2024, 12, 31)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_reads_back_as_itself_in_every_form(day: date) -> None:
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y. %m. %d.", "%Y%m%d"):
        assert cells.day(day.strftime(form)) == day
    assert cells.day(day) == day


@pytest.mark.parametrize("text", ["2026-02-31", "2026.02.29", "20260431", "2026. 13. 1.", "2026-00-10"])
def test_a_day_that_the_calendar_lacks_is_refused_as_such(text: str) -> None:
    assert refusal(cells.day, text) is kinds.NO_SUCH_DAY


@pytest.mark.parametrize(
    "text", ["45657", "31.12.2024", "24-12-31", "내일", "0001-01-01", "2024-12", "2024-12-31 09:30"]
)
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    assert refusal(cells.day, text) is kinds.NOT_A_DATE


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("１２", 12), ("12.0", 12), (" 12 ", 12), ("12년", 12), ("+12", 12)]
)
def test_whole_numbers_are_read_in_their_normal_form(text: str, number: int) -> None:
    assert cells.whole(0, 80, "년")(text) == number


def test_whole_numbers_with_thousands_commas_are_read() -> None:
    assert cells.whole(0, 10_000)("1,234") == 1234


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-1", kinds.OUT_OF_RANGE),
        ("81", kinds.OUT_OF_RANGE),
        ("9" * 5000, kinds.OUT_OF_RANGE),
        ("2.5", kinds.NOT_A_NUMBER),
        ("1e308", kinds.NOT_A_NUMBER),
        ("Infinity", kinds.NOT_A_NUMBER),
        ("NaN", kinds.NOT_A_NUMBER),
        ("12명", kinds.NOT_A_NUMBER),
        ("🤖", kinds.NOT_A_NUMBER),
        (date(2024, 1, 1), kinds.NOT_A_NUMBER),
    ],
)
def test_what_is_no_whole_number_in_range_is_refused(text: Any, kind: Kind) -> None:
    assert refusal(cells.whole(0, 80, "년"), text) is kind


@pytest.mark.parametrize("text", ["a@b.kr", "Hong.Gil-dong+1@mail.example", "ａ@ｂ.kr", "d001@dev.example"])
def test_email_addresses_are_kept_as_written(text: str) -> None:
    assert cells.email(text).isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@b.kr",
        "a b@c.kr",
        "a@b.kr;c@d.kr",
        "a@@b.kr",
        "홍@b.kr",
        "a@-b.kr",
        "a" * 300 + "@b.kr",
    ],
)
def test_what_is_no_email_address_is_refused(text: str) -> None:
    assert refusal(cells.email, text) is kinds.NOT_AN_EMAIL


@pytest.mark.parametrize(
    ("text", "code"), [("가\0나", "U+0000"), ("\x07", "U+0007"), ("\ud800", "U+D800"), ("\x85a", "U+0085")]
)
def test_control_characters_are_refused_by_their_code(text: str, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        cells.clean(f"x{text}x")
    assert caught.value.params == {"code": code}


def test_text_is_brought_to_one_normal_form() -> None:
    assert cells.clean("\u1112\u1169\u11bc") == "홍"
    assert cells.clean("\ufeff가\u202e나\u200b\r\n다 ") == "가나\n다"
    assert cells.clean("🤖 좋아요") == "🤖 좋아요"
    assert cells.line(20)("가\n 나\t다") == "가 나 다"
    assert cells.clean("'=1+1") == "=1+1"
    assert cells.clean("'가'") == "'가'"


def test_ten_thousand_characters_are_refused_with_both_lengths() -> None:
    with pytest.raises(BadCell) as caught:
        cells.prose(4000)("가" * 10_000)
    assert caught.value.kind is kinds.TOO_LONG
    assert caught.value.params == {"limit": "4,000", "length": "10,000"}


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("onsite", Mode.ONSITE),
        ("대면", Mode.ONSITE),
        ("비대면", Mode.REMOTE),
        ("모두", Mode.BOTH),
        ("BOTH", Mode.BOTH),
    ],
)
def test_modes_are_read_in_both_languages(text: str, mode: Mode) -> None:
    assert cells.choice(cells.MODES)(text) is mode


def test_levels_are_read_whatever_the_spaces_and_others_list_the_choices() -> None:
    assert cells.choice(cells.LEVELS)("중간 1") == "중간1"
    with pytest.raises(BadCell) as caught:
        cells.choice(cells.LEVELS)("최고")
    assert caught.value.params["choices"] == "미적용, 기초, 중간1, 중간2, 고도"


def test_industries_split_by_semicolons_even_where_a_name_holds_one() -> None:
    assert cells.industries(BOOK)("C26; 28;C26") == Industries(("C26", "C28"))
    assert cells.industries(BOOK)("섬유제품 제조업; 의복 제외;가구 제조업;25").codes == ("C13", "C32", "C25")
    assert cells.industries(BOOK)("J62;소매업; 자동차 제외;농업;52").codes == ("J62", "G47", "A01", "H52")
    assert cells.industries(BOOK)("농업;임업") == Industries(("A01", "A02"))


def test_industries_that_the_book_lacks_are_handed_on_as_written() -> None:
    assert cells.industries(BOOK)("C26;J99; 우주 개발;J99") == Industries(("C26",), ("J99", "우주 개발"))
    assert cells.industries(BOOK)("2;6") == Industries((), ("2", "6"))
    assert cells.industries(BOOK)(" ; ") == Industries()
    assert refusal(cells.industries(BOOK), "C26;J\x0062") is kinds.CONTROL_CHARACTER


def test_the_one_industry_of_a_firm_must_be_known_in_or_outside_manufacturing() -> None:
    assert cells.industry(BOOK)("25") == "C25"
    assert cells.industry(BOOK)("J62") == "J62"
    assert refusal(cells.industry(BOOK), "J99") is kinds.UNKNOWN_INDUSTRY


def test_regions_that_merged_count_once() -> None:
    assert cells.regions(BOOK, TODAY)("광주;전남;경남") == ("12", "48")
    assert cells.regions(BOOK, TODAY - timedelta(days=365))("광주;전남") == ("29", "46")
    assert refusal(cells.regions(BOOK, TODAY), "경남;화성") is kinds.UNKNOWN_REGION


def test_skills_carry_terms_levels_and_own_words() -> None:
    assert SKILLS("MES:3; 설비 보전 ;사출:지도;ERP：1") == (
        Graded("SYS-01", "MES", 3),
        Graded("EQP-01", "설비 보전", 2),
        Graded(None, "사출", 4),
        Graded(None, "ERP", 1),
    )


@pytest.mark.parametrize("text", ["MES:5", "MES:0", "MES:-1", "MES:2.5", "MES:상", "사출:9"])
def test_a_level_out_of_range_is_refused(text: str) -> None:
    assert refusal(SKILLS, text) is kinds.BAD_GRADE


def test_a_colon_inside_a_term_is_no_level() -> None:
    assert SKILLS("IATF 16949:2016") == (Graded(None, "IATF 16949:2016", 2),)
    assert SKILLS("IATF 16949:2016:4") == (Graded(None, "IATF 16949:2016", 4),)


def test_the_same_words_twice_count_once_with_the_higher_level() -> None:
    assert SKILLS("MES:2;mes:4;MES:1") == (Graded("SYS-01", "mes", 4),)
