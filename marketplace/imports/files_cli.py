"""``flask rank``, ``flask evaluate`` and ``flask assign``: the ranker on spreadsheets alone.

They need no database and no server. The solver and the reader of Korean are imported when a command runs, so
that no other command waits for them. Results go to standard output and everything else to standard error;
they end with 0 on success and with 2 on bad input, after naming every fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from marketplace.errors import N_
from marketplace.imports.files_input import Files
from marketplace.matching.rules import Gates

if TYPE_CHECKING:
    from marketplace.matching.assignment import Objective

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: The names of ``matching.baselines``, written out so that the help waits for no library.
PLAIN_WAYS = ("words", "letters", "morphemes", "bm25-words", "bm25-bigrams", "bm25-morphemes", "half")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _options(command: _Command) -> _Command:
    """The options that the three commands share."""
    for option in (
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            help=N_("신청이 많을 때 나누어 셈할 프로세스 수. 적지 않으면 코어마다 하나"),
        ),
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
def rank(
    experts_file: Path, requests_file: Path, ignore_gates: bool, jobs: int | None, top: int, form: str
) -> None:
    """Rank the experts of one file for every request of another; JSON is one object per line."""
    from marketplace.imports import files_asking, files_output
    from marketplace.matching import batch
    from marketplace.matching.ranker import ExpertRanker

    files = Files(experts_file, requests_file)
    ranker = ExpertRanker().fit(files.experts)
    gates = Gates.none() if ignore_gates else Gates()
    printed = partial(files_asking.printed, top=top, gates=gates, today=files.today, form=form)
    click.echo(files_output.rankings_head(form), nl=False)
    # As they come, so that the first answer stands while the last is still being worked out.
    with closing(
        batch.answers(
            ranker,
            files.requests,
            printed,
            cost=2 if top else batch.WHOLE,
            jobs=jobs or -1,
            progress=files_asking.teller(),
        )
    ) as texts:
        for text in texts:
            click.echo(text, nl=False)


@click.command("evaluate", help=N_("순위를 판정 파일과 비교해 nDCG, 재현율, MRR을 냅니다."))
@_options
@click.option("--judgements", "judgements_file", type=_FILE, required=True, help=N_("판정 파일"))
@click.option(
    "--against", type=click.Choice(PLAIN_WAYS), help=N_("단순한 순위 방법 하나와 신청마다 견줍니다.")
)
@click.option(
    "--against-weights",
    "weights",
    help=N_("같은 방식을 다른 비중으로 돌려 견줍니다. 예: words=0.5,letters=0"),
)
@click.option(
    "--against-run", "run_file", type=_FILE, help=N_("rank --format csv가 낸 순위 파일과 견줍니다.")
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def evaluate(
    experts_file: Path,
    requests_file: Path,
    judgements_file: Path,
    ignore_gates: bool,
    jobs: int | None,
    against: str | None,
    weights: str | None,
    run_file: Path | None,
    form: str,
) -> None:
    """Judge the ranking of all experts by graded pairs, beside another ranking when one is asked for."""
    from marketplace.imports import evaluation_output
    from marketplace.matching import evaluation, slices

    if sum(choice is not None for choice in (against, weights, run_file)) > 1:
        raise click.UsageError(N_("견줄 상대는 하나만 고를 수 있습니다."))
    other = _weights(weights) if weights is not None else None
    files = Files(experts_file, requests_file, judgements_file, run_file)
    gates = Gates.none() if ignore_gates else Gates()
    own = _all_ranked(files, gates, jobs)
    figures = evaluation.evaluate(own, files.judgements, slices.facets(files.requests, files.vocabulary))
    rival: Mapping[str, Sequence[str]] | None = None
    name = ""
    if against is not None:
        from marketplace.matching import baselines

        scores = baselines.baselines_for(files.experts, files.requests).scores(against)
        name, rival = against, dict(baselines.ranked(scores, files.experts, files.requests, own))
    elif other is not None:
        name, rival = f"weights {weights}", _all_ranked(files, gates, jobs, other)
    elif run_file is not None:
        name, rival = f"run {run_file.name}", files.run
    if rival is not None:
        figures["comparison"] = {"against": name, **evaluation.compare(own, rival, files.judgements)}
    click.echo(evaluation_output.figures(figures, form), nl=False)


@click.command("assign", help=N_("모든 신청을 전문가의 자리 안에서 한꺼번에 가장 좋게 배정합니다."))
@_options
@click.option(
    "--objective",
    type=click.Choice(["score", "served", "fair"]),
    default="score",
    show_default=True,
    help=N_("먼저 키울 것: score 점수의 합, served 배정 건수, fair 거의 그만한 건수에서 가장 낮은 점수"),
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def assign(
    experts_file: Path,
    requests_file: Path,
    ignore_gates: bool,
    jobs: int | None,
    objective: Objective,
    form: str,
) -> None:
    """The best assignment of all requests at once, the unserved with their reasons."""
    from marketplace.imports import files_asking, files_output
    from marketplace.matching import assignment, batch
    from marketplace.matching.ranker import ExpertRanker

    files = Files(experts_file, requests_file)
    gates = Gates.none() if ignore_gates else Gates()
    started = time.perf_counter()
    found = list(
        batch.answers(
            ExpertRanker().fit(files.experts),
            files.requests,
            partial(files_asking.offered, gates=gates, today=files.today),
            cost=batch.WHOLE,
            jobs=jobs or -1,
            progress=files_asking.teller(),
        )
    )
    keys = [request.key for request in files.requests]
    offers = list(zip(keys, found, strict=True))
    outcome = assignment.assign(
        keys,
        assignment.free_places(files.experts, files.requests, gates),
        [assignment.Edge(key, e, score / 100) for key, own in offers for e, score in own.experts],
        objective=objective,
        excluded={key: own.excluded for key, own in offers},
    )
    seconds = time.perf_counter() - started
    names = {expert.key: expert.name for expert in files.experts}
    click.echo(files_output.assignment(outcome, names, seconds, form), nl=False)


COMMANDS = (rank, evaluate, assign)


def _all_ranked(
    files: Files, gates: Gates, jobs: int | None, weights: Mapping[str, float] | None = None
) -> dict[str, list[str]]:
    """Every eligible expert of each request, best first."""
    from marketplace.imports import files_asking
    from marketplace.matching.batch import best_of_all
    from marketplace.matching.ranker import ExpertRanker

    ranker = ExpertRanker(files.vocabulary, weights).fit(files.experts)
    told = files_asking.teller()
    found = best_of_all(ranker, files.requests, 0, gates, today=files.today, jobs=jobs or -1, progress=told)
    return {
        request.key: [expert for expert, _ in best]
        for request, best in zip(files.requests, found, strict=True)
    }


def _weights(text: str) -> dict[str, float]:
    """``part=weight,…`` as the ranker takes it; what cannot be read ends the program with 2."""
    from marketplace.matching.ranker import PRIOR_WEIGHTS

    weights: dict[str, float] = {}
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        part, _, number = (side.strip() for side in piece.partition("="))
        try:
            weights[part] = float(number)
        except ValueError:
            weights[part] = -1.0
        if part not in PRIOR_WEIGHTS or not 0 <= weights[part] < float("inf"):
            facts = {"piece": piece, "parts": ", ".join(PRIOR_WEIGHTS)}
            raise click.UsageError(
                N_("%(piece)s: '항목=비중'으로 적어 주십시오. 비중은 0 이상, 항목은 %(parts)s입니다.") % facts
            )
    if not weights or not sum({**PRIOR_WEIGHTS, **weights}.values()):
        raise click.UsageError(N_("비중이 0보다 큰 항목이 하나는 있어야 합니다."))
    return weights
