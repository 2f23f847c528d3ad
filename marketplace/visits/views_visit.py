"""One visit for whoever has to do with it, the firm's answer, and the lists of visits."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.database import page_of
from marketplace.errors import NotFound
from marketplace.settings import current
from marketplace.visits import actions, queries, showing
from marketplace.visits.actions.expert import LOGGED_IN
from marketplace.visits.actions.review import review_fault
from marketplace.visits.blueprint import blueprint
from marketplace.visits.forms import AcceptForm, ConfirmForm, DisputeForm, ForFirmForm, ReasonForm
from marketplace.visits.links import Link, read_link
from marketplace.visits.models import Visit
from marketplace.visits.photos import shown_before
from marketplace.visits.printing import logs_pdf, standing
from marketplace.visits.states import TRANSITIONS, VisitState
from marketplace.web.page import Access, me, number_arg, page, show, submitted, to


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "visit_badge": showing.badge,
        "visit_when": showing.when,
        "hours": showing.hours,
        "photo_mb": current().file_limit_mb,
    }


@blueprint.get("/visits/")
@page(Permission.SEE_MENTORSHIP)
def visits() -> Response:
    """방문: one's own, those to act on first; staff have their queue."""
    if me().is_staff:
        return to(url_for("visits.queue"))
    found = page_of(queries.own_visits(me()), number_arg("page"), size=20)
    return show("visits/visits.html", page_=found, waits_for=queries.WAITS_FOR.get(me().role, ()))


@blueprint.get("/mentorships/<int:mentorship_id>/visits")
@page(Permission.SEE_MENTORSHIP)
def of_mentorship(mentorship_id: int) -> Response:
    """The visits of one mentorship, planned and made."""
    mentorship = queries.mentorship_for(me(), Permission.SEE_MENTORSHIP, mentorship_id)
    return show(
        "visits/mentorship.html",
        mentorship=mentorship,
        visits=queries.visits_of(me(), mentorship),
        coming=queries.unlogged([mentorship.id]).get(mentorship.id, []),
        may_log=may(me(), Permission.LOG_VISIT, mentorship) and mentorship.state in LOGGED_IN,
    )


@blueprint.get("/mentorships/<int:mentorship_id>/visits.pdf")
@page(Permission.SEE_MENTORSHIP)
def logs(mentorship_id: int) -> Response:
    """수행일지: the logs of the visits that the reader may see, as one paper."""
    mentorship = queries.mentorship_for(me(), Permission.SEE_MENTORSHIP, mentorship_id)
    visits = queries.whole_visits_of(me(), mentorship)
    if not standing(visits):
        raise NotFound(mentorship_id)
    answer = make_response(logs_pdf(mentorship, visits))
    answer.headers["Content-Type"] = "application/pdf"
    name = f"visits-{mentorship.request.reference}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/visits/<int:visit_id>")
@page(Permission.SEE_MENTORSHIP)
def visit(visit_id: int) -> Response:
    """One visit with every version of its log, and what the reader may do with it."""
    return visit_page(queries.visit_for(me(), Permission.SEE_MENTORSHIP, visit_id))


def visit_page(visit: Visit, **forms: Any) -> Response:
    """The page of a visit; ``forms`` are those that were refused, with what was typed."""
    can_review = may(me(), Permission.REVIEW_VISIT, visit)
    before, after = queries.neighbours(me(), visit) if can_review else (None, None)
    given = {
        "confirm": ConfirmForm(formdata=None, data={"edition": visit.edition}),
        "dispute": DisputeForm(formdata=None, data={"edition": visit.edition}),
        "accept": AcceptForm(formdata=None, data={"edition": visit.edition, "minutes": visit.length}),
        "reason": ReasonForm(formdata=None),
        "for_firm": ForFirmForm(formdata=None, data={"edition": visit.edition}),
    }
    return show(
        "visits/visit.html",
        visit=visit,
        forms_={**given, **forms},
        refused=next(iter(forms.values()), None),
        verbs=TRANSITIONS[VisitState(visit.state)],
        fault=review_fault(visit, me()) if can_review and visit.state == VisitState.CONFIRMED else None,
        versions=showing.versions(visit),
        history=showing.history(visit),
        photos=visit.versions[-1].photos,
        shown_before=shown_before(visit) if me().is_staff else [],
        holder=showing.holder(visit),
        meaning=showing.meaning(visit),
        before=before,
        after=after,
    )


@blueprint.post("/visits/<int:visit_id>/confirm")
@page(Permission.CONFIRM_VISIT)
def confirm(visit_id: int) -> Response:
    """확인, in one tap."""
    found, form = queries.visit_for(me(), Permission.CONFIRM_VISIT, visit_id), ConfirmForm()
    if submitted(form, lambda: actions.confirm(found, seen=form.edition.data or 0, by=me())):
        flash(gettext("방문을 확인했습니다. 감사합니다."), "success")
        return to(url_for("visits.visit", visit_id=visit_id))
    return visit_page(queries.visit_for(me(), Permission.CONFIRM_VISIT, visit_id), confirm=form)


@blueprint.post("/visits/<int:visit_id>/dispute")
@page(Permission.CONFIRM_VISIT)
def dispute(visit_id: int) -> Response:
    """It was not so."""
    found, form = queries.visit_for(me(), Permission.CONFIRM_VISIT, visit_id), DisputeForm()
    if submitted(
        form, lambda: actions.dispute(found, form.reason.data, seen=form.edition.data or 0, by=me())
    ):
        flash(gettext("알려 주셔서 감사합니다. 전문가와 운영기관에 전했습니다."), "success")
        return to(url_for("visits.visit", visit_id=visit_id))
    return visit_page(queries.visit_for(me(), Permission.CONFIRM_VISIT, visit_id), dispute=form)


@blueprint.get("/confirm-visit/<token>")
@page(Access.PUBLIC)
def by_link(token: str) -> Response:
    """What the mail's link confirms. Opening it, as mail programs do on their own, changes nothing."""
    return _link_page(read_link(token), ConfirmForm(formdata=None))


@blueprint.post("/confirm-visit/<token>")
@page(Access.PUBLIC)
def confirm_by_link(token: str) -> Response:
    """확인 by the link of the mail, as the person whom the mail was sent to."""
    link, form = read_link(token), ConfirmForm()
    if link is None or not link.is_open or _is_somebody_else(link):
        return _link_page(link, form)
    if submitted(form, lambda: actions.confirm(link.visit, seen=link.edition, by=link.person, by_mail=True)):
        return show("visits/by_link.html", link=link, state="done", form=form)
    return _link_page(read_link(token), form)


def _is_somebody_else(link: Link) -> bool:
    return bool(current_user.is_authenticated and me().id != link.person.id)


def _link_page(link: Link | None, form: ConfirmForm) -> Response:
    state = "open"
    if link is None:
        state = "void"
    elif _is_somebody_else(link):
        state = "other_person"
    elif not link.is_open:
        confirmed = link.visit.edition == link.edition and link.visit.confirmed_at is not None
        state = "used" if confirmed else "changed"
    response = show("visits/by_link.html", link=link, state=state, form=form)
    if state != "open":
        response.status_code = 409 if request.method == "POST" else 410
    return response
