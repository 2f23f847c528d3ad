"""Reads a spreadsheet file to rows of cells: CSV in the encodings that Excel writes, and XLSX.

What concerns the file as a whole raises ``Unreadable``; what concerns a cell is left as a mark for the check.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

import python_calamine

from marketplace.imports import kinds
from marketplace.imports.archive import Workbook, column_letters
from marketplace.imports.cells import Cell, is_blank
from marketplace.imports.faults import Fault, Kind, Unreadable
from marketplace.imports.limits import WEB, Limits

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
#: How other kinds of file begin, and how they are named to the user.
_SIGNATURES = (
    (b"PK\x03\x04", "XLSX/ZIP"),
    (_OLE, "XLS"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"HWP Document File", "HWP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"MZ\x90", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|table|meta|\?xml|svg|!--)", re.IGNORECASE)

# One limit for the whole process: a free text of a million characters fits, a missing end quote does not.
csv.field_size_limit(4_000_000)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file; ``number`` is what the spreadsheet program shows, from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something wrong that only the file's layout shows, from ``row`` and ``column`` to the last of each.

    Rows count from 1 as the spreadsheet shows them, columns are indices from 0.
    """

    row: int
    column: int
    kind: Kind
    last_row: int
    last_column: int
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A header and the non-empty rows below it. ``other_sheets`` are non-empty sheets that were not read."""

    header: tuple[str, ...]
    header_row: int
    rows: tuple[RawRow, ...]
    marks: tuple[Mark, ...] = ()
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


def read_table(stream: BinaryIO, name: str, limits: Limits = WEB) -> RawTable:
    """Read an open binary, seekable file; ``name`` gives the extension. Raises ``Unreadable``."""
    extension = PurePath(name).suffix.lower().lstrip(".")
    if extension not in ("csv", "xlsx"):
        kind = kinds.OLD_EXCEL if extension == "xls" else kinds.WRONG_EXTENSION
        raise Unreadable(Fault(kind, params={"name": PurePath(name).name[:80]}))
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise Unreadable(Fault(kinds.EMPTY_FILE))
    if size > limits.file:
        sizes = {"size": f"{size / 1e6:,.0f} MB", "limit": f"{limits.file / 1e6:,.0f} MB"}
        raise Unreadable(Fault(kinds.TOO_LARGE, params=sizes))
    _refuse_other_kinds(stream, extension)
    stream.seek(0)
    return _read_csv(stream, limits) if extension == "csv" else _read_xlsx(stream, limits)


def _refuse_other_kinds(stream: BinaryIO, extension: str) -> None:
    start = stream.read(4096)
    found = next((label for signature, label in _SIGNATURES if start.startswith(signature)), "")
    if start.startswith(_OLE):
        stream.seek(0)
        # An encrypted .xlsx lies in the same container as an old .xls, under a telling name in UTF-16.
        head = stream.read(4_000_000)
        encrypted = "EncryptedPackage".encode("utf-16-le") in head
        raise Unreadable(Fault(kinds.ENCRYPTED if encrypted else kinds.OLD_EXCEL))
    if _MARKUP.match(start.removeprefix(codecs.BOM_UTF8)):
        found = "HTML/XML"
    if extension == "xlsx" and found == "XLSX/ZIP":
        return
    if extension == "xlsx" and not found:
        found = "CSV/TXT" if b"\0" not in start else "?"
    if found:
        raise Unreadable(Fault(kinds.WRONG_CONTENT, params={"extension": extension, "found": found}))


def _read_csv(stream: BinaryIO, limits: Limits) -> RawTable:
    data = stream.read()
    encoding = _encoding(data)
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    separator = _separator(text)
    text.seek(0)
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=separator, strict=True), 1):
            if any(cell and not cell.isspace() for cell in cells):
                rows.append((number, cells))
                if len(rows) > limits.rows + 1:
                    raise Unreadable(Fault(kinds.TOO_MANY_ROWS, params={"limit": f"{limits.rows:,}"}))
    except csv.Error:
        raise Unreadable(Fault(kinds.BROKEN_QUOTES, row=number + 1)) from None
    return _table(rows, limits)


def _encoding(data: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM (Excel's "Unicode text"), else CP949."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "cp949")  # type: ignore[assignment]
    furthest = 0
    for encoding in candidates:
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
        else:
            return encoding
    line = data.count(b"\n", 0, furthest) + 1
    raise Unreadable(Fault(kinds.UNKNOWN_ENCODING, params={"line": str(line)}))


def _separator(text: io.TextIOWrapper) -> str:
    """Tab when the first filled line has more tabs than commas outside quotes, else comma."""
    for line in text:
        if line.strip():
            bare = re.sub(r'"[^"]*"', "", line[:100_000])
            return "\t" if bare.count("\t") > bare.count(",") else ","
    raise Unreadable(Fault(kinds.EMPTY_FILE))


def _read_xlsx(stream: BinaryIO, limits: Limits) -> RawTable:
    workbook = Workbook(stream, limits)
    stream.seek(0)
    try:
        book = python_calamine.load_workbook(stream)
        shown = python_calamine.SheetVisibleEnum.Visible
        work = python_calamine.SheetTypeEnum.WorkSheet
        names = [m.name for m in book.sheets_metadata if m.typ == work and m.visible == shown]
        filled = {name: extent for name in names if not (extent := workbook.extent(name)).empty}
        for name, extent in filled.items():
            sheet = book.get_sheet_by_name(name)
            merged = sheet.merged_cell_ranges or []
            left = sheet.start[1] if sheet.start else 0
            rows: list[tuple[int, list[Cell]]] = []
            for number, values in enumerate(sheet.iter_rows(), 1):
                cells = [""] * left + [_cell(value) for value in values]
                if any(not is_blank(cell) for cell in cells):
                    rows.append((number, cells))
            if rows:
                others = tuple(other for other in filled if other != name)
                marks = _merged(merged)
                marks += [Mark(r, c - 1, kinds.FORMULA_ERROR, r, c - 1) for r, c in extent.errors]
                return _table(rows, limits, marks, name, others)
    except python_calamine.PasswordError:
        raise Unreadable(Fault(kinds.ENCRYPTED)) from None
    except python_calamine.CalamineError:
        raise Unreadable(Fault(kinds.DAMAGED)) from None
    raise Unreadable(Fault(kinds.EMPTY_FILE))


def _cell(value: object) -> Cell:
    """A value of a workbook as text, whole numbers without ".0"; dates stay dates, their time is dropped."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return str(value)


def _merged(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> list[Mark]:
    marks = []
    for (top, left), (bottom, right) in ranges:
        area = f"{column_letters(left + 1)}{top + 1}:{column_letters(right + 1)}{bottom + 1}"
        marks.append(Mark(top + 1, left, kinds.MERGED_CELLS, bottom + 1, right, {"area": area}))
    return marks


def _table(
    rows: list[tuple[int, list[str]]] | list[tuple[int, list[Cell]]],
    limits: Limits,
    marks: Iterable[Mark] = (),
    sheet: str = "",
    others: tuple[str, ...] = (),
) -> RawTable:
    if not rows:
        raise Unreadable(Fault(kinds.EMPTY_FILE))
    header_row, header_cells = rows[0]
    header = [str(cell) for cell in header_cells]
    if len(header) > limits.columns:
        raise Unreadable(Fault(kinds.TOO_MANY_COLUMNS, params={"limit": f"{limits.columns:,}"}))
    if len(rows) - 1 > limits.rows:
        raise Unreadable(Fault(kinds.TOO_MANY_ROWS, params={"limit": f"{limits.rows:,}"}))
    width = len(header)
    kept: list[RawRow] = []
    found = [mark for mark in marks if mark.last_row > header_row]
    for number, cells in rows[1:]:
        if len(cells) > width:
            if any(not is_blank(cell) for cell in cells[width:]):
                found.append(Mark(number, width, kinds.EXTRA_CELLS, number, len(cells) - 1))
            cells = cells[:width]
        elif len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        kept.append(RawRow(number, tuple(cells)))
    return RawTable(tuple(header), header_row, tuple(kept), tuple(found), sheet, others)
