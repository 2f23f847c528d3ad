"""Rounds as the pages show them, in the reader's language: names for keys, sentences for facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import gettext

from marketplace.errors import N_
from marketplace.experts import frame
from marketplace.experts.labels import Labels
from marketplace.matching.assignment import UNSERVED_TEXT
from marketplace.matching.assignment.gaps import GAP_TEXT
from marketplace.matching.assignment.sentences import CHOICE_TEXT, REMEDY_TEXT, printed
from marketplace.matching.explanation import PART_TEXT
from marketplace.rounds.options import OBJECTIVE_LABELS, Options
from marketplace.rounds.states import CHANGE_LABELS, STATE_LABELS, TONES, RoundState

RULE_TEXT: Mapping[str, str] = {
    "unverified": N_("자격 확인 전"),
    "inactive": N_("계정 사용 중지"),
    "paused": N_("활동 일시중지"),
    "refused": N_("기업이 원하지 않음"),
    "capacity": N_("자리 없음"),
    "available_from": N_("활동 시작일이 늦음"),
    "available_until": N_("활동 종료일이 빠름"),
    "mode": N_("지원방식이 다름"),
    "region": N_("활동지역이 아님"),
    "employer": N_("전 직장 이해충돌"),
    "shares": N_("지분 이해충돌"),
    "kin": N_("친족 이해충돌"),
    "vendor": N_("공급기업 이해충돌"),
    "declined": N_("이 신청에서 거절 또는 반려됨"),
    "forbidden": N_("담당자가 배정 금지"),
    "left": N_("담당자가 배정 제외"),
}
LEFT_TEXT = N_("담당자가 이번 회차에서 배정하지 않기로 했습니다.")
UNDONE_TEXT = N_("직접 변경으로 배정이 빠졌습니다. 다시 계산하면 다른 전문가를 찾습니다.")


def names() -> Labels:
    """The names of codes, read once for a page."""
    if "names_of_rounds" not in g:
        g.names_of_rounds = frame.labels()
    found: Labels = g.names_of_rounds
    return found


def badge(state: str) -> tuple[str, str]:
    """The name of a round's state and the tone of its badge."""
    return gettext(STATE_LABELS[RoundState(state)]), TONES[RoundState(state)]


def region(code: str) -> str:
    """The name of a region; a word when it is not known."""
    return names().region(code) if code else gettext("미확인")


def term(code: str) -> str:
    """The name of a need."""
    return names().term(code)


def employer(name: str) -> str:
    """The name of a former employer; a word when it is not known."""
    return name or gettext("미확인")


def rule(codes: str) -> str:
    """The names of rules, given as codes with commas."""
    return ", ".join(gettext(RULE_TEXT.get(code, code)) for code in codes.split(", "))


def quota(key: str) -> str:
    """The name of a limit."""
    kind, _, name = key.partition(":")
    if kind == "region":
        return str(gettext("소재지 %(name)s", name=region(name)))
    if kind == "employer":
        return str(gettext("전 직장 %(name)s", name=name))
    return str(gettext("예산"))


def fact(found: Mapping[str, Any], people: Mapping[str, Any]) -> str:
    """A sentence of the engine with the names of experts, rules and limits in place of their keys."""
    said: dict[str, str] = {}
    for key, value in found["facts"].items():
        if key in ("expert", "other"):
            said[key] = person(value, people)
        elif key == "rule":
            said[key] = rule(value)
        elif key == "quota":
            said[key] = quota(value)
        else:
            said[key] = printed(key, value)
    text = {**REMEDY_TEXT, **CHOICE_TEXT}[found["kind"]]
    return str(gettext(text, **said))


def person(key: str, people: Mapping[str, Any]) -> str:
    """The name of an expert as it stood when the round was solved."""
    return str(people[key]["name"]) if key in people else gettext("전문가 %(key)s", key=key)


def unserved(reason: str) -> str:
    """Why a request is unserved."""
    return str(gettext(UNSERVED_TEXT[reason]))


def rules_counted(rules: Mapping[str, int]) -> str:
    """How many of the nearest experts each rule keeps out."""
    return ", ".join(
        gettext("%(rule)s %(count)d명", rule=rule(code), count=count) for code, count in rules.items()
    )


def gap(found: Mapping[str, Any]) -> str:
    """A supply gap as a sentence; one without a remedy says so."""
    place = {"term": term(found["term"]), "region": region(found["region"])}
    if not found["experts"]:
        return str(
            gettext(
                "%(term)s × %(region)s: 같은 전문가를 더해도 지원할 수 있는 기업이 늘지 않습니다.", **place
            )
        )
    return str(gettext(GAP_TEXT, **place, experts=found["experts"], firms=found["firms"]))


def price(found: Mapping[str, Any] | None) -> str:
    """What one more place of an expert is worth, in words."""
    if found is None:
        return str(gettext("빈자리가 있어 자리를 늘려도 결과가 같습니다."))
    if found["served"] > 0:
        return str(
            gettext(
                "자리가 하나 더 있으면 %(count)d곳을 더 지원하고 점수의 합이 %(points)s점 달라집니다.",
                count=found["served"],
                points=f"{found['points']:+.1f}",
            )
        )
    if found["points"] > 0:
        return str(
            gettext(
                "자리가 하나 더 있으면 점수의 합이 %(points)s점 커집니다.", points=f"{found['points']:.1f}"
            )
        )
    return str(gettext("자리가 다 찼지만 하나 더 있어도 결과가 같습니다."))


def change(verb: str) -> str:
    """What was changed by hand."""
    return str(gettext(CHANGE_LABELS[verb]))


def settings(options: Options) -> list[tuple[str, str]]:
    """The settings of a round as pairs for a list of facts."""
    weights = ", ".join(f"{gettext(PART_TEXT[part])} {weight}" for part, weight in options.weights.items())
    pairs = [
        (gettext("목표"), gettext(OBJECTIVE_LABELS[options.objective])),
        (gettext("전문가 한 명의 건수"), _between(options.least, options.most)),
        (gettext("이미 추천한 후보에 더하는 점수"), str(options.bonus)),
        (
            gettext("팀 지원"),
            gettext("%(count)d명까지", count=options.team) if options.team else gettext("없음"),
        ),
        (
            gettext("소재지별 최대"),
            _limits(options.region_most, {region(c): n for c, n in options.regions.items()}),
        ),
        (gettext("전 직장별 최대"), _limits(options.employer_most, options.employers)),
        (gettext("가중치(백분율)"), weights),
    ]
    if options.objective == "fair":
        pairs.insert(1, (gettext("지켜야 할 지원 비율"), f"{options.keep}%"))
    return pairs


def _between(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return str(gettext("남은 자리만큼"))
    said = [gettext("%(count)d건 이상", count=least)] if least is not None else []
    said += [gettext("%(count)d건 이하", count=most)] if most is not None else []
    return ", ".join(said)


def _limits(most: int | None, others: Mapping[str, int]) -> str:
    said = [gettext("모두 %(count)d건", count=most)] if most is not None else []
    said += [gettext("%(name)s %(count)d건", name=name, count=count) for name, count in others.items()]
    return ", ".join(said) or str(gettext("없음"))
