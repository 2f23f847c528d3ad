"""What stands in a person's calendar: visits made, and visits planned of which there is no log."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from marketplace.access import Permission, Role, Scope, scope_of
from marketplace.accounts.models import User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship, PlannedVisit
from marketplace.mentorships.states import MentorshipState
from marketplace.programmes.models import Programme
from marketplace.visits.models import Visit
from marketplace.visits.queries import in_reach, joined
from marketplace.visits.rules import midnight
from marketplace.visits.states import STANDING

#: Mentorships whose plan is still to be carried out.
PLANNED_IN = (MentorshipState.RUNNING, MentorshipState.PAUSED, MentorshipState.REPORTING)
MOST = 2000  # rows of each kind in one answer


def made(user: User, since: date, until: date) -> list[Visit]:
    """The standing visits from one day to another, both included, that the user may see."""
    query = joined().where(
        in_reach(user),
        Visit.state.in_(STANDING),
        Visit.starts_at >= midnight(since),
        Visit.starts_at < midnight(until + timedelta(days=1)),
    )
    return list(db.session.scalars(query.order_by(Visit.starts_at, Visit.id).limit(MOST)))


def planned(user: User, since: date, until: date) -> list[PlannedVisit]:
    """The planned visits from one day to another, both included, of which there is no log, within the user's reach."""
    carried_out = select(Visit.id).where(
        Visit.mentorship_id == PlannedVisit.mentorship_id,
        Visit.planned_number == PlannedVisit.number,
        Visit.state.in_(STANDING),
    )
    whole = contains_eager(PlannedVisit.mentorship)
    firm = whole.contains_eager(Mentorship.case).contains_eager(MatchCase.request)
    query = (
        select(PlannedVisit)
        .join(PlannedVisit.mentorship)
        .join(Mentorship.expert)
        .join(Expert.user)
        .join(Mentorship.case)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .join(Company.organisation)
        .options(
            whole.contains_eager(Mentorship.expert).contains_eager(Expert.user),
            firm.contains_eager(MentoringRequest.company).contains_eager(Company.organisation),
        )
        .where(
            _plan_in_reach(user),
            Mentorship.state.in_(PLANNED_IN),
            PlannedVisit.on.between(since, until),
            ~carried_out.exists(),
        )
    )
    return list(db.session.scalars(query.order_by(PlannedVisit.on, PlannedVisit.id).limit(MOST)))


def _plan_in_reach(user: User) -> ColumnElement[bool]:
    scope = scope_of(user, Permission.SEE_MENTORSHIP)
    if scope is Scope.ALL:
        return PlannedVisit.id > 0
    if scope is Scope.PROGRAMME:
        return MentoringRequest.programme_id.in_(Programme.ids_run_by(user))
    if scope is Scope.OWN and user.role == Role.EXPERT:
        return Expert.user_id == user.id
    if scope is Scope.OWN:
        return Company.organisation_id == (user.organisation_id or 0)
    raise NotFound("calendar")
