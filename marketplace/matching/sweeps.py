"""Deadlines: what the worker looks for at each round. Each case is a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.jobs import every, renew
from marketplace.matching.actions import expire, remind, remind_holder
from marketplace.matching.queries_due import cases_to_remind, offers_run_out, offers_to_remind

log = logging.getLogger(__name__)


@every
def expire_offers() -> int:
    """End every offer whose time has run out; the number of those that were due."""
    return _each(offers_run_out(), expire)


@every
def remind_experts() -> int:
    """Remind, once each, the experts who have not answered; the number of those that were due."""
    return _each(offers_to_remind(), remind)


@every
def remind_holders() -> int:
    """Remind, once in each state, the firms and staff who have to act soon; the number of those due."""
    return _each(cases_to_remind(), remind_holder)


def _each(ids: list[int], do: Callable[[int], None]) -> int:
    db.session.rollback()  # the look-up is over; each of them is a transaction of its own
    for number in ids:
        renew()
        try:
            do(number)
        except RuleBroken as broken:
            # Somebody was faster; the next round looks again.
            log.warning("%s %s: %s", do.__name__, number, broken)
    return len(ids)
