"""The page of the full request and the small answers it asks for while somebody writes."""

from __future__ import annotations

from typing import Any

from flask import flash, g, jsonify, url_for
from flask import request as sent
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies import actions, choices, drafting, queries
from marketplace.companies.blueprint import blueprint
from marketplace.companies.eligibility import missing_parts
from marketplace.companies.forms_draft import DraftForm
from marketplace.companies.levels import LEVEL_MEANINGS, QUESTIONS, suggested_level
from marketplace.companies.models import PRIORITIES, MentoringRequest
from marketplace.companies.progress import solved_before
from marketplace.companies.showing import relation_facts
from marketplace.companies.states import next_state
from marketplace.web.page import me, page, show, submitted, to


@blueprint.route("/requests/<int:request_id>/edit", methods=["GET", "POST"])
@page(Permission.EDIT_REQUEST)
def edit_request(request_id: int) -> Response:
    """신청서: every section on one page; it saves itself and is handed in from here."""
    request = queries.own_request(me(), request_id)
    next_state(request.state, "save")
    form = DraftForm.of(request)
    if submitted(form, lambda: drafting.save_request(request, form.draft(), by=me())):
        handing_in = form.pressed[0] == "submit"
        if handing_in and form.flag(missing_parts(request), _firm_url(request)):
            g.status = 422
        elif handing_in and submitted(form, lambda: actions.submit_request(request, by=me())):
            flash(gettext("신청서를 제출했습니다."), "success")
            return to(url_for("companies.request_page", request_id=request_id))
        elif form.has_faults:
            g.status = 422
        elif not handing_in:
            flash(gettext("저장했습니다."), "success")
            return to(url_for("companies.edit_request", request_id=request_id, _anchor=_anchor(form)))
    return _editor("companies/edit.html", request, form)


def _firm_url(request: MentoringRequest) -> str:
    """The firm's page, which leads back to this one once it is saved."""
    here = url_for("companies.edit_request", request_id=request.id)
    return url_for("companies.company", next=here)


def _anchor(form: DraftForm) -> str | None:
    return "needs" if form.pressed[0] in ("add", "dismiss", "remove", "words", "term") else None


@blueprint.post("/requests/<int:request_id>/autosave")
@page(Permission.EDIT_REQUEST)
def autosave_request(request_id: int) -> tuple[Response, int]:
    """Save what has been typed so far; the answer names the fields that could not be stored yet."""
    request = queries.own_request(me(), request_id)
    form = DraftForm.of(request)
    saved = submitted(form, lambda: drafting.save_request(request, form.draft(), by=me()))
    return jsonify(saved=saved, errors=form.faults, version=request.version), 200 if saved else g.status


@blueprint.post("/requests/<int:request_id>/needs")
@page(Permission.EDIT_REQUEST)
def change_needs(request_id: int) -> Response:
    """Add, remove or turn down a need without loading the page again; everything else is saved with it."""
    request = queries.own_request(me(), request_id)
    form = DraftForm.of(request)
    if submitted(form, lambda: drafting.save_request(request, form.draft(), by=me())):
        form.own_words.data = None
    g.status = 200  # the part of the page shows its own message; htmx would drop any other answer
    return _editor("companies/_needs.html", request, form)


@blueprint.post("/requests/<int:request_id>/level")
@page(Permission.EDIT_REQUEST)
def suggest_level(request_id: int) -> Response:
    """The level that the answers given so far suggest."""
    form = DraftForm.of(queries.own_request(me(), request_id))
    form.validate_on_submit()
    return show(
        "companies/_level.html", suggested=suggested_level(form.answers()), answered=len(form.answers())
    )


def _editor(template: str, request: MentoringRequest, form: DraftForm) -> Response:
    form.version.data = request.version
    context: dict[str, Any] = {
        "request_": request,
        "form": form,
        "missing": missing_parts(request),
        "proposals": drafting.proposals(request),
        "solved": [found for find in solved_before for found in find(drafting.own_words(request))],
        "groups": choices.term_choices(),
        "term_name": choices.term_name,
        "priorities": choices.labelled(PRIORITIES),
        "questions": QUESTIONS,
        "meanings": {level: gettext(sentence) for level, sentence in LEVEL_MEANINGS.items()},
        "suggested": suggested_level(request.self_check),
        "answered": len(request.self_check),
        "tier_notes": choices.tier_notes(request.programme),
        "anchors": {name: f"{name}-0" for name in ("tier_id", "mode", "level", "declarations")},
        "level_faults": any(name.startswith("check_") for name in form.faults),
        "firm_url": _firm_url(request),
        "relation_facts": relation_facts(request.company),
        "in_part": bool(sent.headers.get("HX-Request")),
    }
    return show(template, **context)
