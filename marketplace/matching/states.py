"""The match machine as a table: TRANSITIONS[state][verb] is the next state.

Beside it stand who may do a verb, as what it is recorded, and who is told. The diagram in docs/ is printed
from these tables.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class CaseState(StrEnum):
    """Where a case stands."""

    MATCHING = "matching"
    PROPOSED = "proposed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    FIRST_APPROVED = "first_approved"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"  # by the operator


class CandidateState(StrEnum):
    """Where one candidate of a case stands."""

    LISTED = "listed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUSED = "refused"  # by the firm
    REJECTED = "rejected"  # by staff
    LAPSED = "lapsed"  # another one was taken or asked instead, or the case ended


STATE_LABELS = {
    CaseState.MATCHING: N_("매칭중"),
    CaseState.PROPOSED: N_("후보 추천됨"),
    CaseState.OFFERED: N_("전문가 회신 대기"),
    CaseState.ACCEPTED: N_("1차 승인 대기"),
    CaseState.FIRST_APPROVED: N_("최종 승인 대기"),
    CaseState.APPROVED: N_("승인 완료"),
    CaseState.WITHDRAWN: N_("취소됨"),
    CaseState.STOPPED: N_("중단됨"),
}
TONES = {  # of the badge
    CaseState.MATCHING: "gray",
    CaseState.PROPOSED: "information",
    CaseState.OFFERED: "information",
    CaseState.ACCEPTED: "primary",
    CaseState.FIRST_APPROVED: "primary",
    CaseState.APPROVED: "success",
    CaseState.WITHDRAWN: "gray",
    CaseState.STOPPED: "danger",
}
CANDIDATE_LABELS = {
    CandidateState.LISTED: N_("추천됨"),
    CandidateState.OFFERED: N_("회신 대기"),
    CandidateState.ACCEPTED: N_("수락함"),
    CandidateState.DECLINED: N_("거절함"),
    CandidateState.EXPIRED: N_("기한 지남"),
    CandidateState.REFUSED: N_("기업이 거절함"),
    CandidateState.REJECTED: N_("반려됨"),
    CandidateState.LAPSED: N_("종료됨"),
}
HOLDER = {  # who holds a case now
    CaseState.MATCHING: N_("운영기관"),
    CaseState.PROPOSED: N_("기업"),
    CaseState.OFFERED: N_("전문가"),
    CaseState.ACCEPTED: N_("운영기관"),
    CaseState.FIRST_APPROVED: N_("중소벤처기업부"),
}
PLACE_HELD_IN = (CaseState.ACCEPTED, CaseState.FIRST_APPROVED, CaseState.APPROVED)
ENDED_EARLY = (CaseState.WITHDRAWN, CaseState.STOPPED)
OPEN_STATES = tuple(state for state in CaseState if state not in (CaseState.APPROVED, *ENDED_EARLY))

S = CaseState
TRANSITIONS: dict[CaseState, dict[str, CaseState]] = {
    S.MATCHING: {
        "release": S.PROPOSED,
        "nominate": S.PROPOSED,
        "override": S.OFFERED,
        "withdraw": S.WITHDRAWN,
        "stop": S.STOPPED,
    },
    S.PROPOSED: {
        "release": S.PROPOSED,
        "nominate": S.PROPOSED,
        "prefer": S.OFFERED,
        "refuse": S.MATCHING,
        "override": S.OFFERED,
        "remind_firm": S.PROPOSED,
        "withdraw": S.WITHDRAWN,
        "stop": S.STOPPED,
    },
    S.OFFERED: {
        "remind": S.OFFERED,
        "override": S.OFFERED,
        "accept": S.ACCEPTED,
        "decline": S.OFFERED,
        "decline_last": S.MATCHING,
        "expire": S.OFFERED,
        "expire_last": S.MATCHING,
        "withdraw": S.WITHDRAWN,
        "stop": S.STOPPED,
    },
    S.ACCEPTED: {
        "approve_first": S.FIRST_APPROVED,
        "reject": S.MATCHING,
        "remind_operator": S.ACCEPTED,
        "withdraw": S.WITHDRAWN,
        "stop": S.STOPPED,
    },
    S.FIRST_APPROVED: {
        "approve_final": S.APPROVED,
        "return": S.ACCEPTED,
        "reject_final": S.MATCHING,
        "remind_ministry": S.FIRST_APPROVED,
        "withdraw": S.WITHDRAWN,
        "stop": S.STOPPED,
    },
    S.APPROVED: {},
    S.WITHDRAWN: {},
    S.STOPPED: {},
}
WHO: dict[str, Permission | None] = {  # None: the system, when a deadline has passed
    "release": Permission.RELEASE_CANDIDATES,
    "nominate": Permission.STATE_PREFERENCES,
    "prefer": Permission.STATE_PREFERENCES,
    "refuse": Permission.STATE_PREFERENCES,
    "override": Permission.OVERRIDE_MATCH,
    "remind": None,
    "remind_firm": None,
    "remind_operator": None,
    "remind_ministry": None,
    "accept": Permission.ANSWER_OFFER,
    "decline": Permission.ANSWER_OFFER,
    "decline_last": Permission.ANSWER_OFFER,
    "expire": None,
    "expire_last": None,
    "approve_first": Permission.APPROVE_FIRST,
    "reject": Permission.APPROVE_FIRST,
    "approve_final": Permission.APPROVE_FINAL,
    "return": Permission.APPROVE_FINAL,
    "reject_final": Permission.APPROVE_FINAL,
    "withdraw": Permission.EDIT_REQUEST,  # of the request, whose case ends with it
    "stop": Permission.STOP_CASE,
}
RECORDED_AS: dict[str, Event] = {
    "release": Event.CANDIDATES_RELEASED,
    "nominate": Event.CANDIDATE_FOUND,
    "prefer": Event.PREFERENCES_STATED,
    "refuse": Event.CANDIDATES_REFUSED,
    "override": Event.MATCH_OVERRIDDEN,
    "remind": Event.OFFER_REMINDED,
    "remind_firm": Event.CASE_REMINDED,
    "remind_operator": Event.CASE_REMINDED,
    "remind_ministry": Event.CASE_REMINDED,
    "accept": Event.OFFER_ACCEPTED,
    "decline": Event.OFFER_DECLINED,
    "decline_last": Event.OFFER_DECLINED,
    "expire": Event.OFFER_EXPIRED,
    "expire_last": Event.OFFER_EXPIRED,
    "approve_first": Event.MATCH_APPROVED_FIRST,
    "reject": Event.MATCH_REJECTED,
    "approve_final": Event.MATCH_APPROVED,
    "return": Event.MATCH_RETURNED,
    "reject_final": Event.MATCH_REJECTED,
    "withdraw": Event.REQUEST_WITHDRAWN,
    "stop": Event.CASE_STOPPED,
}
TOLD: dict[str, tuple[str, ...]] = {  # whom a verb is told; wording in matching/wording.py
    "release": ("firm",),
    "nominate": ("operator",),
    "prefer": ("expert",),
    "refuse": ("operator",),
    "override": ("firm", "expert", "former_expert"),
    "remind": ("expert",),
    "remind_firm": ("firm",),
    "remind_operator": ("operator",),
    "remind_ministry": ("ministry",),
    "accept": ("firm", "operator"),
    "decline": ("firm", "next_expert"),
    "decline_last": ("firm", "operator"),
    "expire": ("firm", "expert", "next_expert"),
    "expire_last": ("firm", "expert", "operator"),
    "approve_first": ("ministry",),
    "reject": ("firm", "expert"),
    "approve_final": ("firm", "expert", "operator"),
    "return": ("operator",),
    "reject_final": ("firm", "expert", "operator"),
    "withdraw": ("expert",),  # the operator is told by the request
    "stop": ("firm", "expert", "asked_ministry"),
}

#: Who is reminded in which state, once while it lasts. Experts are reminded of their offer (``remind``).
REMINDED_IN: dict[CaseState, str] = {
    S.PROPOSED: "remind_firm",
    S.ACCEPTED: "remind_operator",
    S.FIRST_APPROVED: "remind_ministry",
}


def next_state(state: CaseState, verb: str) -> CaseState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[CaseState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[CaseState(state)],
        )
    return after
