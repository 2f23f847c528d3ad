"""What the worker looks for: offers that ran out, and whom to remind."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import REMINDED_IN, CandidateState
from marketplace.programmes.models import Programme


def offers_run_out() -> list[int]:
    """Candidates whose time to answer is over."""
    query = (
        select(Candidate.id)
        .where(Candidate.state == CandidateState.OFFERED, Candidate.expires_at <= utcnow())
        .order_by(Candidate.case_id)
    )
    return list(db.session.scalars(query))


def offers_to_remind() -> list[int]:
    """Candidates who were asked ``reminder_days`` ago or earlier, may still answer and were not reminded."""
    now = utcnow()
    query = (
        select(Candidate.id, Candidate.offered_at, Programme.reminder_days)
        .join(MatchCase, MatchCase.id == Candidate.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .join(Programme, Programme.id == MentoringRequest.programme_id)
        .where(
            Candidate.state == CandidateState.OFFERED,
            Candidate.reminded_at.is_(None),
            Candidate.expires_at > now,
        )
        .order_by(Candidate.case_id)
    )
    return [
        candidate_id
        for candidate_id, offered_at, days in db.session.execute(query)
        if offered_at is not None and offered_at + timedelta(days=days) <= now
    ]


def cases_to_remind() -> list[int]:
    """Cases whose holder was not reminded in the present state and has to be by now, the oldest first."""
    query = (
        select(MatchCase)
        .join(MatchCase.request)
        .join(MentoringRequest.programme)
        .options(contains_eager(MatchCase.request).contains_eager(MentoringRequest.programme))
        .where(
            MatchCase.state.in_(REMINDED_IN), MatchCase.reminded_at.is_(None), MatchCase.due_at.is_not(None)
        )
        .order_by(MatchCase.id)
    )
    return [case.id for case in db.session.scalars(query) if case.is_to_be_reminded]
