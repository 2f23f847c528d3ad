"""Times the engine of a whole round beside its peers, on the same rounds and to the same objective.

    python -m bench.assignment                      # 1,000, 5,000 and 20,000 requests
    python -m bench.assignment --sizes 20000 --dense  # with the dense solver at 20,000: 4 GB and minutes

Each solver runs in a process of its own, which gives its peak memory. Ratios are of processor time, which others at
work on the machine change least; every solver here runs on one core. The engine's time holds everything from arrays
to pairs, and "proof" the prices that show that nothing better exists; a peer's time holds its solver alone, without
what its input takes to build. Ends with 1 when an exact solver misses the best objective.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

EXACT = ("engine", "min_weight_full_bipartite_matching", "highs_lp", "linear_sum_assignment", "networkx")
ARRAYS = ("row", "col", "score", "places")
#: The dense solver fills a matrix of requests by places; above this size it wants a flag.
DENSE_UP_TO, NETWORKX_UP_TO = 5_000, 1_000


@dataclass(frozen=True)
class Round:
    """``score`` in hundredths of a point, sorted by (row, col)."""

    requests: int
    experts: int
    row: Ints
    col: Ints
    score: Ints
    places: Ints


def drawn(requests: int, seed: int, kind: str = "topics", each: int = 50) -> Round:
    """The best 50 experts of each request, 2 % conflicts left out before.

    "topics": both sides as directions in a space of topics, and some experts please everybody. "even": each request's
    pairs with whomever, at scores drawn alike, so that no expert is sought more than another.
    """
    draw = np.random.default_rng(seed)
    experts = int(0.55 * requests)
    places = draw.integers(1, 4, experts)
    if kind == "even":
        taken = [np.sort(draw.choice(experts, each, replace=False)) for _ in range(requests)]
        score = np.rint(10_000 * draw.beta(5, 3, requests * each)).astype(np.int64).clip(1)
        return Round(
            requests, experts, np.repeat(np.arange(requests), each), np.concatenate(taken), score, places
        )
    wish, skill = draw.normal(size=(requests, 16)), draw.normal(size=(experts, 16))
    wish /= np.linalg.norm(wish, axis=1, keepdims=True)
    skill /= np.linalg.norm(skill, axis=1, keepdims=True)
    fame = draw.normal(0, 0.09, experts)
    rows, cols, scores = [], [], []
    for start in range(0, requests, 1_000):
        close = wish[start : start + 1_000] @ skill.T + fame
        close += draw.normal(0, 0.05, close.shape)
        close[draw.random(close.shape) < 0.02] = -9
        best = np.sort(np.argpartition(-close, each, axis=1)[:, :each], axis=1)
        rows.append(np.repeat(np.arange(start, start + len(close)), each))
        cols.append(best.ravel())
        scores.append(np.take_along_axis(close, best, 1).ravel())
    score = np.clip(np.rint((np.concatenate(scores) + 1) / 2.6 * 10_000), 1, 10_000).astype(np.int64)
    return Round(requests, experts, np.concatenate(rows), np.concatenate(cols), score, places)


class Clock:
    """Time of the process and of the wall since it was made; with others at work only the former compares."""

    def __init__(self) -> None:
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def spent(self) -> dict[str, float]:
        return {"cpu": time.process_time() - self.cpu, "wall": time.perf_counter() - self.wall}


def engine(given: Round) -> dict[str, float]:
    from marketplace.matching.assignment import problem_of_arrays, solve

    requests = [f"r{i:06}" for i in range(given.requests)]
    experts = [f"e{j:06}" for j in range(given.experts)]
    clock = Clock()
    made = problem_of_arrays(requests, experts, given.places, given.row, given.col, given.score / 100)
    outcome = solve(made)
    spent, proof = clock.spent(), Clock()
    gap = outcome.gap
    assert gap is not None
    return {
        **spent,
        "proof": proof.spent()["cpu"],
        "gap": gap,
        "value": round(outcome.total * 100),
        "served": outcome.served,
    }


def timed(call: Callable[[], Ints], given: Round) -> dict[str, float]:
    """``call`` gives the chosen pairs."""
    clock = Clock()
    chosen = call()
    return {
        **clock.spent(),
        "value": int(given.score[chosen].sum()),
        "served": len(chosen),
    }


def seats(given: Round) -> tuple[Ints, Ints]:
    """(pair, seat): every pair once for each place of its expert."""
    first = np.cumsum(given.places) - given.places
    count = given.places[given.col]
    pair = np.repeat(np.arange(len(given.row)), count)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    return pair, first[given.col[pair]] + within


def min_weight_full_bipartite_matching(given: Round) -> dict[str, float]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching as matching

    pair, seat = seats(given)
    many, n = int(given.places.sum()), given.requests
    data = np.r_[20_000 - given.score[pair], np.full(n, 20_000)].astype(np.float64)
    rows, cols = np.r_[given.row[pair], np.arange(n)], np.r_[seat, many + np.arange(n)]
    table = csr_array((data, (rows, cols)), shape=(n, many + n))
    clock = Clock()
    chosen_rows, chosen_cols = matching(table)
    spent = clock.spent()
    inside = chosen_cols < many
    value = int((20_000 - np.asarray(table[chosen_rows, chosen_cols]).ravel()).sum())
    return {**spent, "value": value, "served": int(inside.sum())}


def highs_lp(given: Round) -> dict[str, float]:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    many = np.arange(len(given.row))
    ones = np.ones(len(many))
    rows = csr_array((ones, (given.row, many)), shape=(given.requests, len(many)))
    cols = csr_array((ones, (given.col, many)), shape=(given.experts, len(many)))
    table, limits = vstack([rows, cols], format="csr"), np.r_[np.ones(given.requests), given.places]

    def call() -> Ints:
        found = linprog(
            -given.score.astype(np.float64), A_ub=table, b_ub=limits, bounds=(0, 1), method="highs"
        )
        return np.flatnonzero(found.x > 0.5)

    return timed(call, given)


def linear_sum_assignment(given: Round) -> dict[str, float]:
    from scipy.optimize import linear_sum_assignment as assignment

    pair, seat = seats(given)
    table = np.zeros((given.requests, int(given.places.sum())))
    table[given.row[pair], seat] = -given.score[pair]
    clock = Clock()
    rows, cols = assignment(table)
    spent = clock.spent()
    value = -table[rows, cols]
    return {**spent, "value": int(value.sum()), "served": int((value > 0).sum())}


def networkx(given: Round) -> dict[str, float]:
    try:
        import networkx as nx
    except ImportError:
        return {}
    graph = nx.DiGraph()
    n, m = given.requests, given.experts
    graph.add_nodes_from(range(n), demand=-1)
    graph.add_node(n + m, demand=n)
    graph.add_weighted_edges_from(
        zip(given.row.tolist(), (n + given.col).tolist(), (-given.score).tolist(), strict=True)
    )
    graph.add_edges_from(((i, n + m) for i in range(n)), weight=0)
    graph.add_edges_from(
        (n + j, n + m, {"capacity": places, "weight": 0}) for j, places in enumerate(given.places.tolist())
    )
    clock = Clock()
    cost, flow = nx.network_simplex(graph)
    spent = clock.spent()
    served = sum(1 for i in range(n) if not flow[i][n + m])
    return {**spent, "value": -cost, "served": served}


def greedy(given: Round) -> dict[str, float]:
    def call() -> Ints:
        left = given.places.tolist()
        free = [True] * given.requests
        rows, cols = given.row.tolist(), given.col.tolist()
        chosen = []
        for at in np.argsort(-given.score, kind="stable").tolist():
            i, j = rows[at], cols[at]
            if free[i] and left[j]:
                free[i] = False
                left[j] -= 1
                chosen.append(at)
        return np.array(chosen, dtype=np.int64)

    return timed(call, given)


SOLVERS: dict[str, Callable[[Round], dict[str, float]]] = {
    "engine": engine,
    "min_weight_full_bipartite_matching": min_weight_full_bipartite_matching,
    "highs_lp": highs_lp,
    "linear_sum_assignment": linear_sum_assignment,
    "networkx": networkx,
    "greedy": greedy,
}


def one(solver: str, file: Path, repeat: int) -> None:
    """Run one solver on a kept round; print its best time and the peak memory above the round itself, as JSON."""
    with np.load(file) as kept:
        given = Round(int(kept["requests"]), int(kept["experts"]), *(kept[k] for k in ARRAYS))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs = [SOLVERS[solver](given) for _ in range(repeat)]
    best = min(runs, key=lambda run: run.get("cpu", 0.0) + run.get("proof", 0.0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**best, "peak": peak / 1024, "grown": (peak - before) / 1024}))


def measured(solver: str, file: Path, repeat: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.assignment", "--one", solver, "--round", str(file)]
    command += ["--repeat", str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise SystemExit(f"{solver} ended with {done.returncode}")
    result: dict[str, float] = json.loads(done.stdout)
    return result


def show(size: int, solver: str, found: dict[str, float], base: dict[str, float]) -> None:
    proven = base["cpu"] + base["proof"]
    ratios = f"{found['cpu'] / base['cpu']:>8.1f}{found['cpu'] / proven:>10.1f}"
    worse = 100 * (1 - found["value"] / base["value"])
    print(
        f"{size:>7,} {solver:<36}{found['cpu']:>9.3f}{found['wall']:>9.3f}{ratios}{found['peak']:>10,.0f}{found['grown']:>9,.0f}"
        f"{found['value'] / 100:>15,.2f}{found['served']:>8,.0f}{worse:>9.3f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--kind", choices=("topics", "even"), default="topics", help="how the rounds are drawn"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of the engine, of which the best counts")
    parser.add_argument("--dense", action="store_true", help="linear_sum_assignment above 5,000 too")
    parser.add_argument("--one", choices=SOLVERS, help="one solver in this process on --round, as JSON")
    parser.add_argument("--round", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one, given.round, given.repeat)
        return 0
    print(
        f"{'N':>7} {'solver':<36}{'cpu s':>9}{'wall s':>9}{'ratio':>8}{'to proof':>10}{'peak MB':>10}{'grown':>9}"
        f"{'total':>15}{'served':>8}{'% worse':>9}"
    )
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            file = Path(folder) / f"{size}.npz"
            made = drawn(size, given.seed, given.kind)
            np.savez(file, requests=size, experts=made.experts, **{k: getattr(made, k) for k in ARRAYS})
            missed |= compared(file, size, given.repeat, given.dense)
    return int(missed)


def compared(file: Path, size: int, repeat: int, dense: bool) -> bool:
    """Print every solver on one round; True when an exact one misses the best objective or the proof fails."""
    base = measured("engine", file, repeat)
    show(size, "engine", base, base)
    print(f"{'':>7}   proof by the prices {base['proof']:.3f} s, dual gap {base['gap']:.1e}")
    missed = base["gap"] > 1e-6
    for solver in list(SOLVERS)[1:]:
        if solver == "linear_sum_assignment" and size > DENSE_UP_TO and not dense:
            print(f"{size:>7,} {solver:<36} left out; give --dense")
            continue
        if solver == "networkx" and size > NETWORKX_UP_TO:
            continue
        found = measured(solver, file, repeat if size <= DENSE_UP_TO and solver != "networkx" else 1)
        if "cpu" not in found:
            print(f"{size:>7,} {solver:<36} not installed")
            continue
        show(size, solver, found, base)
        missed |= solver in EXACT and found["value"] != base["value"]
    return missed


if __name__ == "__main__":
    sys.exit(main())
