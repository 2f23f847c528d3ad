"""What is asked before another expert takes over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.database import db
from marketplace.matching.checks import HOLDS_AGAINST
from marketplace.matching.index import rank_case
from marketplace.matching.periods import Step
from marketplace.matching.queries import experts_with, held_by
from marketplace.matching.showing import ranked_card
from marketplace.mentorships.models import Mentorship
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING


def visits_made(mentorship: Mentorship) -> int:
    """How many visits stand: made, whether decided or not, and neither refused nor withdrawn."""
    query = select(func.count(Visit.id)).where(
        Visit.mentorship_id == mentorship.id, Visit.state.in_(STANDING)
    )
    return db.session.scalar(query) or 0


def next_best(mentorship: Mentorship, most: int = 5) -> list[dict[str, Any]]:
    """The best experts who may take over now, with the reasons; not the present one, nor whoever refused before."""
    case = mentorship.case
    known = {candidate.expert_id: candidate for candidate in case.candidates}
    rows = [
        row
        for row in rank_case(case).result["experts"]
        if int(row["expert"]) != mentorship.expert_id
        and (int(row["expert"]) not in known or known[int(row["expert"])].may_be_listed)
    ][:most]
    ids = [int(row["expert"]) for row in rows]
    experts, held = experts_with(ids), held_by(ids, HOLDS_AGAINST[Step.PROPOSE])
    return [
        ranked_card(row, experts[number], case, [period for _, period in held.get(number, [])])
        for row, number in zip(rows, ids, strict=True)
        if number in experts
    ]
