import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from marketplace.codes.book import packaged_codebook
from marketplace.imports import kinds
from marketplace.imports.columns import Sheet
from marketplace.imports.experts_sheet import ExpertRow, entries_of, read_experts
from marketplace.imports.judgements_sheet import read_judgements
from marketplace.imports.limits import FILES, WEB, Limits
from marketplace.imports.requests_sheet import RequestRow, read_requests
from marketplace.matching.profiles import Career, Mode, Need, Skill

BOOK = packaged_codebook()
TODAY = date(2026, 11, 22)


class Terms:
    """A vocabulary of one term."""

    def resolve(self, words: str) -> str | None:
        return "SYS-01" if words.lower() == "mes" else None


def experts(
    text: str | bytes, name: str = "experts.csv", limits: Limits = WEB, **more: Any
) -> Sheet[ExpertRow]:
    data = text.encode() if isinstance(text, str) else text
    return read_experts(io.BytesIO(data), name, book=BOOK, terms=Terms(), today=TODAY, limits=limits, **more)


def requests(text: str) -> Sheet[RequestRow]:
    stream = io.BytesIO(text.encode())
    return read_requests(stream, "requests.csv", book=BOOK, terms=Terms(), today=TODAY)


def codes(sheet: Sheet[Any]) -> list[tuple[int | None, str | None, str]]:
    return [(fault.row, fault.column, fault.kind.code) for fault in sheet.faults]


FULL = (
    "이메일,성명,한줄소개,경력소개,최종직장,최종직위,퇴직일,경력연수,보유기술,경험업종,활동지역,지원방식,"
    "활동시작일,동시지원,주당일수\n"
    'a@b.kr,홍길동,MES 30년,"첫 경력\n\n둘째 경력",한빛전자,부장,2024. 12. 31.,30,MES:4;사출,C26;30,'
    "경남;광주,대면,20270101,2,3\n"
)


def test_a_full_row_becomes_an_expert_as_the_ranker_sees_one() -> None:
    sheet = experts(FULL)
    assert sheet.faults == ()
    profile = sheet.rows[0].profile()
    assert (profile.key, profile.name, profile.headline) == ("a@b.kr", "홍길동", "MES 30년")
    assert profile.entries == ("첫 경력", "둘째 경력")
    assert profile.careers == (Career("한빛전자", "부장", None, date(2024, 12, 31), ""),)
    assert profile.skills == (Skill("SYS-01", "MES", 4), Skill(None, "사출", 2))
    assert (profile.industries, profile.regions) == (("C26", "C30"), ("48", "12"))
    assert (profile.years, profile.mode, profile.capacity, profile.days_per_week) == (30, Mode.ONSITE, 2, 3)
    assert profile.available_from == date(2027, 1, 1)


def test_a_row_with_only_the_required_columns_takes_the_defaults() -> None:
    row = experts("name,email\n홍길동,a@b.kr\n").rows[0]
    assert (row.mode, row.available_from, row.capacity, row.days_per_week) == (Mode.BOTH, TODAY, 1, 2)
    assert (row.years, row.retired_on, row.skills, row.bio) == (None, None, (), "")
    assert row.given == {"name", "email"}
    assert row.profile().careers == ()


def test_headers_may_be_english_or_korean_in_any_order_with_stars_and_spaces() -> None:
    sheet = experts("주당 일수,Name, *이메일*\n3,홍길동,a@b.kr\n")
    assert (sheet.rows[0].name, sheet.rows[0].days_per_week) == ("홍길동", 3)


def test_words_that_the_taxonomy_lacks_are_kept_and_reported() -> None:
    sheet = experts("email,name,skills\na@b.kr,홍,MES:3;사출:4;금형\n")
    assert [skill.term for skill in sheet.rows[0].skills] == ["SYS-01", None, None]
    assert [(w.row, w.column, w.kind, w.params["words"]) for w in sheet.warnings] == [
        (2, "skills", kinds.OWN_WORDS, "사출, 금형")
    ]


def test_experience_outside_manufacturing_is_read_by_code_number_and_name() -> None:
    sheet = experts("email,name,industries\na@b.kr,홍,C26;J62;52;도매 및 상품 중개업;연구개발업\n")
    assert (sheet.faults, sheet.warnings) == ((), ())
    assert sheet.rows[0].profile().industries == ("C26", "J62", "H52", "G46", "M70")


def test_industries_that_nobody_knows_are_left_out_and_reported_with_their_place() -> None:
    sheet = experts("email,name,skills,industries\na@b.kr,홍,MES,C26\nc@d.kr,김,사출,J99;C30;우주 개발\n")
    assert [row.industries for row in sheet.rows] == [("C26",), ("C30",)]
    assert [(w.row, w.column, w.value, w.params["words"]) for w in sheet.warnings] == [
        (3, "skills", "사출", "사출"),
        (3, "industries", "J99;C30;우주 개발", "J99, 우주 개발"),
    ]
    assert sheet.warnings[1].line().startswith('3행 [경험업종] "J99;C30;우주 개발": 모르는 업종이라')


def test_a_cell_of_unknown_industries_only_counts_as_not_given() -> None:
    sheet = experts("email,name,industries\na@b.kr,홍,J99\n")
    assert (sheet.rows[0].industries, sheet.rows[0].given) == ((), {"email", "name"})


def test_a_cell_with_thousands_of_unknown_industries_makes_a_short_remark() -> None:
    words = ";".join(f"{'가' * 100}{number}" for number in range(2_000))
    (remark,) = experts(f"email,name,industries\na@b.kr,홍,{words}\n").warnings
    assert len(remark.params["words"]) < 2_000


def test_unknown_columns_are_named_in_a_warning_and_do_not_stop() -> None:
    sheet = experts("email,name,비고,\na@b.kr,홍,x,y\n")
    assert sheet.good
    assert [warning.params["columns"] for warning in sheet.warnings] == ["비고, D"]


def test_missing_required_columns_are_one_clear_error() -> None:
    sheet = experts("성함,메일\n홍,a@b.kr\n")
    assert codes(sheet) == [(1, None, "missing_columns")]
    line = sheet.faults[0].line()
    assert "이메일(email), 성명(name)" in line
    assert "성함, 메일" in line


def test_the_same_column_twice_is_an_error() -> None:
    sheet = experts("email,name,이메일\na@b.kr,홍,c@d.kr\n")
    assert codes(sheet) == [(1, "email", "duplicate_column")]
    assert sheet.faults[0].params == {"first": "A", "second": "C"}


def test_every_fault_of_every_row_is_listed_and_no_row_is_handed_over() -> None:
    sheet = experts(
        "email,name,retired_on,years,skills,regions\n"
        "a@b.kr,홍,2024-12-31,30,MES,경남\n"
        "bad,,2026-02-31,많이,MES:7,화성\n"
        "c@d.kr,김\0,,,,\n"
    )
    assert sheet.rows == ()
    assert codes(sheet) == [
        (3, "email", "not_an_email"),
        (3, "name", "empty"),
        (3, "retired_on", "no_such_day"),
        (3, "years", "not_a_number"),
        (3, "skills", "bad_grade"),
        (3, "regions", "unknown_region"),
        (4, "name", "control_character"),
    ]
    assert sheet.faults[2].value == "2026-02-31"
    assert sheet.faults[2].label == "퇴직일"


def test_the_same_address_in_two_rows_is_a_fault_that_names_the_first() -> None:
    sheet = experts("email,name\na@b.kr,홍\nc@d.kr,김\nA@B.kr,홍\n")
    assert codes(sheet) == [(4, "email", "repeated")]
    assert sheet.faults[0].params == {"row": "2"}


def test_a_file_with_a_header_only_says_that_rows_are_missing() -> None:
    assert codes(experts("email,name\n\n")) == [(None, None, "no_rows")]


def test_a_cp949_file_reads_like_a_utf8_file() -> None:
    assert experts(FULL.encode("cp949")).rows == experts(FULL).rows


def test_merged_data_cells_are_a_fault_that_says_how_to_mend_them() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "name", "employer", "메모"])
        sheet.write_row(1, 0, ["a@b.kr", "홍"])
        sheet.write_row(2, 0, ["c@d.kr", "김"])
        sheet.write_row(3, 0, ["e@f.kr", "이", "혼자"])
        sheet.merge_range(1, 2, 2, 2, "한빛전자")
        sheet.merge_range(1, 3, 2, 3, "읽지 않는 열")
        sheet.merge_range(9, 0, 10, 1, "")
    found = experts(out.getvalue(), "experts.xlsx")
    assert codes(found) == [(2, "employer", "merged_cells")]
    assert found.faults[0].value == "한빛전자"
    assert "C2:C3" in found.faults[0].line()
    assert "병합을 풀고" in found.faults[0].line()


def test_merged_required_cells_are_one_fault_and_not_two() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "name"])
        sheet.write_column(1, 0, ["a@b.kr", "c@d.kr"])
        sheet.merge_range(1, 1, 2, 1, "홍")
    assert codes(experts(out.getvalue(), "experts.xlsx")) == [(2, "name", "merged_cells")]


def test_excel_dates_and_numbers_are_read_as_such() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "name", "retired_on", "years", "industries", "regions"])
        sheet.write_row(1, 0, ["a@b.kr", "홍", date(2024, 12, 31), 30, 26, 48])
    row = experts(out.getvalue(), "experts.xlsx").rows[0]
    assert (row.retired_on, row.years, row.industries, row.regions) == (
        date(2024, 12, 31),
        30,
        ("C26",),
        ("48",),
    )


def test_long_texts_are_refused_on_the_web_and_taken_by_the_commands() -> None:
    text = f"email,name,bio\na@b.kr,홍,{'가' * 10_000}\n"
    assert codes(experts(text)) == [(2, "bio", "too_long")]
    assert len(experts(text, limits=FILES).rows[0].bio) == 10_000
    million = f"email,name,bio\na@b.kr,홍,{'가' * 1_000_000}\n"
    assert experts(million, limits=FILES).good
    assert codes(experts(million.replace("홍,", "홍,가"), limits=FILES))[-1] == (2, "bio", "too_long")


def test_a_list_of_faults_ends_at_its_limit_and_says_so() -> None:
    few = Limits(**{name: getattr(WEB, name) for name in WEB.__slots__} | {"faults": 3})
    sheet = experts("email,name\n" + "x,\n" * 50, limits=few)
    assert [fault.kind.code for fault in sheet.faults] == [
        "not_an_email",
        "empty",
        "not_an_email",
        "too_many_faults",
    ]


def test_progress_is_told_every_500_rows_and_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    text = "email,name\n" + "".join(f"a{i}@b.kr,홍\n" for i in range(1_200))
    sheet = experts(text, on_progress=lambda done, total: told.append((done, total)))
    assert len(sheet.rows) == 1_200
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]


def test_entries_are_parted_by_blank_lines() -> None:
    assert entries_of("가\n나\n\n다\n \t\n\n라\n") == ("가\n나", "다", "라")
    assert entries_of("") == ()


REQUEST = (
    "reference,company_brn,company_name,industry,region,employees,level,title,problem,needs,months,"
    "start_on,mode\n"
    "r01,124-81-00998,한빛정밀,금속 가공제품 제조업,경상남도,26명,중간 1,불량,도금이 벗겨집니다,MES:필수;"
    "도금,4개월,2027-03-02,비대면\n"
)


def test_a_full_request_becomes_what_the_ranker_sees() -> None:
    sheet = requests(REQUEST)
    assert sheet.faults == ()
    profile = sheet.rows[0].profile()
    assert (profile.key, profile.company_brn, profile.industry, profile.region) == (
        "r01",
        "1248100998",
        "C25",
        "48",
    )
    assert (profile.employees, profile.level, profile.months, profile.mode) == (26, "중간1", 4, Mode.REMOTE)
    assert profile.needs == (Need("SYS-01", "MES", 3), Need(None, "도금", 2))
    assert profile.start_on == date(2027, 3, 2)
    assert [warning.params["words"] for warning in sheet.warnings] == ["도금"]


def test_one_firm_may_ask_twice_but_a_reference_stands_once() -> None:
    row = REQUEST.splitlines()[1]
    twice = REQUEST + row.replace("r01", "r02") + "\n"
    assert len(requests(twice).rows) == 2
    assert codes(requests(REQUEST + row + "\n")) == [(3, "reference", "repeated")]


def test_a_request_from_outside_manufacturing_is_read_and_left_to_the_check() -> None:
    sheet = requests(REQUEST.replace("금속 가공제품 제조업", "J62"))
    assert sheet.good
    assert sheet.rows[0].profile().industry == "J62"


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("124-81-00998", "123-45-67890", "company_brn", "not_a_brn"),
        ("124-81-00998", "000-00-00000", "company_brn", "not_a_brn"),
        ("금속 가공제품 제조업", "C99", "industry", "unknown_industry"),
        ("경상남도", "광주시", "region", "unknown_region"),
        ("중간 1", "중급", "level", "not_a_choice"),
        ("4개월", "7", "months", "out_of_range"),
        ("4개월", "2", "months", "out_of_range"),
        ("2027-03-02", "2027-02-31", "start_on", "no_such_day"),
        ("비대면", "전화", "mode", "not_a_choice"),
        ("MES:필수", "MES:4", "needs", "bad_grade"),
        ("도금이 벗겨집니다", "", "problem", "empty"),
    ],
)
def test_a_request_with_a_wrong_cell_is_refused_there(old: str, new: str, column: str, code: str) -> None:
    assert codes(requests(REQUEST.replace(old, new))) == [(2, column, code)]


def test_judgements_are_whole_grades_from_0_to_3_once_per_pair() -> None:
    def judged(text: str) -> list[tuple[int | None, str | None, str]]:
        return codes(read_judgements(io.BytesIO(text.encode()), "qrels.csv"))

    head = "reference,expert,relevance\n"
    assert judged(head + "r1,a@b.kr,3\nr1,c@d.kr,0\nr2,a@b.kr,1\n") == []
    assert judged(head + "r1,a@b.kr,4\n") == [(2, "relevance", "out_of_range")]
    assert judged(head + "r1,a@b.kr,\n") == [(2, "relevance", "empty")]
    assert judged(head + "r1,a@b.kr,1\nr1,A@b.kr,2\n") == [(3, "expert", "repeated")]
