"""What the page of a monthly report proposes: the month's visits as they were logged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.civil import day_of
from marketplace.course.models import MOST_SAID
from marketplace.database import db
from marketplace.errors import written_day
from marketplace.mentorships.states import Party
from marketplace.visits.models import Visit
from marketplace.visits.rules import midnight
from marketplace.visits.states import STANDING


def month_after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=32)).replace(day=1)


def monthly_draft(mentorship_id: int, first: date) -> dict[str, Any]:
    """The report of the month that begins on ``first``: each visit with its hours, what was done and what came of it."""
    query = (
        select(Visit)
        .where(
            Visit.mentorship_id == mentorship_id,
            Visit.state.in_(STANDING),
            Visit.starts_at >= midnight(first),
            Visit.starts_at < midnight(month_after(first)),
        )
        .order_by(Visit.starts_at)
    )
    made: Sequence[Visit] = db.session.scalars(query).all()
    done = [_line(visit) for visit in made]
    plans = [visit.next_plan for visit in made if visit.next_plan]
    hours = sum(visit.length for visit in made) / 60
    head = f"방문 {len(made)}회, {hours:g}시간"
    return {
        str(Party.EXPERT): {
            "done": "\n".join([head, *done])[:MOST_SAID],
            "plan": plans[-1][:MOST_SAID] if plans else "",
        }
    }


def _line(visit: Visit) -> str:
    result = f" → {visit.result}" if visit.result else ""
    return f"- {written_day(day_of(visit.starts_at))} {visit.done}{result}"
