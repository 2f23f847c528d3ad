import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import python_calamine

from marketplace.formulas import guarded, unguarded
from marketplace.reporting.tables import Table

DANGEROUS = ["=1+1", "+82-10", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠a", "'=1", "''=1"]


def csv_rows(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.to_csv().decode("utf-8-sig"), newline="")))


def xlsx_rows(table: Table) -> list[list[Any]]:
    book = python_calamine.load_workbook(io.BytesIO(table.to_xlsx()))
    return book.get_sheet_by_index(0).to_python()


def test_csv_begins_with_the_mark_by_which_excel_knows_utf8() -> None:
    data = Table(["이름"], [["홍길동"]]).to_csv()
    assert data == b"\xef\xbb\xbf" + "이름\r\n홍길동\r\n".encode()


def test_numbers_and_dates_are_typed_in_a_workbook() -> None:
    row = [12, 2.5, Decimal("3.25"), date(2024, 12, 31), None, "12", True]
    found = xlsx_rows(Table(["a", "b", "c", "d", "e", "f", "g"], [row]))[1]
    assert found == [12.0, 2.5, 3.25, date(2024, 12, 31), "", "12", "TRUE"]


def test_times_keep_their_minutes() -> None:
    time = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    assert csv_rows(Table(["때"], [[time]]))[1] == ["2026-11-22 09:05"]
    assert xlsx_rows(Table(["때"], [[time]]))[1] == [time.replace(tzinfo=None)]


def test_negative_numbers_stay_numbers_in_csv() -> None:
    assert csv_rows(Table(["a", "b"], [[-5, Decimal("-0.5")]]))[1] == ["-5", "-0.5"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_exported_text_can_run_as_a_formula(text: str) -> None:
    table = Table([text], [[text]])
    for row in csv_rows(table):
        assert row[0].startswith("'")
        assert unguarded(row[0]) == text
    with zipfile.ZipFile(io.BytesIO(table.to_xlsx())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert 't="s"' in sheet
    assert 'quotePrefix="1"' in styles


@pytest.mark.parametrize("text", ["가", "'가'", "a=b", "1-2", "", "http://a.kr", "{=1}"])
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert guarded(text) == text
    assert csv_rows(Table(["a", "b"], [[text, "x"]]))[1] == [text, "x"]
    assert xlsx_rows(Table(["a", "b"], [[text, "x"]]))[1] == [text, "x"]


def test_numbers_that_a_workbook_cannot_hold_become_text() -> None:
    row = [10**20, float("inf"), float("nan"), date(1899, 12, 31)]
    assert xlsx_rows(Table(["a", "b", "c", "d"], [row]))[1] == [str(10**20), "inf", "nan", "1899-12-31"]


def test_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    found = xlsx_rows(Table(["a"], [["가" * 40_000]]))[1][0]
    assert len(found) == 32_767
    assert found.endswith("(이하 생략)")


def test_a_sheet_may_bear_any_name_and_a_table_may_be_empty() -> None:
    book = python_calamine.load_workbook(io.BytesIO(Table(["a"], [], "전문가/[목록]:" + "가" * 40).to_xlsx()))
    assert book.sheet_names[0].startswith("전문가__목록_")
    assert csv_rows(Table(["a", "b"], [])) == [["a", "b"]]
