"""How a claim comes to be, and how the operator decides about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.civil import day_of
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken
from marketplace.events import Event
from marketplace.ledger.verbs_claims import post_draw
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.matching.models import MatchCase
from marketplace.mentorships.actions.money import visit_parts
from marketplace.mentorships.models import Mentorship
from marketplace.payments.models import Claim, locked_claim
from marketplace.payments.states import ClaimState, next_state
from marketplace.payments.wording import announce
from marketplace.visits.models import Visit
from marketplace.visits.rules import midnight


def claim_visit(visit: Visit) -> None:
    """Claim the price of a visit that was just accepted, within that transaction."""
    parts = visit_parts(visit.mentorship)
    claim = Claim(
        visit_id=visit.id,
        mentorship_id=visit.mentorship_id,
        expert_id=visit.expert_id,
        amount=parts.total,
        withholding=visit.mentorship.withholding,
        accepted_by_id=visit.reviewed_by_id,
        **dict(parts.items()),
    )
    db.session.add(claim)
    db.session.flush()
    also_about(claim, claim=claim.id, amount=claim.amount)


def approve(claim: Claim, *, by: Any) -> None:
    """Approve the payment: its parts become payable, from what was set aside for the mentorship.

    Raises RuleBroken when the reviewer of the visit approves, when the firm has not paid in its part, and when another
    visit to the firm on the same day is being paid already.
    """
    require(by, Permission.APPROVE_PAYMENT, claim)
    if by is None:
        raise NotAllowed("approve")
    with recorded(by, Event.CLAIM_APPROVED, claim) as record:
        firm_id = claim.mentorship.request.company_id
        db.session.get_one(Company, firm_id, with_for_update={"of": Company, "key_share": True})
        claim = locked_claim(claim.id)
        if (fault := approval_fault(claim, by)) is not None:
            raise fault
        claim.move("approve")
        claim.approved_at, claim.approved_by_id, claim.reason = utcnow(), by.id, None
        record.subjects += [claim.mentorship, claim.visit]
        record.facts.update(claim=claim.id, amount=claim.amount)
        programme = claim.mentorship.programme
        post_draw(programme, claim.mentorship_id, claim.id, claim.parts, visit_id=claim.visit_id)


def approval_fault(claim: Claim, by: Any) -> RuleBroken | None:
    """What stands against this person approving the claim, but for the money; None when nothing does."""
    try:
        next_state(claim.state, "approve")
    except RuleBroken as broken:
        return broken
    if by.id in (claim.accepted_by_id, claim.visit.confirmed_by_id, claim.expert.user_id):
        return RuleBroken(
            N_("방문을 검토하거나 확인한 사람은 지급을 승인할 수 없습니다. 다른 담당자가 승인해 주십시오.")
        )
    most = claim.mentorship.programme.visits_a_day
    if _approved_that_day(claim) >= most:
        return RuleBroken(
            N_(
                "같은 기업의 같은 날 방문이 이미 %(most)d건 승인되었습니다. 하루 한도를 넘어 지급할 수 없습니다."
            ),
            most=most,
        )
    return None


def _approved_that_day(claim: Claim) -> int:
    day = midnight(day_of(claim.visit.starts_at))
    query = (
        select(func.count(Claim.id))
        .join(Visit, Visit.id == Claim.visit_id)
        .join(Mentorship, Mentorship.id == Claim.mentorship_id)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(
            MentoringRequest.company_id == claim.mentorship.request.company_id,
            Visit.starts_at >= day,
            Visit.starts_at < day + timedelta(days=1),
            Claim.state.in_((ClaimState.APPROVED, ClaimState.ORDERED, ClaimState.PAID)),
            Claim.id != claim.id,
        )
    )
    return db.session.scalar(query) or 0


def hold(claim: Claim, reason: str | None, *, by: Any) -> None:
    """Set the claim aside until something is cleared up, and say what."""
    require(by, Permission.APPROVE_PAYMENT, claim)
    _with_reason(claim, "hold", Event.CLAIM_HELD, reason, by)


def refuse(claim: Claim, reason: str | None, *, by: Any) -> None:
    """Do not pay for the visit, for good, and say why."""
    require(by, Permission.APPROVE_PAYMENT, claim)
    _with_reason(claim, "refuse", Event.CLAIM_REFUSED, reason, by)


def resume(claim: Claim, *, by: Any) -> None:
    """Let a claim that was held wait for approval again."""
    require(by, Permission.APPROVE_PAYMENT, claim)
    with recorded(by, Event.CLAIM_RESUMED, claim) as record:
        claim = locked_claim(claim.id)
        claim.move("resume")
        record.subjects += [claim.mentorship, claim.visit]


def _with_reason(claim: Claim, verb: str, event: Event, reason: str | None, by: Any) -> None:
    why = reason_of(reason, MIN_REASON)
    with recorded(by, event, claim, reason=why) as record:
        claim = locked_claim(claim.id)
        claim.move(verb)
        claim.reason = why
        record.subjects += [claim.mentorship, claim.visit]
        announce(verb, claim, reason=why)
