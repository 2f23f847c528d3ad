"""협약변경: asked for on one page, answered and decided on another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.companies import choices
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.mentorships import queries, showing
from marketplace.mentorships.actions import changing
from marketplace.mentorships.blueprint import blueprint
from marketplace.mentorships.changes import agreeing
from marketplace.mentorships.forms import ReasonForm
from marketplace.mentorships.forms_change import ChangeForm
from marketplace.mentorships.models import ChangeRequest, Mentorship
from marketplace.mentorships.showing_changes import change_badge, changed_rows
from marketplace.mentorships.states import PARTY_LABELS, ChangeState, Party
from marketplace.web.page import me, page, show, submitted, to


@blueprint.route("/mentorships/<int:mentorship_id>/changes/new", methods=["GET", "POST"])
@page(Permission.REQUEST_CHANGE)
def ask_change(mentorship_id: int) -> Response:
    """협약변경 신청."""
    mentorship = queries.seen_mentorship(me(), mentorship_id)
    if mentorship.state not in changing.CHANGEABLE:
        raise RuleBroken(N_("수행 중이거나 일시중지된 멘토링의 협약만 바꿀 수 있습니다."), conflict=True)
    form = ChangeForm.of(mentorship)
    if form.is_submitted() and form.change_rows():
        form.draw(mentorship)
    elif submitted(form, lambda: changing.request_change(mentorship, form.asked(mentorship), by=me())):
        flash(gettext("협약변경을 신청했습니다."), "success")
        return to(url_for("mentorships.mentorship_page", mentorship_id=mentorship_id))
    return show(
        "mentorships/ask_change.html",
        mentorship=queries.seen_mentorship(me(), mentorship_id),
        form=form,
        names=choices.kpi_names(),
        programme=mentorship.programme,
    )


def _change(mentorship: Mentorship, change_id: int) -> ChangeRequest:
    found = next((change for change in mentorship.changes if change.id == change_id), None)
    if found is None:
        raise NotFound(change_id)
    return found


@blueprint.get("/mentorships/<int:mentorship_id>/changes/<int:change_id>")
@page(Permission.SEE_MENTORSHIP)
def change_page(mentorship_id: int, change_id: int) -> Response:
    """One request with what it changes, before and after, and whose turn it is."""
    return _change_page(mentorship_id, change_id, ReasonForm(formdata=None))


def _change_page(mentorship_id: int, change_id: int, form: ReasonForm) -> Response:
    mentorship = queries.seen_mentorship(me(), mentorship_id)
    change = _change(mentorship, change_id)
    party = mentorship.party_of(me()) if may(me(), Permission.REQUEST_CHANGE, change) else None
    waiting = change.state == ChangeState.REQUESTED
    context: dict[str, Any] = {
        "mentorship": mentorship,
        "change": change,
        "badge": change_badge(change.state),
        "asked_by": gettext(PARTY_LABELS[Party(change.asked_by)]),
        "rows": changed_rows(mentorship, change),
        "agreed": [gettext(PARTY_LABELS[Party(name)]) for name in change.agreed_by],
        "may_answer": waiting and party in agreeing(change),
        "may_withdraw": change.state in changing.OPEN and party is not None and party == change.asked_by,
        "may_decide": change.state == ChangeState.AGREED and may(me(), Permission.APPROVE_CHANGE, change),
        "form": form,
        "showing": showing,
    }
    return show("mentorships/change.html", **context)


@blueprint.post("/mentorships/<int:mentorship_id>/changes/<int:change_id>/agree")
@page(Permission.REQUEST_CHANGE)
def agree_change(mentorship_id: int, change_id: int) -> Response:
    """동의."""
    return _done(mentorship_id, change_id, changing.agree, gettext("협약변경에 동의했습니다."))


@blueprint.post("/mentorships/<int:mentorship_id>/changes/<int:change_id>/withdraw")
@page(Permission.REQUEST_CHANGE)
def withdraw_change(mentorship_id: int, change_id: int) -> Response:
    """신청 취소."""
    return _done(mentorship_id, change_id, changing.withdraw, gettext("협약변경 신청을 취소했습니다."))


@blueprint.post("/mentorships/<int:mentorship_id>/changes/<int:change_id>/approve")
@page(Permission.APPROVE_CHANGE)
def approve_change(mentorship_id: int, change_id: int) -> Response:
    """승인."""
    return _done(mentorship_id, change_id, changing.approve, gettext("협약변경을 승인했습니다."))


def _done(mentorship_id: int, change_id: int, act: Callable[..., None], sentence: str) -> Response:
    act(_change(queries.seen_mentorship(me(), mentorship_id), change_id), by=me())
    flash(sentence, "success")
    return to(url_for("mentorships.change_page", mentorship_id=mentorship_id, change_id=change_id))


@blueprint.post("/mentorships/<int:mentorship_id>/changes/<int:change_id>/refuse")
@page(Permission.REQUEST_CHANGE)
def refuse_change(mentorship_id: int, change_id: int) -> Response:
    """동의하지 않음, with a reason."""
    return _refused(mentorship_id, change_id, changing.refuse, gettext("협약변경에 동의하지 않았습니다."))


@blueprint.post("/mentorships/<int:mentorship_id>/changes/<int:change_id>/reject")
@page(Permission.APPROVE_CHANGE)
def reject_change(mentorship_id: int, change_id: int) -> Response:
    """반려, with a reason."""
    return _refused(mentorship_id, change_id, changing.reject, gettext("협약변경을 반려했습니다."))


def _refused(mentorship_id: int, change_id: int, act: Callable[..., None], sentence: str) -> Response:
    change, form = _change(queries.seen_mentorship(me(), mentorship_id), change_id), ReasonForm()
    if submitted(form, lambda: act(change, form.reason.data, by=me())):
        flash(sentence, "success")
        return to(url_for("mentorships.change_page", mentorship_id=mentorship_id, change_id=change_id))
    return _change_page(mentorship_id, change_id, form)
