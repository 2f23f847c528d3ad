"""The queue of visits, the operator's review, and accepting several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, Role, may
from marketplace.companies import choices
from marketplace.companies.queries import programmes_in_reach
from marketplace.companies.showing import days_left
from marketplace.database import page_of
from marketplace.visits import actions, bulk, queries
from marketplace.visits.blueprint import blueprint
from marketplace.visits.forms import AcceptForm, ForFirmForm, ReasonForm
from marketplace.visits.models import Visit
from marketplace.visits.queries import QueueFilter
from marketplace.visits.rules import midnight
from marketplace.visits.states import STATE_LABELS, VisitState
from marketplace.visits.views_visit import visit_page
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to

SILENT = "silent"  # the firm has not answered in time


@blueprint.context_processor
def _deadlines() -> dict[str, Any]:
    return {"days_left": days_left}


def tab_of_page() -> str:
    """The tab that the address names; what waits for the operator when it names none."""
    tab = text_arg("tab", 20)
    first = str(VisitState.CONFIRMED) if me().role == Role.OPERATOR else "all"
    return tab if tab in {SILENT, "all", *VisitState} else first


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(text_arg(name, 10))
    except ValueError:
        return None
    return found if 1900 <= found.year < 2200 else None


def queue_filter() -> QueueFilter:
    """What the address of the queue asks for; whatever is not understood asks for nothing."""
    tab, since, until = tab_of_page(), _day("from"), _day("until")
    states = () if tab == "all" else (VisitState.LOGGED,) if tab == SILENT else (VisitState(tab),)
    return QueueFilter(
        states=states,
        search=text_arg("q"),
        programme_id=number_arg("programme", 0),
        since=midnight(since) if since else None,
        until=midnight(until + timedelta(days=1)) if until else None,
        late=tab == SILENT or text_arg("late") == "1",
        sort=text_arg("sort", 20),
    )


@blueprint.get("/visits/queue")
@page(Permission.SEE_QUEUE)
def queue() -> Response:
    """방문 검토: by state, those longest in it first; where the firm is silent has a tab of its own."""
    tab = tab_of_page()
    return show(
        "visits/queue.html",
        page_=page_of(queries.queue(me(), queue_filter()), number_arg("page")),
        tabs=_tabs(tab),
        tab=tab,
        acceptable=may(me(), Permission.REVIEW_VISIT) and tab in (VisitState.CONFIRMED, "all"),
        programmes=[(row.id, choices.named(row)) for row in programmes_in_reach(me())],
    )


def _tabs(current: str) -> list[dict[str, Any]]:
    counts = queries.tallies(me())
    logged = counts.get(VisitState.LOGGED, queries.Tally())
    rows = [(SILENT, gettext("기업 응답 없음"), logged.late, 0)]
    for state in VisitState:
        found = counts.get(state, queries.Tally())
        rows.append((str(state), gettext(STATE_LABELS[state]), found.count, found.late))
    order = [VisitState.CONFIRMED, SILENT]
    rows.sort(key=lambda row: order.index(row[0]) if row[0] in order else len(order))
    rows.append(("all", gettext("전체"), sum(found.count for found in counts.values()), 0))
    return [
        {
            "label": label,
            "url": url_for("visits.queue", tab=key),
            "current": current == key,
            "count": count,
            "stuck": late,
        }
        for key, label, count, late in rows
    ]


@blueprint.get("/visits/accept")
@page(Permission.REVIEW_VISIT)
def preview_acceptance() -> Response:
    """Which of the ticked visits can be accepted, which cannot, and why; nothing is changed yet."""
    visits = queries.staff_visits(me(), _ticked(sent.args))
    return _outcomes(bulk.preview(visits, me()), done=False)


@blueprint.post("/visits/accept")
@page(Permission.REVIEW_VISIT)
def accept_several() -> Response:
    """Accept the visits that were previewed, each on its own."""
    visits = queries.staff_visits(me(), _ticked(sent.form))
    shown = {visit.id: sent.form.get(f"edition-{visit.id}", type=int) for visit in visits}
    seen = {visit_id: edition for visit_id, edition in shown.items() if edition is not None}
    outcomes = bulk.accept_each(visits, seen=seen, by=me())
    refused = [outcome for outcome in outcomes if not outcome.clean]
    count = len(outcomes) - len(refused)
    if count:
        flash(ngettext("방문 %(num)d건을 인정했습니다.", "방문 %(num)d건을 인정했습니다.", count), "success")
    return _outcomes(refused, done=True) if refused else to(url_for("visits.queue"))


def _ticked(values: Any) -> list[int]:
    texts = values.getlist("visit")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]


def _outcomes(outcomes: list[bulk.Outcome], done: bool) -> Response:
    return show(
        "visits/bulk.html",
        clean=[outcome.visit for outcome in outcomes if outcome.clean],
        faults=[(outcome.visit, outcome.fault) for outcome in outcomes if outcome.fault is not None],
        done=done,
    )


@blueprint.post("/visits/<int:visit_id>/accept")
@page(Permission.REVIEW_VISIT)
def accept(visit_id: int) -> Response:
    """인정, with the recognised minutes; on to the next one."""
    visit, form = queries.visit_for(me(), Permission.REVIEW_VISIT, visit_id), AcceptForm()
    _, after = queries.neighbours(me(), visit)
    seen = form.edition.data or 0
    if submitted(form, lambda: actions.accept(visit, form.minutes.data, seen=seen, by=me())):
        return _decided(visit, after, gettext("방문을 인정했습니다."))
    return visit_page(queries.visit_for(me(), Permission.REVIEW_VISIT, visit_id), accept=form)


@blueprint.post("/visits/<int:visit_id>/confirm-for-firm")
@page(Permission.REVIEW_VISIT)
def confirm_for_firm(visit_id: int) -> Response:
    """기업 대신 확인: the firm let its time pass."""
    visit, form = queries.visit_for(me(), Permission.REVIEW_VISIT, visit_id), ForFirmForm()
    seen = form.edition.data or 0
    if submitted(form, lambda: actions.confirm_for_firm(visit, form.reason.data, seen=seen, by=me())):
        flash(gettext("기업을 대신하여 확인했습니다. 다른 담당자가 검토합니다."), "success")
        return to(url_for("visits.visit", visit_id=visit_id))
    return visit_page(queries.visit_for(me(), Permission.REVIEW_VISIT, visit_id), for_firm=form)


@blueprint.post("/visits/<int:visit_id>/return")
@page(Permission.REVIEW_VISIT)
def send_back(visit_id: int) -> Response:
    """보완요청."""
    return _with_reason(visit_id, actions.send_back, gettext("보완을 요청했습니다."))


@blueprint.post("/visits/<int:visit_id>/refuse")
@page(Permission.REVIEW_VISIT)
def refuse(visit_id: int) -> Response:
    """불인정."""
    return _with_reason(visit_id, actions.refuse, gettext("방문을 인정하지 않았습니다."))


def _with_reason(visit_id: int, do: Callable[..., None], sentence: str) -> Response:
    visit, form = queries.visit_for(me(), Permission.REVIEW_VISIT, visit_id), ReasonForm()
    _, after = queries.neighbours(me(), visit)
    if submitted(form, lambda: do(visit, form.reason.data, by=me())):
        return _decided(visit, after, sentence)
    return visit_page(queries.visit_for(me(), Permission.REVIEW_VISIT, visit_id), reason=form)


def _decided(visit: Visit, after: Visit | None, sentence: str) -> Response:
    flash(f"{visit.mentorship.request.company.name}: {sentence}", "success")
    return to(url_for("visits.visit", visit_id=after.id if after else visit.id))
