"""What the worker does at each round: draws up the agreements of approved matches. Each is a transaction of its own."""

from __future__ import annotations

import logging

from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.jobs import every
from marketplace.mentorships.actions.opening import open_agreement
from marketplace.mentorships.queries_due import cases_without_agreement

log = logging.getLogger(__name__)


@every
def open_agreements() -> int:
    """Draw up every agreement that is due; how many were."""
    ids = cases_without_agreement()
    db.session.rollback()  # the look-up is over; each of them is a transaction of its own
    for case_id in ids:
        try:
            open_agreement(case_id)
        except RuleBroken as broken:
            # Somebody was faster; the next round looks again.
            log.warning("agreement of case %s: %s", case_id, broken)
    return len(ids)
