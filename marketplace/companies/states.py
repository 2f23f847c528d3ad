"""The life of a request as a table: TRANSITIONS[state][verb] is the next state; all else is refused."""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken


class RequestState(StrEnum):
    """Where a request stands until it is eligible."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKING = "checking"
    RETURNED = "returned"
    INELIGIBLE = "ineligible"
    OBJECTED = "objected"
    ELIGIBLE = "eligible"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"  # by the operator, with its case


STATE_LABELS = {
    RequestState.DRAFT: N_("작성중"),
    RequestState.SUBMITTED: N_("접수 완료"),
    RequestState.CHECKING: N_("요건검토 중"),
    RequestState.RETURNED: N_("보완 요청됨"),
    RequestState.INELIGIBLE: N_("부적격"),
    RequestState.OBJECTED: N_("이의신청 검토 중"),
    RequestState.ELIGIBLE: N_("적격"),
    RequestState.WITHDRAWN: N_("취소됨"),
    RequestState.STOPPED: N_("중단됨"),
}

S = RequestState
TRANSITIONS: dict[RequestState, dict[str, RequestState]] = {
    S.DRAFT: {"save": S.DRAFT, "submit": S.SUBMITTED, "withdraw": S.WITHDRAWN},
    S.SUBMITTED: {"take": S.CHECKING, "withdraw": S.WITHDRAWN},
    S.CHECKING: {
        "return": S.RETURNED,
        "find_eligible": S.ELIGIBLE,
        "find_ineligible": S.INELIGIBLE,
        "withdraw": S.WITHDRAWN,
    },
    S.RETURNED: {"save": S.RETURNED, "submit": S.SUBMITTED, "withdraw": S.WITHDRAWN},
    S.INELIGIBLE: {"object": S.OBJECTED},
    S.OBJECTED: {"uphold": S.INELIGIBLE, "reopen": S.CHECKING, "withdraw": S.WITHDRAWN},
    S.ELIGIBLE: {"withdraw": S.WITHDRAWN, "stop": S.STOPPED},
    S.WITHDRAWN: {},
    S.STOPPED: {},
}
#: States in which the operator must act by ``check_due_at``, and those in which the firm may answer.
OPERATOR_HOLDS_IN = (S.SUBMITTED, S.CHECKING, S.OBJECTED)
FIRM_ANSWERS_IN = (S.RETURNED, S.INELIGIBLE)
#: A firm has one request at a time: these count.
OPEN_STATES = (S.SUBMITTED, S.CHECKING, S.RETURNED, S.OBJECTED, S.ELIGIBLE)
HOLDER = {  # who has to act now
    S.DRAFT: N_("기업"),
    S.SUBMITTED: N_("운영기관"),
    S.CHECKING: N_("운영기관"),
    S.RETURNED: N_("기업"),
    S.OBJECTED: N_("운영기관"),
}
WHO: dict[str, Permission] = {
    "save": Permission.EDIT_REQUEST,
    "submit": Permission.EDIT_REQUEST,
    "withdraw": Permission.EDIT_REQUEST,
    "object": Permission.EDIT_REQUEST,
    "take": Permission.CHECK_REQUEST,
    "return": Permission.CHECK_REQUEST,
    "find_eligible": Permission.CHECK_REQUEST,
    "find_ineligible": Permission.CHECK_REQUEST,
    "stop": Permission.STOP_CASE,  # within the stopping of its case in matching
    "uphold": Permission.CHECK_REQUEST,
    "reopen": Permission.CHECK_REQUEST,
}


def next_state(state: RequestState, verb: str) -> RequestState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[RequestState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[RequestState(state)],
        )
    return after
