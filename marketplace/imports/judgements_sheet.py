"""The sheet of relevance judgements: how well an expert fits a request, from 0 to 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from marketplace.errors import N_
from marketplace.imports import cells
from marketplace.imports.columns import Column, Layout, Progress, Sheet, read_sheet
from marketplace.imports.limits import FILES, Limits


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """One judged pair; ``expert`` is the address as written, ``relevance`` 0 to 3."""

    number: int
    reference: str
    expert: str
    relevance: int

    @property
    def identity(self) -> tuple[str, str]:
        return self.reference, self.expert.casefold()


def judgements_layout() -> Layout[JudgementRow]:
    """The columns of the sheet."""
    columns = (
        Column("reference", N_("신청번호"), N_("신청 파일의 신청번호"), cells.line(100), required=True),
        Column("expert", N_("전문가"), N_("전문가 파일의 이메일"), cells.email, required=True),
        Column("relevance", N_("관련도"), N_("0에서 3. 적지 않은 짝은 0"), cells.whole(0, 3), required=True),
    )
    return Layout(columns, _build, lambda row: row.identity, "expert")


def read_judgements(
    stream: BinaryIO, name: str, *, limits: Limits = FILES, on_progress: Progress | None = None
) -> Sheet[JudgementRow]:
    """Read and check a file of judgements; nothing is raised, every fault is in the answer."""
    return read_sheet(stream, name, judgements_layout(), limits, on_progress)


def _build(number: int, values: Mapping[str, Any], given: frozenset[str]) -> JudgementRow:
    return JudgementRow(number=number, **values)
