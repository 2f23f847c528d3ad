"""The machine of a round as a table: TRANSITIONS[state][verb] is the next state.

Beside it stand who may do a verb and as what it is recorded. The diagram in docs/ is printed from these tables.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class RoundState(StrEnum):
    """Where a round stands."""

    DRAFT = "draft"
    RUNNING = "running"
    SOLVED = "solved"
    FAILED = "failed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


STATE_LABELS = {
    RoundState.DRAFT: N_("작성 중"),
    RoundState.RUNNING: N_("계산 중"),
    RoundState.SOLVED: N_("계산 완료"),
    RoundState.FAILED: N_("계산 실패"),
    RoundState.PUBLISHED: N_("추천 완료"),
    RoundState.DISCARDED: N_("폐기"),
}
TONES = {  # of the badge
    RoundState.DRAFT: "gray",
    RoundState.RUNNING: "information",
    RoundState.SOLVED: "primary",
    RoundState.FAILED: "danger",
    RoundState.PUBLISHED: "success",
    RoundState.DISCARDED: "gray",
}

S = RoundState
TRANSITIONS: dict[RoundState, dict[str, RoundState]] = {
    S.DRAFT: {"save": S.DRAFT, "run": S.RUNNING, "free": S.DRAFT, "discard": S.DISCARDED},
    S.RUNNING: {"solve": S.SOLVED, "fail": S.FAILED, "discard": S.DISCARDED},
    S.SOLVED: {
        "save": S.DRAFT,
        "run": S.RUNNING,
        "pin": S.SOLVED,
        "forbid": S.SOLVED,
        "give": S.SOLVED,
        "unserve": S.SOLVED,
        "free": S.SOLVED,
        "publish": S.PUBLISHED,
        "discard": S.DISCARDED,
    },
    S.FAILED: {"save": S.DRAFT, "run": S.RUNNING, "free": S.FAILED, "discard": S.DISCARDED},
    S.PUBLISHED: {"again": S.PUBLISHED},
    S.DISCARDED: {},
}
WHO: dict[str, Permission | None] = {  # None: the system, when the calculation ends
    "save": Permission.RUN_ROUND,
    "run": Permission.RUN_ROUND,
    "solve": None,
    "fail": None,
    "pin": Permission.RUN_ROUND,
    "forbid": Permission.RUN_ROUND,
    "give": Permission.RUN_ROUND,
    "unserve": Permission.RUN_ROUND,
    "free": Permission.RUN_ROUND,
    "publish": Permission.PUBLISH_ROUND,
    "discard": Permission.RUN_ROUND,
    "again": Permission.RUN_ROUND,
}
RECORDED_AS: dict[str, Event] = {
    "save": Event.ROUND_SAVED,
    "run": Event.ROUND_STARTED,
    "solve": Event.ROUND_SOLVED,
    "fail": Event.ROUND_FAILED,
    "pin": Event.ROUND_CHANGED,
    "forbid": Event.ROUND_CHANGED,
    "give": Event.ROUND_CHANGED,
    "unserve": Event.ROUND_CHANGED,
    "free": Event.ROUND_CHANGED,
    "publish": Event.ROUND_PUBLISHED,
    "discard": Event.ROUND_DISCARDED,
    "again": Event.ROUND_SAVED,
}
#: Changes of a pair by hand, as the pages name them.
CHANGE_LABELS = {
    "pin": N_("배정 고정"),
    "forbid": N_("배정 금지"),
    "give": N_("전문가 변경"),
    "unserve": N_("배정 제외"),
    "free": N_("고정·금지·제외 해제"),
}
CHANGES = tuple(CHANGE_LABELS)


def next_state(state: RoundState, verb: str) -> RoundState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[RoundState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[RoundState(state)],
        )
    return after
