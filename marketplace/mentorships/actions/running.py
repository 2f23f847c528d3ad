"""What the operator does to a mentorship as a whole: pause it, let it go on, stop it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.companies.eligibility import today
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.mentorships.actions.money import release_after_stop
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.places import keep_place
from marketplace.mentorships.wording import announce


def pause(mentorship: Mentorship, reason: str | None, *, by: Any) -> None:
    """Let the mentorship rest for a reason; the term goes on, and is changed by a change request if need be."""
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    _with_reason(mentorship, "pause", Event.MENTORSHIP_PAUSED, reason, by)


def resume(mentorship: Mentorship, *, by: Any) -> None:
    """Let it go on."""
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    with recorded(by, Event.MENTORSHIP_RESUMED, mentorship):
        mentorship = Mentorship.locked(mentorship.id)
        mentorship.move("resume")
        mentorship.reason = None
        announce("resume", mentorship)


def stop(mentorship: Mentorship, reason: str | None, *, by: Any) -> None:
    """End the mentorship for good, and say why; the expert's place is free from tomorrow on.

    What was set aside for it and cannot be asked for any more is free at once.
    """
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    _with_reason(mentorship, "stop", Event.MENTORSHIP_STOPPED, reason, by)


def _with_reason(mentorship: Mentorship, verb: str, event: Event, reason: str | None, by: Any) -> None:
    why = reason_of(reason, MIN_REASON)
    with recorded(by, event, mentorship, reason=why) as record:
        mentorship = Mentorship.locked(mentorship.id)
        record.facts["state"] = str(mentorship.state)
        mentorship.reason = why
        mentorship.move(verb)
        if verb == "stop":
            keep_place(mentorship, until=today() + timedelta(days=1))
            release_after_stop(mentorship)
        announce(verb, mentorship, reason=why)
