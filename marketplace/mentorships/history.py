"""What happened in a mentorship, as the record tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext

from marketplace.audit import AuditEntry, history_of
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS, Event
from marketplace.mentorships.labels import PARTS
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.showing import iso_day
from marketplace.mentorships.states import PARTY_LABELS, Party
from marketplace.web.setup import day, moment

Thing = tuple[str, int]  # table and number, as the record names what it is about
BANK = N_("은행 이체 결과 등록")  # the rows that are imported about a mentorship
_MOST = 1000  # entries


def history(mentorship: Mentorship) -> list[dict[str, Any]]:
    """What happened, newest first; what one person did to many visits at one time stands in one line."""
    entries = history_of(mentorship, limit=_MOST)[::-1]
    days = _visit_days(entries)
    return [_line(list(same), days) for _, same in groupby(entries, key=_alike)]


def _alike(entry: AuditEntry) -> tuple[object, ...]:
    return entry.event, entry.actor_name, moment(entry.at)


def _line(same: Sequence[AuditEntry], days: Mapping[Thing, date]) -> dict[str, Any]:
    entry = same[0]
    what = gettext(BANK if entry.event == Event.ROWS_IMPORTED else EVENT_LABELS[Event(entry.event)])
    if len(same) > 1:
        what = gettext("%(what)s %(count)d건", what=what, count=len(same))
    visits = sorted({days[thing] for one in same for thing in _things(one) if thing in days})
    notes = dict.fromkeys(note for one in same for note in _notes(one))
    return {
        "what": what,
        "when": moment(entry.at),
        "who": gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name,
        "note": " ".join([*_of_visits(visits), *notes]) or None,
    }


def _things(entry: AuditEntry) -> Iterator[Thing]:
    if entry.thing_type is not None and entry.thing_id is not None:
        yield entry.thing_type, entry.thing_id
    yield from ((subject.thing_type, subject.thing_id) for subject in entry.subjects)


def _visit_days(entries: Sequence[AuditEntry]) -> dict[Thing, date]:
    """The days of the visits, and of the claims that come from them, as their own entries tell."""
    days: dict[Thing, date] = {}
    for entry in reversed(entries):
        if entry.thing_type == "visits" and entry.thing_id is not None:
            visit = (entry.thing_type, entry.thing_id)
            if "visited_on" in entry.facts:
                days[visit] = date.fromisoformat(entry.facts["visited_on"])
            if "claim" in entry.facts and visit in days:
                days["claims", entry.facts["claim"]] = days[visit]
    return days


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
    if facts.get("edition", 0) > (
        entry.thing_type == "visits"
    ):  # the first edition of a log goes without saying
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
