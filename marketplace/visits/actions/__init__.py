"""What people do with a visit, by the verbs of the state table."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.visits.actions.deadlines import remind_firm
from marketplace.visits.actions.expert import correct, log_visit, withdraw
from marketplace.visits.actions.firm import confirm, dispute
from marketplace.visits.actions.review import accept, confirm_for_firm, refuse, send_back

__all__ = [
    "VERBS",
    "accept",
    "confirm",
    "confirm_for_firm",
    "correct",
    "dispute",
    "log_visit",
    "refuse",
    "remind_firm",
    "send_back",
    "withdraw",
]

VERBS: dict[str, Callable[..., object]] = {
    "log": log_visit,
    "correct": correct,
    "withdraw": withdraw,
    "confirm": confirm,
    "dispute": dispute,
    "confirm_for_firm": confirm_for_firm,
    "remind_firm": remind_firm,
    "accept": accept,
    "return": send_back,
    "refuse": refuse,
}
