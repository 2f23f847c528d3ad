"""What the record calls the things that it is about."""

from __future__ import annotations

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
    "mentorships": N_("멘토링"),
    "course_steps": N_("진행 점검"),
    "messages": N_("메시지"),
    "programmes": N_("사업"),
    "tiers": N_("지원유형"),
    "contributions": N_("출연금"),
    "ledger_transactions": N_("거래"),
    "import_files": N_("가져오기"),
    "stored_files": N_("파일"),
    "outbox_mails": N_("메일"),
    "jobs": N_("작업"),
    "learned_weights": N_("학습한 가중치"),
    "visits": N_("방문"),
    "claims": N_("지급 청구"),
    "payment_orders": N_("지급명세"),
    "bank_accounts": N_("지급 계좌"),
    "calendar_feeds": N_("달력 구독"),
    "taxonomy_terms": N_("분류체계 용어"),
    "regions": N_("지역"),
    "industries": N_("업종"),
    "kpis": N_("성과지표"),
}
