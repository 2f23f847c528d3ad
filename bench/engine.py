"""One question, its ten best experts explained, beside plain ways of finding ten texts; in one run.

    python -m bench.engine [--sizes 10000,100000] [--queries 60]

The peers search the same texts for the same words and do less: no needs, no symptoms, no industry, no rules, no
explanation. Their texts and questions are given to them as words, and the time of reading a question is ours alone. Ours
has been asked 200 other questions before, as a site has.
Times are of the calling thread in milliseconds; a ratio above 1 says how many times longer the peer takes. Peak memory
is that of the whole process after the index was built, and after all questions.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity

from bench import world
from marketplace.matching.engine import store
from marketplace.matching.engine.query import ask
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.ranker import ExpertRanker
from marketplace.taxonomy.vocabulary import Vocabulary

TOP = 10


def timed(ask_one: Callable[[Any], object], questions: Sequence[Any]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, after two questions for warming up."""
    for question in questions[:2]:
        ask_one(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        ask_one(question)
        times.append((time.perf_counter() - started) * 1e3)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def peak_mb() -> float:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peers(table: ExpertTable, bags: Sequence[list[str]]) -> dict[str, tuple[float, float]]:
    """The times of the plain ways over the words of the table's texts."""
    words = table.state().segments[0].words
    shape = (words.length.size, len(words.words))
    counts = sparse.csr_matrix(
        (words.row_counts.astype(float), words.row_words, words.row_start), shape=shape
    )
    weighing = TfidfTransformer(sublinear_tf=True).fit(counts)
    texts = weighing.transform(counts)
    asked = []
    for bag in bags:
        own = [words.ids[word] for word in dict.fromkeys(bag) if word in words.ids]
        one = sparse.csr_matrix((np.ones(len(own)), ([0] * len(own), own)), shape=(1, shape[1]))
        asked.append(weighing.transform(one))
    found = {
        "cosine_similarity + argsort": timed(
            lambda q: np.argsort(-cosine_similarity(q, texts)[0])[:TOP], asked[:12]
        ),
        "csr @ dense + argpartition": timed(
            lambda q: np.argpartition(texts @ q, -TOP)[-TOP:], [q.toarray().ravel() for q in asked]
        ),
    }
    corpus = [list(words.bag(row)) for row in range(words.length.size)]
    known = [[[word for word in dict.fromkeys(bag) if word in words.ids]] for bag in bags]
    for backend in ("numpy", "numba"):
        index = bm25s.BM25(backend=backend)
        index.index(corpus, show_progress=False)
        find = index.retrieve
        found[f"bm25s {backend}"] = timed(lambda q, find=find: find(q, k=TOP, show_progress=False), known)
    return found


def measure(size: int, queries: int, words: Vocabulary, folder: Path) -> None:
    """Build a world of this size, ask, and print."""
    started = time.perf_counter()
    table = ExpertTable(words)
    profiles = world.experts(size, words)
    table.build(profiles)
    built = time.perf_counter() - started
    segment = table.state().segments[0]
    store.save(segment, folder / str(size))
    disk = sum(file.stat().st_size for file in (folder / str(size)).iterdir()) / 2**20
    questions = world.requests(queries, words)
    bags = [ask(question, words).reading.morphemes for question in questions]
    different = segment.words.rows.size / segment.words.length.size
    print(
        f"{size:,} experts, {different:.0f} different words each, {np.mean([len(set(b)) for b in bags]):.0f} in a "
        f"question; built in {built:.0f} s, peak {peak_mb():,.0f} MB, {disk:,.0f} MB on disk",
        flush=True,
    )
    mapped = ExpertTable(words)
    loaded, _ = store.load(folder / str(size))
    store.bring_in(loaded)  # as the site does when it starts
    mapped.load(loaded)
    ranker = ExpertRanker().over(mapped)
    for other in world.requests(200, words, seed=3):  # industries and regions are worked out once
        ranker.rank([other], TOP)
    ours = timed(lambda q: ranker.rank([q], TOP), questions)
    bare = timed(lambda q: ranker.best([q], TOP), questions)
    changed = replace(profiles[0], headline=questions[0].title)
    ranker.rank([questions[0]], TOP)
    started = time.perf_counter()
    ranker.update(changed).rank([questions[0]], TOP)
    update = (time.perf_counter() - started) * 1e3
    print(f"  {'ours, ten explained':32s} {ours[0]:8.2f} / {ours[1]:8.2f}")
    print(f"  {'ours, ten named':32s} {bare[0]:8.2f} / {bare[1]:8.2f}")
    print(f"  {'a changed profile and a question':32s} {update:8.2f}")
    for name, (median, late) in peers(table, bags).items():
        print(
            f"  {name:32s} {median:8.2f} / {late:8.2f}   {median / ours[0]:7.2f} x explained, "
            f"{median / bare[0]:7.2f} x named",
            flush=True,
        )
    print(f"  peak {peak_mb():,.0f} MB with all peers", flush=True)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--queries", type=int, default=60)
    options = parser.parse_args()
    words = world.vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, options.sizes.split(",")):
            measure(size, options.queries, words, Path(folder))


if __name__ == "__main__":
    main()
