"""Reads and checks the files of the commands; ends the program with 2 after naming every fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

import click

from marketplace.civil import SEOUL
from marketplace.codes.book import packaged_codebook
from marketplace.errors import N_
from marketplace.imports import kinds
from marketplace.imports.columns import Progress, Sheet
from marketplace.imports.experts_sheet import ExpertRow, read_experts
from marketplace.imports.faults import Fault, shown
from marketplace.imports.judgements_sheet import JudgementRow, read_judgements
from marketplace.imports.limits import FILES
from marketplace.imports.requests_sheet import RequestRow, read_requests
from marketplace.imports.run_sheet import RunRow, read_run
from marketplace.matching.profiles import ExpertProfile, RequestProfile

Row = TypeVar("Row")

_WARNINGS_SHOWN = 20
_PROGRESS_FROM = 5_000


class Files:
    """The files of one command. ``judgements`` and ``run`` are kept by the keys of the other files.

    ``run`` is the ranking of another engine: reference -> its experts, best first. Without ``warn`` only faults
    are printed.
    """

    def __init__(
        self,
        experts: Path,
        requests: Path,
        judgements: Path | None = None,
        run: Path | None = None,
        *,
        warn: bool = True,
    ) -> None:
        from marketplace.taxonomy.vocabulary import packaged_vocabulary

        self.today = dt.datetime.now(SEOUL).date()
        self.vocabulary = packaged_vocabulary()
        known: dict[str, Any] = {
            "book": packaged_codebook(),
            "terms": self.vocabulary,
            "today": self.today,
            "limits": FILES,
            "warn": warn,
        }
        people: Sheet[ExpertRow] = _read(experts, read_experts, **known)
        cases: Sheet[RequestRow] = _read(requests, read_requests, **known)
        faults = [(experts, fault) for fault in people.faults] + [(requests, f) for f in cases.faults]
        self._keys = {row.identity: row.email for row in people.rows}
        self._references = {row.reference for row in cases.rows}
        self.judgements: dict[str, dict[str, float]] = {}
        self.run: dict[str, list[str]] = {}
        both = people.good and cases.good
        if judgements is not None:
            judged: Sheet[JudgementRow] = _read(judgements, read_judgements, warn=warn)
            faults += [(judgements, fault) for fault in judged.faults]
            faults += [(judgements, fault) for fault in self._strangers(judged.rows) if both]
            for row in judged.rows:
                grades = self.judgements.setdefault(row.reference, {})
                grades[self._keys.get(row.expert.casefold(), row.expert)] = row.relevance
        if run is not None:
            ranks: Sheet[RunRow] = _read(run, read_run, warn=warn)
            faults += [(run, fault) for fault in ranks.faults]
            faults += [(run, fault) for fault in self._strangers(ranks.rows) if both]
            for ranked in sorted(ranks.rows, key=lambda row: (row.rank, row.expert)):
                own = self.run.setdefault(ranked.reference, [])
                own.append(self._keys.get(ranked.expert.casefold(), ranked.expert))
        if faults:
            _refuse(faults)
        self.experts: list[ExpertProfile] = [row.profile() for row in people.rows]
        self.requests: list[RequestProfile] = [row.profile() for row in cases.rows]

    def _strangers(self, rows: Sequence[JudgementRow] | Sequence[RunRow]) -> list[Fault]:
        """A fault for each reference or expert that the other files do not hold."""
        faults = []
        for row in rows:
            if row.reference not in self._references:
                faults.append(_unlisted(row.number, "reference", N_("신청번호"), row.reference, "--requests"))
            if row.expert.casefold() not in self._keys:
                faults.append(_unlisted(row.number, "expert", N_("전문가"), row.expert, "--experts"))
        return faults


def _unlisted(row: int, column: str, label: str, value: str, file: str) -> Fault:
    return Fault(kinds.UNLISTED, row, column, label, shown(value), {"file": file})


def _read(path: Path, read: Callable[..., Sheet[Row]], *, warn: bool = True, **known: Any) -> Sheet[Row]:
    stream: BinaryIO
    try:
        with path.open("rb") as stream:
            sheet = read(stream, path.name, on_progress=_progress(path.name), **known)
    except OSError as problem:
        raise click.UsageError(f"{path}: {problem.strerror or problem}") from None
    if not warn:
        return sheet
    for warning in sheet.warnings[:_WARNINGS_SHOWN]:
        click.echo(f"{path.name}: {warning.line()}", err=True)
    more = len(sheet.warnings) - _WARNINGS_SHOWN
    if more > 0:
        click.echo(
            f"{path.name}: " + N_("알림이 %(count)s건 더 있습니다.") % {"count": f"{more:,}"}, err=True
        )
    return sheet


def _progress(name: str) -> Progress:
    """Says on standard error how far a large file has been checked, ten times."""

    def show(done: int, total: int) -> None:
        step = total // 10 or 1
        if total >= _PROGRESS_FROM and (done == total or done // step > (done - 500) // step):
            shares = {"done": f"{done:,}", "total": f"{total:,}"}
            click.echo(f"{name}: " + N_("%(total)s행 가운데 %(done)s행을 확인했습니다.") % shares, err=True)

    return show


def _refuse(faults: list[tuple[Path, Fault]]) -> NoReturn:
    for path, fault in faults:
        click.echo(f"{path.name}: {fault.line()}", err=True)
    click.echo(N_("잘못된 곳이 %(count)s곳 있어 멈추었습니다.") % {"count": f"{len(faults):,}"}, err=True)
    raise click.exceptions.Exit(2)
