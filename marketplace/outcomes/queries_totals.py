"""The outcomes of whole cohorts of mentorships, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, select

from marketplace.accounts.models import Organisation, User
from marketplace.codes.actions import kpis
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.outcomes import rates
from marketplace.outcomes.models import BusinessEffect, Measurement
from marketplace.outcomes.states import ValueState
from marketplace.outcomes.totals import EffectOutcome, GoalOutcome, Outcome
from marketplace.programmes.models import Programme

#: Mentorships whose agreement was signed; stopped ones among them.
COHORT = tuple(
    state for state in MentorshipState if state not in (MentorshipState.DRAFTING, MentorshipState.SIGNING)
)


def outcomes_of_programme(programme: Programme) -> list[Outcome]:
    """Every mentorship of a programme whose agreement was signed. Six statements."""
    return _outcomes(MentoringRequest.programme_id == programme.id)


def outcomes_of_sponsor(sponsor: User) -> list[Outcome]:
    """Every mentorship that the sponsor's organisation pays for, over all programmes. Six statements."""
    return _outcomes(Mentorship.sponsor_id == (sponsor.organisation_id or 0))


def sponsor_names(outcomes: Iterable[Outcome]) -> dict[int, str]:
    """The names of the large companies that pay, by key."""
    wanted = {one.sponsor_id for one in outcomes if one.sponsor_id is not None}
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _outcomes(which: ColumnElement[bool]) -> list[Outcome]:
    cohort = (
        select(Mentorship.id)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(which, Mentorship.state.in_(COHORT))
    )
    columns = (
        Mentorship.id,
        Company.id,
        MentoringRequest.region,
        Company.region,
        Company.industry,
        Mentorship.sponsor_id,
    )
    heads = db.session.execute(
        select(*columns)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .join(Company, Company.id == MentoringRequest.company_id)
        .where(Mentorship.id.in_(cohort))
        .order_by(Mentorship.id)
    ).all()
    goals, effects, waiting = _goals(cohort), _effects(cohort), _waiting(cohort)
    return [
        Outcome(
            number,
            firm,
            place or seat or "",
            industry or "",
            sponsor,
            goals[number],
            effects[number],
            waiting[number],
        )
        for number, firm, place, seat, industry, sponsor in heads
    ]


def _goals(cohort: Any) -> dict[int, list[GoalOutcome]]:
    catalogue = {kpi.code: kpi for kpi in kpis(retired=True)}
    verified = (
        select(Measurement.goal_id, Measurement.value)
        .join(Goal, Goal.id == Measurement.goal_id)
        .where(
            Goal.mentorship_id.in_(cohort),
            Measurement.state == ValueState.VERIFIED,
            Measurement.value.is_not(None),
        )
        .order_by(Measurement.ends_on, Measurement.id)
    )
    newest = {
        row[0]: row[1] for row in db.session.execute(verified)
    }  # later ones take the place of earlier ones
    found: dict[int, list[GoalOutcome]] = defaultdict(list)
    query = select(Goal).where(Goal.mentorship_id.in_(cohort)).order_by(Goal.mentorship_id, Goal.number)
    for goal in db.session.scalars(query):
        kpi, value = catalogue[goal.kpi], newest.get(goal.id)
        found[goal.mentorship_id].append(
            GoalOutcome(
                goal.kpi,
                kpi.field,
                goal.unit,
                goal.weight,
                goal.baseline,
                goal.target,
                value,
                None if value is None else rates.improvement(kpi.direction, goal.baseline, value),
                None if value is None else rates.achievement(goal.baseline, goal.target, value),
            )
        )
    return found


def _effects(cohort: Any) -> dict[int, list[EffectOutcome]]:
    newest: dict[tuple[int, str], EffectOutcome] = {}
    query = (
        select(
            BusinessEffect.mentorship_id,
            BusinessEffect.kpi,
            BusinessEffect.unit,
            BusinessEffect.before,
            BusinessEffect.after,
        )
        .where(BusinessEffect.mentorship_id.in_(cohort), BusinessEffect.state == ValueState.VERIFIED)
        .order_by(BusinessEffect.ends_on, BusinessEffect.id)
    )
    for number, kpi, unit, before, after in db.session.execute(query):
        newest[number, kpi] = EffectOutcome(kpi, unit, after - before)
    found: dict[int, list[EffectOutcome]] = defaultdict(list)
    for (number, _), effect in newest.items():
        found[number].append(effect)
    return found


def _waiting(cohort: Any) -> dict[int, int]:
    """How many values of each mentorship were entered and not decided about."""
    open_states = (ValueState.ENTERED, ValueState.QUESTIONED)
    of_goals = (
        select(Goal.mentorship_id, func.count())
        .join(Measurement, Measurement.goal_id == Goal.id)
        .where(Goal.mentorship_id.in_(cohort), Measurement.state.in_(open_states))
        .group_by(Goal.mentorship_id)
    )
    of_firms = (
        select(BusinessEffect.mentorship_id, func.count())
        .where(BusinessEffect.mentorship_id.in_(cohort), BusinessEffect.state.in_(open_states))
        .group_by(BusinessEffect.mentorship_id)
    )
    found: dict[int, int] = defaultdict(int)
    for query in (of_goals, of_firms):
        for number, count in db.session.execute(query):
            found[number] += count
    return found
