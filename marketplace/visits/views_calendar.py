"""A person's month of visits, and the address under which another calendar takes them."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, url_for
from flask_babel import format_date, gettext
from werkzeug.wrappers import Response

from marketplace import settings
from marketplace.access import Permission, may
from marketplace.civil import SEOUL, day_of
from marketplace.database import utcnow
from marketplace.errors import NotFound
from marketplace.visits.actions.feeds import close_feed, open_feed
from marketplace.visits.blueprint import blueprint
from marketplace.visits.icalendar_feed import calendar_of
from marketplace.visits.models_feed import CalendarFeed
from marketplace.visits.queries_calendar import made, planned
from marketplace.web.page import Access, me, page, show, text_arg, to
from marketplace.web.setup import chosen_language

SPAN = timedelta(days=400)  # of a feed, into the past and into the future
_MONTH = re.compile(r"(20[0-9]{2}|19[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


def _today() -> date:
    return day_of(utcnow())


def _month() -> date:
    """The first day of the month that the address names; of this month when it names none."""
    found = _MONTH.fullmatch(text_arg("month", 7))
    return date(int(found[1]), int(found[2]), 1) if found else _today().replace(day=1)


@blueprint.get("/calendar")
@page(Permission.SEE_MENTORSHIP)
def month() -> Response:
    """방문 달력: one month, planned and made visits."""
    return _month_page(None)


def _month_page(key: str | None) -> Response:
    first = _month()
    weeks = calendar.Calendar(firstweekday=calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    since, until = weeks[0][0], weeks[-1][-1]
    days: dict[date, dict[str, list[Any]]] = {}
    for visit in made(me(), since, until):
        day = day_of(visit.starts_at)
        days.setdefault(day, {"made": [], "planned": []})["made"].append(visit)
    for coming in planned(me(), since, until):
        days.setdefault(coming.on, {"made": [], "planned": []})["planned"].append(coming)
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    address = url_for("visits.feed", key=key) if key else None
    return show(
        "visits/calendar.html",
        weeks=weeks,
        days=days,
        first=first,
        title=format_date(first, "MMMM yyyy" if chosen_language() == "en" else "yyyy년 M월"),
        names=[format_date(day, "EEEE") for day in weeks[0]],
        before=f"{before:%Y-%m}",
        after=f"{after:%Y-%m}",
        seoul=SEOUL,
        address=settings.current().base_url.rstrip("/") + address if address else None,
        opened=CalendarFeed.open_of(me()),
    )


@blueprint.post("/calendar/address")
@page(Permission.SEE_MENTORSHIP)
def open_address() -> Response:
    """A new secret address, shown once; the earlier one stops working."""
    return _month_page(open_feed(by=me()))


@blueprint.post("/calendar/address/close")
@page(Permission.SEE_MENTORSHIP)
def close_address() -> Response:
    """Revoke the address."""
    close_feed(by=me())
    flash(gettext("달력 주소를 없앴습니다. 그 주소로는 더 볼 수 없습니다."), "success")
    return to(url_for("visits.month"))


@blueprint.get("/calendar/<key>.ics")
@page(Access.PUBLIC)
def feed(key: str) -> Response:
    """The calendar behind a secret address: what its person may see now, and nothing once it was revoked."""
    found = CalendarFeed.with_key(key)
    if found is None or not may(found.user, Permission.SEE_MENTORSHIP):
        raise NotFound("calendar")
    since, until = _today() - SPAN, _today() + SPAN
    user = found.user
    body = calendar_of(user, made(user, since, until), planned(user, since, until))
    response = FlaskResponse(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    return response
