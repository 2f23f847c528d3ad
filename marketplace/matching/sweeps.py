"""Deadlines: what the worker looks for at each round. Each case is a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.jobs import every
from marketplace.matching.actions import expire, remind
from marketplace.matching.queries import offers_run_out, offers_to_remind

log = logging.getLogger(__name__)


@every
def expire_offers() -> int:
    """End every offer whose time has run out; the number of those that were due."""
    return _each(offers_run_out(), expire)


@every
def remind_experts() -> int:
    """Remind, once each, the experts who have not answered; the number of those that were due."""
    return _each(offers_to_remind(), remind)


def _each(ids: list[int], do: Callable[[int], None]) -> int:
    db.session.rollback()  # the look-up is over; each of them is a transaction of its own
    for candidate_id in ids:
        try:
            do(candidate_id)
        except RuleBroken as broken:
            log.warning(
                "offer %s: %s", candidate_id, broken
            )  # somebody was faster; the next round looks again
    return len(ids)
