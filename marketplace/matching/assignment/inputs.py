"""What a round is described with: scored pairs, quotas, wishes for a team, and pairs that a rule keeps apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """An eligible pair and its score, 0 to 100; ``covers`` are the needs it meets, for requests that want a team."""

    request: str
    expert: str
    score: float
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quota:
    """At most ``at_most`` pairs between these requests and these experts; None stands for all of them.

    A team counts with each of its members.
    """

    key: str
    at_most: int
    requests: frozenset[str] | None = None
    experts: frozenset[str] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "at_most": self.at_most,
            "requests": None if self.requests is None else sorted(self.requests),
            "experts": None if self.experts is None else sorted(self.experts),
        }


@dataclass(frozen=True, slots=True)
class Team:
    """A request that at most ``most`` (2 or 3) experts serve together, who cover all of ``needs``."""

    request: str
    needs: frozenset[str]
    most: int = 2


@dataclass(frozen=True, slots=True)
class Blocked:
    """A pair that a hard rule keeps apart; ``score`` is what it would have if the rule were lifted, if known."""

    request: str
    expert: str
    rule: str
    score: float | None = None
