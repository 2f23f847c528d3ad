"""The machines of a mentorship and of a change to its agreement, as tables: TRANSITIONS[state][verb] is the next state.

Beside them stand who may do a verb, as what it is recorded, and who is told. The diagrams in docs/ are printed
from these tables.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class MentorshipState(StrEnum):
    """Where a mentorship stands."""

    DRAFTING = "drafting"
    SIGNING = "signing"
    RUNNING = "running"
    PAUSED = "paused"
    REPORTING = "reporting"
    CHECKING = "checking"
    SETTLING = "settling"
    CLOSED = "closed"
    STOPPED = "stopped"


class ChangeState(StrEnum):
    """Where a request to change a signed agreement stands."""

    REQUESTED = "requested"
    AGREED = "agreed"  # by the other party
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """Who signs an agreement."""

    FIRM = "firm"
    EXPERT = "expert"
    OPERATOR = "operator"


STATE_LABELS = {
    MentorshipState.DRAFTING: N_("협약 작성중"),
    MentorshipState.SIGNING: N_("서명 대기"),
    MentorshipState.RUNNING: N_("수행중"),
    MentorshipState.PAUSED: N_("일시중지됨"),
    MentorshipState.REPORTING: N_("완료보고 대기"),
    MentorshipState.CHECKING: N_("최종점검 대기"),
    MentorshipState.SETTLING: N_("정산 대기"),
    MentorshipState.CLOSED: N_("종료됨"),
    MentorshipState.STOPPED: N_("중단됨"),
}
CHANGE_LABELS = {
    ChangeState.REQUESTED: N_("상대방 동의 대기"),
    ChangeState.AGREED: N_("승인 대기"),
    ChangeState.APPROVED: N_("승인됨"),
    ChangeState.REJECTED: N_("반려됨"),
    ChangeState.WITHDRAWN: N_("취소됨"),
}
PARTY_LABELS = {
    Party.FIRM: N_("기업"),
    Party.EXPERT: N_("전문가"),
    Party.OPERATOR: N_("운영기관"),
}
HOLDER = {  # who holds a mentorship now
    MentorshipState.DRAFTING: N_("운영기관"),
    MentorshipState.SIGNING: N_("서명하지 않은 당사자"),
    MentorshipState.RUNNING: N_("전문가와 기업"),
    MentorshipState.PAUSED: N_("운영기관"),
    MentorshipState.REPORTING: N_("전문가와 기업"),
    MentorshipState.CHECKING: N_("운영기관"),
    MentorshipState.SETTLING: N_("운영기관"),
}

S = MentorshipState
TRANSITIONS: dict[MentorshipState, dict[str, MentorshipState]] = {
    S.DRAFTING: {"save": S.DRAFTING, "propose": S.SIGNING, "stop": S.STOPPED},
    S.SIGNING: {"sign": S.SIGNING, "sign_last": S.RUNNING, "decline": S.DRAFTING, "stop": S.STOPPED},
    S.RUNNING: {
        "pause": S.PAUSED,
        "replace": S.SIGNING,
        "finish": S.REPORTING,
        "stop": S.STOPPED,
    },
    S.PAUSED: {"resume": S.RUNNING, "replace": S.SIGNING, "stop": S.STOPPED},
    S.REPORTING: {"report": S.CHECKING, "stop": S.STOPPED},
    S.CHECKING: {"return_report": S.REPORTING, "pass_check": S.SETTLING},
    S.SETTLING: {"settle": S.CLOSED},
    S.CLOSED: {},
    S.STOPPED: {},
}
WHO: dict[str, Permission | None] = {  # None: the system, when the term is over
    "save": Permission.EDIT_AGREEMENT,
    "propose": Permission.PROPOSE_AGREEMENT,
    "sign": Permission.SIGN_AGREEMENT,
    "sign_last": Permission.SIGN_AGREEMENT,
    "decline": Permission.SIGN_AGREEMENT,
    "pause": Permission.RUN_MENTORSHIP,
    "resume": Permission.RUN_MENTORSHIP,
    "replace": Permission.RUN_MENTORSHIP,
    "finish": None,
    "report": Permission.REPORT_COMPLETION,
    "return_report": Permission.RUN_MENTORSHIP,
    "pass_check": Permission.RUN_MENTORSHIP,
    "settle": Permission.RUN_MENTORSHIP,
    "stop": Permission.RUN_MENTORSHIP,
}
RECORDED_AS: dict[str, Event] = {
    "save": Event.AGREEMENT_SAVED,
    "propose": Event.AGREEMENT_PROPOSED,
    "sign": Event.AGREEMENT_SIGNED,
    "sign_last": Event.AGREEMENT_SIGNED,
    "decline": Event.SIGNATURE_DECLINED,
    "pause": Event.MENTORSHIP_PAUSED,
    "resume": Event.MENTORSHIP_RESUMED,
    "replace": Event.EXPERT_REPLACED,
    "finish": Event.VISITS_FINISHED,
    "report": Event.COMPLETION_REPORTED,
    "return_report": Event.REPORT_RETURNED,
    "pass_check": Event.FINAL_CHECK_PASSED,
    "settle": Event.MENTORSHIP_SETTLED,
    "stop": Event.MENTORSHIP_STOPPED,
}
TOLD: dict[str, tuple[str, ...]] = {  # whom a verb is told; wording in mentorships/wording.py
    "save": (),
    "propose": ("firm", "expert"),
    "sign": ("unsigned",),
    "sign_last": ("firm", "expert", "operator"),
    "decline": ("firm", "expert", "operator"),
    "pause": ("firm", "expert"),
    "resume": ("firm", "expert"),
    "replace": ("firm", "expert", "former_expert"),
    "finish": ("firm", "expert", "operator"),
    "report": ("operator",),
    "return_report": ("firm", "expert"),
    "pass_check": ("firm", "expert"),
    "settle": ("firm", "expert", "ministry"),
    "stop": ("firm", "expert", "ministry"),
}

C = ChangeState
CHANGES: dict[ChangeState, dict[str, ChangeState]] = {
    C.REQUESTED: {
        "agree_first": C.REQUESTED,  # the operator asked, and one of firm and expert has answered
        "agree": C.AGREED,
        "refuse": C.REJECTED,
        "withdraw": C.WITHDRAWN,
    },
    C.AGREED: {"approve": C.APPROVED, "reject": C.REJECTED, "withdraw": C.WITHDRAWN},
    C.APPROVED: {},
    C.REJECTED: {},
    C.WITHDRAWN: {},
}
CHANGE_WHO: dict[str, Permission] = {
    "request": Permission.REQUEST_CHANGE,
    "agree_first": Permission.REQUEST_CHANGE,
    "agree": Permission.REQUEST_CHANGE,  # of the party that did not ask
    "refuse": Permission.REQUEST_CHANGE,
    "withdraw": Permission.REQUEST_CHANGE,  # of the party that asked
    "approve": Permission.APPROVE_CHANGE,
    "reject": Permission.APPROVE_CHANGE,
}
CHANGE_RECORDED_AS: dict[str, Event] = {
    "request": Event.CHANGE_REQUESTED,
    "agree_first": Event.CHANGE_AGREED,
    "agree": Event.CHANGE_AGREED,
    "refuse": Event.CHANGE_REFUSED,
    "withdraw": Event.CHANGE_WITHDRAWN,
    "approve": Event.CHANGE_APPROVED,
    "reject": Event.CHANGE_REJECTED,
}
CHANGE_TOLD: dict[str, tuple[str, ...]] = {
    "request": ("other_party",),
    "agree_first": ("other_party",),
    "agree": ("operator", "asking_party"),
    "refuse": ("asking_party",),
    "withdraw": ("other_party",),
    "approve": ("firm", "expert"),
    "reject": ("firm", "expert"),
}


def next_state(state: MentorshipState, verb: str) -> MentorshipState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[MentorshipState(state)].get(verb)
    if after is None:
        raise _unknown(STATE_LABELS[MentorshipState(state)])
    return after


def next_change_state(state: ChangeState, verb: str) -> ChangeState:
    """Where a verb on a change request leads; RuleBroken (conflict) when its state does not know it."""
    after = CHANGES[ChangeState(state)].get(verb)
    if after is None:
        raise _unknown(CHANGE_LABELS[ChangeState(state)])
    return after


def _unknown(label: str) -> RuleBroken:
    return RuleBroken(
        N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
        conflict=True,
        state=label,
    )
