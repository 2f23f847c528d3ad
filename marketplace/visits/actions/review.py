"""How the operator decides about a visit that the firm confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.civil import day_of
from marketplace.database import utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.visits.actions.expert import require_as_seen
from marketplace.visits.hooks import on_accepted
from marketplace.visits.models import Visit, locked_visit
from marketplace.visits.states import next_state
from marketplace.visits.wording import announce


def accept(visit: Visit, minutes: int | None, *, seen: int, by: Any) -> None:
    """Recognise a confirmed visit with so many minutes, at most as long as it took; what follows is done with it.

    ``seen`` is the version that the page showed. Raises RuleBroken at ``minutes``.
    """
    require(by, Permission.REVIEW_VISIT, visit)
    with recorded(by, Event.VISIT_REVIEWED, visit) as record:
        visit = locked_visit(visit.id)
        if (fault := review_fault(visit, by)) is not None:
            raise fault
        require_as_seen(visit, seen)
        if minutes is None or not 1 <= minutes <= visit.length:
            raise RuleBroken(
                N_("인정 시간은 1분에서 %(most)d분(방문한 시간) 사이로 적어 주십시오."),
                field="minutes",
                most=visit.length,
            )
        visit.move("accept")
        visit.minutes = minutes
        visit.reviewed_at, visit.reviewed_by_id = utcnow(), by.id
        record.subjects = [visit.mentorship]
        record.facts.update(minutes=minutes, edition=visit.edition)
        for follow in on_accepted:
            follow(visit)
        announce("accept", visit, minutes=minutes)


def confirm_for_firm(visit: Visit, reason: str | None, *, seen: int, by: Any) -> None:
    """Confirm a visit in the place of a firm that let its time pass, and say how it was ascertained.

    Whoever does this does not review the visit. RuleBroken (conflict) while the firm still has time.
    """
    require(by, Permission.REVIEW_VISIT, visit)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.VISIT_CONFIRMED_FOR_FIRM, visit, reason=why) as record:
        visit = locked_visit(visit.id)
        next_state(visit.state, "confirm_for_firm")
        require_as_seen(visit, seen)
        if not visit.is_overdue:
            raise RuleBroken(
                N_("기업의 확인 기한(%(day)s)이 지나기 전에는 대신 확인할 수 없습니다."),
                conflict=True,
                day=day_of(visit.due_at) if visit.due_at else "",
            )
        visit.move(
            "confirm_for_firm", utcnow() + timedelta(days=visit.mentorship.programme.visit_review_days)
        )
        visit.confirmed_at, visit.confirmed_by_id, visit.confirmed_because = utcnow(), by.id, why
        record.subjects = [visit.mentorship]
        record.facts["edition"] = visit.edition
        announce("confirm_for_firm", visit, reason=why)


def send_back(visit: Visit, reason: str | None, *, by: Any) -> None:
    """Return a log to the expert and say what is to be corrected; the firm confirms it anew."""
    require(by, Permission.REVIEW_VISIT, visit)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.VISIT_RETURNED, visit, reason=why) as record:
        visit = locked_visit(visit.id)
        visit.move("return", utcnow() + timedelta(days=visit.mentorship.programme.answer_days))
        visit.reason = why
        record.subjects = [visit.mentorship]
        announce("return", visit, reason=why)


def refuse(visit: Visit, reason: str | None, *, by: Any) -> None:
    """Do not recognise a visit, for good; its time and its place in the plan are free again."""
    require(by, Permission.REVIEW_VISIT, visit)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.VISIT_REFUSED, visit, reason=why) as record:
        visit = locked_visit(visit.id)
        visit.move("refuse")
        visit.reason = why
        record.subjects = [visit.mentorship]
        announce("refuse", visit, reason=why)


def review_fault(visit: Visit, by: Any) -> RuleBroken | None:
    """What stands against accepting the visit for this person; None when nothing does."""
    try:
        next_state(visit.state, "accept")
    except RuleBroken as broken:
        return broken
    if by.id in (visit.confirmed_by_id, visit.expert.user_id):
        return RuleBroken(
            N_("방문을 하거나 확인한 사람은 검토할 수 없습니다. 다른 담당자가 검토해 주십시오.")
        )
    return None
