"""The files that the demo world is written in: two sheets as anybody may import them, and what they lack.

``experts.csv`` and ``requests.csv`` are read with the readers of the imports. ``experts_more.csv`` and
``requests_more.csv`` hold what those sheets have no column for: phone, ties, contact, goal, the proposed
needs that the firm accepted, and how far the person or the request gets in the demo.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import TypeVar

from marketplace.accounts.models import civil_today
from marketplace.codes.actions import current_codebook
from marketplace.imports.columns import Sheet
from marketplace.imports.experts_sheet import ExpertRow, read_experts
from marketplace.imports.requests_sheet import RequestRow, read_requests
from marketplace.taxonomy.actions import current_vocabulary

#: The day on which the sheets were written; a demo that is built later moves the wished starts by whole weeks.
WRITTEN_ON = date(2026, 11, 22)
_CAREER = re.compile(r"(\d{4})~(\d{4}) (\S+) ([^:]+): (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CareerText:
    """A paragraph of an introduction that tells of one position, such as ``1990~2006 회사 직위: 한 일``."""

    employer: str
    title: str
    since: date
    until: date
    text: str


@dataclass(frozen=True, slots=True)
class DemoExpert:
    """An expert of the demo: the row of the sheet and the line of ``experts_more.csv`` by column name."""

    row: ExpertRow
    more: dict[str, str]

    @property
    def careers(self) -> list[CareerText]:
        """The positions told of, oldest first; the last one ends on the day of retirement."""
        found = [match for entry in self.row.entries if (match := _CAREER.fullmatch(entry))]
        careers = []
        since = date(int(found[0][1]), 3, 1)
        for match in found:
            last = match is found[-1] and self.row.retired_on is not None
            until = self.row.retired_on if last and self.row.retired_on else date(int(match[2]), 12, 31)
            careers.append(CareerText(match[3], match[4], since, until, match[5]))
            since = until + timedelta(days=1)
        return careers

    @property
    def introduction(self) -> str:
        """The paragraphs that are no position; the headline when there is none."""
        free = [entry for entry in self.row.entries if not _CAREER.fullmatch(entry)]
        return "\n\n".join(free) or self.row.headline


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """A request of the demo: the row of the sheet and the line of ``requests_more.csv`` by column name."""

    row: RequestRow
    more: dict[str, str]

    @property
    def start_on(self) -> date | None:
        """The wished start, as far ahead of today as it was of the day on which the sheet was written."""
        late = max((civil_today() - WRITTEN_ON).days, 0)
        return self.row.start_on + timedelta(weeks=-(-late // 7)) if self.row.start_on else None


def demo_experts() -> list[DemoExpert]:
    """The experts in the order of the file. Raises ValueError when the sheet has a fault."""
    sheet = read_experts(
        io.BytesIO(_bytes("experts.csv")),
        "experts.csv",
        book=current_codebook(),
        terms=current_vocabulary(),
        today=WRITTEN_ON,
    )
    more = {line["email"]: line for line in _lines("experts_more.csv")}
    return [DemoExpert(row, more[row.email]) for row in _good(sheet)]


def demo_requests() -> list[DemoRequest]:
    """The requests in the order of the file. Raises ValueError when the sheet has a fault."""
    sheet = read_requests(
        io.BytesIO(_bytes("requests.csv")),
        "requests.csv",
        book=current_codebook(),
        terms=current_vocabulary(),
        today=WRITTEN_ON,
    )
    more = {line["reference"]: line for line in _lines("requests_more.csv")}
    return [DemoRequest(row, more[row.reference]) for row in _good(sheet)]


Row = TypeVar("Row")


def _good(sheet: Sheet[Row]) -> tuple[Row, ...]:
    if not sheet.good:
        first = sheet.faults[0]
        raise ValueError(f"row {first.row}, {first.column}: {first.kind} {first.value!r}")
    return sheet.rows


def _bytes(name: str) -> bytes:
    return (resources.files("marketplace") / "data" / "demo" / name).read_bytes()


def _lines(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_bytes(name).decode("utf-8"))))
