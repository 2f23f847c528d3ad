"""The machine of a step of the course, as tables: TRANSITIONS[state][verb] is the next state."""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class StepKind(StrEnum):
    """What a step is."""

    KICKOFF = "kickoff"
    MONTHLY = "monthly"
    MIDTERM = "midterm"
    FOLLOWUP = "followup"


class StepState(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    ANSWERED = "answered"  # by everyone who was asked; the operator decides or reads
    CLOSED = "closed"


class Decision(StrEnum):
    """What the operator decides about a step."""

    GO_ON = "go_on"
    CONDITIONS = "conditions"
    STOP = "stop"  # the mentorship is to be stopped or its expert replaced


KIND_LABELS = {
    StepKind.KICKOFF: N_("착수회의"),
    StepKind.MONTHLY: N_("월간보고"),
    StepKind.MIDTERM: N_("중간점검"),
    StepKind.FOLLOWUP: N_("사후관리"),
}
STATE_LABELS = {
    StepState.OPEN: N_("답변 대기"),
    StepState.ANSWERED: N_("확인 대기"),
    StepState.CLOSED: N_("마침"),
}
TONES = {StepState.OPEN: "information", StepState.ANSWERED: "primary", StepState.CLOSED: "gray"}
DECISION_LABELS = {
    Decision.GO_ON: N_("계속"),
    Decision.CONDITIONS: N_("조건부 계속"),
    Decision.STOP: N_("중단 또는 전문가 교체 검토"),
}
HOLDER = {StepState.OPEN: N_("답하지 않은 당사자"), StepState.ANSWERED: N_("운영기관")}

S = StepState
TRANSITIONS: dict[StepState, dict[str, StepState]] = {
    S.OPEN: {"answer": S.OPEN, "answer_last": S.ANSWERED, "complete": S.CLOSED},
    S.ANSWERED: {"decide": S.CLOSED, "return": S.OPEN},
    S.CLOSED: {},
}
WHO: dict[str, Permission | None] = {
    "answer": Permission.ANSWER_STEP,
    "answer_last": Permission.ANSWER_STEP,
    "complete": Permission.ANSWER_STEP,  # the last answer, where nobody has to decide
    "decide": Permission.RUN_MENTORSHIP,
    "return": Permission.RUN_MENTORSHIP,
}
RECORDED_AS: dict[str, Event] = {
    "answer": Event.STEP_ANSWERED,
    "answer_last": Event.STEP_ANSWERED,
    "complete": Event.STEP_ANSWERED,
    "decide": Event.STEP_DECIDED,
    "return": Event.STEP_RETURNED,
}
TOLD: dict[str, tuple[str, ...]] = {
    "answer": (),
    "answer_last": ("operator",),
    "complete": ("operator",),
    "decide": ("firm", "expert"),
    "return": ("asked",),
}


def next_state(state: StepState, verb: str) -> StepState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[StepState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[StepState(state)],
        )
    return after
