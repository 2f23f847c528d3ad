"""A person's visits as an iCalendar file (RFC 5545). Made visits have their times in Seoul; planned ones a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from marketplace import settings
from marketplace.access import Role
from marketplace.civil import SEOUL
from marketplace.errors import N_
from marketplace.i18n import translate
from marketplace.mentorships.models import Mentorship, PlannedVisit
from marketplace.visits.models import Visit
from marketplace.visits.states import STATE_LABELS, VisitState


def calendar_of(user: Any, made: Sequence[Visit], planned: Sequence[PlannedVisit]) -> bytes:
    """The file in the person's language."""
    calendar = Calendar()
    calendar.add("prodid", "-//marketplace//visits//KO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", translate(N_("멘토링 방문"), user.language))
    calendar.add("x-wr-timezone", "Asia/Seoul")
    for visit in made:
        calendar.add_component(_made(user, visit))
    for coming in planned:
        calendar.add_component(_planned(user, coming))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _made(user: Any, visit: Visit) -> Event:
    event = Event()
    event.add("uid", f"visit-{visit.id}@{_host()}")
    event.add("dtstamp", visit.entered_at)
    event.add("sequence", visit.version)
    event.add("dtstart", visit.starts_at.astimezone(SEOUL))
    event.add("dtend", visit.ends_at.astimezone(SEOUL))
    whom = _other_side(user, visit.mentorship, visit.expert.name)
    event.add("summary", translate(N_("방문: %(whom)s"), user.language, whom=whom))
    event.add("location", visit.place)
    state = translate(STATE_LABELS[VisitState(visit.state)], user.language)
    event.add("description", f"{state}\n{visit.done}")
    event.add("url", f"{settings.current().base_url.rstrip('/')}/visits/{visit.id}")
    event.add("status", "CONFIRMED")
    return event


def _planned(user: Any, coming: PlannedVisit) -> Event:
    event = Event()
    event.add("uid", f"planned-{coming.mentorship_id}-{coming.number}@{_host()}")
    event.add("dtstamp", coming.created_at)
    event.add("dtstart", coming.on)
    event.add("dtend", coming.on + timedelta(days=1))
    whom = _other_side(user, coming.mentorship, coming.mentorship.expert.name)
    summary = N_("방문 예정(%(number)s회차): %(whom)s")
    event.add("summary", translate(summary, user.language, number=coming.number, whom=whom))
    event.add("description", coming.content)
    event.add("status", "TENTATIVE")
    return event


def _other_side(user: Any, mentorship: Mentorship, expert: str) -> str:
    """Whom the person meets; both sides for staff, who meet neither."""
    firm = mentorship.request.company.name
    if user.role == Role.EXPERT:
        return firm
    return expert if user.role == Role.COMPANY else f"{firm}, {expert}"


def _host() -> str:
    return urlsplit(settings.current().base_url).hostname or "localhost"
