"""Who may do what: roles, permissions, and the one table that joins them.

``may(user, permission, thing)`` is the only question; templates, views and actions all ask it.
A thing that belongs to somebody says so itself: ``thing.belongs_to(user)``; a thing of a programme says
``thing.operated_by(user)``. Not yours is answered with *not found*, not allowed at all with *forbidden*.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marketplace.errors import N_, NotAllowed, NotFound


class Role(StrEnum):
    """What a person is on the site. One person, one role; two hats are two accounts."""

    COMPANY = "company"
    EXPERT = "expert"
    OPERATOR = "operator"
    MINISTRY = "ministry"
    SPONSOR = "sponsor"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLE_LABELS = {
    Role.COMPANY: N_("기업"),
    Role.EXPERT: N_("전문가"),
    Role.OPERATOR: N_("운영기관"),
    Role.MINISTRY: N_("중소벤처기업부"),
    Role.SPONSOR: N_("참여 대기업"),
    Role.AUDITOR: N_("감사"),
    Role.ADMIN: N_("시스템 관리자"),
}
ROLE_DESCRIPTIONS = {
    Role.COMPANY: N_("멘토링을 신청하고, 추천된 전문가에게 희망순위를 정합니다."),
    Role.EXPERT: N_("경력과 기술을 등록하고, 제안을 수락하거나 거절합니다."),
    Role.OPERATOR: N_("신청 요건과 전문가를 확인하고, 후보를 추천하고, 1차 승인을 합니다."),
    Role.MINISTRY: N_("1차 승인된 매칭을 최종 승인하거나 반려합니다."),
    Role.SPONSOR: N_("출연한 사업의 진행 현황을 봅니다."),
    Role.AUDITOR: N_("모든 결정과 기록을 열람합니다. 바꾸지는 못합니다."),
    Role.ADMIN: N_("계정, 기준정보, 메일, 작업을 관리합니다. 매칭은 결정하지 않습니다."),
}
STAFF = frozenset({Role.OPERATOR, Role.MINISTRY, Role.AUDITOR, Role.ADMIN})


class Permission(StrEnum):
    """One thing that can be allowed."""

    EDIT_COMPANY = "edit_company"
    EDIT_REQUEST = "edit_request"
    SEE_REQUEST = "see_request"
    CHECK_REQUEST = "check_request"
    EDIT_PROFILE = "edit_profile"
    SEE_EXPERT = "see_expert"
    VERIFY_EXPERT = "verify_expert"
    FIND_EXPERT = "find_expert"
    SEE_CASE = "see_case"
    RELEASE_CANDIDATES = "release_candidates"
    STATE_PREFERENCES = "state_preferences"
    ANSWER_OFFER = "answer_offer"
    APPROVE_FIRST = "approve_first"
    APPROVE_FINAL = "approve_final"
    OVERRIDE_MATCH = "override_match"
    STOP_CASE = "stop_case"
    SEE_QUEUE = "see_queue"
    SEE_ROUND = "see_round"
    RUN_ROUND = "run_round"
    PUBLISH_ROUND = "publish_round"
    SEE_PROGRAMME = "see_programme"
    EDIT_PROGRAMME = "edit_programme"
    EDIT_REFERENCE = "edit_reference"
    IMPORT_ROWS = "import_rows"
    EXPORT_LISTS = "export_lists"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"
    SEE_MAIL = "see_mail"
    SEE_CONTRIBUTION = "see_contribution"
    SEE_LEARNING = "see_learning"
    DECIDE_WEIGHTS = "decide_weights"
    KEEP_FILE = "keep_file"
    WRITE_MESSAGE = "write_message"
    SEE_LEDGER = "see_ledger"
    MOVE_MONEY = "move_money"
    SEE_MENTORSHIP = "see_mentorship"
    EDIT_AGREEMENT = "edit_agreement"
    PROPOSE_AGREEMENT = "propose_agreement"
    SIGN_AGREEMENT = "sign_agreement"
    RUN_MENTORSHIP = "run_mentorship"
    REPORT_COMPLETION = "report_completion"
    ANSWER_STEP = "answer_step"
    REQUEST_CHANGE = "request_change"
    APPROVE_CHANGE = "approve_change"
    LOG_VISIT = "log_visit"
    CONFIRM_VISIT = "confirm_visit"
    REVIEW_VISIT = "review_visit"
    ENTER_OUTCOME = "enter_outcome"
    VERIFY_OUTCOME = "verify_outcome"
    WRITE_CARD = "write_card"
    PUBLISH_CARD = "publish_card"
    SEE_PAYMENT = "see_payment"
    APPROVE_PAYMENT = "approve_payment"


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "own"  # things that belong to the user or the user's organisation
    PROGRAMME = "programme"  # things of the programmes that the user's organisation runs
    ALL = "all"


_P, _S = Permission, Scope
GRANTS: dict[Role, dict[Permission, Scope]] = {
    Role.COMPANY: {
        _P.EDIT_COMPANY: _S.OWN,
        _P.EDIT_REQUEST: _S.OWN,
        _P.SEE_REQUEST: _S.OWN,
        _P.SEE_CASE: _S.OWN,
        _P.FIND_EXPERT: _S.ALL,
        _P.STATE_PREFERENCES: _S.OWN,
        _P.KEEP_FILE: _S.OWN,
        _P.WRITE_MESSAGE: _S.OWN,
        _P.SEE_MENTORSHIP: _S.OWN,
        _P.EDIT_AGREEMENT: _S.OWN,
        _P.SIGN_AGREEMENT: _S.OWN,
        _P.REPORT_COMPLETION: _S.OWN,
        _P.ANSWER_STEP: _S.OWN,
        _P.REQUEST_CHANGE: _S.OWN,
        _P.CONFIRM_VISIT: _S.OWN,
        _P.ENTER_OUTCOME: _S.OWN,
        _P.WRITE_CARD: _S.OWN,
    },
    Role.EXPERT: {
        _P.EDIT_PROFILE: _S.OWN,
        _P.ANSWER_OFFER: _S.OWN,
        _P.KEEP_FILE: _S.OWN,
        _P.WRITE_MESSAGE: _S.OWN,
        _P.SEE_MENTORSHIP: _S.OWN,
        _P.EDIT_AGREEMENT: _S.OWN,
        _P.SIGN_AGREEMENT: _S.OWN,
        _P.REPORT_COMPLETION: _S.OWN,
        _P.ANSWER_STEP: _S.OWN,
        _P.REQUEST_CHANGE: _S.OWN,
        _P.LOG_VISIT: _S.OWN,
        _P.ENTER_OUTCOME: _S.OWN,
        _P.WRITE_CARD: _S.OWN,
    },
    Role.OPERATOR: {
        _P.SEE_REQUEST: _S.PROGRAMME,
        _P.CHECK_REQUEST: _S.PROGRAMME,
        _P.SEE_EXPERT: _S.ALL,
        _P.VERIFY_EXPERT: _S.ALL,
        _P.SEE_CASE: _S.PROGRAMME,
        _P.SEE_QUEUE: _S.ALL,
        _P.RELEASE_CANDIDATES: _S.PROGRAMME,
        _P.APPROVE_FIRST: _S.PROGRAMME,
        _P.OVERRIDE_MATCH: _S.PROGRAMME,
        _P.STOP_CASE: _S.PROGRAMME,
        _P.SEE_ROUND: _S.PROGRAMME,
        _P.RUN_ROUND: _S.PROGRAMME,
        _P.PUBLISH_ROUND: _S.PROGRAMME,
        _P.SEE_PROGRAMME: _S.PROGRAMME,
        _P.SEE_LEARNING: _S.PROGRAMME,
        _P.EDIT_REFERENCE: _S.ALL,
        _P.IMPORT_ROWS: _S.OWN,
        _P.EXPORT_LISTS: _S.ALL,
        _P.KEEP_FILE: _S.OWN,
        _P.WRITE_MESSAGE: _S.PROGRAMME,
        _P.SEE_MENTORSHIP: _S.PROGRAMME,
        _P.EDIT_AGREEMENT: _S.PROGRAMME,
        _P.PROPOSE_AGREEMENT: _S.PROGRAMME,
        _P.SIGN_AGREEMENT: _S.PROGRAMME,
        _P.RUN_MENTORSHIP: _S.PROGRAMME,
        _P.REQUEST_CHANGE: _S.PROGRAMME,
        _P.APPROVE_CHANGE: _S.PROGRAMME,
        _P.REVIEW_VISIT: _S.PROGRAMME,
        _P.VERIFY_OUTCOME: _S.PROGRAMME,
        _P.PUBLISH_CARD: _S.PROGRAMME,
    },
    Role.MINISTRY: {
        _P.SEE_REQUEST: _S.PROGRAMME,
        _P.SEE_EXPERT: _S.ALL,
        _P.SEE_CASE: _S.PROGRAMME,
        _P.SEE_QUEUE: _S.ALL,
        _P.APPROVE_FINAL: _S.PROGRAMME,
        _P.SEE_ROUND: _S.PROGRAMME,
        _P.SEE_PROGRAMME: _S.PROGRAMME,
        _P.EDIT_PROGRAMME: _S.PROGRAMME,
        _P.SEE_LEARNING: _S.PROGRAMME,
        _P.DECIDE_WEIGHTS: _S.PROGRAMME,
        _P.EXPORT_LISTS: _S.ALL,
        _P.SEE_AUDIT: _S.PROGRAMME,
        _P.KEEP_FILE: _S.OWN,
        _P.SEE_MENTORSHIP: _S.PROGRAMME,
    },
    Role.SPONSOR: {_P.SEE_CONTRIBUTION: _S.OWN},
    Role.AUDITOR: {
        _P.SEE_REQUEST: _S.ALL,
        _P.SEE_EXPERT: _S.ALL,
        _P.SEE_CASE: _S.ALL,
        _P.SEE_QUEUE: _S.ALL,
        _P.SEE_ROUND: _S.ALL,
        _P.SEE_PROGRAMME: _S.ALL,
        _P.SEE_LEARNING: _S.ALL,
        _P.EXPORT_LISTS: _S.ALL,
        _P.SEE_AUDIT: _S.ALL,
        _P.SEE_MENTORSHIP: _S.ALL,
    },
    Role.ADMIN: {
        _P.MANAGE_ACCOUNTS: _S.ALL,
        _P.EDIT_REFERENCE: _S.ALL,
        _P.EXPORT_LISTS: _S.ALL,
        _P.SEE_PROGRAMME: _S.ALL,
        _P.SEE_MAIL: _S.ALL,
        _P.SEE_AUDIT: _S.ALL,
    },
}

GRANTS[Role.OPERATOR] |= {_P.SEE_LEDGER: _S.PROGRAMME, _P.MOVE_MONEY: _S.PROGRAMME}
GRANTS[Role.MINISTRY] |= {_P.SEE_LEDGER: _S.PROGRAMME}
GRANTS[Role.AUDITOR] |= {_P.SEE_LEDGER: _S.ALL}
GRANTS[Role.COMPANY] |= {_P.SEE_PAYMENT: _S.OWN}
GRANTS[Role.EXPERT] |= {_P.SEE_PAYMENT: _S.OWN}
GRANTS[Role.OPERATOR] |= {_P.SEE_PAYMENT: _S.PROGRAMME, _P.APPROVE_PAYMENT: _S.PROGRAMME}
GRANTS[Role.MINISTRY] |= {_P.SEE_PAYMENT: _S.PROGRAMME}
GRANTS[Role.AUDITOR] |= {_P.SEE_PAYMENT: _S.ALL}


def scope_of(user: Any, permission: Permission) -> Scope | None:
    """How far the user's permission reaches; None: not at all (signed out, disabled or not granted)."""
    if user is None or not getattr(user, "is_active", False):
        return None
    return GRANTS[user.role].get(permission)


def may(user: Any, permission: Permission, thing: Any = None) -> bool:
    """Whether the user may do this, and to this thing when one is named."""
    scope = scope_of(user, permission)
    if scope is None:
        return False
    return thing is None or _reaches(scope, user, thing)


def _reaches(scope: Scope, user: Any, thing: Any) -> bool:
    if scope is Scope.ALL:
        return True
    if scope is Scope.PROGRAMME:
        return bool(thing.operated_by(user))
    return bool(thing.belongs_to(user))


def require(by: Any, permission: Permission, thing: Any = None) -> None:
    """Refuse unless ``by`` may. First line of every action.

    Raises NotAllowed when the role lacks the permission, NotFound when the thing is out of its reach.
    ``by`` None is the system itself (the worker, the command line), which may do everything.
    """
    if by is None:
        return
    scope = scope_of(by, permission)
    if scope is None:
        raise NotAllowed(permission)
    if thing is not None and not _reaches(scope, by, thing):
        raise NotFound(permission)
