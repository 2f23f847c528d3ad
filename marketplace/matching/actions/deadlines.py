"""What the system does when somebody does not act in time. All of it may be repeated without harm."""

from __future__ import annotations

from marketplace.audit import recorded
from marketplace.database import utcnow
from marketplace.events import Event
from marketplace.matching.handover import pass_on
from marketplace.matching.models import Candidate, MatchCase, locked
from marketplace.matching.states import REMINDED_IN, CandidateState, CaseState, next_state
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
        verb, after, facts = pass_on(case, "expire")
        record.thing = case
        record.facts.update(facts, candidate=candidate.id, expert=candidate.expert_id)
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


def remind_holder(case_id: int) -> None:
    """Remind, once in each state, the firm whose order or the staff whose decision is due."""
    with recorded(None, Event.CASE_REMINDED, None) as record:
        case = locked(MatchCase, case_id)
        verb = REMINDED_IN.get(CaseState(case.state))
        if verb is None or not case.is_to_be_reminded:
            record.cancel()  # somebody acted, or another worker was faster
            return
        case.reminded_at = utcnow()
        record.thing = case
        record.facts.update(step=verb, due=case.due_at.isoformat() if case.due_at else None)
        announce(verb, case, case.chosen)


def _lock(candidate_id: int) -> tuple[MatchCase, Candidate]:
    """The case of a candidate, locked, and the candidate as it is now."""
    case_id = Candidate.case_id_of(candidate_id)
    case = locked(MatchCase, case_id)
    return case, case.candidate(candidate_id)
