"""The machine of a visit as a table: TRANSITIONS[state][verb] is the next state.

Beside it stand who may do a verb, as what it is recorded, and who is told. The diagram in docs/ is printed
from these tables. What is paid for an accepted visit is told by its claim, not here.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class VisitState(StrEnum):
    """Where a visit stands."""

    LOGGED = "logged"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"  # the firm says it was not so
    RETURNED = "returned"  # by the operator, to be corrected
    REFUSED = "refused"  # by the operator, for good
    WITHDRAWN = "withdrawn"  # by the expert


STATE_LABELS = {
    VisitState.LOGGED: N_("기업 확인 대기"),
    VisitState.CONFIRMED: N_("운영기관 검토 대기"),
    VisitState.ACCEPTED: N_("인정됨"),
    VisitState.DISPUTED: N_("기업 이의"),
    VisitState.RETURNED: N_("보완요청됨"),
    VisitState.REFUSED: N_("불인정됨"),
    VisitState.WITHDRAWN: N_("취소됨"),
}
TONES = {  # of the badge
    VisitState.LOGGED: "information",
    VisitState.CONFIRMED: "primary",
    VisitState.ACCEPTED: "success",
    VisitState.DISPUTED: "danger",
    VisitState.RETURNED: "information",
    VisitState.REFUSED: "danger",
    VisitState.WITHDRAWN: "gray",
}
HOLDER = {  # who holds a visit now
    VisitState.LOGGED: N_("기업"),
    VisitState.CONFIRMED: N_("운영기관"),
    VisitState.DISPUTED: N_("전문가"),
    VisitState.RETURNED: N_("전문가"),
}
#: Visits that stand in the way of another one at the same time.
STANDING = (
    VisitState.LOGGED,
    VisitState.CONFIRMED,
    VisitState.ACCEPTED,
    VisitState.DISPUTED,
    VisitState.RETURNED,
)

S = VisitState
TRANSITIONS: dict[VisitState, dict[str, VisitState]] = {
    S.LOGGED: {
        "correct": S.LOGGED,
        "confirm": S.CONFIRMED,
        "dispute": S.DISPUTED,
        "confirm_for_firm": S.CONFIRMED,
        "remind_firm": S.LOGGED,
        "withdraw": S.WITHDRAWN,
    },
    S.CONFIRMED: {"accept": S.ACCEPTED, "return": S.RETURNED, "refuse": S.REFUSED},
    S.DISPUTED: {"correct": S.LOGGED, "refuse": S.REFUSED, "withdraw": S.WITHDRAWN},
    S.RETURNED: {"correct": S.LOGGED, "refuse": S.REFUSED, "withdraw": S.WITHDRAWN},
    S.ACCEPTED: {},
    S.REFUSED: {},
    S.WITHDRAWN: {},
}
WHO: dict[str, Permission | None] = {  # None: the system, when a deadline has passed
    "log": Permission.LOG_VISIT,
    "correct": Permission.LOG_VISIT,
    "withdraw": Permission.LOG_VISIT,
    "confirm": Permission.CONFIRM_VISIT,
    "dispute": Permission.CONFIRM_VISIT,
    "confirm_for_firm": Permission.REVIEW_VISIT,
    "remind_firm": None,
    "accept": Permission.REVIEW_VISIT,
    "return": Permission.REVIEW_VISIT,
    "refuse": Permission.REVIEW_VISIT,
}
RECORDED_AS: dict[str, Event] = {
    "log": Event.VISIT_LOGGED,
    "correct": Event.VISIT_CORRECTED,
    "withdraw": Event.VISIT_WITHDRAWN,
    "confirm": Event.VISIT_CONFIRMED,
    "dispute": Event.VISIT_DISPUTED,
    "confirm_for_firm": Event.VISIT_CONFIRMED_FOR_FIRM,
    "remind_firm": Event.VISIT_REMINDED,
    "accept": Event.VISIT_REVIEWED,
    "return": Event.VISIT_RETURNED,
    "refuse": Event.VISIT_REFUSED,
}
TOLD: dict[str, tuple[str, ...]] = {  # whom a verb is told; wording in visits/wording.py
    "log": ("firm",),
    "correct": ("firm",),
    "withdraw": ("firm",),
    "confirm": ("expert", "operator"),
    "dispute": ("expert", "operator"),
    "confirm_for_firm": ("expert", "firm"),
    "remind_firm": ("firm",),
    "accept": ("expert",),
    "return": ("expert",),
    "refuse": ("expert", "firm"),
}


def next_state(state: VisitState, verb: str) -> VisitState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[VisitState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[VisitState(state)],
        )
    return after
