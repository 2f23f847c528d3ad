"""Which second expert would cover what the first leaves open, from the explanations kept with the candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.companies.models import PRIORITIES
from marketplace.matching.models import Candidate

Need = Mapping[str, Any]


@dataclass(frozen=True)
class Pairing:
    """A first expert, the needs left open, who of the others covers most of them, and what nobody covers then.

    ``second`` is None when nobody else covers anything of what is left.
    """

    first: Candidate
    left: Sequence[Need]
    second: Candidate | None
    covered: Sequence[Need]
    still: Sequence[Need]


def pairings(candidates: Sequence[Candidate]) -> list[Pairing]:
    """For each candidate who leaves a stated need open, the one other who adds most; best first by rank.

    Needs count by their importance; of two who add the same, the better ranked one is named. One expert at
    most is added, however much stays open.
    """
    ranked = sorted(candidates, key=lambda candidate: (candidate.rank or 10**6, candidate.id))
    found = []
    for first in ranked:
        left = [need for need in _stated(first) if not need["covered"]]
        if not left:
            continue
        second, covered = None, list[Need]()
        for other in ranked:
            adds = [need for need in left if _key(need) in _covers(other)]
            if other is not first and _weight(adds) > _weight(covered):
                second, covered = other, adds
        found.append(Pairing(first, left, second, covered, [need for need in left if need not in covered]))
    return found


def _stated(candidate: Candidate) -> list[Need]:
    return [need for need in candidate.explanation.get("needs", []) if need["priority"] in PRIORITIES]


def _covers(candidate: Candidate) -> set[str]:
    return {_key(need) for need in _stated(candidate) if need["covered"]}


def _key(need: Need) -> str:
    return str(need["term"] or need["need"])


def _weight(needs: Sequence[Need]) -> int:
    return sum(int(need["priority"]) for need in needs)
