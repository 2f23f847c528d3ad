"""Everything that can happen, by name, with the Korean sentence that the record shows for it."""

from __future__ import annotations

from enum import StrEnum

from marketplace.errors import N_


class Event(StrEnum):
    """What an audit entry says happened. A name is never reused for something else."""

    SIGNED_UP = "signed_up"
    EMAIL_CONFIRMED = "email_confirmed"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    RESET_ASKED = "reset_asked"
    PASSWORD_SET = "password_set"  # noqa: S105
    TOTP_ENROLLED = "totp_enrolled"
    TOTP_REMOVED = "totp_removed"
    ACCOUNT_INVITED = "account_invited"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_EDITED = "account_edited"
    CONSENT_GIVEN = "consent_given"
    REFERENCE_LOADED = "reference_loaded"
    TERM_SAVED = "term_saved"
    TERM_REPLACED = "term_replaced"
    CODE_SAVED = "code_saved"
    PROGRAMME_SAVED = "programme_saved"
    TIER_SAVED = "tier_saved"
    CONTRIBUTION_SAVED = "contribution_saved"
    COMPANY_SAVED = "company_saved"
    INTEREST_EXPRESSED = "interest_expressed"
    REQUEST_SAVED = "request_saved"
    REQUEST_SUBMITTED = "request_submitted"
    REQUEST_TAKEN = "request_taken"
    REQUEST_RETURNED = "request_returned"
    REQUEST_ELIGIBLE = "request_eligible"
    REQUEST_INELIGIBLE = "request_ineligible"
    OBJECTION_RAISED = "objection_raised"
    OBJECTION_DECIDED = "objection_decided"
    REQUEST_WITHDRAWN = "request_withdrawn"
    PROFILE_SAVED = "profile_saved"
    PROFILE_SUBMITTED = "profile_submitted"
    EXPERT_VERIFIED = "expert_verified"
    PROFILE_RETURNED = "profile_returned"
    EXPERT_SUSPENDED = "expert_suspended"
    EXPERT_PAUSED = "expert_paused"
    EXPERT_RESUMED = "expert_resumed"
    CASE_OPENED = "case_opened"
    CANDIDATES_RELEASED = "candidates_released"
    CANDIDATE_FOUND = "candidate_found"
    PREFERENCES_STATED = "preferences_stated"
    CANDIDATES_REFUSED = "candidates_refused"
    OFFER_MADE = "offer_made"
    OFFER_REMINDED = "offer_reminded"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"
    OFFER_EXPIRED = "offer_expired"
    MATCH_APPROVED_FIRST = "match_approved_first"
    MATCH_APPROVED = "match_approved"
    MATCH_RETURNED = "match_returned"
    MATCH_REJECTED = "match_rejected"
    MATCH_OVERRIDDEN = "match_overridden"
    CASE_WITHDRAWN = "case_withdrawn"  # before withdrawing went through the request alone
    CASE_STOPPED = "case_stopped"
    CASE_REMINDED = "case_reminded"
    ROWS_IMPORTED = "rows_imported"
    IMPORT_STARTED = "import_started"
    IMPORT_CHECKED = "import_checked"
    IMPORT_DISCARDED = "import_discarded"
    LIST_EXPORTED = "list_exported"
    PERSONAL_DATA_SEEN = "personal_data_seen"
    MAIL_DELIVERED = "mail_delivered"
    MAIL_FAILED = "mail_failed"
    MAIL_RETRIED = "mail_retried"
    NOTICE_READ = "notice_read"
    JOB_QUEUED = "job_queued"
    JOB_CLAIMED = "job_claimed"
    JOB_PROGRESSED = "job_progressed"
    JOB_DONE = "job_done"
    JOB_FAILED = "job_failed"
    JOB_RETRIED = "job_retried"
    DEMO_BUILT = "demo_built"
    SIGN_IN_TRIED = "sign_in_tried"
    PASSWORD_CHECKED = "password_checked"  # noqa: S105
    SIGNED_UP_AGAIN = "signed_up_again"
    SESSIONS_ENDED = "sessions_ended"
    ORGANISATION_SAVED = "organisation_saved"
    REQUEST_CHECKED = "request_checked"
    SKILLS_CONFIRMED = "skills_confirmed"
    ROUND_SAVED = "round_saved"
    ROUND_STARTED = "round_started"
    ROUND_SOLVED = "round_solved"
    ROUND_FAILED = "round_failed"
    ROUND_CHANGED = "round_changed"
    ROUND_PUBLISHED = "round_published"
    ROUND_DISCARDED = "round_discarded"
    WEIGHTS_PROPOSED = "weights_proposed"
    WEIGHTS_ADOPTED = "weights_adopted"
    WEIGHTS_REJECTED = "weights_rejected"
    FILE_KEPT = "file_kept"
    LEDGER_OPENED = "ledger_opened"
    MONEY_RECEIVED = "money_received"
    RECEIPT_CORRECTED = "receipt_corrected"
    MONEY_RETURNED = "money_returned"
    RECOVERY_ORDERED = "recovery_ordered"
    RECOVERY_RECEIVED = "recovery_received"
    AGREEMENT_OPENED = "agreement_opened"
    AGREEMENT_SAVED = "agreement_saved"
    AGREEMENT_PROPOSED = "agreement_proposed"
    AGREEMENT_SIGNED = "agreement_signed"
    SIGNATURE_DECLINED = "signature_declined"
    MENTORSHIP_PAUSED = "mentorship_paused"
    MENTORSHIP_RESUMED = "mentorship_resumed"
    EXPERT_REPLACED = "expert_replaced"
    VISITS_FINISHED = "visits_finished"
    COMPLETION_REPORTED = "completion_reported"
    REPORT_RETURNED = "report_returned"
    FINAL_CHECK_PASSED = "final_check_passed"
    MENTORSHIP_SETTLED = "mentorship_settled"
    MENTORSHIP_STOPPED = "mentorship_stopped"
    CHANGE_REQUESTED = "change_requested"
    CHANGE_AGREED = "change_agreed"
    CHANGE_REFUSED = "change_refused"
    CHANGE_WITHDRAWN = "change_withdrawn"
    CHANGE_APPROVED = "change_approved"
    CHANGE_REJECTED = "change_rejected"
    VISIT_LOGGED = "visit_logged"
    VISIT_CORRECTED = "visit_corrected"
    VISIT_CONFIRMED = "visit_confirmed"
    VISIT_DISPUTED = "visit_disputed"
    VISIT_REVIEWED = "visit_reviewed"
    VISIT_RETURNED = "visit_returned"
    VISIT_REFUSED = "visit_refused"
    VISIT_WITHDRAWN = "visit_withdrawn"
    VISIT_REMINDED = "visit_reminded"
    DOCUMENT_PRINTED = "document_printed"
    FEED_OPENED = "feed_opened"
    FEED_CLOSED = "feed_closed"
    OUTCOME_ENTERED = "outcome_entered"
    OUTCOME_ANSWERED = "outcome_answered"
    OUTCOME_QUESTIONED = "outcome_questioned"
    OUTCOME_VERIFIED = "outcome_verified"
    OUTCOME_REFUSED = "outcome_refused"
    CARD_SAVED = "card_saved"
    CARD_SUBMITTED = "card_submitted"
    CARD_RETURNED = "card_returned"
    CARD_PUBLISHED = "card_published"
    CARD_TAKEN_DOWN = "card_taken_down"


EVENT_LABELS: dict[Event, str] = {
    Event.SIGNED_UP: N_("회원가입"),
    Event.EMAIL_CONFIRMED: N_("이메일 확인"),
    Event.SIGNED_IN: N_("로그인"),
    Event.SIGN_IN_FAILED: N_("로그인 실패"),
    Event.SIGNED_OUT: N_("로그아웃"),
    Event.RESET_ASKED: N_("비밀번호 재설정 요청"),
    Event.PASSWORD_SET: N_("비밀번호 설정"),
    Event.TOTP_ENROLLED: N_("2단계 인증 등록"),
    Event.TOTP_REMOVED: N_("2단계 인증 해제"),
    Event.ACCOUNT_INVITED: N_("계정 초대"),
    Event.ACCOUNT_DISABLED: N_("계정 사용 중지"),
    Event.ACCOUNT_ENABLED: N_("계정 사용 재개"),
    Event.ACCOUNT_EDITED: N_("계정 변경"),
    Event.CONSENT_GIVEN: N_("동의"),
    Event.REFERENCE_LOADED: N_("기준정보 적재"),
    Event.TERM_SAVED: N_("용어 저장"),
    Event.TERM_REPLACED: N_("용어 대체"),
    Event.CODE_SAVED: N_("코드 저장"),
    Event.PROGRAMME_SAVED: N_("사업 저장"),
    Event.TIER_SAVED: N_("지원유형 저장"),
    Event.CONTRIBUTION_SAVED: N_("출연금 저장"),
    Event.COMPANY_SAVED: N_("기업정보 저장"),
    Event.INTEREST_EXPRESSED: N_("참여의향 제출"),
    Event.REQUEST_SAVED: N_("신청서 저장"),
    Event.REQUEST_SUBMITTED: N_("신청서 접수"),
    Event.REQUEST_TAKEN: N_("요건검토 시작"),
    Event.REQUEST_RETURNED: N_("보완요청"),
    Event.REQUEST_ELIGIBLE: N_("적격 판정"),
    Event.REQUEST_INELIGIBLE: N_("부적격 판정"),
    Event.OBJECTION_RAISED: N_("이의신청"),
    Event.OBJECTION_DECIDED: N_("이의신청 결정"),
    Event.REQUEST_WITHDRAWN: N_("신청 취소"),
    Event.PROFILE_SAVED: N_("프로필 저장"),
    Event.PROFILE_SUBMITTED: N_("전문가 등록 신청"),
    Event.EXPERT_VERIFIED: N_("전문가 확인 완료"),
    Event.PROFILE_RETURNED: N_("전문가 등록 보완요청"),
    Event.EXPERT_SUSPENDED: N_("전문가 확인 취소"),
    Event.EXPERT_PAUSED: N_("활동 일시중지"),
    Event.EXPERT_RESUMED: N_("활동 재개"),
    Event.CASE_OPENED: N_("매칭 시작"),
    Event.CANDIDATES_RELEASED: N_("후보 추천"),
    Event.CANDIDATE_FOUND: N_("기업이 전문가를 직접 지정"),
    Event.PREFERENCES_STATED: N_("희망순위 제출"),
    Event.CANDIDATES_REFUSED: N_("추천 후보 모두 거절"),
    Event.OFFER_MADE: N_("전문가에게 제안"),
    Event.OFFER_REMINDED: N_("회신 요청 알림"),
    Event.OFFER_ACCEPTED: N_("전문가 수락"),
    Event.OFFER_DECLINED: N_("전문가 거절"),
    Event.OFFER_EXPIRED: N_("회신 기한 지남"),
    Event.MATCH_APPROVED_FIRST: N_("1차 승인"),
    Event.MATCH_APPROVED: N_("최종 승인"),
    Event.MATCH_RETURNED: N_("1차 승인 단계로 반려"),
    Event.MATCH_REJECTED: N_("매칭 반려"),
    Event.MATCH_OVERRIDDEN: N_("사유를 남긴 예외 제안"),
    Event.CASE_WITHDRAWN: N_("매칭 취소"),
    Event.CASE_STOPPED: N_("매칭 중단"),
    Event.CASE_REMINDED: N_("처리 요청 알림"),
    Event.ROWS_IMPORTED: N_("자료 가져오기"),
    Event.IMPORT_STARTED: N_("가져오기 파일 접수"),
    Event.IMPORT_CHECKED: N_("가져오기 점검 완료"),
    Event.IMPORT_DISCARDED: N_("가져오기 취소"),
    Event.LIST_EXPORTED: N_("목록 내려받기"),
    Event.PERSONAL_DATA_SEEN: N_("개인정보 열람"),
    Event.MAIL_DELIVERED: N_("메일 발송"),
    Event.MAIL_FAILED: N_("메일 발송 실패"),
    Event.MAIL_RETRIED: N_("메일 재발송"),
    Event.NOTICE_READ: N_("알림 확인"),
    Event.JOB_QUEUED: N_("작업 등록"),
    Event.JOB_CLAIMED: N_("작업 시작"),
    Event.JOB_PROGRESSED: N_("작업 진행"),
    Event.JOB_DONE: N_("작업 완료"),
    Event.JOB_FAILED: N_("작업 실패"),
    Event.JOB_RETRIED: N_("작업 다시 실행"),
    Event.DEMO_BUILT: N_("시연 자료 생성"),
    Event.SIGN_IN_TRIED: N_("로그인 시도"),
    Event.PASSWORD_CHECKED: N_("본인 확인, 로그인의 다음 단계 대기"),
    Event.SIGNED_UP_AGAIN: N_("이미 있는 계정으로 가입 시도"),
    Event.SESSIONS_ENDED: N_("모든 기기에서 로그아웃"),
    Event.ORGANISATION_SAVED: N_("기관 저장"),
    Event.REQUEST_CHECKED: N_("요건검토 점검 저장"),
    Event.SKILLS_CONFIRMED: N_("전문가 기술 확인"),
    Event.ROUND_SAVED: N_("매칭 회차 저장"),
    Event.ROUND_STARTED: N_("매칭 회차 계산 시작"),
    Event.ROUND_SOLVED: N_("매칭 회차 계산 완료"),
    Event.ROUND_FAILED: N_("매칭 회차 계산 실패"),
    Event.ROUND_CHANGED: N_("매칭 회차 직접 변경"),
    Event.ROUND_PUBLISHED: N_("매칭 회차 추천"),
    Event.ROUND_DISCARDED: N_("매칭 회차 폐기"),
    Event.WEIGHTS_PROPOSED: N_("가중치 제안"),
    Event.WEIGHTS_ADOPTED: N_("가중치 채택"),
    Event.WEIGHTS_REJECTED: N_("가중치를 채택하지 않음"),
    Event.FILE_KEPT: N_("파일 보관"),
    Event.LEDGER_OPENED: N_("기존 출연금을 원장으로 이관"),
    Event.MONEY_RECEIVED: N_("입금 등록"),
    Event.RECEIPT_CORRECTED: N_("입금 정정"),
    Event.MONEY_RETURNED: N_("반납"),
    Event.RECOVERY_ORDERED: N_("환수 결정"),
    Event.RECOVERY_RECEIVED: N_("환수금 입금"),
    Event.AGREEMENT_OPENED: N_("협약 작성 시작"),
    Event.AGREEMENT_SAVED: N_("협약 내용 저장"),
    Event.AGREEMENT_PROPOSED: N_("협약 서명 요청"),
    Event.AGREEMENT_SIGNED: N_("협약 서명"),
    Event.SIGNATURE_DECLINED: N_("협약 서명 거절"),
    Event.MENTORSHIP_PAUSED: N_("멘토링 일시중지"),
    Event.MENTORSHIP_RESUMED: N_("멘토링 재개"),
    Event.EXPERT_REPLACED: N_("전문가 교체"),
    Event.VISITS_FINISHED: N_("방문 종료"),
    Event.COMPLETION_REPORTED: N_("완료보고 제출"),
    Event.REPORT_RETURNED: N_("완료보고 보완요청"),
    Event.FINAL_CHECK_PASSED: N_("최종점검 완료"),
    Event.MENTORSHIP_SETTLED: N_("정산 완료"),
    Event.MENTORSHIP_STOPPED: N_("멘토링 중단"),
    Event.CHANGE_REQUESTED: N_("협약변경 신청"),
    Event.CHANGE_AGREED: N_("협약변경 동의"),
    Event.CHANGE_REFUSED: N_("협약변경 동의 거절"),
    Event.CHANGE_WITHDRAWN: N_("협약변경 신청 취소"),
    Event.CHANGE_APPROVED: N_("협약변경 승인"),
    Event.CHANGE_REJECTED: N_("협약변경 반려"),
    Event.VISIT_LOGGED: N_("방문일지 제출"),
    Event.VISIT_CORRECTED: N_("방문일지 수정"),
    Event.VISIT_CONFIRMED: N_("방문 확인"),
    Event.VISIT_DISPUTED: N_("방문 이의"),
    Event.VISIT_REVIEWED: N_("방문 검토 완료"),
    Event.VISIT_RETURNED: N_("방문일지 보완요청"),
    Event.VISIT_REFUSED: N_("방문 불인정"),
    Event.VISIT_WITHDRAWN: N_("방문일지 취소"),
    Event.VISIT_REMINDED: N_("방문 확인 요청 알림"),
    Event.DOCUMENT_PRINTED: N_("문서 생성"),
    Event.FEED_OPENED: N_("달력 주소 만듦"),
    Event.FEED_CLOSED: N_("달력 주소 없앰"),
    Event.OUTCOME_ENTERED: N_("성과값 입력"),
    Event.OUTCOME_ANSWERED: N_("성과값 소명"),
    Event.OUTCOME_QUESTIONED: N_("성과값 소명 요청"),
    Event.OUTCOME_VERIFIED: N_("성과값 확인"),
    Event.OUTCOME_REFUSED: N_("성과값 불인정"),
    Event.CARD_SAVED: N_("사례 저장"),
    Event.CARD_SUBMITTED: N_("사례 제출"),
    Event.CARD_RETURNED: N_("사례 보완요청"),
    Event.CARD_PUBLISHED: N_("사례 공개"),
    Event.CARD_TAKEN_DOWN: N_("사례 공개 중지"),
}
