"""What a new log already says when it is opened: taken from the plan, the visit before and the agreement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marketplace.civil import SEOUL, day_of
from marketplace.database import utcnow
from marketplace.mentorships.models import Mentorship, PlannedVisit
from marketplace.visits import queries


@dataclass(frozen=True)
class Prefilled:
    """The planned visit that comes next, and the values of the form's fields."""

    planned: PlannedVisit | None
    values: dict[str, Any] = field(default_factory=dict)


def prefilled(mentorship: Mentorship, *, for_device: bool = False) -> Prefilled:
    """The next planned visit and what can be known of it.

    ``for_device`` leaves out the names of other people, because that page is kept on a phone.
    """
    coming = queries.unlogged([mentorship.id]).get(mentorship.id, [])
    planned = coming[0] if coming else None
    before = queries.last_visit(mentorship)
    today = day_of(utcnow())
    values: dict[str, Any] = {
        "on": planned.on if planned is not None and planned.on <= today else today,
        "task_id": planned.task_id if planned is not None else None,
        "mode": before.mode if before is not None else "onsite",
        "place": (before.place if before is not None else "") or _place(mentorship),
    }
    if before is not None:
        values["start"] = before.starts_at.astimezone(SEOUL).time()
        values["end"] = before.ends_at.astimezone(SEOUL).time()
    if for_device:
        del values["on"]
    else:
        values["attendees"] = (before.attendees if before is not None else "") or _names(mentorship)
    return Prefilled(planned, values)


def _place(mentorship: Mentorship) -> str:
    request = mentorship.request
    return request.place or " ".join(filter(None, [request.company.name, request.company.city]))


def _names(mentorship: Mentorship) -> str:
    people = [person.name for person in mentorship.request.people()][:3]
    return ", ".join([*people, mentorship.expert.name])
