"""전문가 교체: the operator lets the next best expert take over."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, require
from marketplace.matching.showing import bands
from marketplace.mentorships.queries import seen_mentorship
from marketplace.mentorships.states import next_state
from marketplace.replacement import actions, queries
from marketplace.replacement.forms import ReplaceForm
from marketplace.web.fields import options
from marketplace.web.page import me, page, show, submitted, to

blueprint = Blueprint("replacement", __name__)
blueprints = [blueprint]


@blueprint.route("/mentorships/<int:mentorship_id>/replace", methods=["GET", "POST"])
@page(Permission.RUN_MENTORSHIP)
def replace(mentorship_id: int) -> Response:
    """Those who may take over, with the reasons, and the choice."""
    mentorship, form = seen_mentorship(me(), mentorship_id), ReplaceForm()
    require(me(), Permission.RUN_MENTORSHIP, mentorship)
    if request.method == "GET":
        next_state(mentorship.state, "replace")
    if submitted(
        form,
        lambda: actions.replace(
            mentorship, form.expert.data or 0, form.withholding.data, form.reason.data, by=me()
        ),
    ):
        flash(gettext("전문가를 바꾸고 새 협약에 서명을 요청했습니다."), "success")
        return to(url_for("mentorships.mentorship_page", mentorship_id=mentorship_id))
    rows = queries.next_best(mentorship)
    form.expert.choices = options((row["expert_id"], row["name"]) for row in rows)
    made = queries.visits_made(mentorship)
    return show(
        "replacement/replace.html", mentorship=mentorship, form=form, rows=rows, made=made, score_bands=bands
    )
