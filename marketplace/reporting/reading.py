"""What an entry of the record says, in words for an auditor; what has no word keeps the name it was stored by."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.errors import N_

#: What a table holds one of.
THINGS: dict[str, str] = {
    "users": N_("계정"),
    "organisations": N_("기관"),
    "companies": N_("기업"),
    "experts": N_("전문가"),
    "requests": N_("신청"),
    "match_cases": N_("매칭"),
    "rounds": N_("매칭 회차"),
    "programmes": N_("사업"),
    "tiers": N_("지원유형"),
    "contributions": N_("출연금"),
    "import_files": N_("가져오기"),
    "outbox_mails": N_("메일"),
    "jobs": N_("작업"),
    "learned_weights": N_("학습한 가중치"),
    "taxonomy_terms": N_("분류체계 용어"),
    "regions": N_("지역"),
    "industries": N_("업종"),
    "kpis": N_("성과지표"),
}
#: The facts that decisions are recorded with.
FACTS: dict[str, str] = {
    "reason": N_("사유"),
    "note": N_("메모"),
    "text": N_("내용"),
    "state": N_("상태"),
    "result": N_("결과"),
    "checks": N_("요건 점검"),
    "list": N_("목록"),
    "rows": N_("행"),
    "expert": N_("전문가"),
    "experts": N_("전문가"),
    "candidate": N_("후보"),
    "period": N_("지원 기간"),
    "places_taken": N_("차 있는 자리"),
    "capacity": N_("동시에 맡을 수 있는 건수"),
    "ties_compared": N_("대조한 이해관계 수"),
    "conflicts": N_("이해충돌"),
    "compared": N_("대조한 내용"),
    "ties": N_("전문가의 이해관계"),
    "relations": N_("기업 주변의 기관"),
    "met": N_("겹치는 곳"),
}


def thing_words(kind: str, number: int | None) -> str:
    """매칭 12 for match_cases 12."""
    name = gettext(THINGS[kind]) if kind in THINGS else kind
    return name if number is None else f"{name} {number}"


def fact_name(name: str) -> str:
    """The word for a fact."""
    return str(gettext(FACTS[name])) if name in FACTS else name


def fact_words(value: Any) -> str:
    """A fact as text: what belongs together joined by a dot, one after the other by a comma."""
    if value is None or value in ("", [], {}):
        return str(gettext("없음"))
    if isinstance(value, bool):
        return str(gettext("예") if value else gettext("아니요"))
    if isinstance(value, dict):
        return "; ".join(f"{fact_name(str(name))}: {fact_words(of)}" for name, of in value.items())
    if isinstance(value, list):
        return ", ".join(
            " · ".join(map(fact_words, item)) if isinstance(item, list) else fact_words(item)
            for item in value
        )
    return str(value)
