"""The operator's pages: the queue of requests and the check of one; ministry and auditors read along."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies import actions, choices, queries
from marketplace.companies.blueprint import blueprint
from marketplace.companies.eligibility import ITEMS, findings
from marketplace.companies.forms import CheckForm, ReasonForm
from marketplace.companies.models import MentoringRequest
from marketplace.companies.queries import QueueFilter
from marketplace.companies.showing import correction, history, seen
from marketplace.companies.states import STATE_LABELS, RequestState
from marketplace.database import page_of
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to

TABS = [state for state in RequestState if state is not RequestState.DRAFT]


def queue_filter() -> QueueFilter:
    """What the address of the queue asks for; whatever is not understood asks for nothing."""
    tab = text_arg("tab")
    return QueueFilter(
        state=RequestState(tab) if tab in TABS else None,
        search=text_arg("q"),
        programme_id=number_arg("programme", 0),
        region=text_arg("region", 5),
        industry=text_arg("industry", 5),
        late=text_arg("late") == "1",
        sort=text_arg("sort", 20),
    )


@blueprint.get("/staff/requests")
@page(Permission.SEE_QUEUE)
def queue() -> Response:
    """신청 검토: the requests by state, the oldest first, the late ones in red."""
    wanted = queue_filter()
    return show(
        "companies/queue.html",
        page_=page_of(queries.queue(me(), wanted), number_arg("page")),
        tabs=_tabs(wanted),
        wanted=wanted,
        programmes=[(row.id, choices.named(row)) for row in queries.programmes_in_reach(me())],
        regions=choices.region_choices(),
        industries=choices.industries_by_section(),
    )


def _tabs(wanted: QueueFilter) -> list[dict[str, Any]]:
    counts = queries.tallies(me())
    total = {
        "label": gettext("전체"),
        "url": url_for("companies.queue"),
        "current": wanted.state is None,
        "count": sum(found.count for found in counts.values()),
        "stuck": sum(found.late for found in counts.values()),
    }
    return [
        total,
        *(
            {
                "label": gettext(STATE_LABELS[state]),
                "url": url_for("companies.queue", tab=str(state)),
                "current": wanted.state == state,
                "count": counts[state].count if state in counts else 0,
                "stuck": counts[state].late if state in counts else 0,
            }
            for state in TABS
        ),
    ]


@blueprint.get("/staff/requests/<int:request_id>")
@page(Permission.SEE_QUEUE)
def check_page(request_id: int) -> Response:
    """One request with everything a decision about it needs."""
    return _check_page(queries.handed_in_request(me(), request_id))


def _check_page(
    request: MentoringRequest, form: CheckForm | None = None, answer: ReasonForm | None = None
) -> Response:
    found = findings(request)
    before, after = queries.neighbours(me(), request)
    return show(
        "companies/check.html",
        request_=request,
        form=form or CheckForm.of(request, found),
        answer=answer or ReasonForm(),
        items=[(item, gettext(ITEMS[item]), found[item]) for item in ITEMS],
        history=history(request),
        correction=correction(request),
        usual_days=queries.usual_days(request.programme_id),
        before=before,
        after=after,
        **seen(request),
    )


@blueprint.post("/staff/requests/<int:request_id>/take")
@page(Permission.CHECK_REQUEST)
def take(request_id: int) -> Response:
    """Begin the eligibility check."""
    actions.take_request(queries.handed_in_request(me(), request_id), by=me())
    return to(url_for("companies.check_page", request_id=request_id))


@blueprint.post("/staff/requests/<int:request_id>/decide")
@page(Permission.CHECK_REQUEST)
def decide(request_id: int) -> Response:
    """Save the check, or decide: eligible, back to the firm, ineligible."""
    request = queries.handed_in_request(me(), request_id)
    form = CheckForm()
    if submitted(form, lambda: _decide(request, form, sent.form.get("do", ""))):
        flash(gettext("저장했습니다."), "success")
        return to(url_for("companies.check_page", request_id=request_id))
    return _check_page(request, form=form)


def _decide(request: MentoringRequest, form: CheckForm, decision: str) -> None:
    if decision == "eligible":
        actions.find_eligible(request, form.checks(), by=me())
    elif decision == "return":
        actions.return_request(request, form.checks(), form.reason.data, by=me())
    elif decision == "ineligible":
        actions.find_ineligible(request, form.checks(), form.reason.data, by=me())
    else:
        actions.save_checks(request, form.checks(), by=me())


@blueprint.post("/staff/requests/<int:request_id>/objection")
@page(Permission.CHECK_REQUEST)
def decide_objection(request_id: int) -> Response:
    """Answer an objection: keep the finding, or check again."""
    request = queries.handed_in_request(me(), request_id)
    answer = ReasonForm()
    act = actions.reopen_check if sent.form.get("do") == "reopen" else actions.uphold_finding
    if submitted(answer, lambda: act(request, answer.text.data, by=me())):
        flash(gettext("이의신청을 결정했습니다."), "success")
        return to(url_for("companies.check_page", request_id=request_id))
    return _check_page(request, answer=answer)
