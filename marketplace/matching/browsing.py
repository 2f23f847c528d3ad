"""Whether a firm may look at experts by name: while it may nominate one, and at its own candidates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import TRANSITIONS, CaseState

NOMINATING = tuple(state for state in CaseState if "nominate" in TRANSITIONS[state])


def may_look(user: Any, expert_id: int | None) -> bool:
    """Whether a case of the user's firm is open for nominations, or has this expert among its candidates."""
    open_now: ColumnElement[bool] = MatchCase.state.in_(NOMINATING)
    if expert_id is not None:
        mine = MatchCase.candidates.any(Candidate.expert_id == expert_id)
        open_now = or_(open_now, (MatchCase.state != CaseState.WITHDRAWN) & mine)
    query = (
        select(MatchCase.id)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .where(Company.organisation_id == user.organisation_id, open_now)
        .limit(1)
    )
    return db.session.scalar(query) is not None
