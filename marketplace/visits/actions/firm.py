"""How the firm answers a log: it was so, or it was not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import utcnow
from marketplace.events import Event
from marketplace.matching.handover import reason_of
from marketplace.visits.actions.expert import require_as_seen
from marketplace.visits.models import Visit, locked_visit
from marketplace.visits.wording import announce


def confirm(visit: Visit, *, seen: int, by: Any, by_mail: bool = False) -> None:
    """Confirm that the visit took place as its newest version says; ``seen`` is the version that was shown.

    ``by_mail`` tells that it was done by the link of a mail, for the record.
    """
    require(by, Permission.CONFIRM_VISIT, visit)
    with recorded(by, Event.VISIT_CONFIRMED, visit, by_mail=by_mail) as record:
        visit = locked_visit(visit.id)
        days = visit.mentorship.programme.visit_review_days
        visit.move("confirm", utcnow() + timedelta(days=days))
        require_as_seen(visit, seen)
        visit.confirmed_at, visit.confirmed_by_id = utcnow(), by.id
        record.subjects = [visit.mentorship]
        record.facts["edition"] = visit.edition
        announce("confirm", visit)


def dispute(visit: Visit, reason: str | None, *, seen: int, by: Any) -> None:
    """Say that it was not so, and why; the expert corrects or withdraws the log."""
    require(by, Permission.CONFIRM_VISIT, visit)
    why = reason_of(reason)
    with recorded(by, Event.VISIT_DISPUTED, visit, reason=why) as record:
        visit = locked_visit(visit.id)
        visit.move("dispute", utcnow() + timedelta(days=visit.mentorship.programme.answer_days))
        require_as_seen(visit, seen)
        visit.reason = why
        record.subjects = [visit.mentorship]
        record.facts["edition"] = visit.edition
        announce("dispute", visit, reason=why)
