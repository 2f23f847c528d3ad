"""Judges the ranker beside the plain ways of ranking, in one run, on every judged set at hand.

    python -m bench.quality [--questions 1000] [--data ../shared/data] [--format table|json]

Sets: each folder of bench/data with experts.csv, requests.csv and qrels.csv; the docstrings of installed packages
(bench/docstrings.py); and, where the folder --data is there, each such folder of it and KorQuAD 1.0 dev (the right
context of a question). Rules on dates, capacity and region are off. Of KorQuAD a seeded sample of questions is
taken; --questions 0 takes all. Each line gives a way's figures and what the ranker's nDCG@10 is in relation to
them; then the ranker is compared with the best plain way, request by request.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.docstrings import docstrings, versions
from marketplace.imports.evaluation_output import span_text
from marketplace.imports.files_input import Files
from marketplace.imports.files_output import aligned
from marketplace.matching.baselines import BASELINES, baselines_for, ranked
from marketplace.matching.evaluation import FIGURES, compare, evaluate
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates

ROOT = Path(__file__).resolve().parent.parent
FILES = ("experts.csv", "requests.csv", "qrels.csv")
SEED = 7
OURS = "ranker"


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A set to be judged on. Lists are cut at ``top`` for all ways alike; 0 keeps them whole."""

    name: str
    experts: list[ExpertProfile]
    requests: list[RequestProfile]
    judgements: dict[str, dict[str, float]]
    note: str = ""
    top: int = 0


def sheets(folder: Path) -> Iterator[JudgedSet]:
    """The judged spreadsheets in the folders of a folder, by name; none when it is not there."""
    for place in sorted(folder.glob("*/")):
        if all((place / name).is_file() for name in FILES):
            files = Files(*(place / name for name in FILES), warn=False)
            yield JudgedSet(place.name, files.experts, files.requests, files.judgements)


def korquad(path: Path, questions: int) -> JudgedSet:
    """KorQuAD as retrieval: each context an expert of one entry, each question a request for its own context."""
    contexts: dict[str, str] = {}
    asked: dict[str, tuple[str, str]] = {}
    for article in json.loads(path.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            key = contexts.setdefault(paragraph["context"], f"c{len(contexts):04d}")
            asked.update({q["id"]: (q["question"], key) for q in paragraph["qas"]})
    keys = sorted(asked)
    note = f"all {len(keys)} questions"
    if 0 < questions < len(keys):
        note = f"a sample of {questions} of {len(keys)} questions, seed {SEED}; --questions 0 takes all"
        keys = sorted(random.Random(SEED).sample(keys, questions))
    return JudgedSet(
        "korquad1-dev",
        [ExpertProfile(key, entries=(text,)) for text, key in contexts.items()],
        [RequestProfile(key, problem=asked[key][0]) for key in keys],
        {key: {asked[key][1]: 3.0} for key in keys},
        f"{note}; lists cut at 10",
        10,
    )


def sets(data: Path, questions: int) -> Iterator[JudgedSet]:
    """Every judged set at hand."""
    yield from sheets(ROOT / "bench" / "data")
    yield JudgedSet("docstrings", *docstrings(), f"English, from {versions()}; lists cut at 10", 10)
    yield from sheets(data)
    path = data / "korquad1-dev" / "KorQuAD_v1.0_dev.json"
    if path.is_file():
        yield korquad(path, questions)


def judge(judged: JudgedSet) -> dict[str, Any]:
    """The figures of the ranker and of each plain way on one set, and how they compare."""
    started = time.perf_counter()
    ranker = ExpertRanker().fit(judged.experts)
    fitted = time.perf_counter()
    ours = {
        request.key: [r.expert for r in ranker.rank([request], judged.top, Gates.none())[0].experts]
        for request in judged.requests
    }
    done = time.perf_counter()
    lists = {OURS: ours}
    texts = baselines_for(judged.experts, judged.requests)
    for name in BASELINES:
        found = ranked(texts.scores(name), judged.experts, judged.requests)
        lists[name] = {key: order[: judged.top or None] for key, order in found}
    figures = {name: evaluate(own, judged.judgements) for name, own in lists.items()}
    best = max(BASELINES, key=lambda name: figures[name]["ndcg@10"])
    return {
        "set": judged.name,
        "note": judged.note,
        "experts": len(judged.experts),
        "requests": len(judged.requests),
        "seconds": {"fit": fitted - started, "rank": done - fitted},
        "ways": {
            name: {
                **{key: own[key] for key in FIGURES},
                "interval": own["intervals"]["ndcg@10"],
                "ratio": _ratio(figures[OURS]["ndcg@10"], own["ndcg@10"]),
            }
            for name, own in figures.items()
        },
        "comparison": {"against": best, **compare(ours, lists[best], judged.judgements)},
    }


def shown(result: dict[str, Any]) -> str:
    """The result on one set as people read it."""
    head = [
        "way",
        "nDCG@5",
        "nDCG@10",
        "95 % interval",
        "recall@1",
        "recall@5",
        "mrr",
        f"{OURS} / way, nDCG@10",
    ]
    rows = []
    for name, own in result["ways"].items():
        numbers = {key: f"{own[key]:.3f}" for key in FIGURES}
        ratio = "" if name == OURS or own["ratio"] is None else f"{own['ratio']:.3f}"
        rest = [numbers[key] for key in ("recall@1", "recall@5", "mrr")]
        rows.append([name, numbers["ndcg@5"], numbers["ndcg@10"], span_text(own["interval"]), *rest, ratio])
    seconds = result["seconds"]
    apart = result["comparison"]
    note = f" ({result['note']})" if result["note"] else ""
    return (
        f"{result['set']}{note}: {result['experts']} experts, {result['requests']} requests, "
        f"fitted in {seconds['fit']:.1f} s, ranked in {seconds['rank']:.1f} s\n"
        + aligned(head, rows)
        + f"{OURS} - {apart['against']}, the best plain way: {apart['difference']:+.4f} "
        f"(95 % interval {span_text(apart['interval'], signed=True)}), "
        f"{apart['wins']} wins, {apart['ties']} ties, {apart['losses']} losses\n"
    )


def main() -> None:
    """Judge on every set and print each as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--questions", type=int, default=1_000, help="of KorQuAD (default 1000; 0 = all)")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="further sets")
    parser.add_argument("--format", dest="form", choices=["table", "json"], default="table")
    options = parser.parse_args()
    for judged in sets(options.data, options.questions):
        result = judge(judged)
        print(json.dumps(result, ensure_ascii=False) if options.form == "json" else shown(result), flush=True)


def _ratio(ours: float, other: float) -> float | None:
    return ours / other if other else None


if __name__ == "__main__":
    main()
