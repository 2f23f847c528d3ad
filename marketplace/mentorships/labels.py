"""Words for what the record keeps of mentorships: facts by name, and the codes that they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.errors import N_
from marketplace.mentorships.states import PARTY_LABELS

#: The parts of an agreement's draft.
PARTS: dict[str, str] = {
    "purpose": N_("목적"),
    "tasks": N_("과제"),
    "goals": N_("목표"),
    "plan": N_("방문 계획"),
    "period": N_("지원 기간"),
    "withholding": N_("원천징수"),
    "sponsor": N_("참여 대기업"),
}
FACTS: dict[str, str] = {
    **PARTS,
    "parts": N_("바뀐 항목"),
    "visits": N_("방문 횟수"),
    "shares": N_("재원별 금액"),
    "government": N_("정부지원금"),
    "local": N_("지자체 지원금"),
    "firm": N_("기업부담금"),
    "party": N_("당사자"),
    "edition": N_("판"),
    "text_hash": N_("서명하는 글의 해시"),
    "changes": N_("바뀌는 내용"),
    "targets": N_("목표값"),
    "since": N_("시작일"),
    "last_day": N_("종료일"),
    "document": N_("문서"),
    "last": N_("마지막 서명"),
    "former_expert": N_("이전 전문가"),
    "step_kind": N_("단계"),
    "from_day": N_("기준일"),
    "decision": N_("결정"),
    "silent_since": N_("소식이 없는 날부터"),
    "rung": N_("알림 단계"),
    "visits_left": N_("남은 방문"),
    "period_moved": N_("옮겨진 지원 기간"),
}
CODES: dict[str, Mapping[Any, Any]] = {
    "party": PARTY_LABELS,
    "parts": PARTS,
    "document": {"agreement": N_("협약서")},
    "withholding": {"business": N_("사업소득 3.3%"), "other": N_("기타소득 8.8%")},
}
