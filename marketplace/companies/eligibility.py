"""What a request must say before it can be handed in, and what the operator checks before it is eligible."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from marketplace import brn
from marketplace.civil import day_of
from marketplace.codes.actions import current_codebook
from marketplace.companies import queries
from marketplace.companies.corrections import corrected
from marketplace.companies.limits import money_for
from marketplace.companies.models import RELATION_LABELS, MentoringRequest, RelationToFirm, kinds_written
from marketplace.companies.states import RequestState
from marketplace.database import utcnow
from marketplace.errors import N_, written_day
from marketplace.programmes.models import Programme, ProgrammeState

DECLARATIONS = {
    "closed": N_("휴업 또는 폐업 중이 아닙니다."),
    "arrears": N_("국세와 지방세를 체납하고 있지 않습니다."),
    "running": N_("다른 스마트공장 지원과제를 수행하고 있지 않습니다."),
    "debarred": N_("정부 지원사업 참여제한을 받고 있지 않습니다."),
    "impaired": N_("완전자본잠식 상태가 아닙니다."),
}
#: Where the firm's page asks for each kind of relation.
RELATION_FIELDS = {
    RelationToFirm.CUSTOMER: "customers",
    RelationToFirm.COMPETITOR: "competitors",
    RelationToFirm.VENDOR: "vendors",
}
LEAST_PROBLEM = 20  # characters; fewer tell an expert nothing


def today() -> date:
    """The day in Korea."""
    return day_of(utcnow())


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a request lacks: the form field (of the firm's page when ``of_firm``) and what to do."""

    field: str
    sentence: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    of_firm: bool = False


def missing_parts(request: MentoringRequest) -> list[Missing]:
    """Everything that keeps the request from being handed in, in the order of the page."""
    return [*_firm(request), *_content(request), *_wishes(request), *_promises(request), *_answer(request)]


def _firm(request: MentoringRequest) -> list[Missing]:
    firm = request.company
    wanted = (
        ("industry", firm.industry, N_("기업정보에서 업종을 골라 주십시오.")),
        ("region", firm.region, N_("기업정보에서 소재지를 골라 주십시오.")),
        ("employees", firm.employees, N_("기업정보에 상시근로자 수를 적어 주십시오.")),
    )
    found = [Missing(name, sentence, of_firm=True) for name, value, sentence in wanted if value is None]
    return found + [
        Missing(
            RELATION_FIELDS[kind],
            N_("기업정보에 적거나, 없으면 ‘없음’에 표시해 주십시오: %(kind)s"),
            {"kind": RELATION_LABELS[kind]},
            of_firm=True,
        )
        for kind in firm.unstated
    ]


def _content(request: MentoringRequest) -> list[Missing]:
    found = []
    if not request.title:
        found.append(Missing("title", N_("제목을 한 줄로 적어 주십시오.")))
    if len(request.problem or "") < LEAST_PROBLEM:
        found.append(
            Missing(
                "problem", N_("무엇이 불편한지 %(least)d자 이상 적어 주십시오."), {"least": LEAST_PROBLEM}
            )
        )
    if not request.goal:
        found.append(Missing("goal", N_("무엇을 이루고 싶은지 적어 주십시오.")))
    if not request.needs:
        found.append(Missing("needs", N_("필요분야를 하나 이상 골라 주십시오.")))
    elif all(need.priority < 3 for need in request.needs):
        found.append(Missing("needs", N_("필요분야 가운데 하나 이상을 필수로 정해 주십시오.")))
    return found


def _wishes(request: MentoringRequest) -> list[Missing]:
    found = []
    if request.tier is None:
        found.append(Missing("tier_id", N_("지원유형을 골라 주십시오.")))
    if request.months is None:
        found.append(Missing("months", N_("기간을 골라 주십시오.")))
    elif request.tier is not None and request.months < request.tier.months:
        found.append(
            Missing(
                "months",
                N_("고르신 지원유형은 %(months)d개월 이상이어야 합니다."),
                {"months": request.tier.months},
            )
        )
    if request.start_on is None:
        found.append(Missing("start_on", N_("희망 시작일을 적어 주십시오.")))
    elif request.start_on < today():
        found.append(Missing("start_on", N_("희망 시작일이 지났습니다. 오늘 이후의 날짜로 고쳐 주십시오.")))
    if request.mode is None:
        found.append(Missing("mode", N_("지원방식을 골라 주십시오.")))
    if request.region is None:
        found.append(Missing("region", N_("멘토링을 받을 지역을 골라 주십시오.")))
    if request.mode in ("onsite", "both") and not request.place:
        found.append(Missing("place", N_("전문가가 찾아갈 주소를 적어 주십시오.")))
    if request.level is None:
        found.append(Missing("level", N_("현재 수준을 골라 주십시오.")))
    return found


def _promises(request: MentoringRequest) -> list[Missing]:
    found = []
    if any(item not in request.declarations for item in DECLARATIONS):
        found.append(
            Missing(
                "declarations",
                N_("지원 제외 사유를 하나씩 확인해 주십시오. 해당하면 운영기관에 문의해 주십시오."),
            )
        )
    for name in request.unfinished:
        found.append(Missing(name, N_("입력한 내용을 저장할 수 없습니다. 이 항목을 고쳐 주십시오.")))
    return found


def _answer(request: MentoringRequest) -> list[Missing]:
    if request.state != RequestState.RETURNED or request.answer or corrected(request):
        return []
    return [Missing("answer", N_("보완 사유에 답을 적거나 신청서의 내용을 고쳐 주십시오."))]


class Result(StrEnum):
    """What the operator found for one item."""

    OK = "ok"
    FAULT = "fault"
    UNKNOWN = "unknown"


RESULT_LABELS = {Result.OK: N_("적합"), Result.FAULT: N_("부적합"), Result.UNKNOWN: N_("확인 못함")}
ITEMS = {
    "brn": N_("사업자등록번호"),
    "industry": N_("업종"),
    "region": N_("소재지"),
    "relations": N_("거래 관계"),
    "declarations": N_("지원 제외 사유"),
    "one_request": N_("한 기업 한 신청"),
    "period": N_("접수기간"),
    "budget": N_("예산"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the site itself can say about an item; the operator decides."""

    result: Result
    sentence: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


def findings(request: MentoringRequest) -> dict[str, Finding]:
    """What the site knows about each item. Six statements, whatever the request."""
    return {item: check(request) for item, check in _CHECKS.items()}


def _brn(request: MentoringRequest) -> Finding:
    number = request.company.brn
    if not number:
        return Finding(Result.UNKNOWN, N_("등록된 번호가 없습니다."))
    if brn.is_valid(number):
        return Finding(Result.OK, N_("%(number)s: 검증번호가 맞습니다."), {"number": brn.formatted(number)})
    return Finding(
        Result.FAULT, N_("%(number)s: 검증번호가 맞지 않습니다."), {"number": brn.formatted(number)}
    )


def _industry(request: MentoringRequest) -> Finding:
    known = current_codebook().industries.get(request.company.industry or "")
    if known is None:
        return Finding(Result.UNKNOWN, N_("제조업 업종코드가 확인되지 않습니다."))
    facts = {"code": known.code, "name": known.ko}
    if not known.manufacturing:
        return Finding(Result.FAULT, N_("제조업이 아닙니다: %(code)s %(name)s"), facts)
    return Finding(Result.OK, N_("제조업입니다: %(code)s %(name)s"), facts)


def _region(request: MentoringRequest) -> Finding:
    standing = {region.code: region for region in current_codebook().regions_valid_on(today())}
    firm, place = standing.get(request.company.region or ""), standing.get(request.region or "")
    if firm is None or place is None:
        return Finding(Result.UNKNOWN, N_("오늘 유효한 지역 코드가 아닙니다."))
    facts = {"firm": firm.ko, "place": place.ko}
    if firm.code != place.code:
        sentence = N_("본사는 %(firm)s, 멘토링 지역은 %(place)s입니다. 사업장인지 확인해 주십시오.")
        return Finding(Result.UNKNOWN, sentence, facts)
    return Finding(Result.OK, N_("소재지와 멘토링 지역이 같습니다: %(firm)s"), facts)


def _relations(request: MentoringRequest) -> Finding:
    firm = request.company
    if firm.unstated:
        sentence = N_("기업이 밝히지 않아 이해충돌을 대조할 수 없습니다: %(kinds)s")
        return Finding(Result.UNKNOWN, sentence, {"kinds": kinds_written(firm.unstated)})
    return Finding(
        Result.OK,
        N_("기업이 고객사, 경쟁사, 공급기업을 모두 밝혔습니다. 적은 곳은 %(count)d곳입니다."),
        {"count": len(firm.relations)},
    )


def _declared(request: MentoringRequest) -> Finding:
    lacking = [item for item in DECLARATIONS if item not in request.declarations]
    if lacking:
        return Finding(
            Result.FAULT, N_("확인하지 않은 항목이 %(count)d개 있습니다."), {"count": len(lacking)}
        )
    return Finding(
        Result.OK,
        N_("기업이 %(count)d개 항목 모두 해당하지 않는다고 확인했습니다."),
        {"count": len(DECLARATIONS)},
    )


def _one_request(request: MentoringRequest) -> Finding:
    others = queries.other_open_references(request)
    if others:
        return Finding(
            Result.FAULT,
            N_("같은 사업에 진행 중인 신청이 더 있습니다: %(others)s"),
            {"others": ", ".join(others)},
        )
    return Finding(Result.OK, N_("같은 사업에 진행 중인 다른 신청이 없습니다."))


def takes_requests(programme: Programme) -> bool:
    """Whether the programme takes new requests today."""
    return programme.state == ProgrammeState.OPEN and programme.opens_on <= today() <= programme.closes_on


def _period(request: MentoringRequest) -> Finding:
    programme = request.programme
    handed_in = day_of(request.submitted_at or utcnow())
    facts = {
        "day": written_day(handed_in),
        "since": written_day(programme.opens_on),
        "until": written_day(programme.closes_on),
    }
    if programme.opens_on <= handed_in <= programme.closes_on:
        return Finding(Result.OK, N_("%(day)s 접수로 접수기간(%(since)s ~ %(until)s) 안입니다."), facts)
    return Finding(Result.FAULT, N_("%(day)s 접수로 접수기간(%(since)s ~ %(until)s) 밖입니다."), facts)


def _budget(request: MentoringRequest) -> Finding:
    money = money_for(request)
    if money is None:
        return Finding(Result.UNKNOWN, N_("지원유형이 정해지지 않아 금액을 알 수 없습니다."))
    if money.reaches:
        return Finding(
            Result.OK, N_("총사업비 %(price)s원, 적격 신청을 뺀 남은 예산 %(left)s원입니다."), money.facts()
        )
    return Finding(
        Result.FAULT,
        N_("총사업비 %(price)s원이 적격 신청을 뺀 남은 예산 %(left)s원을 넘습니다."),
        money.facts(),
    )


_CHECKS: dict[str, Callable[[MentoringRequest], Finding]] = {
    "brn": _brn,
    "industry": _industry,
    "region": _region,
    "relations": _relations,
    "declarations": _declared,
    "one_request": _one_request,
    "period": _period,
    "budget": _budget,
}
