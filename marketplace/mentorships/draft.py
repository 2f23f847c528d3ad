"""What one page of an agreement's draft holds, what is wrong with it, and how it becomes rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from marketplace.codes.models import Kpi
from marketplace.errors import N_
from marketplace.mentorships.models import WEIGHTS, Goal, Mentorship, PlannedVisit, Task
from marketplace.mentorships.planning import crowded

MOST_TASKS, MOST_GOALS = 20, 10


@dataclass(frozen=True)
class TaskRow:
    """A task as it stands on the page; ``term`` is of the taxonomy."""

    title: str
    term: str | None = None


@dataclass(frozen=True)
class GoalRow:
    """A goal as it stands on the page; ``unit`` is one of the indicator's, ``weight`` in thousandths."""

    kpi: str
    unit: str
    baseline: Decimal
    target: Decimal
    weight: int
    method: str
    period: str
    evidence: str


@dataclass(frozen=True)
class VisitRow:
    """A visit of the plan; ``task`` is the number of a task, counted from 1."""

    on: date
    content: str
    task: int | None = None


@dataclass(frozen=True)
class Draft:
    """One page of an agreement's draft. ``own`` holds what only the operator sets: since, withholding, sponsor."""

    purpose: str
    tasks: Sequence[TaskRow]
    goals: Sequence[GoalRow]
    plan: Sequence[VisitRow]
    own: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: a part of the page, a row of it (from 0) and the name of a field there, as far as known."""

    part: str
    sentence: str
    row: int | None = None
    name: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def faults_in(draft: Draft, catalogue: Mapping[str, Kpi], since: date, last_day: date) -> list[Fault]:
    """Everything in a draft that contradicts itself; what is merely missing may be added later."""
    found = []
    for row, goal in enumerate(draft.goals):
        kpi = catalogue.get(goal.kpi)
        if kpi is None:
            found.append(Fault("goals", N_("목록에 없는 지표입니다. 다시 골라 주십시오."), row, "kpi"))
        elif goal.unit not in units_of(kpi):
            found.append(
                Fault("goals", N_("이 지표의 단위가 아닙니다. 지표를 다시 골라 주십시오."), row, "kpi")
            )
        elif (fault := direction_fault(kpi, goal.baseline, goal.target)) is not None:
            found.append(Fault("goals", fault, row, "target"))
    for row, visit in enumerate(draft.plan):
        if not since <= visit.on <= last_day:
            facts = {"since": since, "last_day": last_day}
            found.append(Fault("plan", OUTSIDE, row, "on", facts))
        if visit.task is not None and not 1 <= visit.task <= len(draft.tasks):
            found.append(Fault("plan", N_("없는 과제입니다. 다시 골라 주십시오."), row, "task"))
    return found


OUTSIDE = N_("협약 기간(%(since)s ~ %(last_day)s) 안의 날짜로 정해 주십시오.")


def units_of(kpi: Kpi) -> list[str]:
    """The units in which an indicator may be measured: the catalogue names one, or several to choose from."""
    return kpi.unit.split(" 또는 ")


def direction_fault(kpi: Kpi, baseline: Decimal, target: Decimal) -> str | None:
    """What is said of a target that does not lead where the indicator is to go; None when it does."""
    if kpi.direction == "up" and target <= baseline:
        return N_("높이는 지표입니다. 목표값은 기존값보다 커야 합니다.")
    if kpi.direction == "down" and target >= baseline:
        return N_("낮추는 지표입니다. 목표값은 기존값보다 작아야 합니다.")
    return None


def missing_in(mentorship: Mentorship, today: date) -> list[Fault]:
    """Everything that keeps the agreement as stored from being put before the parties, in the order of the page."""
    found = []
    if not mentorship.purpose.strip():
        found.append(Fault("purpose", N_("멘토링의 목적을 적어 주십시오.")))
    if mentorship.since < today and not mentorship.formers:
        found.append(Fault("since", N_("시작일이 지났습니다. 오늘이나 그 뒤의 날로 정해 주십시오.")))
    if not mentorship.tasks:
        found.append(Fault("tasks", N_("과제를 하나 이상 적어 주십시오.")))
    found += _goals_missing(mentorship)
    return [*found, *_plan_missing(mentorship)]


def _goals_missing(mentorship: Mentorship) -> list[Fault]:
    if not mentorship.goals:
        return [Fault("goals", N_("목표를 하나 이상 정해 주십시오."))]
    total = sum(goal.weight for goal in mentorship.goals)
    if total == WEIGHTS:
        return []
    facts = {"total": f"{total * 100 / WEIGHTS:g}"}
    return [Fault("goals", N_("가중치의 합이 100%%가 되어야 합니다. 지금은 %(total)s%%입니다."), facts=facts)]


def _plan_missing(mentorship: Mentorship) -> list[Fault]:
    days = [visit.on for visit in mentorship.plan]
    return plan_faults(mentorship, days, mentorship.since, mentorship.last_day)


def plan_faults(mentorship: Mentorship, days: Sequence[date], since: date, last_day: date) -> list[Fault]:
    """What keeps these days from being the plan of a term: their number, the term, days taken twice, full months."""
    found: list[Fault] = []
    if len(days) != mentorship.visits:
        facts: dict[str, Any] = {"visits": mentorship.visits, "planned": len(days)}
        sentence = N_("방문 계획은 %(visits)d회여야 합니다. 지금은 %(planned)d회입니다.")
        found.append(Fault("plan", sentence, facts=facts))
    if any(not since <= on <= last_day for on in days):
        facts = {"since": since, "last_day": last_day}
        found.append(Fault("plan", OUTSIDE, facts=facts))
    if len(set(days)) != len(days):
        found.append(Fault("plan", N_("같은 날에 방문이 두 번 있습니다. 다른 날로 나누어 주십시오.")))
    monthly = mentorship.programme.monthly_visits
    for year, month in crowded(days, monthly):
        facts = {"year": year, "month": month, "monthly": monthly}
        sentence = N_(
            "%(year)d년 %(month)d월의 방문이 너무 많습니다. 한 달에 %(monthly)d회까지 할 수 있습니다."
        )
        found.append(Fault("plan", sentence, facts=facts))
    return found


T = TypeVar("T", Task, Goal, PlannedVisit)


def put(mentorship: Mentorship, draft: Draft) -> None:
    """Make the rows what the page says."""
    mentorship.purpose = draft.purpose
    _lay(mentorship.tasks, len(draft.tasks), Task)
    for task, row in zip(mentorship.tasks, draft.tasks, strict=True):
        task.title, task.term = row.title, row.term
    _lay(mentorship.goals, len(draft.goals), Goal)
    for goal, wanted in zip(mentorship.goals, draft.goals, strict=True):
        goal.kpi, goal.unit = wanted.kpi, wanted.unit
        goal.baseline, goal.target, goal.weight = wanted.baseline, wanted.target, wanted.weight
        goal.method, goal.period, goal.evidence = wanted.method, wanted.period, wanted.evidence
    put_plan(mentorship, sorted(draft.plan, key=lambda visit: visit.on))


def put_plan(mentorship: Mentorship, plan: Sequence[VisitRow]) -> None:
    """Make the plan these visits, numbered in their order."""
    _lay(mentorship.plan, len(plan), PlannedVisit)
    for planned, row in zip(mentorship.plan, plan, strict=True):
        planned.on, planned.content = row.on, row.content
        planned.task = mentorship.tasks[row.task - 1] if row.task else None


def _lay(rows: list[T], count: int, kind: type[T]) -> None:
    """Bring a list of rows to a length; each keeps its place and its number."""
    del rows[count:]
    rows += [kind(number=number) for number in range(len(rows) + 1, count + 1)]


def on_days(draft: Draft, days: Sequence[date]) -> Draft:
    """The draft with its visits on these days, in the same order."""
    return replace(draft, plan=[replace(row, on=on) for row, on in zip(draft.plan, days, strict=True)])


def state_of(mentorship: Mentorship) -> dict[str, Any]:
    """What the draft's page shows, by part, to be compared and kept in the record."""
    return {
        "purpose": mentorship.purpose,
        "tasks": [[task.title, task.term] for task in mentorship.tasks],
        "goals": [
            [
                goal.kpi,
                goal.unit,
                f"{goal.baseline:f}",
                f"{goal.target:f}",
                goal.weight,
                goal.method,
                goal.period,
                goal.evidence,
            ]
            for goal in mentorship.goals
        ],
        "plan": [
            [visit.on.isoformat(), visit.content, visit.task.number if visit.task else None]
            for visit in mentorship.plan
        ],
        "period": [mentorship.since.isoformat(), mentorship.last_day.isoformat()],
        "withholding": mentorship.withholding,
        "sponsor": mentorship.sponsor_id,
    }
