import io
import zipfile
from datetime import date

import python_calamine
import xlsxwriter

from marketplace.codes.book import packaged_codebook
from marketplace.imports.columns import Sheet
from marketplace.imports.experts_sheet import ExpertRow, experts_layout, read_experts
from marketplace.imports.writer import marked_workbook, template

TODAY = date(2026, 11, 22)


class NoTerms:
    """A vocabulary that knows nothing."""

    def resolve(self, words: str) -> str | None:
        return None


def experts(data: bytes, name: str = "experts.csv") -> Sheet[ExpertRow]:
    return read_experts(io.BytesIO(data), name, book=packaged_codebook(), terms=NoTerms(), today=TODAY)


def test_bad_cells_are_marked_at_their_own_place_and_listed() -> None:
    sheet = experts("비고,이메일,성명,퇴직일\n\nx,bad,홍,2026-02-31\ny,a@b.kr,,2024-12-31\n".encode())
    data = marked_workbook(sheet.table, sheet.faults)
    book = python_calamine.load_workbook(io.BytesIO(data))
    assert book.sheet_names == ["자료", "오류"]
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0] == ["비고", "이메일", "성명", "퇴직일"]
    assert rows[2] == ["x", "bad", "홍", "2026-02-31"]
    listed = book.get_sheet_by_index(1).to_python()
    assert [row[:3] for row in listed[1:]] == [
        [3.0, "이메일", "bad"],
        [3.0, "퇴직일", "2026-02-31"],
        [4.0, "성명", ""],
    ]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        comments = archive.read("xl/comments1.xml").decode()
    assert [place in comments for place in ('ref="B3"', 'ref="D3"', 'ref="C4"', 'ref="A3"')] == [
        True,
        True,
        True,
        False,
    ]
    assert "달력에 없는 날짜입니다." in comments


def test_the_marked_file_can_be_mended_and_sent_again() -> None:
    first = experts(b"email,name,employer,retired_on\na@b.kr,=HYPERLINK(1),+Co,2024-12-31\nbad,B,,\n")
    data = marked_workbook(first.table, first.faults)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    again = experts(data, "experts.xlsx")
    assert [(fault.row, fault.column) for fault in again.faults] == [(3, "email")]
    strings = zipfile.ZipFile(io.BytesIO(data)).read("xl/sharedStrings.xml")
    assert b">bad<" in strings
    fixed = data_with(data, "xl/sharedStrings.xml", strings.replace(b">bad<", b">c@d.kr<"))
    last = experts(fixed, "experts.xlsx")
    assert last.faults == ()
    assert (last.rows[0].name, last.rows[0].employer) == ("=HYPERLINK(1)", "+Co")


def data_with(data: bytes, member: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    return out.getvalue()


def test_excel_dates_stay_dates_in_the_marked_file() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "name", "retired_on"])
        sheet.write_row(1, 0, ["bad", "홍", date(2024, 12, 31)])
    read = experts(out.getvalue(), "experts.xlsx")
    marked = python_calamine.load_workbook(io.BytesIO(marked_workbook(read.table, read.faults)))
    assert marked.get_sheet_by_index(0).to_python()[1][2] == date(2024, 12, 31)


def test_a_file_that_cannot_be_read_gets_the_list_alone() -> None:
    sheet = experts(b"", "experts.xlsx")
    book = python_calamine.load_workbook(io.BytesIO(marked_workbook(sheet.table, sheet.faults)))
    assert book.sheet_names == ["오류"]
    assert book.get_sheet_by_index(0).to_python()[1][3] == "빈 파일입니다."


def test_the_empty_form_is_read_as_a_file_whose_rows_are_missing() -> None:
    layout = experts_layout(packaged_codebook(), NoTerms(), TODAY)
    sheet = experts(template(layout.columns), "experts.xlsx")
    assert [fault.kind.code for fault in sheet.faults] == ["no_rows"]
    assert sheet.warnings == ()
    assert sheet.table is not None
    assert sheet.table.header[:3] == ("이메일*", "성명*", "한줄소개")
