"""Named queries of the course; each takes a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import joinedload

from marketplace.access import Permission, Scope, require, scope_of
from marketplace.accounts.models import User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.course.models import CourseStep, still_wanted
from marketplace.course.states import StepState
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import Party
from marketplace.programmes.models import Programme


def seen_step(user: User, mentorship_id: int, step_id: int) -> CourseStep:
    """A step of a mentorship in the user's sight; else NotFound."""
    found = db.session.get(CourseStep, step_id) if 0 < step_id < 2**31 else None
    if found is None or found.mentorship_id != mentorship_id:
        raise NotFound(step_id)
    require(user, Permission.SEE_MENTORSHIP, found)
    return found


def _whole() -> Any:
    """A step with all that its lists show of its mentorship."""
    request = joinedload(Mentorship.case).joinedload(MatchCase.request)
    return joinedload(CourseStep.mentorship).options(
        joinedload(Mentorship.expert).joinedload(Expert.user),
        request.joinedload(MentoringRequest.company).joinedload(Company.organisation),
    )


def in_state(user: User, state: StepState) -> Select[Any]:
    """The steps in a state of mentorships in the user's reach, the oldest due first, ready for ``page_of``."""
    query = (
        select(CourseStep)
        .join(CourseStep.mentorship)
        .join(Mentorship.case)
        .join(MatchCase.request)
        .where(CourseStep.state == state, still_wanted() if state is StepState.OPEN else true())
        .options(_whole())
        .order_by(CourseStep.due_at, CourseStep.id)
    )
    scope = scope_of(user, Permission.SEE_MENTORSHIP)
    if scope is Scope.PROGRAMME:
        query = query.where(MentoringRequest.programme_id.in_(Programme.ids_run_by(user)))
    elif scope is not Scope.ALL:
        own = select(Company.id).where(Company.organisation_id == (user.organisation_id or 0))
        query = query.join(Mentorship.expert).where(
            (Expert.user_id == user.id) | MentoringRequest.company_id.in_(own)
        )
    return query


def owed_by(user: User, party: Party) -> list[CourseStep]:
    """The open steps that the user's side has not answered."""
    found = db.session.scalars(in_state(user, StepState.OPEN)).unique()
    return [step for step in found if party in step.waits_for]


@dataclass(frozen=True)
class Waiting:
    """Steps in a state: how many, since when the oldest is in it, and when the first is due."""

    count: int
    since: datetime | None
    due: datetime | None


def waiting_in(user: User, state: StepState) -> Waiting:
    """The steps in a state counted, in one statement."""
    columns = (func.count(), func.min(CourseStep.entered_at), func.min(CourseStep.due_at))
    query = in_state(user, state).order_by(None).with_only_columns(*columns, maintain_column_froms=True)
    return Waiting(*db.session.execute(query).one())
