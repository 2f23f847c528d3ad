"""What the system does when an expert does not answer. Both may be repeated without harm."""

from __future__ import annotations

from marketplace.audit import recorded
from marketplace.database import utcnow
from marketplace.events import Event
from marketplace.matching.handover import pass_on
from marketplace.matching.models import Candidate, MatchCase, locked
from marketplace.matching.states import CandidateState, next_state
from marketplace.matching.wording import announce


def expire(candidate_id: int) -> None:
    """End an offer whose time has run out and ask the next expert, or hand the case back to the operator."""
    with recorded(None, Event.OFFER_EXPIRED, None) as record:
        case, candidate = _lock(candidate_id)
        late = candidate.expires_at is not None and candidate.expires_at <= utcnow()
        if candidate.state != CandidateState.OFFERED or not late:
            record.cancel()  # answered, or expired by another worker
            return
        next_state(case.state, "expire")
        candidate.answer(CandidateState.EXPIRED)
        verb, after = pass_on(case, "expire")
        record.thing = case
        record.facts.update(
            candidate=candidate.id, expert=candidate.expert_id, asked_next=after.expert_id if after else None
        )
        announce(verb, case, candidate, after=after)


def remind(candidate_id: int) -> None:
    """Remind an expert, once, that an offer waits for an answer."""
    with recorded(None, Event.OFFER_REMINDED, None) as record:
        case, candidate = _lock(candidate_id)
        if candidate.state != CandidateState.OFFERED or candidate.reminded_at is not None:
            record.cancel()
            return
        next_state(case.state, "remind")
        candidate.reminded_at = utcnow()
        record.thing = case
        record.facts.update(candidate=candidate.id, expert=candidate.expert_id)
        announce("remind", case, candidate)


def _lock(candidate_id: int) -> tuple[MatchCase, Candidate]:
    """The case of a candidate, locked, and the candidate as it is now."""
    case_id = Candidate.case_id_of(candidate_id)
    case = locked(MatchCase, case_id)
    return case, case.candidate(candidate_id)
