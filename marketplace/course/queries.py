"""Named queries of the course; each takes a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.access import Permission, Scope, require, scope_of
from marketplace.accounts.models import User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.course.models import CourseStep
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


def in_state(user: User, state: StepState) -> Sequence[CourseStep]:
    """The steps in a state of mentorships in the user's reach, the oldest due first."""
    query = (
        select(CourseStep)
        .join(CourseStep.mentorship)
        .join(Mentorship.case)
        .join(MatchCase.request)
        .where(CourseStep.state == state)
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
    return db.session.scalars(query).unique().all()


def owed_by(user: User, party: Party) -> list[CourseStep]:
    """The open steps that the user's side has not answered."""
    return [step for step in in_state(user, StepState.OPEN) if party in step.unanswered]
