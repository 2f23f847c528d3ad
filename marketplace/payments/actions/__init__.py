"""What people do with a claim, by the verbs of the state table."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.payments.actions.accounts import save_account
from marketplace.payments.actions.claiming import approve, claim_visit, hold, refuse, resume
from marketplace.payments.actions.paying import (
    is_as_ordered,
    is_day_of_payment,
    make_order,
    mark_failed,
    mark_paid,
    take_results,
)
from marketplace.payments.actions.settling import release_rest, settle

__all__ = [
    "VERBS",
    "approve",
    "claim_visit",
    "hold",
    "is_as_ordered",
    "is_day_of_payment",
    "make_order",
    "mark_failed",
    "mark_paid",
    "refuse",
    "release_rest",
    "resume",
    "save_account",
    "settle",
    "take_results",
]

VERBS: dict[str, Callable[..., object]] = {
    "claim": claim_visit,
    "approve": approve,
    "hold": hold,
    "resume": resume,
    "refuse": refuse,
    "order": make_order,
    "pay": mark_paid,
    "fail": mark_failed,
}
