"""From rows of cells to checked rows: the header to columns, each cell to its value, every fault listed.

All rows are checked before one is handed over: a ``Sheet`` with a fault has no rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

from marketplace.imports import kinds
from marketplace.imports.archive import column_letters
from marketplace.imports.cells import Cell, is_blank
from marketplace.imports.faults import BadCell, Fault, Kind, Unreadable, shown
from marketplace.imports.limits import Limits
from marketplace.imports.reader import RawRow, RawTable, read_table

Row = TypeVar("Row")

#: Called with the number of rows checked and the number of all rows.
Progress = Callable[[int, int], None]

_PROGRESS_EVERY = 500
_MOST_MARKED_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: English ``name``, Korean ``label`` and ``hint`` (msgids), how a cell is read.

    ``also`` are further headers under which it is known, as in the site's own exports in English. ``default`` is the value when the cell is left empty or the column is missing.
    """

    name: str
    label: str
    hint: str
    parse: Callable[[Cell], Any]
    required: bool = False
    default: Any = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout(Generic[Row]):
    """The columns of a kind of sheet.

    ``build`` makes a row from its number, its values by column name and the names of the columns that were
    filled in. ``identity`` must differ from row to row; a repeated one is reported at ``identity_column``.
    ``remarks`` gives what should be known of a good row: column name, kind, params. ``beside`` are the headers of
    columns that are for readers of the sheet and are left alone.
    """

    columns: tuple[Column, ...]
    build: Callable[[int, Mapping[str, Any], frozenset[str]], Row]
    identity: Callable[[Row], Hashable]
    identity_column: str
    remarks: Callable[[Row], Sequence[tuple[str, Kind, Mapping[str, str]]]] = lambda row: ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """The outcome of a check. ``rows`` is empty when there is any fault; warnings stand in no one's way.

    ``table`` holds the cells as they were read, None when the file could not be read at all.
    """

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    table: RawTable | None = None

    @property
    def good(self) -> bool:
        return not self.faults


def read_sheet(
    stream: BinaryIO, name: str, layout: Layout[Row], limits: Limits, on_progress: Progress | None = None
) -> Sheet[Row]:
    """Read and check an open binary file; what is wrong with it is in the answer, nothing is raised."""
    try:
        table = read_table(stream, name, limits)
    except Unreadable as problem:
        return Sheet((), (problem.fault,))
    return check(table, layout, limits, on_progress)


def check(
    table: RawTable, layout: Layout[Row], limits: Limits, on_progress: Progress | None = None
) -> Sheet[Row]:
    """Check every row of a table; ``on_progress`` is called every 500 rows and at the end."""
    places, faults, warnings = _match_header(table, layout)
    if not faults and not table.rows:
        faults.append(Fault(kinds.NO_ROWS))
    if faults:
        return Sheet((), tuple(faults), tuple(warnings), table)
    marked, faults = _marked(table, places)
    rows: list[Row] = []
    seen: dict[Hashable, int] = {}
    checker = _Checker(layout, places, marked)
    for done, raw in enumerate(table.rows, 1):
        row, found = checker.row(raw)
        faults += found
        if row is not None:
            rows.append(row)
            faults += _repeated(layout, places, row, raw, seen)
            if len(warnings) < limits.faults:
                warnings += _remarks(layout, places, row, raw)
        if len(faults) >= limits.faults:
            del faults[limits.faults :]
            faults.append(Fault(kinds.TOO_MANY_FAULTS, params={"limit": f"{limits.faults:,}"}))
            break
        if on_progress and (done % _PROGRESS_EVERY == 0 or done == len(table.rows)):
            on_progress(done, len(table.rows))
    faults.sort(key=lambda fault: fault.row or 10**9)
    return Sheet(() if faults else tuple(rows), tuple(faults), tuple(warnings), table)


class _Checker(Generic[Row]):
    """Reads raw rows by a layout; remembers the sets of filled columns, which are few."""

    def __init__(
        self, layout: Layout[Row], places: Mapping[str, int], marked: frozenset[tuple[int, int]]
    ) -> None:
        self._layout = layout
        self._cells = [(column, places.get(column.name)) for column in layout.columns]
        self._marked = marked
        self._filled: dict[tuple[str, ...], frozenset[str]] = {}

    def row(self, raw: RawRow) -> tuple[Row | None, list[Fault]]:
        """The row, or None and what is wrong with it. A row with a marked cell is None without a fault."""
        values: dict[str, Any] = {}
        filled: list[str] = []
        faults: list[Fault] = []
        spoilt = False
        for column, place in self._cells:
            values[column.name] = column.default
            if place is None:
                continue
            if self._marked and (raw.number, place) in self._marked:
                spoilt = True
                continue
            cell = raw.cells[place]
            try:
                value = None if is_blank(cell) else column.parse(cell)
                if value is None or value in ("", ()):
                    if column.required:
                        raise BadCell(kinds.EMPTY)
                    continue
                values[column.name] = value
                filled.append(column.name)
            except BadCell as bad:
                faults.append(Fault(bad.kind, raw.number, column.name, column.label, shown(cell), bad.params))
        if faults or spoilt:
            return None, faults
        key = tuple(filled)
        given = self._filled.setdefault(key, frozenset(key))
        return self._layout.build(raw.number, values, given), []


def _match_header(table: RawTable, layout: Layout[Any]) -> tuple[dict[str, int], list[Fault], list[Fault]]:
    """Column name -> index in the row, with the faults and warnings of the header."""
    columns = layout.columns
    beside = {_header_key(text) for text in layout.beside}
    known = {
        _header_key(text): column for column in columns for text in (column.name, column.label, *column.also)
    }
    places: dict[str, int] = {}
    faults: list[Fault] = []
    unknown: list[str] = []
    for index, text in enumerate(table.header):
        column = known.get(_header_key(text))
        if column is None:
            if _header_key(text) in beside:
                continue
            if text.strip():
                unknown.append(shown(text))
            elif not all(is_blank(raw.cells[index]) for raw in table.rows):
                unknown.append(column_letters(index + 1))
        elif column.name in places:
            params = {
                "first": column_letters(places[column.name] + 1),
                "second": column_letters(index + 1),
            }
            faults.append(
                Fault(kinds.DUPLICATE_COLUMN, table.header_row, column.name, column.label, "", params)
            )
        else:
            places[column.name] = index
    missing = [f"{c.label}({c.name})" for c in columns if c.required and c.name not in places]
    if missing:
        found = shown(", ".join(text for text in table.header if text.strip()))
        params = {"columns": ", ".join(missing), "found": found}
        faults.insert(0, Fault(kinds.MISSING_COLUMNS, table.header_row, params=params))
    warnings = []
    if unknown:
        warnings.append(
            Fault(kinds.UNKNOWN_COLUMN, table.header_row, params={"columns": ", ".join(unknown[:50])})
        )
    if table.other_sheets:
        params = {"read": table.sheet, "others": ", ".join(table.other_sheets[:20])}
        warnings.append(Fault(kinds.OTHER_SHEETS, params=params))
    return places, faults, warnings


def _header_key(text: str) -> str:
    """Headers are compared without blanks, case and the stars that mark required columns."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\ufeff", "").split()).strip("*").casefold()


def _marked(table: RawTable, places: Mapping[str, int]) -> tuple[frozenset[tuple[int, int]], list[Fault]]:
    """The cells that the file's layout spoils, which are not read, and the faults that say so."""
    faults: list[Fault] = []
    cells: set[tuple[int, int]] = set()
    if not table.marks:
        return frozenset(), faults
    content = {raw.number: raw for raw in table.rows}
    names = {index: name for name, index in places.items()}
    touched = 0
    for mark in table.marks:
        columns = [index for index in names if mark.column <= index <= mark.last_column]
        first = max(mark.row, table.header_row + 1)
        rows = [n for n in range(first, min(mark.last_row, table.rows[-1].number) + 1) if n in content]
        if not rows or (not columns and mark.kind is not kinds.EXTRA_CELLS):
            continue
        touched += len(rows) * max(1, len(columns))
        if touched > _MOST_MARKED_CELLS:
            break
        cells.update((row, index) for row in rows for index in columns)
        raw = content[rows[0]]
        index = min(columns, default=-1)
        value = shown(raw.cells[index]) if columns else ""
        name = names.get(index)
        label = table.header[index].strip() if columns else None
        faults.append(Fault(mark.kind, rows[0], name, label, value, mark.params))
    return frozenset(cells), faults


def _repeated(
    layout: Layout[Row], places: Mapping[str, int], row: Row, raw: RawRow, seen: dict[Hashable, int]
) -> list[Fault]:
    first = seen.setdefault(layout.identity(row), raw.number)
    if first == raw.number:
        return []
    return [_fault_at(layout, places, raw, layout.identity_column, kinds.REPEATED, {"row": str(first)})]


def _remarks(layout: Layout[Row], places: Mapping[str, int], row: Row, raw: RawRow) -> list[Fault]:
    return [_fault_at(layout, places, raw, *remark) for remark in layout.remarks(row)]


def _fault_at(
    layout: Layout[Row],
    places: Mapping[str, int],
    raw: RawRow,
    name: str,
    kind: Kind,
    params: Mapping[str, str],
) -> Fault:
    column = next(column for column in layout.columns if column.name == name)
    return Fault(kind, raw.number, name, column.label, shown(raw.cells[places[name]]), params)
