"""The sheet of another engine's ranking, as ``flask rank --format csv`` prints one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from marketplace.errors import N_
from marketplace.imports import cells, kinds
from marketplace.imports.columns import Column, Layout, Progress, Sheet, read_sheet
from marketplace.imports.limits import FILES, Limits


@dataclass(frozen=True, slots=True)
class RunRow:
    """One ranked expert; ``expert`` is the address as written, ``rank`` from 1."""

    number: int
    reference: str
    expert: str
    rank: int

    @property
    def identity(self) -> tuple[str, str]:
        return self.reference, self.expert.casefold()


def run_layout() -> Layout[RunRow]:
    """The columns that are read; the others that the command prints are left alone."""
    columns = (
        Column("reference", N_("신청번호"), N_("신청 파일의 신청번호"), cells.line(100), required=True),
        Column("expert", N_("전문가"), N_("전문가 파일의 이메일"), cells.email, required=True),
        Column("rank", N_("순위"), N_("1부터 세는 정수"), cells.whole(1, 10_000_000), required=True),
    )
    return Layout(columns, _build, lambda row: row.identity, "expert")


def read_run(
    stream: BinaryIO, name: str, *, limits: Limits = FILES, on_progress: Progress | None = None
) -> Sheet[RunRow]:
    """Read and check a file of ranks; further columns (names, scores) are expected and not reported."""
    sheet = read_sheet(stream, name, run_layout(), limits, on_progress)
    return replace(sheet, warnings=tuple(w for w in sheet.warnings if w.kind is not kinds.UNKNOWN_COLUMN))


def _build(number: int, values: Mapping[str, Any], given: frozenset[str]) -> RunRow:
    return RunRow(number=number, **values)
