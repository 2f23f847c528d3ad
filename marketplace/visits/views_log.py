"""The log of a visit, as its expert writes it: on a phone, with or without a network."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, g, jsonify, make_response, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.mentorships.models import Mentorship
from marketplace.visits import actions, queries
from marketplace.visits.actions.expert import LOGGED_IN
from marketplace.visits.blueprint import blueprint
from marketplace.visits.forms import CorrectionForm, NewLogForm
from marketplace.visits.logs import read_back
from marketplace.visits.models import Visit
from marketplace.visits.prefill import prefilled
from marketplace.visits.states import TRANSITIONS, VisitState
from marketplace.web.page import Access, me, page, show, submitted, text_arg, to

#: How the device says that it sends what it kept, and wants to be answered in JSON.
SEND_HEADER = "X-Visit-Send"


@blueprint.get("/visits/log/")
@page(Permission.LOG_VISIT)
def log_index() -> Response:
    """방문일지 작성: for which firm."""
    mentorships = queries.loggable(me(), LOGGED_IN)
    coming = queries.unlogged([mentorship.id for mentorship in mentorships])
    return show("visits/log_index.html", mentorships=mentorships, coming=coming)


@blueprint.get("/visits/log/<int:mentorship_id>")
@page(Permission.LOG_VISIT)
def log(mentorship_id: int) -> Response:
    """An empty log, filled in from the plan. ``?shell=1`` is the page that a phone keeps, without other people's names."""
    mentorship = queries.mentorship_for(me(), Permission.LOG_VISIT, mentorship_id)
    shell = text_arg("shell") == "1"
    known = prefilled(mentorship, for_device=shell)
    form = NewLogForm(formdata=None, data=known.values)
    form.offer_tasks(mentorship)
    if shell:
        form.on.data, form.client_key.data = None, ""
    return _log_page(mentorship, form, planned=known.planned, shell=shell)


@blueprint.post("/visits/log/<int:mentorship_id>")
@page(Permission.LOG_VISIT)
def send_log(mentorship_id: int) -> Response:
    """제출. A device that sends what it kept is answered in JSON: where the visit is, or what is to be mended."""
    mentorship = queries.mentorship_for(me(), Permission.LOG_VISIT, mentorship_id)
    form = NewLogForm()
    form.offer_tasks(mentorship)
    made: list[Visit] = []
    done = submitted(
        form,
        lambda: made.append(
            actions.log_visit(
                mentorship,
                form.log(),
                client_key=form.client_key.data or "",
                photos=form.photos.prepared(),
                by=me(),
            )
        ),
    )
    sends = request.headers.get(SEND_HEADER)
    if done and sends != "later":
        flash(gettext("방문일지를 제출했습니다. 기업에 확인을 요청했습니다."), "success")
    if sends:
        return _answer(form, made)
    if done:
        return to(url_for("visits.visit", visit_id=made[0].id))
    mentorship = queries.mentorship_for(me(), Permission.LOG_VISIT, mentorship_id)
    return _log_page(mentorship, form, planned=None, shell=False)


def _answer(form: NewLogForm, made: list[Visit]) -> FlaskResponse:
    if made:
        return jsonify(url=url_for("visits.visit", visit_id=made[0].id))
    fields = {
        name: [str(error) for error in errors]
        for name, errors in form.errors.items()
        if name not in (None, "client_key", "csrf_token")
    }
    response = jsonify(fields=fields, form=[str(error) for error in form.form_errors])
    response.status_code = g.get("status", 422)
    return response


def _log_page(mentorship: Mentorship, form: NewLogForm, **facts: Any) -> Response:
    return show("visits/log.html", mentorship=mentorship, form=form, states=LOGGED_IN, **facts)


@blueprint.get("/visits/log/token")
@page(Permission.LOG_VISIT)
def token() -> Response:
    """Whose session this is, and its CSRF token, for a device that sends a log it kept under an older session."""
    response = jsonify(user=me().id, token=generate_csrf())
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/visits/log/worker.js")
@page(Access.PUBLIC)
def worker() -> Response:
    """The service worker; its own folder is as far as it reaches."""
    response = make_response(current_app.send_static_file("visit-worker.js"))
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.route("/visits/<int:visit_id>/edit", methods=["GET", "POST"])
@page(Permission.LOG_VISIT)
def edit(visit_id: int) -> Response:
    """Correct a log that the firm or the operator sent back, or that is still unanswered."""
    visit = queries.visit_for(me(), Permission.LOG_VISIT, visit_id)
    if request.method == "GET" and "correct" not in TRANSITIONS[VisitState(visit.state)]:
        return to(url_for("visits.visit", visit_id=visit_id))
    said = read_back(visit.versions[-1].content)
    data = {name: getattr(said, name) for name in NAMES} | {"edition": visit.edition}
    form = CorrectionForm(data=data)
    form.offer_tasks(queries.mentorship_of(visit))
    form.offer_photos(visit.versions[-1])

    def correct() -> None:
        photos, without = form.photos.prepared(), form.without.data or []
        seen = form.edition.data or 0
        actions.correct(visit, form.log(), seen=seen, photos=photos, without=without, by=me())

    if submitted(form, correct):
        flash(gettext("고친 방문일지를 제출했습니다. 기업에 다시 확인을 요청했습니다."), "success")
        return to(url_for("visits.visit", visit_id=visit_id))
    return show("visits/edit.html", visit=queries.visit_for(me(), Permission.LOG_VISIT, visit_id), form=form)


NAMES = (
    "on",
    "start",
    "end",
    "done",
    "mode",
    "place",
    "attendees",
    "task_id",
    "result",
    "homework",
    "next_plan",
)


@blueprint.post("/visits/<int:visit_id>/withdraw")
@page(Permission.LOG_VISIT)
def withdraw(visit_id: int) -> Response:
    """취소."""
    actions.withdraw(queries.visit_for(me(), Permission.LOG_VISIT, visit_id), by=me())
    flash(gettext("방문일지를 취소했습니다."), "success")
    return to(url_for("visits.visit", visit_id=visit_id))
