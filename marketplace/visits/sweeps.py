"""Deadlines of visits: what the worker looks for at each round. Each visit is a transaction of its own."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import RuleBroken
from marketplace.jobs import every
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship
from marketplace.programmes.models import Programme
from marketplace.visits.actions import remind_firm
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState

log = logging.getLogger(__name__)


@every
def remind_firms() -> int:
    """Remind, once each, the firms that have not answered a log; the number of those that were due."""
    due = visits_to_remind()
    db.session.rollback()  # the look-up is over; each of them is a transaction of its own
    for visit_id in due:
        try:
            remind_firm(visit_id)
        except RuleBroken as broken:
            log.warning("remind_firm %s: %s", visit_id, broken)  # somebody was faster
    return len(due)


def visits_to_remind() -> list[int]:
    """Logs that wait for the firm since the programme's days and of which it was not reminded."""
    query = (
        select(
            Visit.id, Visit.entered_at, Visit.due_at, Programme.confirm_days, Programme.confirm_reminder_days
        )
        .join(Mentorship, Mentorship.id == Visit.mentorship_id)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .join(Programme, Programme.id == MentoringRequest.programme_id)
        .where(Visit.state == VisitState.LOGGED, Visit.reminded_at.is_(None))
        .order_by(Visit.id)
    )
    now = utcnow()
    # A log that was corrected while it waited asks anew: its deadline tells since when, not the state's start.
    return [
        visit_id
        for visit_id, entered_at, due_at, days, after in db.session.execute(query)
        if (due_at - timedelta(days=days) if due_at else entered_at) + timedelta(days=after) <= now
    ]
