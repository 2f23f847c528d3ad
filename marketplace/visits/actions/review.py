"""How the operator decides about a visit that the firm confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
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
