"""The machine of a card as a table: TRANSITIONS[state][verb] is the next state."""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class CardState(StrEnum):
    """Where a card stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"


STATE_LABELS = {
    CardState.DRAFT: N_("작성중"),
    CardState.SUBMITTED: N_("공개 검토 대기"),
    CardState.PUBLISHED: N_("공개됨"),
}
TONES = {CardState.DRAFT: "gray", CardState.SUBMITTED: "information", CardState.PUBLISHED: "success"}
HOLDER = {CardState.DRAFT: N_("작성자"), CardState.SUBMITTED: N_("운영기관")}

S = CardState
TRANSITIONS: dict[CardState, dict[str, CardState]] = {
    S.DRAFT: {"save": S.DRAFT, "submit": S.SUBMITTED},
    S.SUBMITTED: {"return": S.DRAFT, "publish": S.PUBLISHED},
    S.PUBLISHED: {"take_down": S.SUBMITTED},
}
WHO: dict[str, Permission] = {
    "save": Permission.WRITE_CARD,
    "submit": Permission.WRITE_CARD,
    "return": Permission.PUBLISH_CARD,
    "publish": Permission.PUBLISH_CARD,
    "take_down": Permission.PUBLISH_CARD,
}
RECORDED_AS: dict[str, Event] = {
    "save": Event.CARD_SAVED,
    "submit": Event.CARD_SUBMITTED,
    "return": Event.CARD_RETURNED,
    "publish": Event.CARD_PUBLISHED,
    "take_down": Event.CARD_TAKEN_DOWN,
}
TOLD: dict[str, tuple[str, ...]] = {  # whom a verb is told; wording in cards/wording.py
    "save": (),
    "submit": (),  # the operator's list shows it
    "return": ("author",),
    "publish": ("author",),
    "take_down": ("author",),
}


def next_state(state: CardState, verb: str) -> CardState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[CardState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[CardState(state)],
        )
    return after
