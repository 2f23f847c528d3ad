import io
import struct
import zipfile
import zlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from marketplace.imports import kinds
from marketplace.imports.archive import Workbook
from marketplace.imports.faults import Kind, Unreadable
from marketplace.imports.limits import WEB, Limits
from marketplace.imports.reader import RawTable, read_table

SMALL = Limits(
    file=100_000, unpacked=400_000, rows=10, columns=5, cells=1_000, line=200, prose=4_000, faults=100
)


def read(data: bytes, name: str = "experts.csv", limits: Limits = WEB) -> RawTable:
    return read_table(io.BytesIO(data), name, limits)


def cells(table: RawTable) -> list[tuple[int, tuple[Any, ...]]]:
    return [(row.number, row.cells) for row in table.rows]


def workbook(*sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def refusal(data: bytes, name: str, limits: Limits = WEB) -> Kind:
    with pytest.raises(Unreadable) as caught:
        read(data, name, limits)
    assert caught.value.fault.line()
    return caught.value.fault.kind


def repacked(data: bytes, replace: dict[str, bytes]) -> bytes:
    """The same archive with some members replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in replace:
                new.writestr(name, old.read(name))
        for name, content in replace.items():
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_csv_is_read_in_every_encoding_and_with_both_separators(encoding: str, separator: str) -> None:
    text = f"이메일{separator}성명\r\na@b.kr{separator}홍길동\r\n"
    table = read(text.encode(encoding))
    assert table.header == ("이메일", "성명")
    assert cells(table) == [(2, ("a@b.kr", "홍길동"))]


def test_quoted_cells_keep_line_ends_commas_and_quotes_and_rows_count_as_in_excel() -> None:
    table = read('이메일,소개\n"a@b.kr","첫 줄,\n둘째 ""줄"""\n\nc@d.kr,짧다\n'.encode())
    assert cells(table) == [(2, ("a@b.kr", '첫 줄,\n둘째 "줄"')), (4, ("c@d.kr", "짧다"))]


def test_a_file_without_a_line_end_or_with_short_rows_is_read_to_the_last_cell() -> None:
    assert cells(read(b"a,b,c\n1")) == [(2, ("1", "", ""))]


def test_cells_beyond_the_header_are_marked_unless_they_are_empty() -> None:
    table = read(b"a,b\n1,2,,\n1,2,3\n")
    assert [(mark.row, mark.kind) for mark in table.marks] == [(3, kinds.EXTRA_CELLS)]


def test_a_missing_end_quote_is_named_with_its_row() -> None:
    with pytest.raises(Unreadable) as caught:
        read(b'a,b\n1,2\n"3,4\n5,6\n')
    assert (caught.value.fault.kind, caught.value.fault.row) == (kinds.BROKEN_QUOTES, 3)


def test_bytes_that_are_neither_utf8_nor_cp949_are_named_with_their_line() -> None:
    with pytest.raises(Unreadable) as caught:
        read("이메일,성명\na@b.kr,".encode() + b"\xff\xfe\xfa\n")
    assert caught.value.fault.params == {"line": "2"}


def test_excel_values_become_text_without_decimals_and_dates_stay_dates() -> None:
    rows = [
        ["수", "날짜", "때", "참", "분수"],
        [12, date(2024, 12, 31), datetime(2024, 12, 31, 9, tzinfo=UTC).replace(tzinfo=None), True, 2.5],
    ]
    expected = ("12", date(2024, 12, 31), date(2024, 12, 31), "TRUE", "2.5")
    assert cells(read(workbook(rows), "a.xlsx")) == [(2, expected)]


def test_the_first_sheet_with_content_is_read_and_the_others_are_named() -> None:
    table = read(workbook([], [["a"], ["1"]], [["b"], ["2"]]), "a.xlsx")
    assert (table.sheet, table.header, table.other_sheets) == ("Sheet2", ("a",), ("Sheet3",))


def test_rows_keep_their_numbers_when_empty_rows_stand_between() -> None:
    table = read(workbook([[], [], ["a"], [], ["1"]]), "a.xlsx")
    assert (table.header_row, cells(table)) == (3, [(5, ("1",))])


def test_merged_cells_below_the_header_are_marked_with_their_area() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, "제목")
        sheet.write_row(1, 0, ["a", "b"])
        sheet.merge_range(2, 1, 4, 1, "함께")
    table = read(out.getvalue(), "a.xlsx")
    areas = [(mark.row, mark.last_row, mark.params) for mark in table.marks]
    assert (3, 5, {"area": "B3:B5"}) in areas


def test_a_formula_that_ended_in_an_error_is_marked() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 0, "x")
    data = repacked(out.getvalue(), {})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    table = read(repacked(data, {"xl/worksheets/sheet1.xml": xml.replace(b't="str"', b't="e"')}), "a.xlsx")
    assert [(mark.row, mark.column, mark.kind) for mark in table.marks] == [(2, 1, kinds.FORMULA_ERROR)]


HTML = b"<html><body><table><tr><td>a</td></tr></table></body></html>"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"", "a.csv", kinds.EMPTY_FILE),
        (b"", "a.xlsx", kinds.EMPTY_FILE),
        (b"\n \n,,\n", "a.csv", kinds.EMPTY_FILE),
        (b"\xef\xbb\xbf", "a.csv", kinds.EMPTY_FILE),
        (b"a,b\n", "a.txt", kinds.WRONG_EXTENSION),
        (b"a,b\n", "a", kinds.WRONG_EXTENSION),
        (b"a,b\n", "a.csv.exe", kinds.WRONG_EXTENSION),
        (b"a,b\n", "a.xlsm", kinds.WRONG_EXTENSION),
        (b"a,b\n", "../../etc/a", kinds.WRONG_EXTENSION),
        (OLE, "a.xls", kinds.OLD_EXCEL),
        (OLE, "a.xlsx", kinds.OLD_EXCEL),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", kinds.ENCRYPTED),
        (HTML, "a.xls", kinds.OLD_EXCEL),
        (HTML, "a.xlsx", kinds.WRONG_CONTENT),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a.xlsx", kinds.WRONG_CONTENT),
        (HTML, "a.csv", kinds.WRONG_CONTENT),
        (b"<svg onload=alert(1)>", "a.csv", kinds.WRONG_CONTENT),
        (b"a,b\n1,2\n", "a.xlsx", kinds.WRONG_CONTENT),
        (b"%PDF-1.7 ...", "a.csv", kinds.WRONG_CONTENT),
        (b"%PDF-1.7 ...", "a.xlsx", kinds.WRONG_CONTENT),
        (b"\x89PNG\r\n\x1a\n", "a.csv", kinds.WRONG_CONTENT),
        (b"\xff\xd8\xff\xe0 Exif", "a.csv", kinds.WRONG_CONTENT),
        (b"HWP Document File V3.00", "a.csv", kinds.WRONG_CONTENT),
        (b"Rar!\x1a\x07", "a.xlsx", kinds.WRONG_CONTENT),
        (b"\x1f\x8b\x08", "a.csv", kinds.WRONG_CONTENT),
        (b"MZ\x90\x00", "a.csv", kinds.WRONG_CONTENT),
        (b"SQLite format 3\0", "a.csv", kinds.WRONG_CONTENT),
        (b"\0\0\0\0", "a.xlsx", kinds.WRONG_CONTENT),
        (b"PK\x03\x04", "a.xlsx", kinds.DAMAGED),
        (b"PK\x03\x04" + bytes(500), "a.xlsx", kinds.DAMAGED),
        (b"PK\x05\x06" + bytes(18), "a.xlsx", kinds.WRONG_CONTENT),
    ],
)
def test_a_file_of_another_kind_gets_one_clear_answer(data: bytes, name: str, kind: Kind) -> None:
    assert refusal(data, name) is kind


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_archives_that_are_no_workbook_are_refused() -> None:
    assert refusal(zipped({"a.txt": b"a"}), "a.xlsx") is kinds.WRONG_CONTENT
    ods = zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"})
    assert refusal(ods, "a.xlsx") is kinds.WRONG_CONTENT
    assert refusal(zipped({"xl/workbook.bin": b"a"}), "a.xlsx") is kinds.WRONG_CONTENT


def test_a_workbook_in_a_csv_name_is_told_by_its_content() -> None:
    assert refusal(workbook([["a"], ["1"]]), "a.csv") is kinds.WRONG_CONTENT


def test_a_workbook_cut_off_at_any_place_is_refused_and_never_fails() -> None:
    whole = workbook([["a"], ["1"]])
    for end in range(4, len(whole) - 1, 97):
        assert refusal(whole[:end], "a.xlsx") is kinds.DAMAGED


def test_a_workbook_with_any_byte_turned_over_is_read_or_refused() -> None:
    whole = workbook([["a"], ["1"]])
    for place in range(0, len(whole), 61):
        turned = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            read(turned, "a.xlsx")
        except Unreadable as refused:
            assert refused.fault.line()


def test_a_zip_bomb_is_refused_by_its_declared_size() -> None:
    bomb = repacked(workbook([["a"], ["1"]]), {"xl/media/a.bin": bytes(40_000_000)})
    assert len(bomb) < 60_000
    assert refusal(bomb, "a.xlsx") is kinds.SUSPICIOUS


def test_a_zip_bomb_that_declares_too_little_is_refused_while_it_is_unpacked() -> None:
    bomb = bytearray(repacked(workbook([["a"], ["1"]]), {"xl/media/a.bin": bytes(3_000_000)}))
    central = bomb.rfind(b"PK\x01\x02", 0, bomb.rfind(b"xl/media/a.bin"))
    struct.pack_into("<I", bomb, central + 16, zlib.crc32(b"\0"))
    struct.pack_into("<I", bomb, central + 24, 1)
    assert refusal(bytes(bomb), "a.xlsx") is kinds.SUSPICIOUS


def test_two_far_off_cells_do_not_fill_the_memory() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook([["a"], ["1"]]))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    far = xml.replace(b"</sheetData>", b'<row r="9999"><c r="XFD9999"><v>1</v></c></row></sheetData>')
    assert far != xml
    data = repacked(workbook([["a"], ["1"]]), {"xl/worksheets/sheet1.xml": far})
    with pytest.raises(Unreadable) as caught:  # before the library lays the rectangle out
        Workbook(io.BytesIO(data), WEB).extent("Sheet1")
    assert caught.value.fault.kind is kinds.TOO_MANY_COLUMNS
    assert refusal(data, "a.xlsx") is kinds.TOO_MANY_COLUMNS


def test_addresses_beyond_what_excel_has_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook([["a"], ["1"]]))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    for address in (b"A99999999999999999999", b"ZZZZ2", b"A0", b"a2"):
        far = xml.replace(b'r="A2"', b'r="' + address + b'"')
        assert far != xml
        data = repacked(workbook([["a"], ["1"]]), {"xl/worksheets/sheet1.xml": far})
        assert refusal(data, "a.xlsx") is kinds.DAMAGED


def test_cells_without_an_address_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook([["a"], ["1"]]))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    bare = xml.replace(b'<c r="A2"', b"<c")
    data = repacked(workbook([["a"], ["1"]]), {"xl/worksheets/sheet1.xml": bare})
    assert refusal(data, "a.xlsx") is kinds.DAMAGED


def test_a_document_type_is_refused_before_it_unfolds() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><workbook>&c;</workbook>'
    assert refusal(repacked(workbook([["a"]]), {"xl/workbook.xml": laughs}), "a.xlsx") is kinds.SUSPICIOUS


def test_sizes_rows_and_columns_have_limits_with_a_sentence_each() -> None:
    assert refusal(b"a\n" + b"1" * 200_000, "a.csv", SMALL) is kinds.TOO_LARGE
    assert refusal(b"a\n" + b"1\n" * 11, "a.csv", SMALL) is kinds.TOO_MANY_ROWS
    assert refusal(b"a,b,c,d,e,f\n1", "a.csv", SMALL) is kinds.TOO_MANY_COLUMNS
    assert len(read(b"a,b,c,d,e\n" + b"1\n" * 10, limits=SMALL).rows) == 10
    assert refusal(workbook([["a"]] * 300), "a.xlsx", SMALL) is kinds.TOO_MANY_ROWS
    assert refusal(workbook([["a"] * 9]), "a.xlsx", SMALL) is kinds.TOO_MANY_COLUMNS


def test_random_bytes_are_read_or_refused_and_never_fail() -> None:
    for seed in range(40):
        data = bytes((seed * 7919 + i * i * 31 + (i << (seed % 5))) % 256 for i in range(400))
        for name in ("a.csv", "a.xlsx"):
            try:
                read(data, name)
            except Unreadable as refused:
                assert refused.fault.line()
