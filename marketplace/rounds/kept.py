"""Problems as they are kept: content under its SHA-256, and the problem that such content describes."""

from __future__ import annotations

from typing import Any

import numpy as np

from marketplace.database import db
from marketplace.matching.assignment import Blocked, Problem, Quota, Team
from marketplace.matching.assignment.problem import POINT
from marketplace.matching.explanation import digest_of
from marketplace.matching.models_ranking import Snapshot


def keep(kind: str, content: dict[str, Any]) -> str:
    """Store content once under its hash, within the running transaction; gives the hash."""
    digest = digest_of(content)
    if db.session.get(Snapshot, digest) is None:
        db.session.add(Snapshot(digest=digest, kind=kind, content=content))
        db.session.flush()
    return digest


def content_of(digest: str) -> dict[str, Any]:
    """The content under a hash. Raises ValueError when it was changed after it was kept."""
    snapshot = db.session.get_one(Snapshot, digest)
    if digest_of(snapshot.content) != digest:
        raise ValueError(f"snapshot {digest} was changed after it was kept")
    return snapshot.content


def problem_from(content: dict[str, Any]) -> Problem:
    """The problem whose canonical JSON this is; ``problem_from(p.to_json()).digest == p.digest``."""
    pairs = np.array(content["pairs"], dtype=np.int64).reshape(-1, 5)

    def members(keys: list[str] | None) -> frozenset[str] | None:
        return None if keys is None else frozenset(keys)

    return Problem(
        requests=tuple(content["requests"]),
        experts=tuple(content["experts"]),
        places=np.array(content["places"], dtype=np.int64),
        row=pairs[:, 0].astype(np.int32),
        col=pairs[:, 1].astype(np.int32),
        units=pairs[:, 2].copy(),
        objective=content["objective"],
        minimum=np.array(content["minimum"], dtype=np.int64),
        pinned=pairs[:, 3].astype(bool),
        published=pairs[:, 4].astype(bool),
        bonus=content["bonus"],
        keep=0.98 if content["keep"] is None else content["keep"],
        quotas=tuple(
            Quota(q["key"], q["at_most"], members(q["requests"]), members(q["experts"]))
            for q in content["quotas"]
        ),
        teams=tuple(Team(request, frozenset(needs), most) for request, needs, most in content["teams"]),
        covers={at: tuple(needs) for at, needs in content["covers"]},
        blocked=tuple(
            Blocked(request, expert, rule, None if units is None else units / POINT)
            for request, expert, rule, units in content["blocked"]
        ),
    )
