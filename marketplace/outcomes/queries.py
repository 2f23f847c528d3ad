"""Named queries of the outcomes; each takes a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.access import Permission, may, require
from marketplace.accounts.models import User
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.files.models import StoredFile
from marketplace.files.seeing import seen_by
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.outcomes.models import BusinessEffect, Measurement, Value
from marketplace.outcomes.states import ValueState
from marketplace.programmes.models import Programme

LARGEST_ID = 2**31 - 1


def mentorship_with_goals(user: User, mentorship_id: int) -> Mentorship:
    """A mentorship that the user may see, with its goals; NotFound when it is out of reach."""
    options = (
        selectinload(Mentorship.goals),
        joinedload(Mentorship.case).joinedload(MatchCase.request).joinedload(MentoringRequest.company),
        joinedload(Mentorship.case).joinedload(MatchCase.request).joinedload(MentoringRequest.programme),
    )
    found = (
        db.session.get(Mentorship, mentorship_id, options=options) if mentorship_id <= LARGEST_ID else None
    )
    if found is None:
        raise NotFound(mentorship_id)
    require(user, Permission.SEE_MENTORSHIP, found)
    return found


def goal_of(user: User, mentorship_id: int, goal_id: int) -> Goal:
    """A goal of a mentorship in reach; NotFound when there is none."""
    for goal in mentorship_with_goals(user, mentorship_id).goals:
        if goal.id == goal_id:
            return goal
    raise NotFound(goal_id)


def measurements_of(mentorship: Mentorship) -> dict[int, list[Measurement]]:
    """The values of each goal, by its id, in the order of their periods."""
    query = (
        select(Measurement)
        .join(Goal)
        .where(Goal.mentorship_id == mentorship.id)
        .order_by(Measurement.ends_on, Measurement.id)
    )
    found: dict[int, list[Measurement]] = {goal.id: [] for goal in mentorship.goals}
    for row in db.session.scalars(query):
        found[row.goal_id].append(row)
    return found


def effects_of(mentorship: Mentorship) -> list[BusinessEffect]:
    """The effects on the firm's business, in the order of their periods."""
    query = (
        select(BusinessEffect)
        .where(BusinessEffect.mentorship_id == mentorship.id)
        .order_by(BusinessEffect.kpi, BusinessEffect.ends_on, BusinessEffect.id)
    )
    return list(db.session.scalars(query))


def value_of(user: User, kind: str, value_id: int) -> Value:
    """A measurement (kind ``goals``) or a business effect (``effects``) in reach; NotFound when there is none."""
    model: Any = {"goals": Measurement, "effects": BusinessEffect}.get(kind)
    row: Value | None = db.session.get(model, value_id) if model and value_id <= LARGEST_ID else None
    if row is None:
        raise NotFound(value_id)
    require(user, Permission.SEE_MENTORSHIP, row)
    return row


def waiting(user: User) -> Select[Any]:
    """The measurements that wait for staff, the longest waiting first."""
    found: Select[Any] = (
        _in_reach(select(Measurement).join(Goal).join(Mentorship), user)
        .where(Measurement.state == ValueState.ENTERED)
        .options(joinedload(Measurement.goal).joinedload(Goal.mentorship))
        .order_by(Measurement.entered_at, Measurement.id)
    )
    return found


def waiting_effects(user: User) -> list[BusinessEffect]:
    """The business effects that wait for staff, the longest waiting first."""
    query = (
        _in_reach(select(BusinessEffect).join(Mentorship), user)
        .where(BusinessEffect.state == ValueState.ENTERED)
        .order_by(BusinessEffect.entered_at, BusinessEffect.id)
        .limit(200)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Waiting:
    """How many values wait for somebody, and since when the oldest does."""

    count: int
    since: Any


def waiting_for_staff(user: User) -> Waiting:
    """What the operator has to verify."""
    return _summed(user, ValueState.ENTERED)


def asked_of(user: User) -> Sequence[tuple[int, Any]]:
    """The mentorships in which a value of the user's own was questioned, with the moment of the oldest."""
    asked = [
        select(Goal.mentorship_id, Measurement.entered_at)
        .join(Goal, Goal.id == Measurement.goal_id)
        .where(Measurement.author_id == user.id, Measurement.state == ValueState.QUESTIONED),
        select(BusinessEffect.mentorship_id, BusinessEffect.entered_at).where(
            BusinessEffect.author_id == user.id, BusinessEffect.state == ValueState.QUESTIONED
        ),
    ]
    found: dict[int, Any] = {}
    for query in asked:
        for mentorship_id, since in db.session.execute(query):
            found[mentorship_id] = min(found.get(mentorship_id, since), since)
    return sorted(found.items(), key=lambda item: item[1])


def _summed(user: User, state: ValueState) -> Waiting:
    count, since = 0, None
    for model, joined in (
        (
            Measurement,
            select(func.count(), func.min(Measurement.entered_at)).select_from(Measurement).join(Goal),
        ),
        (
            BusinessEffect,
            select(func.count(), func.min(BusinessEffect.entered_at)).select_from(BusinessEffect),
        ),
    ):
        number, oldest = db.session.execute(
            _in_reach(joined.join(Mentorship), user).where(model.state == state)
        ).one()
        count += number
        if oldest is not None:
            since = oldest if since is None else min(since, oldest)
    return Waiting(count, since)


def _in_reach(query: Any, user: User) -> Any:
    """Those of the programmes that the user's organisation runs; ``query`` already joins mentorships."""
    return (
        query.join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(MentoringRequest.programme_id.in_(Programme.ids_run_by(user)))
    )


@seen_by
def _with_its_value(file: StoredFile, user: Any) -> bool:
    """Evidence is seen by whoever may see the mentorship of a value that it stands behind."""
    measured = select(Measurement).where(Measurement.files.any(StoredFile.id == file.id))
    effects = select(BusinessEffect).where(BusinessEffect.files.any(StoredFile.id == file.id))
    held = [*db.session.scalars(measured), *db.session.scalars(effects)]
    return any(may(user, Permission.SEE_MENTORSHIP, row.mentorship) for row in held)
