"""What the worker does at each round: ends mentorships whose visits are over, and reminds of reports."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select

from marketplace.companies.eligibility import today
from marketplace.completion import actions
from marketplace.completion.models import CompletionReport
from marketplace.database import db, utcnow
from marketplace.errors import RuleBroken
from marketplace.jobs import every
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState

REMIND_BEFORE = timedelta(days=3)
log = logging.getLogger(__name__)


@every
def finish_mentorships() -> int:
    """End the visits of every running mentorship whose term is over or whose visits were all accepted."""
    accepted = (
        select(func.count(Visit.id))
        .where(Visit.mentorship_id == Mentorship.id, Visit.state == VisitState.ACCEPTED)
        .scalar_subquery()
    )
    query = (
        select(Mentorship.id)
        .where(
            Mentorship.state == MentorshipState.RUNNING,
            or_(Mentorship.last_day < today(), accepted >= Mentorship.visits),
        )
        .order_by(Mentorship.id)
    )
    return _each(db.session.scalars(query).all(), actions.finish)


@every
def remind_of_reports() -> int:
    """Remind, once each, the sides whose report lacks three days before it is due."""
    query = (
        select(CompletionReport.id)
        .join(Mentorship)
        .where(
            Mentorship.state == MentorshipState.REPORTING,
            Mentorship.due_at <= utcnow() + REMIND_BEFORE,
            CompletionReport.submitted_at.is_(None),
            CompletionReport.reminded_at.is_(None),
        )
        .order_by(CompletionReport.id)
    )
    return _each(db.session.scalars(query).all(), actions.remind)


def _each(ids: Sequence[int], act: Callable[[int], None]) -> int:
    db.session.rollback()  # the look-up is over; each of them is a transaction of its own
    for number in ids:
        try:
            act(number)
        except RuleBroken as broken:
            log.warning("%s %s: %s", act.__name__, number, broken)  # somebody was faster
    return len(ids)
