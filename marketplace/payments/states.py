"""The machine of a claim as a table: TRANSITIONS[state][verb] is the next state.

Beside it stand who may do a verb, as what it is recorded, and who is told. The diagram in docs/ is printed from these
tables. What was approved is undone by no verb: money that was paid comes back by a recovery (환수) in the ledger.
"""

from __future__ import annotations

from enum import StrEnum

from marketplace.access import Permission
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


class ClaimState(StrEnum):
    """Where the pay for a visit is."""

    CLAIMED = "claimed"
    HELD = "held"  # set aside until something is cleared up
    APPROVED = "approved"
    ORDERED = "ordered"  # in an order to the bank
    PAID = "paid"
    REFUSED = "refused"


STATE_LABELS = {
    ClaimState.CLAIMED: N_("지급 승인 대기"),
    ClaimState.HELD: N_("지급 보류"),
    ClaimState.APPROVED: N_("지급 승인됨"),
    ClaimState.ORDERED: N_("지급 요청됨"),
    ClaimState.PAID: N_("지급됨"),
    ClaimState.REFUSED: N_("지급 불승인"),
}
TONES = {  # of the badge
    ClaimState.CLAIMED: "primary",
    ClaimState.HELD: "danger",
    ClaimState.APPROVED: "information",
    ClaimState.ORDERED: "information",
    ClaimState.PAID: "success",
    ClaimState.REFUSED: "gray",
}
#: Claims that will cost nothing more, or have cost what they cost.
DONE = (ClaimState.PAID, ClaimState.REFUSED)

S = ClaimState
TRANSITIONS: dict[ClaimState, dict[str, ClaimState]] = {
    S.CLAIMED: {"approve": S.APPROVED, "hold": S.HELD, "refuse": S.REFUSED},
    S.HELD: {"resume": S.CLAIMED, "refuse": S.REFUSED},
    S.APPROVED: {"order": S.ORDERED},
    S.ORDERED: {"pay": S.PAID, "fail": S.APPROVED},
    S.PAID: {},
    S.REFUSED: {},
}
WHO: dict[str, Permission | None] = {  # None: by itself, with the acceptance of the visit
    "claim": None,
    "approve": Permission.APPROVE_PAYMENT,
    "hold": Permission.APPROVE_PAYMENT,
    "resume": Permission.APPROVE_PAYMENT,
    "refuse": Permission.APPROVE_PAYMENT,
    "order": Permission.MOVE_MONEY,
    "pay": Permission.MOVE_MONEY,
    "fail": Permission.MOVE_MONEY,
}
RECORDED_AS: dict[str, Event] = {
    "claim": Event.VISIT_REVIEWED,
    "approve": Event.CLAIM_APPROVED,
    "hold": Event.CLAIM_HELD,
    "resume": Event.CLAIM_RESUMED,
    "refuse": Event.CLAIM_REFUSED,
    "order": Event.PAYMENT_ORDERED,
    "pay": Event.CLAIM_PAID,
    "fail": Event.TRANSFER_FAILED,
}
TOLD: dict[str, tuple[str, ...]] = {  # whom a verb is told; wording in payments/wording.py
    "claim": (),
    "approve": (),
    "hold": ("expert",),
    "resume": (),
    "refuse": ("expert", "firm"),
    "order": (),
    "pay": ("expert",),
    "fail": ("expert",),
}


def next_state(state: ClaimState, verb: str) -> ClaimState:
    """Where a verb leads; RuleBroken (conflict) when the state does not know it."""
    after = TRANSITIONS[ClaimState(state)].get(verb)
    if after is None:
        raise RuleBroken(
            N_("현재 상태(%(state)s)에서는 처리할 수 없습니다. 새로 고친 뒤 확인해 주십시오."),
            conflict=True,
            state=STATE_LABELS[ClaimState(state)],
        )
    return after
