"""What a mentorship of the demo brought: what was measured, what became of sales and jobs, and who verified it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from marketplace.accounts.models import civil_today
from marketplace.database import db
from marketplace.demo import texts
from marketplace.demo.agreements import mentorship_of
from marketplace.demo.applications import Application
from marketplace.outcomes import actions as outcomes
from marketplace.outcomes.actions import Stating
from marketplace.outcomes.models import BusinessEffect, Measurement
from marketplace.outcomes.states import ValueState

#: What was measured, halfway and at the end, by indicator.
MEASURED = {"Q1": ("2.6", "1"), "P2": ("74", "83"), "P4": ("31", "25")}
HALFWAY, END = 0, 1


def measure(application: Application, at: int) -> None:
    """The expert enters what was measured for each goal over the last four weeks."""
    mentorship, until = mentorship_of(application), civil_today() - timedelta(days=1)
    period = Stating(
        until - timedelta(days=27), until, "공정 검사 기록", "검사 기록 사본", texts.WHY_PLAUSIBLE
    )
    for goal in mentorship.goals:
        outcomes.enter_measurement(
            goal,
            value=Decimal(MEASURED[goal.kpi][at]),
            sample=420,
            method=goal.method,
            stating=period,
            by=mentorship.expert.user,
        )


def report_business(application: Application) -> None:
    """The firm says what became of its sales and jobs."""
    until = civil_today() - timedelta(days=1)
    period = Stating(
        until - timedelta(days=364),
        until,
        "부가세 신고서, 4대보험 가입자 명부",
        "신고서 사본",
        texts.WHY_PLAUSIBLE,
    )
    for kpi, before, after in (("B1", "7300", "7820"), ("B3", "41", "43")):
        outcomes.enter_effect(
            mentorship_of(application), kpi=kpi, before=Decimal(before), after=Decimal(after), stating=period,
            by=application.person,
        )  # fmt: skip


def verify(application: Application) -> None:
    """The operator compares the values with their evidence."""
    mentorship = mentorship_of(application)
    goals = [goal.id for goal in mentorship.goals]
    measured = select(Measurement).where(
        Measurement.goal_id.in_(goals), Measurement.state == ValueState.ENTERED
    )
    effects = select(BusinessEffect).where(
        BusinessEffect.mentorship_id == mentorship.id, BusinessEffect.state == ValueState.ENTERED
    )
    for value in [*db.session.scalars(measured), *db.session.scalars(effects)]:
        outcomes.verify(value, by=application.staff.operators[0])
