"""The words for what an entry of the record names: things, facts, and the codes that facts hold.

Where another slice has words for its codes, they stand here by reference. The record itself keeps the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms.fields.core import UnboundField

from marketplace.access import ROLE_LABELS
from marketplace.accounts.models import ORGANISATION_LABELS
from marketplace.codes.forms import IndustryForm, KpiForm, RegionForm
from marketplace.companies.corrections import LABELS as CONTENT
from marketplace.companies.eligibility import DECLARATIONS, ITEMS, RESULT_LABELS
from marketplace.companies.models import MODES, RELATION_LABELS, SIZE_CLASSES
from marketplace.companies.showing import OUTCOMES
from marketplace.errors import N_
from marketplace.experts.frame import STEPS
from marketplace.experts.states import INTEREST_LABELS, SKILL_LEVELS
from marketplace.experts.verification import CHECKS
from marketplace.files.kinds import KIND_LABELS
from marketplace.files.models import FILE_STATE_LABELS
from marketplace.ledger.states import SOURCE_LABELS
from marketplace.matching.backtest import VERDICT_TEXT
from marketplace.matching.explanation import PART_TEXT
from marketplace.matching.showing import CHANGES
from marketplace.matching.states import STATE_LABELS as CASE_STATES
from marketplace.mentorships.labels import CODES as AGREEMENT_CODES
from marketplace.mentorships.labels import FACTS as AGREEMENT_FACTS
from marketplace.mentorships.states import STATE_LABELS as MENTORSHIP_STATES
from marketplace.outcomes.labels import FACTS as OUTCOME_FACTS
from marketplace.payments.labels import FACTS as PAYMENT_FACTS
from marketplace.programmes.conflicts import RELATIONS, TIES
from marketplace.programmes.forms import STATE_LABELS as PROGRAMME_STATES
from marketplace.programmes.forms import ProgrammeForm, TierForm
from marketplace.rounds.options import OBJECTIVE_LABELS
from marketplace.rounds.states import CHANGE_LABELS
from marketplace.taxonomy.forms import TermForm
from marketplace.visits.logs import LABELS as LOG_PARTS


def _labels_of(*forms: type[Any]) -> dict[str, Any]:
    """The labels of the fields of forms by name: what was typed there is recorded under that name."""
    return {
        name: field.args[0]
        for form in forms
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and field.args
    }


#: The name of a fact. Those further down win.
FACTS: dict[str, Any] = {
    **_labels_of(IndustryForm, KpiForm, RegionForm, TermForm, TierForm, ProgrammeForm),
    **CONTENT,
    **AGREEMENT_FACTS,
    **OUTCOME_FACTS,
    **PAYMENT_FACTS,
    # decisions
    "reason": N_("사유"),
    "note": N_("메모"),
    "text": N_("내용"),
    "answer": N_("답변"),
    "opinion": N_("의견"),
    "outcome": N_("결정"),
    "state": N_("상태"),
    "result": N_("결과"),
    "checks": N_("요건 점검"),
    "corrected": N_("고친 내용"),
    "over_budget": N_("예산을 넘긴 적격 판정"),
    "price": N_("총사업비"),
    "budget": N_("사업예산"),
    "committed": N_("다른 적격 신청의 총사업비"),
    "left": N_("남은 예산"),
    "step": N_("단계"),
    "verb": N_("처리"),
    "due": N_("처리 기한"),
    "answer_by": N_("회신 기한"),
    "reference": N_("신청번호"),
    "terms": N_("분류체계 용어"),
    "request": N_("신청"),
    "requests": N_("신청"),
    # a match
    "expert": N_("전문가"),
    "experts": N_("전문가"),
    "candidate": N_("후보"),
    "case": N_("매칭"),
    "cases": N_("매칭"),
    "order": N_("희망순위(전문가)"),
    "offered": N_("제안받은 전문가"),
    "asked_next": N_("다음으로 제안받은 전문가"),
    "no_longer_asked": N_("제안이 종료된 전문가"),
    "ranking": N_("순위 번호"),
    "hash": N_("결과 해시"),
    "opened": N_("시작할 때의 내용"),
    "period": N_("지원 기간"),
    "places_taken": N_("차 있는 자리"),
    "capacity": N_("동시에 맡을 수 있는 건수"),
    "ties_compared": N_("대조한 이해관계 수"),
    "conflicts": N_("이해충돌"),
    "compared": N_("대조한 내용"),
    "ties": N_("전문가의 이해관계"),
    "met": N_("겹치는 곳"),
    "unstated": N_("기업이 밝히지 않은 거래 관계"),
    "paused": N_("활동 일시중지"),
    "also_declined": N_("함께 거절한 매칭"),
    "in_other_cases": N_("매칭별 내용"),
    # a profile
    "part": N_("항목"),
    "change": N_("변경"),
    "changed": N_("바뀐 항목"),
    "what": N_("대상"),
    "skills": N_("기술"),
    "level": N_("수준"),
    "years": N_("연수"),
    "evidence": N_("근거"),
    "missing": N_("빠진 항목"),
    "none": N_("해당 없음 서약"),
    "to_be_verified_again": N_("다시 확인 필요"),
    "kind": N_("종류"),
    "term": N_("분류체계 용어"),
    "replaced_by": N_("대체 용어"),
    "fields": N_("열람한 항목"),
    # accounts
    "name": N_("이름"),
    "email": N_("이메일"),
    "phone": N_("전화"),
    "language": N_("언어"),
    "role": N_("역할"),
    "organisation": N_("기관"),
    "brn": N_("사업자등록번호"),
    "consents": N_("동의한 약관"),
    "second_factor": N_("2단계 인증"),
    "sign_up": N_("회원가입"),
    "confirmation": N_("이메일 확인"),
    "invitation": N_("초대"),
    "colleague": N_("동료 초대"),
    "again": N_("다시 보냄"),
    # money of a programme
    "tier": N_("지원유형"),
    "sponsor": N_("참여 대기업"),
    "pledged": N_("약정액 (원)"),
    "received": N_("입금액 (원)"),
    "ledger": N_("거래 해시"),
    "source": N_("재원"),
    "lacking": N_("부족한 금액 (원)"),
    "amount": N_("금액 (원)"),
    "weights": N_("가중치"),
    "verdict": N_("판정"),
    "data": N_("자료 해시"),
    "despite_back_test": N_("더 낫다는 증거 없이 채택"),
    "values": N_("값"),
    # a round
    "options": N_("설정"),
    "objective": N_("목표"),
    "keep": N_("지켜야 할 지원 비율"),
    "bonus": N_("이미 추천한 후보에 더하는 점수"),
    "most": N_("전문가 한 명의 최대 건수"),
    "least": N_("전문가 한 명의 최소 건수"),
    "region_most": N_("소재지별 최대 건수"),
    "regions": N_("지역"),
    "employer_most": N_("전 직장별 최대 건수"),
    "employers": N_("전 직장"),
    "team": N_("팀 지원"),
    "proposed": N_("이미 추천한 신청 포함"),
    "scope": N_("대상 신청"),
    "attempt": N_("시도"),
    "follows": N_("이어받은 회차"),
    "run": N_("계산"),
    "served": N_("지원하는 신청"),
    "before": N_("변경 전"),
    "after": N_("변경 후"),
    "points": N_("점수"),
    "left_out": N_("추천에서 뺀 매칭"),
    # lists, files, jobs
    "list": N_("목록"),
    "filters": N_("찾기 조건"),
    "rows": N_("행"),
    "sha256": N_("파일 해시"),
    "faults": N_("고칠 곳"),
    "new": N_("새로 추가"),
    "same": N_("그대로"),
    "job": N_("작업"),
    "done": N_("처리한 수"),
    "total": N_("전체 수"),
    "error": N_("오류"),
    "groups": N_("분야"),
    "industries": N_("업종"),
    "kpis": N_("성과지표"),
    "consent_texts": N_("약관"),
    "programmes": N_("사업"),
    # a visit
    "visited_on": N_("방문한 날"),
    "started": N_("시작 시각"),
    "ended": N_("끝난 시각"),
    "edition": N_("판"),
    "changed_parts": N_("고친 항목"),
    "minutes": N_("인정 시간 (분)"),
    "by_mail": N_("메일의 링크로 확인"),
}
#: Names that mean something else inside of, or in an entry about, something: ``where.name``.
FACTS_WITHIN: dict[str, Any] = {
    **{f"checks.{name}": label for name, label in ITEMS.items()},
    **{f"weights.{name}": label for name, label in PART_TEXT.items()},
    **{f"conflicts.{name}": label for name, label in TIES.items()},
    "compared.relations": N_("기업 주변의 기관"),
    "round_solved.problem": N_("입력의 해시"),
    "round_solved.result": N_("결과의 해시"),
    "round_published.result": N_("배정의 해시"),
    "rows_imported.changed": N_("바뀐 행"),
    "import_checked.changed": N_("바뀐 행"),
}
_LISTS = {
    "requests": N_("신청"),
    "cases": N_("매칭"),
    "experts": N_("전문가"),
    "accounts": N_("계정"),
    "organisations": N_("기관"),
    "audit": N_("기록"),
    "mails": N_("메일"),
    "programmes": N_("사업"),
    "taxonomy": N_("분류체계"),
    "overrides": N_("순위와 다른 결정"),
    "rounds": N_("매칭 회차"),
    "round-pairs": N_("회차의 배정"),
    "round-loads": N_("회차의 전문가별 건수"),
    "round-employers": N_("회차의 전 직장별 건수"),
    "round-unseen": N_("회차에서 배정되지 않은 전문가"),
    "round-gaps": N_("회차에서 모자란 분야"),
    "ledger-positions": N_("재원별 재정 현황"),
    "ledger-transactions": N_("거래"),
    "payment-order": N_("지급명세"),
    "payment-order-sources": N_("재원별 지급명세"),
}
#: The words for the codes that a fact of this name holds.
CODES: dict[str, Mapping[Any, Any]] = {
    "state": {**PROGRAMME_STATES, **CASE_STATES, **FILE_STATE_LABELS, **MENTORSHIP_STATES},
    "result": RESULT_LABELS,
    "outcome": OUTCOMES,
    "checks": CHECKS,
    "step": {
        "remind_firm": N_("기업의 희망순위 제출"),
        "remind_operator": N_("운영기관의 1차 승인"),
        "remind_ministry": N_("중소벤처기업부의 최종 승인"),
        "reject": N_("1차 승인 단계"),
        "reject_final": N_("최종 승인 단계"),
        "write": N_("저장"),
    },
    "verb": CHANGE_LABELS,
    "verdict": VERDICT_TEXT,
    "part": STEPS,
    "change": {"added": N_("추가"), "edited": N_("수정"), "removed": N_("삭제")},
    "changed": FACTS,
    "fields": FACTS,
    "kind": {
        **INTEREST_LABELS,
        **ORGANISATION_LABELS,
        **KIND_LABELS,
        "experts": N_("전문가"),
        "requests": N_("신청"),
    },
    "relations.kind": RELATIONS,
    "skills.level": SKILL_LEVELS,
    "none_of": RELATION_LABELS,
    "unstated": RELATION_LABELS,
    "conflicts": RELATIONS,
    "role": ROLE_LABELS,
    "language": {"ko": "한국어", "en": "English"},
    "consents": {
        "terms": N_("이용약관"),
        "privacy": N_("개인정보 수집·이용 동의"),
        "third_party": N_("개인정보 제3자 제공 동의"),
        "expert_pledge": N_("전문가 참여·보안·이해충돌 서약"),
    },
    "objective": OBJECTIVE_LABELS,
    "scope": {"all": N_("모두"), "chosen": N_("고른 신청")},
    "mode": MODES,
    "size_class": SIZE_CLASSES,
    "declarations": DECLARATIONS,
    "list": _LISTS,
    "source": SOURCE_LABELS,
    **AGREEMENT_CODES,
    "changed_parts": LOG_PARTS,
}
for _tie in TIES:  # what a programme counts: relations by tie
    CODES[_tie] = RELATIONS
#: Which place of a row (a list within a list) holds codes; the others are what people wrote.
ROWS: dict[str, tuple[Mapping[Any, Any] | None, ...]] = {
    "ties": (TIES, None),
    "relations": (RELATIONS, None, CHANGES),
    "met": (TIES, None, {label: label for label in RELATIONS.values()}),
}
