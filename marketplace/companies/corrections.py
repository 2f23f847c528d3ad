"""What a firm changed after it was asked for a correction."""

from __future__ import annotations

from typing import Any

from marketplace.companies.models import MentoringRequest
from marketplace.errors import N_

LABELS = {
    "title": N_("제목"),
    "problem": N_("불편한 점"),
    "goal": N_("목표"),
    "needs": N_("필요분야"),
    "kpi_goals": N_("목표 지표"),
    "tier": N_("지원유형"),
    "months": N_("기간"),
    "start_on": N_("희망 시작일"),
    "mode": N_("지원방식"),
    "region": N_("멘토링을 받을 지역"),
    "place": N_("주소"),
    "level": N_("현재 수준"),
    "declarations": N_("지원 제외 사유"),
    "industry": N_("업종"),
    "firm_region": N_("소재지"),
    "city": N_("시·군·구"),
    "employees": N_("상시근로자"),
    "sales": N_("연 매출액"),
    "size_class": N_("기업규모"),
    "products": N_("주요 생산품"),
    "relations": N_("거래 관계"),
    "none_of": N_("거래 관계 ‘없음’ 표시"),
}


def content(request: MentoringRequest) -> dict[str, Any]:
    """What the request and its firm say now, as plain values, one for each of ``LABELS``."""
    firm = request.company
    plain = ("title", "problem", "goal", "months", "mode", "region", "place", "level")
    of_firm = ("industry", "city", "employees", "sales", "size_class", "products")
    return {
        **{name: getattr(request, name) for name in plain},
        **{name: getattr(firm, name) for name in of_firm},
        "needs": sorted([need.words, need.priority] for need in request.needs),
        "kpi_goals": request.kpi_goals,
        "tier": request.tier.name_ko if request.tier else None,
        "start_on": request.start_on.isoformat() if request.start_on else None,
        "declarations": sorted(request.declarations),
        "firm_region": firm.region,
        "relations": sorted([row.kind, row.name, row.brn or ""] for row in firm.relations),
        "none_of": sorted(firm.none_of),
    }


def corrected(request: MentoringRequest) -> dict[str, list[Any]]:
    """What differs from what the request said when it was returned: the values before and now, by name.

    Empty for a request that was returned before this was kept.
    """
    before = request.returned_with
    if before is None:
        return {}
    now = content(request)
    return {name: [before.get(name), now[name]] for name in LABELS if before.get(name) != now[name]}
