"""Small rounds drawn at random, and every assignment of one, to compare the engine with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from marketplace.matching.assignment import Edge, Outcome, Problem, Quota, problem

#: Few different scores, so that equal ones occur.
SCORES = st.sampled_from([0, 1, 10, 25.5, 30, 30.25, 50, 75, 99.99, 100])


@st.composite
def inputs(draw: st.DrawFn, most_requests: int = 5, most_experts: int = 4) -> dict[str, Any]:
    """Arguments of ``problem``."""
    requests = [f"r{i}" for i in range(draw(st.integers(1, most_requests)))]
    experts = {f"e{j}": draw(st.integers(0, 2)) for j in range(draw(st.integers(1, most_experts)))}
    edges = [Edge(r, e, draw(SCORES)) for r in requests for e in experts if draw(st.integers(0, 2))]
    return {"requests": requests, "capacities": experts, "edges": edges}


@st.composite
def quotas(draw: st.DrawFn, given: dict[str, Any], sides: tuple[str, ...]) -> list[Quota]:
    """Up to three quotas over parts of the sides named: "requests", "experts" or "both"."""
    found = []
    for k in range(draw(st.integers(1, 3))):
        side = draw(st.sampled_from(sides))
        requests = frozenset(draw(st.sets(st.sampled_from(given["requests"]), min_size=1)))
        experts = frozenset(draw(st.sets(st.sampled_from(list(given["capacities"])), min_size=1)))
        found.append(
            Quota(
                f"q{k}",
                draw(st.integers(0, 3)),
                None if side == "experts" else requests,
                None if side == "requests" else experts,
            )
        )
    return found


def keeps_quotas(given: Problem, chosen: list[int]) -> bool:
    pairs = [given.pair(at) for at in chosen]
    return all(
        sum(
            (q.requests is None or r in q.requests) and (q.experts is None or e in q.experts)
            for r, e in pairs
        )
        <= q.at_most
        for q in given.quotas
    )


def every(given: Problem) -> Iterator[list[int]]:
    """Every assignment that keeps places, pins and quotas, as positions; without teams."""
    options = [[at for at in range(len(given.row)) if given.row[at] == i] for i in range(len(given.requests))]
    left = given.places.tolist()

    def below(i: int, chosen: list[int]) -> Iterator[list[int]]:
        if i == len(options):
            if keeps_quotas(given, chosen):
                yield list(chosen)
            return
        pinned = [at for at in options[i] if given.pinned[at]]
        if not pinned:
            yield from below(i + 1, chosen)
        for at in pinned or options[i]:
            if left[given.col[at]] > 0:
                left[given.col[at]] -= 1
                yield from below(i + 1, [*chosen, at])
                left[given.col[at]] += 1

    yield from below(0, [])


def filled(given: Problem, chosen: list[int]) -> int:
    """Places of minimums that are filled."""
    loads = [0] * len(given.experts)
    for at in chosen:
        loads[given.col[at]] += 1
    return sum(min(load, least) for load, least in zip(loads, given.minimum.tolist(), strict=True))


def worth(given: Problem, chosen: list[int]) -> int:
    return sum(int(given.units[at]) + given.bonus * bool(given.published[at]) for at in chosen)


def rank_of(given: Problem, chosen: list[int]) -> tuple[int, int, int]:
    """What the objectives "score" and "served" compare by."""
    total, served = worth(given, chosen), len(chosen)
    return (filled(given, chosen), *((served, total) if given.objective == "served" else (total, served)))


def best_rank(given: Problem) -> tuple[int, int, int]:
    return max(rank_of(given, chosen) for chosen in every(given))


def is_possible(outcome: Outcome) -> bool:
    chosen = outcome.chosen.tolist()
    rows = outcome.problem.row[chosen].tolist()
    return (
        len(set(rows)) == len(rows)
        and bool((outcome.loads <= outcome.problem.places).all())
        and keeps_quotas(outcome.problem, chosen)
        and set(outcome.problem.pinned.nonzero()[0].tolist()) <= set(chosen)
    )


def build(given: dict[str, Any], **more: Any) -> Problem:
    return problem(given["requests"], given["capacities"], given["edges"], **more)
