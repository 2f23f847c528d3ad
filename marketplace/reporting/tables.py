"""Lists out of the house: the same table as CSV and as XLSX, typed, and without a live formula.

What is exported can be imported again: the guard before a formula is taken away by the importer.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from marketplace.formulas import guarded, is_dangerous

#: What may stand in a cell. Times must already be in the zone in which they are to be read.
Value = str | int | float | Decimal | bool | dt.date | dt.datetime | None

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LONGEST_TEXT = 32_767  # characters that a cell of a workbook holds
_CUT = "…(이하 생략)"
_EXACT = 10**15  # whole numbers from here on lose digits in a workbook, whose numbers are doubles
_WIDEST = 60
_EXCEL_BEGINS = dt.date(1900, 3, 1)  # before it Excel counts a day that never was


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of as many values. ``name`` is the name of the sheet."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    name: str = "Sheet1"

    def to_csv(self) -> bytes:
        """UTF-8 with BOM, by which Korean Excel knows it; commas, CR LF, dates as 2024-12-31."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([guarded(name) for name in self.columns])
        writer.writerows([_text(value) for value in row] for row in self.rows)
        return out.getvalue().encode("utf-8-sig")

    def to_xlsx(self) -> bytes:
        """A workbook of one sheet with a fixed, filtered header; numbers and dates are typed.

        Text stays text: it is never written as a formula or a link. Text longer than a cell holds is cut
        and says so; use CSV for such.
        """
        out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(out, options) as book:
            sheet = book.add_worksheet(_sheet_name(self.name))
            formats = Formats(book)
            for place, name in enumerate(self.columns):
                sheet.write_string(0, place, name, formats.header)
            for number, row in enumerate(self.rows, 1):
                for place, value in enumerate(row):
                    write_value(sheet, number, place, value, formats)
            for place, width in enumerate(_widths(self.columns, self.rows)):
                sheet.set_column(place, place, width)
            sheet.freeze_panes(1, 0)
            if self.columns:
                sheet.autofilter(0, 0, max(1, len(self.rows)), len(self.columns) - 1)
        return out.getvalue()


class Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self.header = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        # Excel shows and keeps the text as text, also when somebody edits the cell.
        self.quoted = book.add_format({"quote_prefix": True})


def write_value(sheet: Any, row: int, place: int, value: Value, formats: Formats) -> None:
    """Write one value into a worksheet by its type; row and place count from 0."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, place, _text(value))
    elif isinstance(value, (int, float, Decimal)):
        if math.isfinite(value) and -_EXACT < value < _EXACT:
            sheet.write_number(row, place, value)
        else:
            sheet.write_string(row, place, str(value))
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, place, value.replace(tzinfo=None), formats.time)
    elif isinstance(value, dt.date):
        if value < _EXCEL_BEGINS:
            sheet.write_string(row, place, value.isoformat())
        else:
            sheet.write_datetime(row, place, value, formats.date)
    else:
        # An apostrophe is only needed where one stands already, for the importer takes one away.
        text = guarded(value) if value.startswith("'") else value
        if len(text) > _LONGEST_TEXT:
            text = text[: _LONGEST_TEXT - len(_CUT)] + _CUT
        sheet.write_string(row, place, text, formats.quoted if is_dangerous(text) else None)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    # A negative number is no formula; only text is guarded.
    return guarded(value) if isinstance(value, str) else str(value)


def _sheet_name(name: str) -> str:
    """A name that workbooks allow: at most 31 characters, none of them a sign of a reference."""
    return "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31].strip() or "Sheet1"


def _widths(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> list[int]:
    """Column widths by the first hundred rows; a Korean syllable takes two places."""
    widths = [_places(name) for name in columns]
    for _, row in zip(range(100), rows, strict=False):
        for place, value in enumerate(row[: len(widths)]):
            widths[place] = max(widths[place], _places(_text(value)))
    return [min(width + 2, _WIDEST) for width in widths]


def _places(text: str) -> int:
    first_line = text[:_WIDEST].partition("\n")[0]
    return sum(2 if ord(character) > 0x2E80 else 1 for character in first_line)
