"""Words for what the record keeps of outcomes."""

from __future__ import annotations

from marketplace.errors import N_

FACTS: dict[str, str] = {
    "measurement": N_("측정"),
    "effect": N_("사업 성과"),
    "mentorship": N_("멘토링"),
    "kpi": N_("성과지표"),
    "value": N_("값"),
    "question": N_("확인 요청"),
}
