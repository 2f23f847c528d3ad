"""A small market for the match machine: a programme with its people, experts, and a case in any state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.civil import months_after
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow
from marketplace.experts.models import Expert
from marketplace.matching import actions
from marketplace.matching.index import rank_case
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import CandidateState, CaseState
from marketplace.programmes.models import Programme
from tests import factories

LONG_REASON = "현장 사정을 다시 확인해야 합니다."


def release(case: MatchCase, experts: Sequence[int], *, by: User, reason: str | None = None) -> None:
    """Propose these, as an operator does who looks at the page of this moment."""
    actions.release(
        case, experts, seen=rank_case(case).result_hash, listed=listed(case), reason=reason, by=by
    )


def listed(case: MatchCase) -> list[int]:
    """The open candidates, as a page of this moment shows them."""
    return [candidate.id for candidate in case.in_state(CandidateState.LISTED)]


class World:
    """One programme with two operators, two officials, one firm and a few experts."""

    def __init__(self, experts: int = 3) -> None:
        self.programme: Programme = factories.programme()
        self.operator = factories.user(Role.OPERATOR, self.programme.operator)
        self.second_operator = factories.user(Role.OPERATOR, self.programme.operator)
        self.official = factories.user(Role.MINISTRY, self.programme.ministry)
        self.company = factories.company()
        self.firm: User = factories.person_of(self.company)
        self.experts: list[Expert] = [factories.expert() for _ in range(experts)]

    def case(
        self, state: CaseState = CaseState.MATCHING, expert: Expert | None = None, **facts: Any
    ) -> MatchCase:
        """A case of a firm of its own in a state that was reached as the machine would have reached it.

        From 추천 on every expert of the world is a candidate; ``expert`` (or the first) is the one asked.
        """
        company = facts.pop("company", None) or factories.company()
        request = factories.request(company, self.programme, RequestState.ELIGIBLE)
        case = factories.case(request, until=months_after(factories.START, 3), **facts)
        if state is CaseState.MATCHING:
            return case
        asked = expert or self.experts[0]
        others = [e for e in self.experts if e is not asked]
        chosen = factories.candidate(case, asked, rank=1, score=7000, explanation=EXPLANATION)
        for rank, other in enumerate(others, 2):
            factories.candidate(case, other, rank=rank, score=6000, explanation=EXPLANATION)
        self._bring(case, chosen, state)
        return case

    def _bring(self, case: MatchCase, chosen: Candidate, state: CaseState) -> None:
        case.state = state
        if state is CaseState.OFFERED:
            chosen.preference, chosen.state = 1, CandidateState.OFFERED
            chosen.offered_at, chosen.expires_at = utcnow(), utcnow() + timedelta(days=3)
            case.due_at = chosen.expires_at
            rest = [c for c in case.candidates if c is not chosen]
            for place, other in enumerate(rest[:2], 2):
                other.preference = place
        if state in (CaseState.ACCEPTED, CaseState.FIRST_APPROVED, CaseState.APPROVED):
            chosen.state, chosen.offered_at, chosen.expires_at = CandidateState.ACCEPTED, utcnow(), utcnow()
            case.chosen_id = chosen.id
        if state in (CaseState.FIRST_APPROVED, CaseState.APPROVED):
            case.first_approved_at, case.first_approved_by_id = utcnow(), self.operator.id
        if state is CaseState.STOPPED:
            case.reason = LONG_REASON
        if state is CaseState.APPROVED:
            case.approved_at, case.approved_by_id = utcnow(), self.official.id
        factories.save(case, *case.candidates)
        db.session.expire_all()


EXPLANATION = {
    "score": 70.0,
    "parts": {
        "needs": {"weight": 0.5, "value": 0.8, "points": 40.0, "because": []},
        "words": {"weight": 0.5, "value": 0.6, "points": 30.0, "because": ["도금"]},
    },
    "needs": [],
    "unknown": [],
}
