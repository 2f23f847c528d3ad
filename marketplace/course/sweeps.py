"""What the worker looks for at each round: steps to open, answers to ask for again, and silences."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from marketplace.civil import SEOUL, day_of, months_after
from marketplace.companies.eligibility import today
from marketplace.companies.models import MentoringRequest
from marketplace.course import actions
from marketplace.course.drafts import month_after, monthly_draft
from marketplace.course.models import CourseStep, Silence, still_wanted
from marketplace.course.states import StepKind, StepState
from marketplace.database import db, utcnow
from marketplace.errors import RuleBroken
from marketplace.jobs import every
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship, PlannedVisit
from marketplace.mentorships.states import MentorshipState
from marketplace.programmes.models import Programme
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING

FOLLOW_UPS = (3, 6, 12)  # months after the term
REPORT_DAY = 10  # of the next month
ENDED = (MentorshipState.CHECKING, MentorshipState.SETTLING, MentorshipState.CLOSED)
log = logging.getLogger(__name__)


@every
def open_steps() -> int:
    """Open every step that is due: kick-off, monthly reports, mid-term check, follow-ups."""
    wanted = [
        *_running_steps(),
        *_follow_ups(),
    ]
    db.session.rollback()  # the look-up is over; each of them is a transaction of its own
    for step in wanted:
        _do(actions.open_step, *step)
    return len(wanted)


def _known(ids: list[int]) -> set[tuple[int, str, date]]:
    query = select(CourseStep.mentorship_id, CourseStep.kind, CourseStep.period).where(
        CourseStep.mentorship_id.in_(ids)
    )
    return {(number, str(kind), period) for number, kind, period in db.session.execute(query)}


def _running_steps() -> list[tuple[Any, ...]]:
    now = today()
    made = (
        select(func.count(Visit.id))
        .where(Visit.mentorship_id == Mentorship.id, Visit.state.in_(STANDING))
        .scalar_subquery()
    )
    query = select(Mentorship.id, Mentorship.since, Mentorship.last_day, Mentorship.visits, made).where(
        Mentorship.state == MentorshipState.RUNNING, Mentorship.since <= now
    )
    rows = db.session.execute(query.order_by(Mentorship.id)).all()
    known = _known([row[0] for row in rows])
    kinds = {(number, kind) for number, kind, _ in known}
    found: list[tuple[Any, ...]] = []
    usual = timedelta(days=actions.ANSWER_DAYS)
    for number, since, last_day, visits, done in rows:
        if (number, StepKind.KICKOFF) not in kinds:
            found.append((number, StepKind.KICKOFF, since, usual, {}))
        half = since + (last_day - since) / 2
        if (number, StepKind.MIDTERM) not in kinds and (2 * done >= visits or now >= half):
            found.append((number, StepKind.MIDTERM, now, usual, {}))
        month = since.replace(day=1)
        while month_after(month) <= now:
            if (number, StepKind.MONTHLY, month) not in known:
                due = _evening(month_after(month).replace(day=REPORT_DAY)) - utcnow()
                found.append(
                    (
                        number,
                        StepKind.MONTHLY,
                        month,
                        max(due, timedelta(days=1)),
                        monthly_draft(number, month),
                    )
                )
            month = month_after(month)
    return found


def _follow_ups() -> list[tuple[Any, ...]]:
    now = today()
    query = select(Mentorship.id, Mentorship.last_day).where(Mentorship.state.in_(ENDED))
    rows = db.session.execute(query.order_by(Mentorship.id)).all()
    known = _known([number for number, _ in rows])
    return [
        (number, StepKind.FOLLOWUP, asked, timedelta(days=actions.ANSWER_DAYS), {})
        for number, last_day in rows
        for months in FOLLOW_UPS
        if (asked := months_after(last_day, months)) <= now
        and (number, StepKind.FOLLOWUP, asked) not in known
    ]


@every
def remind_of_steps() -> int:
    """Remind, once each, of the steps that are due within three days and not answered."""
    query = (
        select(CourseStep.id)
        .join(CourseStep.mentorship)
        .where(
            CourseStep.state == StepState.OPEN,
            still_wanted(),
            CourseStep.reminded_at.is_(None),
            CourseStep.due_at <= utcnow() + timedelta(days=3),
        )
        .order_by(CourseStep.id)
    )
    ids = db.session.scalars(query).all()
    db.session.rollback()
    for number in ids:
        _do(actions.remind, number)
    return len(ids)


@every
def note_silences() -> int:
    """Climb the ladder for running mentorships whose planned visit passed without a sign of life.

    A silence begins with the first planned visit after the last log, kick-off or other answer; a rung is climbed
    every ``silence_days`` of the programme.
    """
    found = silences(today())
    db.session.rollback()
    for silence in found:
        _do(actions.note_silence, *silence)
    return len(found)


def silences(now: date) -> list[tuple[int, date, int]]:
    """Mentorship, beginning and rung of every silence that has not been met yet."""
    last_visit = (
        select(func.max(Visit.starts_at))
        .where(Visit.mentorship_id == Mentorship.id, Visit.state.in_(STANDING))
        .scalar_subquery()
    )
    query = (
        select(Mentorship.id, Mentorship.entered_at, last_visit, Programme.silence_days)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .join(Programme, Programme.id == MentoringRequest.programme_id)
        .where(Mentorship.state == MentorshipState.RUNNING)
        .order_by(Mentorship.id)
    )
    rows = db.session.execute(query).all()
    ids = [row[0] for row in rows]
    planned: dict[int, list[date]] = {}
    for number, on in db.session.execute(
        select(PlannedVisit.mentorship_id, PlannedVisit.on)
        .where(PlannedVisit.mentorship_id.in_(ids), PlannedVisit.on <= now)
        .order_by(PlannedVisit.on)
    ):
        planned.setdefault(number, []).append(on)
    met = {
        (number, since, rung)
        for number, since, rung in db.session.execute(
            select(Silence.mentorship_id, Silence.since, Silence.rung).where(Silence.mentorship_id.in_(ids))
        )
    }
    found = []
    for number, entered_at, visited_at, days in rows:
        # What was before it began, or began again after a pause, is no silence.
        life = max(_day(entered_at), _day(visited_at)) if visited_at else _day(entered_at)
        since = next((on for on in planned.get(number, []) if on > life), None)
        if since is None:
            continue
        for rung in (1, 2, 3):
            if (now - since).days >= rung * days and (number, since, rung) not in met:
                found.append((number, since, rung))
    return found


def _day(moment: datetime) -> date:
    return day_of(moment)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=SEOUL)


def _do(act: Callable[..., None], *parts: Any) -> None:
    try:
        act(*parts)
    except RuleBroken as broken:
        log.warning("%s %s: %s", act.__name__, parts[0], broken)  # somebody was faster
