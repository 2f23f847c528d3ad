"""How a case begins and ends with its request, within the transaction of the request's own action."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Role
from marketplace.audit import also_about
from marketplace.companies.eligibility import today
from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import N_
from marketplace.events import Event
from marketplace.matching.models import MatchCase, locked
from marketplace.matching.periods import days_of, period_from
from marketplace.matching.rows import relation_rows
from marketplace.matching.wording import announce
from marketplace.notifications import tell_all


def open_case(request: MentoringRequest, by: Any) -> None:
    """Open a case for a request that was found eligible.

    The period runs for the wished months from the wished start, or from today when that has passed. The
    organisations that the firm names are kept as they stand, in the case and in the record.
    """
    period = period_from(request, max(request.start_on or today(), today()))
    relations = relation_rows(request.company)
    case = MatchCase(
        request=request,
        since=period.since,
        until=period.until,
        relations=relations,
        due_at=utcnow() + timedelta(days=request.programme.matching_days),
    )
    db.session.add(case)
    db.session.flush()
    also_about(
        case,
        opened={
            "period": days_of(period),
            "relations": relations,
            "unstated": [str(kind) for kind in request.company.unstated],
        },
    )
    tell_all(
        request.programme.staff(Role.OPERATOR),
        Event.CASE_OPENED,
        N_("%(firm)s의 전문가 후보를 추천해 주십시오."),
        f"/cases/{case.id}",
        firm=request.company.name,
    )


def withdraw_with_request(request: MentoringRequest, by: Any) -> None:
    """End the case of a request that is being withdrawn.

    Raises RuleBroken (conflict) when the match was approved already.
    """
    case = MatchCase.of_request(request)
    if case is not None:
        case = locked(MatchCase, case.id)
        asked = case.end("withdraw")
        case.reason = request.reason
        also_about(case)
        announce("withdraw", case, asked)
