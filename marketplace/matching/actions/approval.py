"""How the operator and the ministry decide on an accepted match."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.checks import require_free, who_fault
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.matching.models import MatchCase, locked
from marketplace.matching.opinions import opinion_of
from marketplace.matching.periods import Step, renew_period
from marketplace.matching.states import CandidateState, next_state
from marketplace.matching.wording import announce, announce_period


def approve_first(case: MatchCase, *, seen: int, by: Any, opinion: str | None = None) -> None:
    """Approve the match for the operator; rules and the expert's places are asked again.

    ``seen`` is the candidate that the page showed; another one in the meantime is a conflict. ``opinion`` says
    why; it is owed when the ministry had returned the match.
    """
    require(by, Permission.APPROVE_FIRST, case)
    with recorded(by, Event.MATCH_APPROVED_FIRST, case) as record:
        case, expert = _lock(case)
        next_state(case.state, "approve_first")
        _require_as_seen(case, seen)
        _require_other_person(case, expert, "approve_first", by)
        said = opinion_of(case, opinion)
        facts = require_free(expert, case, Step.APPROVE_FIRST) | renew_period(case, Step.APPROVE_FIRST)
        case.move("approve_first", utcnow() + timedelta(days=case.request.programme.approval_days))
        case.first_approved_at, case.first_approved_by_id = utcnow(), by.id
        record.facts.update(facts, candidate=case.chosen_id, opinion=said)
        announce("approve_first", case, case.chosen)
        if "period_moved" in facts:
            announce_period("approve_first", case, case.chosen, ("firm", "expert"))


def approve_final(case: MatchCase, *, seen: int, by: Any, opinion: str | None = None) -> None:
    """Approve the match for the ministry; it stands from now on, and the other candidates lapse.

    ``seen`` and ``opinion`` as in ``approve_first``.
    """
    require(by, Permission.APPROVE_FINAL, case)
    with recorded(by, Event.MATCH_APPROVED, case) as record:
        case, expert = _lock(case)
        next_state(case.state, "approve_final")
        _require_as_seen(case, seen)
        _require_other_person(case, expert, "approve_final", by)
        said = opinion_of(case, opinion)
        facts = require_free(expert, case, Step.APPROVE_FINAL) | renew_period(case, Step.APPROVE_FINAL)
        case.move("approve_final")
        case.approved_at, case.approved_by_id = utcnow(), by.id
        case.lapse_others()
        record.facts.update(facts, candidate=case.chosen_id, opinion=said)
        announce("approve_final", case, case.chosen)
        if "period_moved" in facts:
            announce_period("approve_final", case, case.chosen, ("firm", "expert", "operator"))


def _require_as_seen(case: MatchCase, seen: int) -> None:
    if case.chosen_id != seen:
        raise RuleBroken(
            N_("화면을 여신 뒤에 매칭된 전문가가 바뀌었습니다. 새로 고쳐 다시 확인해 주십시오."),
            conflict=True,
        )


def send_back(case: MatchCase, reason: str | None, *, by: Any) -> None:
    """Return the match to the operator's approval and say what is to be looked at again."""
    require(by, Permission.APPROVE_FINAL, case)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.MATCH_RETURNED, case, reason=why) as record:
        case = locked(MatchCase, case.id)
        case.move("return", utcnow() + timedelta(days=case.request.programme.approval_days))
        case.first_approved_at = case.first_approved_by_id = None
        case.reason = why
        record.facts["candidate"] = case.chosen_id
        announce("return", case, case.chosen, reason=why)


def reject(case: MatchCase, reason: str | None, *, by: Any) -> None:
    """Reject the match for the operator; the expert is not offered again in this case."""
    require(by, Permission.APPROVE_FIRST, case)
    _reject(case, "reject", reason, by)


def reject_final(case: MatchCase, reason: str | None, *, by: Any) -> None:
    """Reject the match for the ministry; the operator proposes other experts."""
    require(by, Permission.APPROVE_FINAL, case)
    _reject(case, "reject_final", reason, by)


def _reject(case: MatchCase, verb: str, reason: str | None, by: Any) -> None:
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.MATCH_REJECTED, case, reason=why) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, verb)
        chosen = case.candidate(case.chosen_id or 0)
        chosen.answer(CandidateState.REJECTED, why)
        case.back_to_matching(verb)
        case.reason = why
        record.facts.update(candidate=chosen.id, expert=chosen.expert_id, step=verb)
        announce(verb, case, chosen, reason=why)


def _lock(case: MatchCase) -> tuple[MatchCase, Expert]:
    """The chosen expert's row first, then the case; RuleBroken when the choice changed between the two."""
    chosen = case.chosen
    if chosen is None:
        next_state(case.state, "approve_first")  # says in which state the case is
        raise RuleBroken(N_("선택된 전문가가 없습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True)
    expert = locked(Expert, chosen.expert_id)
    case = locked(MatchCase, case.id)
    if case.chosen is None or case.chosen.expert_id != expert.id:
        raise RuleBroken(
            N_("그 사이에 선택된 전문가가 바뀌었습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True
        )
    return case, expert


def _require_other_person(case: MatchCase, expert: Expert, verb: str, by: Any) -> None:
    """Nobody approves a match of his own, and nobody approves twice."""
    if (fault := who_fault(case, expert, verb, by)) is not None:
        raise fault
