"""The outcomes of a programme as rows for a file: a row for each goal and for each effect on business."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.civil import day_of
from marketplace.codes.actions import kpis
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.errors import N_
from marketplace.experts.frame import labels
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.outcomes import rates
from marketplace.outcomes.models import BusinessEffect, Measurement
from marketplace.outcomes.queries_totals import COHORT
from marketplace.outcomes.showing import name_of
from marketplace.outcomes.states import STATE_LABELS, ValueState
from marketplace.outcomes.views_totals import programme_of_page
from marketplace.programmes.actions import programmes_for

COLUMNS = (
    N_("신청번호"),
    N_("기업명"),
    N_("소재지"),
    N_("업종"),
    N_("전문가"),
    N_("지표 코드"),
    N_("지표"),
    N_("단위"),
    N_("기존값"),
    N_("목표값"),
    N_("측정값"),
    N_("개선율 (%)"),
    N_("달성률 (%)"),
    N_("표본 수"),
    N_("기간 시작"),
    N_("기간 끝"),
    N_("자료 출처"),
    N_("상태"),
    N_("확인한 날"),
)


def rows(user: User) -> list[list[Any]]:
    """Every value of the programme that the address names, whatever its state; goals without a value too."""
    if not programmes_for(user):
        return []
    cohort = (
        select(Mentorship.id)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(MentoringRequest.programme_id == programme_of_page().id, Mentorship.state.in_(COHORT))
    )
    mentorships = {
        one.id: one
        for one in db.session.scalars(
            select(Mentorship)
            .where(Mentorship.id.in_(cohort))
            .options(
                joinedload(Mentorship.case).joinedload(MatchCase.request).joinedload(MentoringRequest.company)
            )
        )
    }
    return [*_goal_rows(cohort, mentorships), *_effect_rows(cohort, mentorships)]


def _goal_rows(cohort: Any, mentorships: dict[int, Mentorship]) -> list[list[Any]]:
    catalogue = {kpi.code: kpi for kpi in kpis(retired=True)}
    query = (
        select(Goal, Measurement)
        .outerjoin(Measurement, Measurement.goal_id == Goal.id)
        .where(Goal.mentorship_id.in_(cohort))
        .order_by(Goal.mentorship_id, Goal.number, Measurement.ends_on, Measurement.id)
    )
    found = []
    for goal, measured in db.session.execute(query):
        kpi = catalogue[goal.kpi]
        value = measured.value if measured is not None else None
        improved = rates.improvement(kpi.direction, goal.baseline, value) if value is not None else None
        reached = rates.achievement(goal.baseline, goal.target, value) if value is not None else None
        found.append(
            [
                *_head(mentorships[goal.mentorship_id]),
                goal.kpi,
                name_of(kpi),
                goal.unit,
                goal.baseline,
                goal.target,
                value if value is not None else gettext("미수집"),
                None if improved is None else round(improved, 1),
                None if reached is None else round(reached, 1),
                measured.sample if measured is not None else None,
                *(_stated(measured) if measured is not None else [None] * 5),
            ]
        )
    return found


def _effect_rows(cohort: Any, mentorships: dict[int, Mentorship]) -> list[list[Any]]:
    names = {kpi.code: name_of(kpi) for kpi in kpis(retired=True)}
    query = (
        select(BusinessEffect)
        .where(BusinessEffect.mentorship_id.in_(cohort))
        .order_by(BusinessEffect.mentorship_id, BusinessEffect.kpi, BusinessEffect.ends_on)
    )
    return [
        [
            *_head(mentorships[one.mentorship_id]),
            one.kpi,
            names[one.kpi],
            one.unit,
            one.before,
            None,
            one.after,
            None,
            None,
            None,
            *_stated(one),
        ]
        for one in db.session.scalars(query)
    ]


def _head(mentorship: Mentorship) -> list[Any]:
    request, names = mentorship.request, labels()
    return [
        request.reference,
        request.company.name,
        names.region(request.region or request.company.region or ""),
        names.industry(request.company.industry or ""),
        mentorship.expert.name,
    ]


def _stated(value: Measurement | BusinessEffect) -> list[Any]:
    decided = day_of(value.decided_at) if value.decided_at is not None else None
    state = gettext(STATE_LABELS[ValueState(value.state)])
    return [value.starts_on, value.ends_on, value.source, state, decided]
