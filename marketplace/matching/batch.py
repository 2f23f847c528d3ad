"""Many requests at once, on all cores: in pieces, by processes that share one index through its files.

The processes come from joblib, so that a batch also runs on several machines, inside
``joblib.parallel_config(backend="dask")``. Answers are those of the ranker itself, bit for bit, whatever the number of
processes: texts are read here, once, and everything else is asked of the same arrays.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import joblib

from marketplace.matching.engine.query import asks_for_topics, read_ahead, texts_of
from marketplace.matching.engine.shared import StandingTable, lay_out, take_up
from marketplace.matching.engine.state import State
from marketplace.matching.profiles import RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.taxonomy.text import Reading

#: Pairs of a request and an expert from which other processes are started; fewer are asked before these stand.
SMALL = 150_000_000
_BY_ITSELF = 20_000  # experts; what a request costs besides is as much as so many of them
WHOLE = 200  # pairs that cost as much as one whose place is told too
_PIECES, _LARGEST = 16, 64  # pieces for each process, so that all end together; requests in a piece
_PREFIX = "batch-"
_FORGOTTEN = 86_400  # seconds after which the folder of a batch that was killed is removed

T = TypeVar("T")
Ask = Callable[[ExpertRanker, Sequence[RequestProfile]], list[T]]
#: Hears how many requests of how many are answered.
Progress = Callable[[int, int], None]


def best_of_all(
    ranker: ExpertRanker,
    requests: Sequence[RequestProfile],
    top: int,
    gates: Gates | None = None,
    *,
    today: date | None = None,
    jobs: int = -1,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> list[list[tuple[str, int]]]:
    """``ranker.best`` of all requests; see ``answers`` for ``jobs``, ``progress`` and ``folder``."""
    ask = partial(_best, top=top, gates=gates, today=today)
    cost = 1 if top else WHOLE
    return list(answers(ranker, requests, ask, cost=cost, jobs=jobs, progress=progress, folder=folder))


def _best(
    ranker: ExpertRanker,
    requests: Sequence[RequestProfile],
    *,
    top: int,
    gates: Gates | None,
    today: date | None,
) -> list[list[tuple[str, int]]]:
    return ranker.best(requests, top, gates, today=today)


def answers(
    ranker: ExpertRanker,
    requests: Sequence[RequestProfile],
    ask: Ask[T],
    *,
    cost: int = 1,
    jobs: int = -1,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Generator[T, None, None]:
    """What ``ask`` answers for each request, in their order, one by one as they come.

    ``ask`` is given a ranker and some of the requests and answers each; other processes must be able to import it.
    ``jobs`` is the number of processes as joblib counts it (-1: one for each core; on Dask as many as the cluster has);
    with 1, and for a small batch, everything stays in this one; ``cost`` says how much dearer than finding the best a
    pair is (``WHOLE`` where every expert is listed). ``folder`` is where the index is laid out meanwhile,
    which all processes must be able to read: on several machines a shared one; None for one of the system's own.

    What ``ask`` raises is raised here, joblib's own error when a process dies, OSError when the index cannot be laid
    out. Whoever may stop before the end closes the iterator, which stops the processes. The experts are those of the
    moment of the first answer.
    """
    state = ranker.table_.state()
    several = joblib.effective_n_jobs(jobs)
    if several == 1 or len(requests) * (state.size + _BY_ITSELF) * cost < SMALL:
        found = _alone(_over(ranker, state), requests, ask)
    else:
        found = _by_processes(ranker, state, requests, ask, jobs, several, folder)
    with closing(found):
        for done, answer in enumerate(found):
            if progress is not None:
                progress(done, len(requests))
            yield answer
    if progress is not None:
        progress(len(requests), len(requests))


def _over(ranker: ExpertRanker, state: State) -> ExpertRanker:
    """The ranker over one state, whatever becomes of the table meanwhile."""
    return ExpertRanker(weights=ranker.weights).over(StandingTable(ranker.vocabulary_, state))


def _alone(ranker: ExpertRanker, requests: Sequence[RequestProfile], ask: Ask[T]) -> Generator[T, None, None]:
    read_ahead(requests, ranker.vocabulary_)
    for request in requests:
        yield from ask(ranker, [request])


def _by_processes(
    ranker: ExpertRanker,
    state: State,
    requests: Sequence[RequestProfile],
    ask: Ask[T],
    jobs: int,
    several: int,
    folder: Path | None,
) -> Generator[T, None, None]:
    words = ranker.vocabulary_
    read_ahead(requests, words)
    size = min(max(1, -(-len(requests) // (several * _PIECES))), _LARGEST)
    pieces = (requests[at : at + size] for at in range(0, len(requests), size))
    with _laid_out(ranker, state, requests, folder) as place:
        work = joblib.Parallel(jobs, return_as="generator", batch_size=1)
        task = joblib.delayed(_piece)
        found = work(
            task(str(place), ask, piece, words.reader.read_all(texts_of(piece, words))) for piece in pieces
        )
        with closing(found):
            for piece in found:
                yield from piece


@contextmanager
def _laid_out(
    ranker: ExpertRanker, state: State, requests: Sequence[RequestProfile], folder: Path | None
) -> Iterator[Path]:
    """A folder with the state, and with the vocabulary and weights of the ranker."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder, ignore_cleanup_errors=True) as name:
        place = Path(name).resolve()
        words = ranker.vocabulary_
        lay_out(state, place, topics=any(asks_for_topics(request, words) for request in requests))
        joblib.dump((words, ranker.weights), place / "ranker")
        yield place


def _sweep(folder: Path) -> None:
    """Remove what killed processes have left behind."""
    for old in folder.glob(f"{_PREFIX}*"):
        try:
            if time.time() - old.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(old, ignore_errors=True)
        except OSError:  # another process was faster
            continue


_rankers: dict[str, ExpertRanker] = {}  # of the latest batch
_loading = threading.Lock()


def _piece(
    place: str, ask: Ask[T], requests: Sequence[RequestProfile], readings: Sequence[Reading]
) -> list[T]:
    """The answers to some requests of a batch, in whatever process this is."""
    with _loading:
        ranker = _rankers.get(place)
        if ranker is None:
            _rankers.clear()
            words, weights = joblib.load(Path(place) / "ranker")
            ranker = ExpertRanker(weights=weights).over(StandingTable(words, take_up(Path(place))))
            _rankers[place] = ranker
    ranker.vocabulary_.reader.learn(readings)
    return ask(ranker, requests)
