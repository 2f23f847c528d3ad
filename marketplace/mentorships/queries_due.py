"""What waits to be done by itself, and what is already promised."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CaseState
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.programmes.models import Programme


def cases_without_agreement() -> list[int]:
    """Approved matches whose agreement was not drawn up yet, oldest first."""
    drawn_up = exists().where(Mentorship.case_id == MatchCase.id)
    query = select(MatchCase.id).where(MatchCase.state == CaseState.APPROVED, ~drawn_up)
    return list(db.session.scalars(query.order_by(MatchCase.id)))


def promised_by_sponsor(programme: Programme) -> dict[int, int]:
    """How much of each contributor's money the agreements of a programme ask for, in won; stopped ones left out."""
    share = func.sum(Mentorship.shares["sponsor"].as_integer())
    query = (
        select(Mentorship.sponsor_id, share)
        .join(Mentorship.case)
        .join(MatchCase.request)
        .where(
            MentoringRequest.programme_id == programme.id,
            Mentorship.sponsor_id.is_not(None),
            Mentorship.state != MentorshipState.STOPPED,
        )
        .group_by(Mentorship.sponsor_id)
    )
    return {sponsor: int(amount or 0) for sponsor, amount in db.session.execute(query) if sponsor}
