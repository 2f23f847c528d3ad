"""Requests per second when many are asked at once, beside plain ways of finding ten texts in blocks; in one run.

    python -m bench.batches [--sizes 10000,100000] [--requests 2000]

The world is that of bench.engine. Ours finds the ten best by the whole score and all rules, with one process and with
two; the first of these reads the requests within the time. The peers search the same texts for the same words and do less: no needs, no
symptoms, no industry, no rules; their questions are given to them as words, and their indexes stand before the time
begins, as ours does. They take one thread each, bm25s as many as there are cores. A ratio above 1 says how many times
more requests ours answers: in a second of the clock with one process, with two that are started first, and with two that
are running; then in a second of work of one process, which holds on a machine that others use too.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity

from bench import world
from marketplace.matching import batch
from marketplace.matching.engine import store
from marketplace.matching.engine.query import ask
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.ranker import ExpertRanker
from marketplace.taxonomy.vocabulary import Vocabulary

TOP = 10
BLOCK = 64  # questions that a peer answers at once; 64 x 100,000 values take 50 MB
COSINE = "cosine_similarity + argpartition"
TARGET = 6.0  # times that


@dataclass(frozen=True)
class Speed:
    """Requests answered in a second of the clock, and in a second of work of this process, all its threads added up."""

    clock: float
    work: float

    @classmethod
    def of(cls, count: int, work: Callable[[], object]) -> Speed:
        """The speed at which so many requests are answered."""
        started, worked = time.perf_counter(), time.process_time()
        work()
        return cls(count / (time.perf_counter() - started), count / (time.process_time() - worked))


def blocks(asked: Any) -> Iterator[Any]:
    """The rows of a sparse matrix, some at a time."""
    for at in range(0, asked.shape[0], BLOCK):
        yield asked[at : at + BLOCK]


def by_cosine(asked: Any, texts: Any) -> None:
    """``cosine_similarity`` of each block, and the ten best of each row."""
    for block in blocks(asked):
        np.argpartition(cosine_similarity(block, texts), -TOP, axis=1)[:, -TOP:]


def by_product(asked: Any, turned: Any) -> None:
    """The sparse product of each block with the texts, of length 1 already, and the ten best of each row."""
    for block in blocks(asked):
        np.argpartition((block @ turned).toarray(), -TOP, axis=1)[:, -TOP:]


def peers(table: ExpertTable, bags: Sequence[list[str]]) -> dict[str, Speed]:
    """The speeds of the plain ways over the words of the table's texts."""
    words = table.state().segments[0].words
    shape = (words.length.size, len(words.words))
    counts = sparse.csr_matrix(
        (words.row_counts.astype(float), words.row_words, words.row_start), shape=shape
    )
    weighing = TfidfTransformer(sublinear_tf=True).fit(counts)
    texts = weighing.transform(counts)
    known = [[word for word in dict.fromkeys(bag) if word in words.ids] for bag in bags]
    columns = [words.ids[word] for bag in known for word in bag]
    starts = np.concatenate([[0], np.cumsum([len(bag) for bag in known])])
    said = sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(known), shape[1]))
    asked, turned = weighing.transform(said), texts.T.tocsr()
    index = bm25s.BM25(backend="numba")
    index.index([list(words.bag(row)) for row in range(words.length.size)], show_progress=False)

    def by_bm25s(questions: list[list[str]]) -> None:
        index.retrieve(questions, k=TOP, show_progress=False, n_threads=os.cpu_count() or 1)

    ways: dict[str, tuple[Callable[[Any], None], Any]] = {
        COSINE: (lambda some: by_cosine(some, texts), asked),
        "scipy sparse + argpartition": (lambda some: by_product(some, turned), asked),
        "bm25s numba": (by_bm25s, known),
    }
    found = {}
    for name, (way, questions) in ways.items():
        way(questions[:BLOCK])
        found[name] = Speed.of(len(bags), lambda way=way, questions=questions: way(questions))
    return found


def measure(size: int, count: int, words: Vocabulary, folder: Path) -> None:
    """Build a world of this size, ask, and print."""
    built = ExpertTable(words)
    built.build(world.experts(size, words))
    store.save(built.state().segments[0], folder / str(size))
    del built
    table = ExpertTable(words)
    table.load(store.load(folder / str(size))[0])
    ranker = ExpertRanker().over(table)
    warm, requests = world.requests(BLOCK, words, seed=3), world.requests(count, words)
    answers: list[Any] = []

    def ours(jobs: int) -> None:
        answers.append(batch.best_of_all(ranker, requests, TOP, jobs=jobs, folder=folder))

    batch.best_of_all(ranker, warm, TOP, jobs=1)
    alone = Speed.of(count, lambda: ours(1))
    started, running = (Speed.of(count, lambda: ours(2)).clock for _ in range(2))
    same = answers[0] == answers[1] == answers[2]
    beside = peers(table, [ask(request, words).reading.morphemes for request in requests])
    print(f"{size:,} experts, {count:,} requests, answers {'equal' if same else 'DIFFER'}", flush=True)
    for name, clock in (
        ("one process", alone.clock), ("two processes, started", started), ("two processes, running", running)
    ):  # fmt: skip
        print(f"  {'ours, ' + name:34s} {clock:9.1f} a second")
    print(f"  {'ours, one process':34s} {alone.work:9.1f} a second of work")
    for name, speed in beside.items():
        ratios = ", ".join(f"{own / speed.clock:.2f}" for own in (alone.clock, started, running))
        print(
            f"  {name:34s} {speed.clock:9.1f} a second, {speed.work:9.1f} a second of work; "
            f"ours {ratios} x, {alone.work / speed.work:.2f} x of work",
            flush=True,
        )
    best = max(alone.clock, started, running) / beside[COSINE].clock
    verdict = "reached" if best >= TARGET else "not reached"
    print(f"  {TARGET:g} x {COSINE}: {verdict} ({best:.2f} x)", flush=True)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--requests", type=int, default=2000)
    options = parser.parse_args()
    words = world.vocabulary()
    batch.SMALL = 0  # however small, processes are started when they are asked for
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, options.sizes.split(",")):
            measure(size, options.requests, words, Path(folder))


if __name__ == "__main__":
    main()
