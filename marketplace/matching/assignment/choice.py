"""Why a request has this expert and not another."""

from __future__ import annotations

from typing import Any

import numpy as np

from marketplace.matching.assignment.explain import Explainer
from marketplace.matching.assignment.network import FAR
from marketplace.matching.assignment.problem import POINT
from marketplace.matching.assignment.sentences import Fact, Step


def choice(explainer: Explainer, request: str, *, exact: bool = True) -> Fact | None:
    """The best-scored other expert of a served request, and why not; None when the request is unserved.

    A score less the worth of the place to everybody else is its net, and the chosen expert's is the highest. ``exact``
    works the worth out for this very request (one search); otherwise the prices of the proof stand in, which suits a
    whole round of explanations.
    """
    given, i = explainer.problem, explainer.problem.row_of[request]
    at = explainer.expert_of.get(i)
    if at is None:
        return None
    expert = given.experts[given.col[at]]
    if given.pinned[at]:
        return Fact("pinned", request, {"expert": expert})
    low, high = np.searchsorted(given.row, [i, i + 1]).tolist()
    others = [other for other in range(low, high) if other != at]
    if not others:
        return Fact("only", request, {"expert": expert})
    other = max(others, key=lambda pair: (given.units[pair], -pair))
    score, other_score = int(given.units[at]) / POINT, int(given.units[other]) / POINT
    facts = {
        "expert": expert,
        "other": given.experts[given.col[other]],
        "score": score,
        "other_score": other_score,
    }
    if explainer.outcome.floor is not None and given.units[other] < explainer.outcome.floor:
        return Fact("floor", request, facts)
    if other_score <= score:
        return Fact("lower", request, facts)
    price = explainer.price(at)
    net = _worth(explainer, at) - price
    swap = why_not(explainer, request, facts["other"]) if exact else None
    if swap is None:
        other_price = explainer.price(other)
    elif swap.gain is not None:
        other_price = round(_worth(explainer, other) - net - swap.gain.points, 4)
    else:
        return Fact("aim", request, facts)
    other_net = round(_worth(explainer, other) - other_price, 4)
    facts |= {"price": price, "net": round(net, 4), "other_price": other_price, "other_net": other_net}
    kind = "dearer" if other_net <= round(net, 4) else "aim"
    return Fact(kind, request, facts, swap.gain if swap else None, swap.chain if swap else ())


def _worth(explainer: Explainer, at: int) -> float:
    given = explainer.problem
    return (int(given.units[at]) + (given.bonus if given.published[at] else 0)) / POINT


def why_not(explainer: Explainer, request: str, expert: str) -> Fact:
    """What giving this expert to the request would change: the difference exactly, and who would move."""
    given, i, j = explainer.problem, explainer.problem.row_of[request], explainer.problem.col_of[expert]
    facts: dict[str, Any] = {"other": expert}
    rules = sorted({out.rule for out in given.blocked if (out.request, out.expert) == (request, expert)})
    if rules:
        return Fact("barred", request, {**facts, "rule": ", ".join(rules)})
    wanted = given.index(request, expert)
    if wanted is None:
        return Fact("unlisted", request, facts)
    facts["other_score"] = int(given.units[wanted]) / POINT
    if wanted in explainer.outcome.chosen:
        return Fact("assigned", request, facts)
    at = explainer.expert_of.get(i)
    if at is not None and given.pinned[at]:
        return Fact("pinned", request, facts)
    if explainer.outcome.floor is not None and given.units[wanted] < explainer.outcome.floor:
        return Fact("floor", request, facts)
    gain, residual, node = explainer.scale.gain, explainer.market.residual, int(explainer.experts[j])
    goal = explainer.network.sink if at is None else int(explainer.experts[given.col[at]])
    ways = residual.ways_to(np.array([goal]), np.zeros(1, dtype=np.int64))
    path = ways.path(node)
    if path is None:
        return Fact("aim", request, facts)
    cost = int(ways.ahead[node]) - int(gain[wanted])
    before = None
    if at is None:
        entry = int(explainer.market.residual.distances(explainer.network.source)[i])
        cost += entry if entry < FAR // 2 else 0
    else:
        cost += int(gain[at])
        before = given.experts[given.col[at]]
    chain = explainer.chain(path, (Step(request, before, expert),))
    found = explainer.gain(-cost)
    return Fact(
        "displaces", request, {**facts, "changes": len(chain) - 1, "points": found.points}, found, chain
    )
