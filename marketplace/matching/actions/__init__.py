"""What can be done to a case, one function per verb. See ``states`` for who may and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.companies.actions import withdraw_request
from marketplace.matching.actions.approval import (
    approve_final,
    approve_first,
    reject,
    reject_final,
    send_back,
)
from marketplace.matching.actions.deadlines import expire, remind, remind_holder
from marketplace.matching.actions.expert import accept, decline
from marketplace.matching.actions.firm import nominate, prefer, refuse
from marketplace.matching.actions.operator import override, release, stop
from marketplace.matching.actions.request import open_case, withdraw_with_request

#: The verbs of ``states.TRANSITIONS`` and the functions that do them. A firm withdraws its request, and the case
#: ends with it.
VERBS: dict[str, Callable[..., Any]] = {
    "release": release,
    "nominate": nominate,
    "prefer": prefer,
    "refuse": refuse,
    "override": override,
    "remind": remind,
    "remind_firm": remind_holder,
    "remind_operator": remind_holder,
    "remind_ministry": remind_holder,
    "accept": accept,
    "decline": decline,
    "decline_last": decline,
    "expire": expire,
    "expire_last": expire,
    "approve_first": approve_first,
    "reject": reject,
    "approve_final": approve_final,
    "return": send_back,
    "reject_final": reject_final,
    "withdraw": withdraw_request,
    "stop": stop,
}

__all__ = [
    "VERBS",
    "accept",
    "approve_final",
    "approve_first",
    "decline",
    "expire",
    "nominate",
    "open_case",
    "override",
    "prefer",
    "refuse",
    "reject",
    "reject_final",
    "release",
    "remind",
    "remind_holder",
    "send_back",
    "stop",
    "withdraw_with_request",
]
