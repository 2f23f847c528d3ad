"""Named queries of the end of a mentorship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.completion.models import CompletionReport
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.queries import own_waiting, seen_mentorship
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING, VisitState


def ended(user: User, mentorship_id: int) -> tuple[Mentorship, dict[Party, CompletionReport]]:
    """A mentorship whose visits are over, in the user's sight, with the reports of both sides; else NotFound."""
    mentorship = seen_mentorship(user, mentorship_id)
    reports = CompletionReport.of(mentorship.id)
    if not reports:
        raise NotFound(mentorship_id)
    return mentorship, reports


@dataclass(frozen=True)
class Course:
    """What was done: visits that stand and those accepted, and the hours that staff recognised."""

    visits: int
    accepted: int
    hours: float


def course_of(mentorship: Mentorship) -> Course:
    """The visits of a mentorship in figures, in one statement."""
    query = select(Visit.state, func.count(), func.coalesce(func.sum(Visit.minutes), 0)).where(
        Visit.mentorship_id == mentorship.id, Visit.state.in_(STANDING)
    )
    rows = {
        state: (count, int(minutes or 0))
        for state, count, minutes in db.session.execute(query.group_by(Visit.state))
    }
    accepted = rows.get(VisitState.ACCEPTED, (0, 0))
    return Course(sum(count for count, _ in rows.values()), accepted[0], accepted[1] / 60)


def unreported(user: User, party: Party) -> Sequence[Mentorship]:
    """The user's mentorships whose report the user's side has not handed in."""
    waiting = own_waiting(user, party, (MentorshipState.REPORTING,))
    query = select(CompletionReport.mentorship_id).where(
        CompletionReport.mentorship_id.in_([mentorship.id for mentorship in waiting]),
        CompletionReport.party == party,
        CompletionReport.submitted_at.is_(None),
    )
    lacking = set(db.session.scalars(query))
    return [mentorship for mentorship in waiting if mentorship.id in lacking]
