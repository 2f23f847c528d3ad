"""What happened in a mentorship, as the record tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from marketplace.audit import AuditEntry, AuditSubject, history_of
from marketplace.database import db
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS, Event
from marketplace.mentorships.labels import PARTS
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.showing import iso_day
from marketplace.mentorships.states import PARTY_LABELS, Party
from marketplace.web.setup import day, moment

BANK = N_("은행 이체 결과 등록")
_MOST = 1000  # entries


def history(mentorship: Mentorship) -> list[dict[str, Any]]:
    """What happened, newest first; what one person did to many visits at one time stands in one line."""
    entries = history_of(mentorship, limit=_MOST)[::-1]
    days = _visit_days(entries)
    return [_line(list(same), days) for _, same in groupby(entries, key=_alike)]


def event_name(entry: AuditEntry) -> str:
    """What happened, in words; the only rows that are imported about a mentorship are those of the bank."""
    what: str = gettext(BANK if entry.event == Event.ROWS_IMPORTED else EVENT_LABELS[Event(entry.event)])
    return what


def _alike(entry: AuditEntry) -> tuple[object, ...]:
    return entry.event, entry.actor_name, moment(entry.at)


def _line(same: Sequence[AuditEntry], days: Mapping[int, set[date]]) -> dict[str, Any]:
    entry = same[0]
    what = event_name(entry)
    if len(same) > 1:
        what = gettext("%(what)s %(count)d건", what=what, count=len(same))
    visits = sorted(set().union(*(days.get(one.id, ()) for one in same)))
    notes = dict.fromkeys(note for one in same for note in _notes(one))
    return {
        "what": what,
        "when": moment(entry.at),
        "who": gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name,
        "note": " ".join([*_of_visits(visits), *notes]) or None,
    }


def _visit_days(entries: Sequence[AuditEntry]) -> dict[int, set[date]]:
    """By entry, the days of the visits that it is about, or that the claims come from that it is about.

    The record itself tells them: a visit's own entries say its day, and which claim came of it.
    """
    visited: dict[int, date] = {}
    claimed: dict[int, date] = {}
    for entry in reversed(entries):
        if entry.thing_type == "visits" and entry.thing_id is not None:
            if "visited_on" in entry.facts:
                visited[entry.thing_id] = date.fromisoformat(entry.facts["visited_on"])
            if "claim" in entry.facts and entry.thing_id in visited:
                claimed[entry.facts["claim"]] = visited[entry.thing_id]
    found: dict[int, set[date]] = {}
    for thing_type, days in (("visits", visited), ("claims", claimed)):
        beside = _touched(entries, thing_type, days)
        for entry in entries:
            own = {entry.thing_id} if entry.thing_type == thing_type else set()
            things = (own | beside.get(entry.id, set())) & days.keys()
            found.setdefault(entry.id, set()).update(days[thing] for thing in things if thing is not None)
    return found


def _touched(entries: Sequence[AuditEntry], thing_type: str, ids: Iterable[int]) -> dict[int, set[int]]:
    """By entry, which things of one type it touched beside its own, of those asked for."""
    query = select(AuditSubject.entry_id, AuditSubject.thing_id).where(
        AuditSubject.entry_id.in_([entry.id for entry in entries]),
        AuditSubject.thing_type == thing_type,
        AuditSubject.thing_id.in_(list(ids)),
    )
    found: dict[int, set[int]] = {}
    for entry_id, thing_id in db.session.execute(query):
        found.setdefault(entry_id, set()).add(thing_id)
    return found


def _of_visits(days: Sequence[date]) -> Iterator[str]:
    if len(days) == 1:
        yield gettext("%(day)s 방문.", day=day(days[0]))
    elif days:
        yield gettext("%(first)s ~ %(last)s 방문.", first=day(days[0]), last=day(days[-1]))


def _notes(entry: AuditEntry) -> list[str]:
    facts = entry.facts
    said = []
    if facts.get("parts"):
        parts = ", ".join(gettext(PARTS.get(part, part)) for part in facts["parts"])
        said.append(gettext("바뀐 항목: %(parts)s.", parts=parts))
    if facts.get("party"):
        said.append(gettext(PARTY_LABELS[Party(facts["party"])]) + ".")
    first_log = entry.thing_type == "visits" and facts.get("edition") == 1  # goes without saying
    if facts.get("edition") and not first_log:
        said.append(gettext("제%(edition)d판.", edition=facts["edition"]))
    if facts.get("reason"):
        said.append(gettext("사유: %(reason)s", reason=facts["reason"]))
    if facts.get("period_moved"):
        before, after = ([iso_day(one) for one in facts["period_moved"][end]] for end in ("from", "to"))
        said.append(
            gettext(
                "시작일이 지나 기간이 %(before)s에서 %(after)s로 옮겨졌습니다.",
                before=" ~ ".join(before),
                after=" ~ ".join(after),
            )
        )
    return said
