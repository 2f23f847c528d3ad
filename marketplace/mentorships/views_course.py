"""The list of mentorships, the page of one, and what the operator does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import STAFF, Permission, Role
from marketplace.companies import choices
from marketplace.companies.queries import programmes_in_reach
from marketplace.companies.showing import days_left
from marketplace.database import page_of
from marketplace.mentorships import actions, queries, showing
from marketplace.mentorships.blueprint import blueprint
from marketplace.mentorships.forms import ReasonForm
from marketplace.mentorships.history import history
from marketplace.mentorships.queries import Wanted
from marketplace.mentorships.showing_changes import change_badge
from marketplace.mentorships.states import STATE_LABELS, TRANSITIONS, MentorshipState, next_state
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to


def wanted_of_page() -> Wanted:
    """What the address of the list asks for; whatever is not understood asks for nothing."""
    tab = text_arg("tab", 20)
    return Wanted(
        states=(MentorshipState(tab),) if tab in set(MentorshipState) else (),
        search=text_arg("q"),
        programme_id=number_arg("programme", 0),
        region=text_arg("region", 5),
        late=text_arg("late") == "1",
        sort=text_arg("sort", 20),
    )


@blueprint.get("/mentorships")
@page(Permission.SEE_MENTORSHIP)
def index() -> Response:
    """멘토링: one's own, or those of the programmes in reach, by state."""
    staff = Role(me().role) in STAFF
    return show(
        "mentorships/index.html",
        page_=page_of(queries.mentorships(me(), wanted_of_page()), number_arg("page")),
        tabs=_tabs(text_arg("tab", 20)),
        staff=staff,
        showing=showing,
        days_left=days_left,
        programmes=[(row.id, choices.named(row)) for row in programmes_in_reach(me())] if staff else [],
        regions=choices.region_choices() if staff else [],
    )


def _tabs(current: str) -> list[dict[str, Any]]:
    counts = queries.tallies(me())
    rows = [("", gettext("전체"), tuple(MentorshipState))]
    rows += [(str(state), gettext(STATE_LABELS[state]), (state,)) for state in MentorshipState]
    return [
        {
            "label": label,
            "url": url_for("mentorships.index", tab=key or None),
            "current": key == (current if current in set(MentorshipState) else ""),
            "count": sum(counts[state].count for state in states if state in counts),
            "stuck": sum(counts[state].late for state in states if state in counts),
        }
        for key, label, states in rows
    ]


@blueprint.get("/mentorships/<int:mentorship_id>")
@page(Permission.SEE_MENTORSHIP)
def mentorship_page(mentorship_id: int) -> Response:
    """One mentorship: where it stands, what comes next, what was agreed on, and what happened."""
    mentorship = queries.seen_mentorship(me(), mentorship_id)
    return show(
        "mentorships/mentorship.html",
        mentorship=mentorship,
        badge=showing.state_badge(mentorship.state),
        verbs=TRANSITIONS[MentorshipState(mentorship.state)],
        steps=showing.steps(mentorship),
        turn=showing.turn(mentorship),
        signatures=showing.signatures(mentorship),
        party=mentorship.party_of(me()),
        history=history(mentorship),
        change_badge=change_badge,
        showing=showing,
        days_left=days_left,
        staff=Role(me().role) in STAFF,
    )


@blueprint.route("/mentorships/<int:mentorship_id>/pause", methods=["GET", "POST"])
@page(Permission.RUN_MENTORSHIP)
def pause(mentorship_id: int) -> Response:
    """일시중지, with a reason."""
    return _with_reason(mentorship_id, "pause", actions.pause, gettext("멘토링을 일시중지했습니다."))


@blueprint.route("/mentorships/<int:mentorship_id>/stop", methods=["GET", "POST"])
@page(Permission.RUN_MENTORSHIP)
def stop(mentorship_id: int) -> Response:
    """중단, for good, with a reason."""
    return _with_reason(mentorship_id, "stop", actions.stop, gettext("멘토링을 중단했습니다."))


def _with_reason(mentorship_id: int, verb: str, act: Callable[..., None], sentence: str) -> Response:
    mentorship, form = queries.seen_mentorship(me(), mentorship_id), ReasonForm()
    if request.method == "GET":
        next_state(mentorship.state, verb)
    if submitted(form, lambda: act(mentorship, form.reason.data, by=me())):
        flash(sentence, "success")
        return to(url_for("mentorships.mentorship_page", mentorship_id=mentorship_id))
    return show(
        "mentorships/reason.html",
        mentorship=mentorship,
        form=form,
        verb=verb,
        badge=showing.state_badge(mentorship.state),
    )


@blueprint.post("/mentorships/<int:mentorship_id>/resume")
@page(Permission.RUN_MENTORSHIP)
def resume(mentorship_id: int) -> Response:
    """재개."""
    actions.resume(queries.seen_mentorship(me(), mentorship_id), by=me())
    flash(gettext("멘토링을 다시 시작했습니다."), "success")
    return to(url_for("mentorships.mentorship_page", mentorship_id=mentorship_id))
