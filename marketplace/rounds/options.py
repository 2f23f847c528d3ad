"""What the operator asks of a round, as plain values that are kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

from marketplace.errors import N_
from marketplace.matching.assignment import Objective
from marketplace.matching.weights import PRIOR_WEIGHTS

OBJECTIVE_LABELS: Mapping[str, str] = {
    "score": N_("점수의 합을 가장 크게"),
    "served": N_("지원하는 기업을 가장 많게, 그다음 점수의 합"),
    "fair": N_("가장 낮은 점수를 가장 높게, 그다음 점수의 합"),
}
SCOPES = ("all", "chosen")


@dataclass(frozen=True)
class Options:
    """The settings of a round.

    ``weights`` in percent by part; ``keep`` in percent; ``bonus`` in points for a pair that the firm knows already;
    ``most`` and ``least`` places for every expert; limits per region (code) and former employer (name) are for all
    alike, with exceptions by name; ``team`` 0, 2 or 3; ``budget`` in won, which only what-if asks.
    """

    weights: Mapping[str, int] = field(default_factory=dict)
    objective: Objective = "score"
    keep: int = 98
    bonus: int = 10
    most: int | None = None
    least: int | None = None
    region_most: int | None = None
    regions: Mapping[str, int] = field(default_factory=dict)
    employer_most: int | None = None
    employers: Mapping[str, int] = field(default_factory=dict)
    team: int = 0
    proposed: bool = False
    scope: Literal["all", "chosen"] = "all"
    budget: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), **{n: dict(getattr(self, n)) for n in ("weights", "regions", "employers")}}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Options:
        """What ``to_json`` wrote; what is missing has its default."""
        known = {name: value for name, value in content.items() if name in cls.__dataclass_fields__}
        return cls(**cast(Any, known))

    @property
    def shares(self) -> dict[str, float]:
        """The weights as the ranker takes them."""
        return {part: weight / 100 for part, weight in self.weights.items()}


def percents(weights: Mapping[str, float]) -> dict[str, int]:
    """Weights of a programme (empty: the prior) in percent, with nothing below one lost to rounding up to nothing."""
    whole = {**PRIOR_WEIGHTS, **weights}
    total = sum(whole.values())
    return {part: round(100 * weight / total) for part, weight in whole.items()}
