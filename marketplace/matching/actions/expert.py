"""How an expert answers an offer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.database import db, utcnow
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.checks import require_free
from marketplace.matching.handover import pass_on, reason_of, still_open
from marketplace.matching.models import Candidate, MatchCase, locked
from marketplace.matching.periods import Step
from marketplace.matching.states import CandidateState, next_state
from marketplace.matching.wording import announce


def accept(candidate: Candidate, *, by: Any) -> None:
    """Accept the offer; a place of the expert is held from now on."""
    require(by, Permission.ANSWER_OFFER, candidate)
    with recorded(by, Event.OFFER_ACCEPTED, candidate.case) as record:
        expert = locked(Expert, candidate.expert_id)
        case = locked(MatchCase, candidate.case_id)
        candidate = case.candidate(candidate.id)
        still_open(candidate)
        next_state(case.state, "accept")
        facts = require_free(expert, case, Step.ACCEPT)
        candidate.answer(CandidateState.ACCEPTED)
        case.choose(candidate)
        case.move("accept", utcnow() + timedelta(days=case.request.programme.approval_days))
        record.facts.update(facts, candidate=candidate.id)
        announce("accept", case, candidate)


def decline(candidate: Candidate, reason: str | None, *, by: Any, become_unavailable: bool = False) -> None:
    """Decline the offer and say why; ``become_unavailable`` pauses and declines all other offers too."""
    require(by, Permission.ANSWER_OFFER, candidate)
    why = reason_of(reason)
    with recorded(by, Event.OFFER_DECLINED, candidate.case) as record:
        expert = locked(Expert, candidate.expert_id)
        others = _other_offers(candidate) if become_unavailable else []
        for case_id in sorted({candidate.case_id, *(other.case_id for other in others)}):
            locked(MatchCase, case_id)  # brings its candidates up to date
        still_open(candidate)
        if become_unavailable:
            expert.paused_at, expert.pause_reason = utcnow(), why[:500]
            expert.touch()
            also_about(expert)
        record.facts.update(
            _decline(candidate, why),
            candidate=candidate.id,
            expert=expert.id,
            reason=why,
            paused=become_unavailable,
        )
        # What became of the other cases, by their number as text, since JSON has no other keys.
        record.facts["in_other_cases"] = {
            str(other.case_id): _decline(other, why)
            for other in others
            if other.state == CandidateState.OFFERED
        }
        record.facts["also_declined"] = [int(number) for number in record.facts["in_other_cases"]]


def _other_offers(candidate: Candidate) -> list[Candidate]:
    query = (
        select(Candidate)
        .where(
            Candidate.expert_id == candidate.expert_id,
            Candidate.state == CandidateState.OFFERED,
            Candidate.id != candidate.id,
        )
        .order_by(Candidate.case_id)
    )
    return list(db.session.scalars(query))


def _decline(candidate: Candidate, why: str) -> dict[str, Any]:
    """End one offer, ask the next expert or the operator, tell them; what came of it, as facts."""
    case = candidate.case
    next_state(case.state, "decline")
    candidate.answer(CandidateState.DECLINED, why)
    verb, after, facts = pass_on(case, "decline")
    also_about(case)
    announce(verb, case, candidate, after=after, reason=why)
    return facts
