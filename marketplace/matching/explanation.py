"""What a ranking says of itself: parts that add up, needs with their evidence, exclusions with reasons.

Points are whole hundredths of a point inside, so that the printed parts add up to the printed score exactly.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from marketplace.errors import N_
from marketplace.matching.rules import Exclusion

#: The name of each part, a gettext msgid.
PART_TEXT: Mapping[str, str] = {
    "needs": N_("필요분야 충족"),
    "words": N_("애로내용과 경력의 낱말"),
    "letters": N_("표기가 달라도 통하는 글자"),
    "symptoms": N_("증상에서 짚은 분야"),
    "related": N_("비슷한 주제"),
    "industry": N_("업종 경험"),
    "region": N_("활동지역"),
    "level": N_("구축수준에 맞는 경험"),
    "size": N_("중소 현장 경험"),
}

_PLAIN = frozenset({str, int, float, bool, type(None)})

UNKNOWN_PART_TEXT = N_("근거 부족")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score.

    ``weight`` is its share of 1 after the parts that the request leaves unknown have given theirs to the
    others; ``value`` lies in [0, 1], or is None when the profile does not tell; ``hundredths`` are the points
    in steps of .01; ``because`` are words of the request or the profile that the part rests on.
    """

    code: str
    weight: float
    value: float | None
    hundredths: int
    because: tuple[str, ...] = ()

    @property
    def points(self) -> Decimal:
        """Points out of 100, with two places."""
        return Decimal(self.hundredths).scaleb(-2)

    @property
    def unknown(self) -> bool:
        return self.value is None

    def to_json(self) -> dict[str, Any]:
        return {
            "weight": round(self.weight, 4),
            "value": None if self.value is None else round(self.value, 4),
            "points": self.hundredths / 100,
            "because": list(self.because),
        }


@dataclass(frozen=True, slots=True)
class NeedCoverage:
    """How one need is met: by ``skill``, by a text of the profile (``entry``), or not at all (all None).

    ``covered_by`` and ``evidence`` are words that stand in the profile; ``closeness`` is 1 for the very term
    and less for mere words; ``level`` 1 to 4, ``years``, ``last_used`` as the expert states them.
    """

    need: str
    priority: int
    term: str | None = None
    kind: str | None = None  # skill, entry or words
    covered_by: str | None = None
    evidence: str | None = None
    level: int | None = None
    years: int | None = None
    last_used: int | None = None
    closeness: float = 0.0

    @property
    def covered(self) -> bool:
        return self.covered_by is not None

    def to_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "closeness": round(self.closeness, 4), "covered": self.covered}


@dataclass(frozen=True, slots=True)
class Ranked:
    """An expert's place for one request.

    ``unknown`` are hard rules that could not be checked for want of a fact (keys of ``UNKNOWN_TEXT``).
    """

    expert: str
    rank: int
    hundredths: int
    parts: tuple[Part, ...]
    needs: tuple[NeedCoverage, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def score(self) -> Decimal:
        """0 to 100 with two places: the sum of the points of the parts."""
        return Decimal(self.hundredths).scaleb(-2)

    def to_json(self) -> dict[str, Any]:
        return {
            "expert": self.expert,
            "rank": self.rank,
            "score": self.hundredths / 100,
            "parts": {part.code: part.to_json() for part in self.parts},
            "needs": [need.to_json() for need in self.needs],
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class Excluded:
    """An expert that a hard rule keeps out, with every reason."""

    expert: str
    exclusions: tuple[Exclusion, ...]

    def to_json(self) -> dict[str, Any]:
        reasons = [{"rule": e.rule, "reason": e.sentence, "facts": dict(e.facts)} for e in self.exclusions]
        return {"expert": self.expert, "reasons": reasons}


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to one request; ``inputs_digest`` names what it was computed from (see ``digest``)."""

    reference: str
    experts: tuple[Ranked, ...]
    excluded: Sequence[Excluded]
    weights: Mapping[str, float]
    versions: Mapping[str, str]
    inputs_digest: str

    @property
    def digest(self) -> str:
        """SHA-256 over inputs, weights, versions and result: equal when, and only when, a replay agrees."""
        body = {
            "inputs": self.inputs_digest,
            "weights": {code: round(weight, 9) for code, weight in self.weights.items()},
            "versions": dict(self.versions),
            "result": self.to_json(),
        }
        return digest_of(body)

    def to_json(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "experts": [ranked.to_json() for ranked in self.experts],
            "excluded": [out.to_json() for out in self.excluded],
        }


def plain(value: Any) -> Any:
    """Dataclasses, dates, enums and sets as JSON values with a fixed order, for digests and storage."""
    if type(value) in _PLAIN:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def digest_of(value: Any) -> str:
    """SHA-256, in hex, of the value as canonical JSON."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
