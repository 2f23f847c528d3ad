"""What the system does when the firm stays silent. It may be repeated without harm."""

from __future__ import annotations

from marketplace.audit import recorded
from marketplace.database import utcnow
from marketplace.events import Event
from marketplace.visits.models import locked_visit
from marketplace.visits.states import TRANSITIONS
from marketplace.visits.wording import announce


def remind_firm(visit_id: int) -> None:
    """Remind the firm, once for each version, that a log waits for its answer."""
    with recorded(None, Event.VISIT_REMINDED, None) as record:
        visit = locked_visit(visit_id)
        if "remind_firm" not in TRANSITIONS[visit.state] or visit.reminded_at is not None:
            record.cancel()  # answered, or reminded by another worker
            return
        visit.move("remind_firm", visit.due_at)
        visit.reminded_at = utcnow()
        record.thing, record.subjects = visit, [visit.mentorship]
        announce("remind_firm", visit)
