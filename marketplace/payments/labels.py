"""Words for what the record keeps of claims and payments."""

from __future__ import annotations

from marketplace.errors import N_

FACTS: dict[str, str] = {
    "claim": N_("청구번호"),
    "payment_order": N_("지급명세 번호"),
    "claims": N_("청구 건수"),
    "gross": N_("지급액 (원)"),
    "net": N_("실지급액 (원)"),
    "withheld": N_("원천징수액 (원)"),
    "paid_on": N_("지급일"),
    "bank": N_("은행"),
    "account": N_("계좌"),
}
