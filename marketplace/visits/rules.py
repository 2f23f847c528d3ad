"""What a log must keep to. Each rule raises RuleBroken at the field where it can be mended.

The amounts are the programme's. ``check`` is to be called while expert, firm and mentorship are locked, so that
two logs at once cannot both find room.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from marketplace.civil import SEOUL, day_of
from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship, Task
from marketplace.visits.logs import Log
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING


def check(log: Log, mentorship: Mentorship, expert: Expert, besides: Visit | None = None) -> None:
    """Refuse a log that breaks a rule; ``besides`` is the visit that it corrects."""
    _check_times(log, mentorship)
    _check_term(log, mentorship)
    _check_overlap(log, expert, besides)
    _check_day(log, mentorship, besides)
    _check_month(log, mentorship, besides)
    _check_agreed(mentorship, besides)
    _check_task(log, mentorship)


def midnight(day: date) -> datetime:
    """When a day begins in Seoul."""
    return datetime(day.year, day.month, day.day, tzinfo=SEOUL)


def _check_times(log: Log, mentorship: Mentorship) -> None:
    programme, now = mentorship.programme, utcnow()
    if log.on > day_of(now):
        raise RuleBroken(N_("아직 오지 않은 날입니다. 방문을 마친 뒤에 적어 주십시오."), field="on")
    if log.minutes <= 0:
        raise RuleBroken(
            N_("끝난 시각은 시작한 시각보다 뒤여야 합니다. 오전과 오후를 확인해 주십시오."), field="end"
        )
    if log.ends_at > now:
        raise RuleBroken(N_("끝난 시각이 아직 되지 않았습니다. 방문을 마친 뒤에 적어 주십시오."), field="end")
    if log.minutes < programme.visit_least_hours * 60:
        raise RuleBroken(
            N_("방문 한 번은 %(hours)d시간 이상이어야 합니다. 시각을 확인해 주십시오."),
            field="end",
            hours=programme.visit_least_hours,
        )
    if log.minutes > programme.visit_most_hours * 60:
        raise RuleBroken(
            N_("방문 한 번은 %(hours)d시간을 넘을 수 없습니다. 시각을 확인해 주십시오."),
            field="end",
            hours=programme.visit_most_hours,
        )


def _check_term(log: Log, mentorship: Mentorship) -> None:
    if not mentorship.since <= log.on <= mentorship.last_day:
        raise RuleBroken(
            N_("협약 기간(%(since)s ~ %(until)s) 밖의 날입니다. 날짜를 확인해 주십시오."),
            field="on",
            since=mentorship.since,
            until=mentorship.last_day,
        )


def _standing(besides: Visit | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Visit.state.in_(STANDING)]
    return found if besides is None else [*found, Visit.id != besides.id]


def _check_overlap(log: Log, expert: Expert, besides: Visit | None) -> None:
    query = select(Visit).where(
        Visit.expert_id == expert.id,
        Visit.starts_at < log.ends_at,
        Visit.ends_at > log.starts_at,
        *_standing(besides),
    )
    other = db.session.scalar(query.order_by(Visit.starts_at).limit(1))
    if other is not None:
        starts, ends = other.starts_at.astimezone(SEOUL), other.ends_at.astimezone(SEOUL)
        raise RuleBroken(
            N_("%(firm)s 방문(%(start)s ~ %(end)s)과 시간이 겹칩니다. 시각을 확인해 주십시오."),
            field="start",
            firm=other.mentorship.request.company.name,
            start=f"{starts:%H:%M}",
            end=f"{ends:%H:%M}",
        )


def _check_day(log: Log, mentorship: Mentorship, besides: Visit | None) -> None:
    most = mentorship.programme.visits_a_day
    query = (
        select(func.count(Visit.id))
        .join(Mentorship, Mentorship.id == Visit.mentorship_id)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(
            MentoringRequest.company_id == mentorship.request.company_id,
            Visit.starts_at >= midnight(log.on),
            Visit.starts_at < midnight(log.on + timedelta(days=1)),
            *_standing(besides),
        )
    )
    if (db.session.scalar(query) or 0) >= most:
        raise RuleBroken(
            N_("같은 기업의 방문은 하루에 %(most)d번까지 인정됩니다. 이 날의 방문이 이미 있습니다."),
            field="on",
            most=most,
        )


def _check_month(log: Log, mentorship: Mentorship, besides: Visit | None) -> None:
    most = mentorship.programme.monthly_visits
    first = log.on.replace(day=1)
    query = select(func.count(Visit.id)).where(
        Visit.mentorship_id == mentorship.id,
        Visit.starts_at >= midnight(first),
        Visit.starts_at < midnight((first + timedelta(days=32)).replace(day=1)),
        *_standing(besides),
    )
    if (db.session.scalar(query) or 0) >= most:
        raise RuleBroken(
            N_("%(month)d월 방문은 한 달 한도(%(most)d번)를 채웠습니다. 날짜를 확인해 주십시오."),
            field="on",
            month=log.on.month,
            most=most,
        )


def _check_agreed(mentorship: Mentorship, besides: Visit | None) -> None:
    query = select(func.count(Visit.id)).where(Visit.mentorship_id == mentorship.id, *_standing(besides))
    if (db.session.scalar(query) or 0) >= mentorship.visits:
        raise RuleBroken(
            N_("협약한 방문 횟수(%(most)d번)를 모두 채웠습니다. 방문을 더 하려면 협약을 변경해야 합니다."),
            field="on",
            most=mentorship.visits,
        )


def _check_task(log: Log, mentorship: Mentorship) -> None:
    if log.task_id is None:
        return
    task = db.session.get(Task, log.task_id)
    if task is None or task.mentorship_id != mentorship.id:
        raise RuleBroken(N_("협약에 없는 과제입니다. 목록에 있는 것을 다시 골라 주십시오."), field="task_id")
