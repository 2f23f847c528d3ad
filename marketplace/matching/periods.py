"""In which period a case is checked at a step, and how it moves once its start has passed.

See docs/decisions/0004-a-period-whose-start-has-passed-moves.md.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from marketplace.civil import months_after
from marketplace.companies.eligibility import today
from marketplace.companies.models import MentoringRequest
from marketplace.matching.models import MatchCase
from marketplace.matching.profiles import Period
from marketplace.matching.states import CaseState


class Step(StrEnum):
    """The moments at which the rules are asked."""

    PROPOSE = "propose"  # release, nominate, prefer, offer, override
    ACCEPT = "accept"
    APPROVE_FIRST = "approve_first"
    APPROVE_FINAL = "approve_final"


#: What comes next in a state; a state that is left out moves nothing.
COMING = {
    CaseState.MATCHING: Step.PROPOSE,
    CaseState.PROPOSED: Step.PROPOSE,
    CaseState.ACCEPTED: Step.APPROVE_FIRST,
    CaseState.FIRST_APPROVED: Step.APPROVE_FINAL,
}


def period_from(request: MentoringRequest, since: date) -> Period:
    """The request's months from a day on."""
    return Period(since, months_after(since, request.months or 3))


def period_at(case: MatchCase, step: Step) -> Period:
    """The case's period, or, when its start has passed, the one that the step gives it.

    That begins on the first day which can be kept even if everyone after the step takes all the time that the
    programme grants, and is as many months long. An expert accepts the period that was shown with the offer.
    """
    if step is Step.ACCEPT or case.since >= today():
        return case.period
    programme = case.request.programme
    still = {
        Step.PROPOSE: programme.offer_days + 2 * programme.approval_days,
        Step.APPROVE_FIRST: programme.approval_days,
        Step.APPROVE_FINAL: 0,
    }
    return period_from(case.request, today() + timedelta(days=still[step]))


def coming_period(case: MatchCase) -> Period:
    """The period in which the next step will be checked; the case's own when nothing moves it."""
    step = COMING.get(CaseState(case.state))
    return period_at(case, step) if step is not None else case.period


def renew_period(case: MatchCase, step: Step) -> dict[str, Any]:
    """Move the period when its start has passed; from which days to which, as facts for the record."""
    before, after = case.period, period_at(case, step)
    if before == after:
        return {}
    case.since, case.until = after.since, after.until
    return {"period_moved": {"from": days_of(before), "to": days_of(after)}}


def days_of(period: Period) -> list[str]:
    """First and last day, as kept in the record."""
    return [period.since.isoformat(), period.last_day.isoformat()]
