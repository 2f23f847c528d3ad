"""``flask rank``, ``flask evaluate`` and ``flask assign``: the ranker on spreadsheets alone.

They need no database and no server. The solver and the reader of Korean are imported when a command runs, so
that no other command waits for them. Results go to standard output and everything else to standard error;
they end with 0 on success and with 2 on bad input, after naming every fault.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import click

from marketplace.codes.book import packaged_codebook
from marketplace.errors import N_
from marketplace.imports import kinds
from marketplace.imports.columns import Progress, Sheet
from marketplace.imports.experts_sheet import ExpertRow, read_experts
from marketplace.imports.faults import Fault, shown
from marketplace.imports.judgements_sheet import JudgementRow, read_judgements
from marketplace.imports.limits import FILES
from marketplace.imports.requests_sheet import RequestRow, read_requests
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.rules import Gates

Row = TypeVar("Row")
_Command = TypeVar("_Command", bound=Callable[..., Any])

_WARNINGS_SHOWN = 20
_PROGRESS_FROM = 5_000
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _options(command: _Command) -> _Command:
    """The options that the three commands share."""
    for option in (
        click.option("--ignore-gates", is_flag=True, help=N_("일정·인원·지원방식·지역 규칙을 끕니다.")),
        click.option("--requests", "requests_file", type=_FILE, required=True, help=N_("신청 파일")),
        click.option("--experts", "experts_file", type=_FILE, required=True, help=N_("전문가 파일")),
    ):
        command = option(command)
    return command


@click.command("rank", help=N_("신청마다 맞는 전문가를 순위와 이유와 함께 보여 줍니다."))
@_options
@click.option(
    "--top", type=click.IntRange(min=0), default=10, show_default=True, help=N_("몇 명까지. 0은 모두")
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def rank(experts_file: Path, requests_file: Path, ignore_gates: bool, top: int, form: str) -> None:
    """Rank the experts of one file for every request of another; JSON is one object per line."""
    from marketplace.imports import files_output
    from marketplace.matching.ranker import ExpertRanker

    files = _Files(experts_file, requests_file)
    ranker = ExpertRanker().fit(files.experts)
    gates = Gates.none() if ignore_gates else Gates()
    names = {expert.key: expert.name for expert in files.experts}
    # One request at a time, so that the first answer stands while the last is still being worked out.
    rankings = (ranker.rank([request], top, gates, today=files.today)[0] for request in files.requests)
    for text in files_output.rankings(rankings, files.requests, names, form):
        click.echo(text, nl=False)


@click.command("evaluate", help=N_("순위를 판정 파일과 견주어 nDCG, 재현율, MRR을 냅니다."))
@_options
@click.option("--judgements", "judgements_file", type=_FILE, required=True, help=N_("판정 파일"))
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def evaluate(
    experts_file: Path, requests_file: Path, judgements_file: Path, ignore_gates: bool, form: str
) -> None:
    """Judge the ranking of all experts by graded pairs."""
    from marketplace.imports import files_output
    from marketplace.matching import evaluation
    from marketplace.matching.ranker import ExpertRanker

    files = _Files(experts_file, requests_file, judgements_file)
    ranker = ExpertRanker().fit(files.experts)
    gates = Gates.none() if ignore_gates else Gates()
    rankings = {
        request.key: [
            ranked.expert for ranked in ranker.rank([request], 0, gates, today=files.today)[0].experts
        ]
        for request in files.requests
    }
    figures = evaluation.evaluate(rankings, files.judgements)
    click.echo(files_output.figures(figures, form), nl=False)


@click.command("assign", help=N_("모든 신청을 전문가의 자리 안에서 한꺼번에 가장 좋게 배정합니다."))
@_options
@click.option(
    "--objective",
    type=click.Choice(["score", "served"]),
    default="score",
    show_default=True,
    help=N_("score 점수의 합, served 배정 건수를 먼저 키웁니다."),
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def assign(experts_file: Path, requests_file: Path, ignore_gates: bool, objective: str, form: str) -> None:
    """The best assignment of all requests at once, the unserved with their reasons."""
    from marketplace.imports import files_output
    from marketplace.matching.assignment import assign_rankings, free_places
    from marketplace.matching.ranker import ExpertRanker

    files = _Files(experts_file, requests_file)
    gates = Gates.none() if ignore_gates else Gates()
    started = time.perf_counter()
    rankings = ExpertRanker().fit(files.experts).rank(files.requests, 0, gates, today=files.today)
    places = free_places(files.experts, files.requests, gates)
    outcome = assign_rankings(rankings, places, objective="served" if objective == "served" else "score")
    seconds = time.perf_counter() - started
    names = {expert.key: expert.name for expert in files.experts}
    click.echo(files_output.assignment(outcome, names, seconds, form), nl=False)


COMMANDS = (rank, evaluate, assign)


class _Files:
    """The files of one command, read and checked; ends the program with 2 when any has a fault."""

    def __init__(self, experts: Path, requests: Path, judgements: Path | None = None) -> None:
        from marketplace.taxonomy.vocabulary import packaged_vocabulary

        self.today = dt.datetime.now(ZoneInfo("Asia/Seoul")).date()
        known: dict[str, Any] = {
            "book": packaged_codebook(),
            "terms": packaged_vocabulary(),
            "today": self.today,
            "limits": FILES,
        }
        people: Sheet[ExpertRow] = _read(experts, read_experts, **known)
        cases: Sheet[RequestRow] = _read(requests, read_requests, **known)
        faults = [(experts, fault) for fault in people.faults] + [(requests, f) for f in cases.faults]
        self.judgements: dict[str, dict[str, float]] = {}
        if judgements is not None:
            judged: Sheet[JudgementRow] = _read(judgements, read_judgements)
            faults += [(judgements, fault) for fault in judged.faults]
            if people.good and cases.good:
                faults += [(judgements, fault) for fault in self._take(judged, people, cases)]
        if faults:
            _refuse(faults)
        self.experts: list[ExpertProfile] = [row.profile() for row in people.rows]
        self.requests: list[RequestProfile] = [row.profile() for row in cases.rows]

    def _take(
        self, judged: Sheet[JudgementRow], people: Sheet[ExpertRow], cases: Sheet[RequestRow]
    ) -> list[Fault]:
        """Keep the judgements by the keys of the other files; a pair that is in neither is a fault."""
        keys = {row.identity: row.email for row in people.rows}
        references = {row.reference for row in cases.rows}
        faults = []
        for row in judged.rows:
            expert = keys.get(row.expert.casefold())
            if row.reference not in references:
                faults.append(_unlisted(row.number, "reference", N_("신청번호"), row.reference, "--requests"))
            if expert is None:
                faults.append(_unlisted(row.number, "expert", N_("전문가"), row.expert, "--experts"))
            else:
                self.judgements.setdefault(row.reference, {})[expert] = row.relevance
        return faults


def _unlisted(row: int, column: str, label: str, value: str, file: str) -> Fault:
    return Fault(kinds.UNLISTED, row, column, label, shown(value), {"file": file})


def _read(path: Path, read: Callable[..., Sheet[Row]], **known: Any) -> Sheet[Row]:
    stream: BinaryIO
    try:
        with path.open("rb") as stream:
            sheet = read(stream, path.name, on_progress=_progress(path.name), **known)
    except OSError as problem:
        raise click.UsageError(f"{path}: {problem.strerror or problem}") from None
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
