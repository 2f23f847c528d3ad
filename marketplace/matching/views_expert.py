"""An expert's offers: read, accept, decline."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies.showing import seen
from marketplace.database import page_of, utcnow
from marketplace.matching import actions, queries, showing
from marketplace.matching.blueprint import blueprint
from marketplace.matching.forms import DeclineForm
from marketplace.matching.models import Candidate
from marketplace.matching.states import CandidateState
from marketplace.web.page import me, number_arg, page, show, submitted, to


@blueprint.get("/offers")
@page(Permission.ANSWER_OFFER)
def offers() -> Response:
    """받은 제안: what waits for an answer first, then what is over."""
    found = page_of(queries.own_offers(me()), number_arg("page"), size=20)
    return show("matching/offers.html", page_=found, candidate_badge=showing.candidate_badge)


@blueprint.get("/offers/<int:candidate_id>")
@page(Permission.ANSWER_OFFER)
def offer(candidate_id: int) -> Response:
    """One offer: what the firm wants, when and where, and why this expert."""
    return _offer_page(queries.own_offer(me(), candidate_id), DeclineForm(formdata=None))


def _offer_page(candidate: Candidate, form: DeclineForm) -> Response:
    case = candidate.case
    return show(
        "matching/offer.html",
        offer=candidate,
        case=case,
        form=form,
        open=candidate.state == CandidateState.OFFERED
        and candidate.expires_at is not None
        and candidate.expires_at > utcnow(),
        needs_shown=showing.needs(candidate.explanation),
        read_shown=showing.read_needs(candidate.explanation),
        **{**seen(case.request), "badge": showing.candidate_badge(candidate.state)},
    )


@blueprint.post("/offers/<int:candidate_id>/accept")
@page(Permission.ANSWER_OFFER)
def accept(candidate_id: int) -> Response:
    """수락."""
    actions.accept(queries.own_offer(me(), candidate_id), by=me())
    flash(gettext("수락했습니다. 운영기관과 중소벤처기업부의 승인을 거쳐 확정됩니다."), "success")
    return to(url_for("matching.offer", candidate_id=candidate_id))


@blueprint.post("/offers/<int:candidate_id>/decline")
@page(Permission.ANSWER_OFFER)
def decline(candidate_id: int) -> Response:
    """거절, and, when ticked, no more offers for a while."""
    candidate, form = queries.own_offer(me(), candidate_id), DeclineForm()
    if submitted(form, lambda: _decline(candidate, form)):
        flash(gettext("거절했습니다. 알려 주셔서 감사합니다."), "success")
        return to(url_for("matching.offers"))
    return _offer_page(queries.own_offer(me(), candidate_id), form)


def _decline(candidate: Candidate, form: DeclineForm) -> None:
    actions.decline(
        candidate, form.reason.data, become_unavailable=bool(form.become_unavailable.data), by=me()
    )
