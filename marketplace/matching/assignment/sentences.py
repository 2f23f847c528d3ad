"""The sentences that explain a round, as gettext msgids, and the facts that fill them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.errors import N_, Filled

#: What would serve an unserved request.
REMEDY_TEXT: Mapping[str, str] = {
    "place": N_(
        "%(expert)s 전문가의 자리가 하나 더 있으면 배정할 수 있고, 점수의 합은 %(points)s점 달라집니다."
    ),
    "rule": N_(
        "필수 규칙으로 제외된 %(expert)s 전문가가 가능해지면 배정할 수 있고, 점수의 합은 %(points)s점 달라집니다."
    ),
    "quota": N_("상한(%(quota)s)을 하나 늘리면 배정할 수 있고, 점수의 합은 %(points)s점 달라집니다."),
}

#: Why a request has this expert and not another.
CHOICE_TEXT: Mapping[str, str] = {
    "dearer": N_(
        "%(other)s 전문가의 점수는 %(other_score)s점이지만 그 자리는 다른 신청에 %(other_price)s점의 가치가 있어 "
        "%(other_net)s점으로 셈하며, %(expert)s 전문가의 %(net)s점보다 높지 않습니다."
    ),
    "lower": N_(
        "다음 후보인 %(other)s 전문가의 점수 %(other_score)s점은 %(expert)s 전문가의 %(score)s점보다 높지 않습니다."
    ),
    "aim": N_("%(other)s 전문가에게 배정하면 더 앞선 목표(최소 건수나 배정 건수)를 이루지 못합니다."),
    "closed": N_("%(other)s 전문가에게는 이번 회차에 내줄 자리가 없습니다."),
    "only": N_("가능한 다른 전문가가 없습니다."),
    "pinned": N_("이미 정해져 바꾸지 않은 배정입니다."),
    "floor": N_("%(other)s 전문가의 점수 %(other_score)s점은 이번 회차에서 지키는 최저 점수보다 낮습니다."),
    "barred": N_("%(other)s 전문가는 필수 규칙에서 제외되었습니다."),
    "unlisted": N_("%(other)s 전문가는 이 신청의 후보가 아닙니다."),
    "displaces": N_(
        "%(other)s 전문가에게 배정하면 다른 배정이 %(changes)s건 바뀌고 점수의 합은 %(points)s점 달라집니다."
    ),
    "assigned": N_("이 신청에 배정된 전문가입니다."),
}


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change adds, aim by aim: places of minimums filled, requests served, points."""

    minimum: int
    served: int
    points: float

    def to_json(self) -> dict[str, Any]:
        return {"minimum": self.minimum, "served": self.served, "points": self.points}


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain: the request leaves ``before`` (None: was unserved) for ``after`` (None: is dropped)."""

    request: str
    before: str | None
    after: str | None

    def to_json(self) -> dict[str, Any]:
        return {"request": self.request, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of ``REMEDY_TEXT`` or ``CHOICE_TEXT`` by its key, the values that fill it, and the chain of changes it stands on."""

    kind: str
    request: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    gain: Gain | None = None
    chain: tuple[Step, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason in Korean, filled with the keys of experts; a page puts the names in their place."""
        text = {**REMEDY_TEXT, **CHOICE_TEXT}[self.kind]
        return Filled(text, **{key: printed(key, value) for key, value in self.facts.items()})

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "request": self.request,
            "facts": dict(self.facts),
            "gain": self.gain.to_json() if self.gain else None,
            "chain": [step.to_json() for step in self.chain],
            "sentence": str(self.sentence),
        }


def printed(key: str, value: Any) -> str:
    """A fact as it stands in a sentence: scores with two places, a difference in points with its sign."""
    if isinstance(value, float):
        return f"{value:+.2f}" if key == "points" else f"{value:.2f}"
    return str(value)
