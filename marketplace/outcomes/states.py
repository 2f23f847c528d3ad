"""The machine of a value that somebody entered, as a table; the same for figures and for business effects."""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class ValueState(StrEnum):
    """Where a value stands. Only verified ones count in any total."""

    ENTERED = "entered"
    QUESTIONED = "questioned"
    VERIFIED = "verified"
    REFUSED = "refused"


STATE_LABELS = {
    ValueState.ENTERED: N_("확인 대기"),
    ValueState.QUESTIONED: N_("소명 요청됨"),
    ValueState.VERIFIED: N_("확인됨"),
    ValueState.REFUSED: N_("인정하지 않음"),
}
TONES = {  # of the badge
    ValueState.ENTERED: "gray",
    ValueState.QUESTIONED: "information",
    ValueState.VERIFIED: "success",
    ValueState.REFUSED: "danger",
}
HOLDER = {  # who holds a value now
    ValueState.ENTERED: N_("운영기관"),
    ValueState.QUESTIONED: N_("입력한 사람"),
}

S = ValueState
TRANSITIONS: dict[ValueState, dict[str, ValueState]] = {
    S.ENTERED: {"question": S.QUESTIONED, "verify": S.VERIFIED, "refuse": S.REFUSED},
    S.QUESTIONED: {"answer": S.ENTERED, "refuse": S.REFUSED},
    S.VERIFIED: {"question": S.QUESTIONED},
    S.REFUSED: {},
}
WHO: dict[str, Permission] = {
    "enter": Permission.ENTER_OUTCOME,
    "answer": Permission.ENTER_OUTCOME,
    "question": Permission.VERIFY_OUTCOME,
    "verify": Permission.VERIFY_OUTCOME,
    "refuse": Permission.VERIFY_OUTCOME,
}
RECORDED_AS: dict[str, Event] = {
    "enter": Event.OUTCOME_ENTERED,
    "answer": Event.OUTCOME_ANSWERED,
    "question": Event.OUTCOME_QUESTIONED,
    "verify": Event.OUTCOME_VERIFIED,
    "refuse": Event.OUTCOME_REFUSED,
}
TOLD: dict[str, tuple[str, ...]] = {  # whom a verb is told; wording in outcomes/wording.py
    "enter": (),  # the operator's list shows it
    "answer": ("operator",),
    "question": ("author",),
    "verify": (),
    "refuse": ("author",),
}


def next_state(state: ValueState, verb: str) -> ValueState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[ValueState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[ValueState(state)],
        )
    return after
