"""A file of experts or requests handed back with its bad cells marked, ready to be mended and sent again."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date

import xlsxwriter

from marketplace.errors import N_
from marketplace.formulas import is_dangerous
from marketplace.imports.archive import column_letters
from marketplace.imports.columns import Column
from marketplace.imports.faults import Fault
from marketplace.imports.reader import RawTable

_LONGEST_TEXT = 32_767
_LONGEST_NOTE = 900
#: More notes than this make Excel slow to open; the sheet of faults lists all.
_MOST_NOTES = 2_000


def marked_workbook(
    table: RawTable | None, faults: Sequence[Fault], translate: Callable[[str], str] = str
) -> bytes:
    """The rows as they were read, at their own row numbers, and a second sheet that lists every fault.

    Bad cells are red and carry a note with what is wrong and what to do. Without a table (an unreadable
    file) only the list is written. All values are written as text, so that nothing is lost or run.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        if table is not None:
            _write_rows(book, table, faults, translate)
        _write_faults(book, faults, translate, bool(table))
    return out.getvalue()


def template(columns: Sequence[Column], translate: Callable[[str], str] = str) -> bytes:
    """An empty workbook to fill in: the headers, a star at required ones, a note with the hint on each."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(translate(N_("자료")))
        header = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        for place, column in enumerate(columns):
            # The importer knows the Korean label and the English name, whatever the reader's language.
            known = column.label if translate(column.label) == column.label else column.name
            label = known + ("*" if column.required else "")
            sheet.write_string(0, place, label, header)
            sheet.write_comment(0, place, f"{column.name}\n{translate(column.hint)}", {"x_scale": 2})
        sheet.set_column(0, len(columns) - 1, 16)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _write_rows(
    book: xlsxwriter.Workbook, table: RawTable, faults: Sequence[Fault], translate: Callable[[str], str]
) -> None:
    sheet = book.add_worksheet(translate(N_("자료")))
    look = {
        "header": book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1}),
        "bad": book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"}),
        "quoted": book.add_format({"quote_prefix": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "bad_date": book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#FFC7CE"}),
    }
    places = _places(table, faults)
    bad: dict[tuple[int, int], list[Fault]] = {}
    for fault in faults:
        if fault.row is not None:
            bad.setdefault((fault.row, places.get(fault.label or "", 0)), []).append(fault)
    for place, name in enumerate(table.header):
        spoilt = (table.header_row, place) in bad
        sheet.write_string(table.header_row - 1, place, name, look["bad" if spoilt else "header"])
    for raw in table.rows:
        for place, cell in enumerate(raw.cells):
            spoilt = (raw.number, place) in bad
            if isinstance(cell, date):
                sheet.write_datetime(raw.number - 1, place, cell, look["bad_date" if spoilt else "date"])
            elif spoilt and not cell:
                sheet.write_blank(raw.number - 1, place, None, look["bad"])
            elif cell:
                form = look["bad"] if spoilt else look["quoted"] if is_dangerous(cell) else None
                sheet.write_string(raw.number - 1, place, cell[:_LONGEST_TEXT], form)
    for (row, place), found in list(bad.items())[:_MOST_NOTES]:
        note = "\n".join(f"{fault.message(translate)} {fault.remedy(translate)}" for fault in found)
        sheet.write_comment(row - 1, place, note[:_LONGEST_NOTE], {"x_scale": 2})
    sheet.freeze_panes(table.header_row, 0)


def _places(table: RawTable, faults: Sequence[Fault]) -> dict[str, int]:
    """Label of a fault -> index of the column, by label or by English name as the header has it."""
    header = {"".join(text.split()).strip("*").casefold(): place for place, text in enumerate(table.header)}
    places: dict[str, int] = {}
    for fault in faults:
        for name in (fault.label, fault.column):
            key = "".join((name or "").split()).strip("*").casefold()
            if fault.label and key in header:
                places.setdefault(fault.label, header[key])
    return places


def _write_faults(
    book: xlsxwriter.Workbook, faults: Sequence[Fault], translate: Callable[[str], str], with_rows: bool
) -> None:
    name = translate(N_("오류"))
    sheet = book.add_worksheet(name)
    header = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    titles = (N_("행"), N_("열"), N_("값"), N_("무엇이 잘못되었나"), N_("어떻게 고치나"))
    for place, title in enumerate(titles):
        sheet.write_string(0, place, translate(title), header)
    for number, fault in enumerate(faults, 1):
        if fault.row is not None:
            sheet.write_number(number, 0, fault.row)
        texts = (fault.label or "", fault.value, fault.message(translate), fault.remedy(translate))
        for place, text in enumerate(texts, 1):
            sheet.write_string(number, place, text, wrapped)
    for letters, width in zip(map(column_letters, range(1, 6)), (8, 16, 30, 50, 60), strict=True):
        sheet.set_column(f"{letters}:{letters}", width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(faults)), len(titles) - 1)
    if with_rows:
        book.worksheets()[0].activate()
