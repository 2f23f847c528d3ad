"""Steps that several actions share: putting an expert forward, asking the next one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from marketplace.database import db, utcnow
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.experts.models import Expert
from marketplace.matching.checks import REFUSED, broken_rules, reasons
from marketplace.matching.explanation import Ranked
from marketplace.matching.index import FoundRanking
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.periods import Step, renew_period
from marketplace.matching.rows import key_of
from marketplace.matching.states import CandidateState
from marketplace.matching.wording import announce_period

MIN_REASON = 10  # characters; a decision of staff must be understood years later


def reason_of(text: str | None, least: int = 1, field: str = "reason") -> str:
    """The reason as it is kept; RuleBroken at the field when it says too little."""
    reason = (text or "").strip()
    if not reason:
        raise RuleBroken(N_("사유를 적어 주십시오."), field=field)
    if len(reason) < least:
        raise RuleBroken(N_("사유를 %(least)d자 이상 적어 주십시오."), field=field, least=least)
    if len(reason) > 2000:
        raise RuleBroken(N_("사유를 2,000자 이내로 줄여 주십시오."), field=field)
    return reason


def find_expert(expert_id: int) -> Expert:
    """The expert with this number, or NotFound."""
    expert = db.session.get(Expert, expert_id) if 0 < expert_id < 2**31 else None
    if expert is None:
        raise NotFound(expert_id)
    return expert


def placed(found: FoundRanking, expert: Expert) -> Ranked:
    """The expert's place in a ranking; RuleBroken with the rule's sentence when one keeps him out."""
    ranked = found.of(expert.id)
    if ranked is not None:
        return ranked
    key = key_of(expert.id)
    for out in found.ranking.excluded:
        if out.expert == key:
            raise RuleBroken(REFUSED, name=expert.name, reason=reasons(out.exclusions))
    raise RuleBroken(
        N_("%(name)s 전문가는 지금 순위에 없습니다. 새로 고친 뒤 다시 골라 주십시오."),
        conflict=True,
        name=expert.name,
    )


def put_forward(case: MatchCase, expert: Expert, ranked: Ranked, source: str, by: Any) -> Candidate:
    """Make the expert a candidate with the explanation as it stands now.

    One whom the firm found itself stays the firm's when the operator proposes the same expert.

    Raises RuleBroken for one who was refused, who declined, or whom staff rejected in this case.
    """
    candidate = case.candidate_for(expert.id)
    if candidate is None:
        candidate = Candidate(expert=expert, expert_id=expert.id, case=case, state=CandidateState.LISTED)
        db.session.add(candidate)
    elif not candidate.may_be_listed:
        raise RuleBroken(
            N_("%(name)s 전문가는 이 신청에서 이미 거절되었거나 반려되어 다시 추천할 수 없습니다."),
            name=expert.name,
        )
    stays = source == "ranking" and candidate.source == "firm" and candidate.state == CandidateState.LISTED
    if not stays:
        candidate.source, candidate.proposed_by_id = source, by.id if by else None
    if candidate.state != CandidateState.LISTED:
        candidate.list_again()
    candidate.rank, candidate.score = ranked.rank, ranked.hundredths
    candidate.explanation = ranked.to_json()
    return candidate


def require_listed(case: MatchCase, listed: Collection[int]) -> None:
    """Refuse, as a conflict, when the open candidates are not those that the page showed."""
    if {candidate.id for candidate in case.in_state(CandidateState.LISTED)} != set(listed):
        raise RuleBroken(
            N_("화면을 여신 뒤에 후보가 바뀌었습니다. 지금의 후보를 확인하고 다시 처리해 주십시오."),
            conflict=True,
        )


def ask(case: MatchCase, candidate: Candidate, verb: str) -> dict[str, Any]:
    """Ask the expert, in a period that can still be kept; what was offered, as facts for the record.

    The firm is told when the period moved; the expert reads the period in the offer.
    """
    moved = renew_period(case, Step.PROPOSE)
    case.offer(candidate, verb)
    db.session.flush()
    if moved:
        announce_period(verb, case, candidate, ("firm",))
    until = candidate.expires_at.isoformat() if candidate.expires_at else None
    return {"offered": candidate.expert_id, "answer_by": until, **moved}


def pass_on(case: MatchCase, verb: str) -> tuple[str, Candidate | None, dict[str, Any]]:
    """Ask the next in the firm's order, or hand the case back to the operator.

    ``verb`` is decline or expire; answers with the verb that was done, who is asked now, and facts for the
    record. Those in the order who may no longer take the case are left out with the rule's sentence as their
    reason.
    """
    for candidate in case.waiting:
        broken = broken_rules(candidate.expert, case, Step.PROPOSE)
        if not broken:
            case.overridden_by_id = None  # from here on it is the firm's order again
            return verb, candidate, {"asked_next": candidate.expert_id, **ask(case, candidate, verb)}
        candidate.answer(CandidateState.LAPSED, reasons(broken)[:2000])
    case.back_to_matching(f"{verb}_last")
    return f"{verb}_last", None, {"asked_next": None}


def still_open(candidate: Candidate) -> None:
    """Refuse unless the offer stands and its time has not run out."""
    if candidate.state != CandidateState.OFFERED:
        raise RuleBroken(
            N_("이미 처리되었거나 종료된 제안입니다. 새로 고친 뒤 현재 상태를 확인해 주십시오."),
            conflict=True,
        )
    if candidate.expires_at is not None and candidate.expires_at <= utcnow():
        raise RuleBroken(
            N_("회신 기한이 지나 답할 수 없습니다. 아직 함께하실 수 있으면 운영기관에 알려 주십시오."),
            conflict=True,
        )
