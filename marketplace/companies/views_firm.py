"""The firm's pages: its data, its requests, the first words of a new one, and where each stands."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies import actions, choices, drafting, queries
from marketplace.companies.blueprint import blueprint
from marketplace.companies.eligibility import takes_requests
from marketplace.companies.forms import CompanyForm, InterestForm, ReasonForm, WithdrawForm
from marketplace.companies.models import MentoringRequest
from marketplace.companies.progress import match_of, require_withdrawable
from marketplace.companies.showing import history, seen, standings, steps
from marketplace.programmes.models import Programme
from marketplace.web.page import me, page, safe_next, show, submitted, to


@blueprint.route("/company", methods=["GET", "POST"])
@page(Permission.EDIT_COMPANY)
def company() -> Response:
    """기업정보: what the firm says of itself, and whom it deals with."""
    firm = drafting.company_of(me())
    form = CompanyForm.of(firm)
    back = safe_next(sent.args.get("next"), "")
    if submitted(
        form,
        lambda: drafting.save_company(
            form.values(),
            form.relations(),
            version=form.opened_version(),
            by=me(),
            none_of=form.none_of(),
        ),
    ):
        flash(gettext("기업정보를 저장했습니다."), "success")
        return to(back or url_for("companies.company"))
    form.version.data = firm.version or ""
    return show("companies/company.html", form=form, firm=firm, back=back)


@blueprint.get("/requests")
@page(Permission.EDIT_REQUEST)
def requests() -> Response:
    """나의 신청: the firm's requests, newest first."""
    found = queries.requests_of(me())
    return show("companies/requests.html", requests=found, standings=standings(found))


@blueprint.route("/requests/new", methods=["GET", "POST"])
@page(Permission.EDIT_REQUEST)
def interest() -> Response:
    """참여의향 in two minutes."""
    firm = drafting.company_of(me())
    programmes = [row for row in Programme.open_now() if takes_requests(row)]
    form = InterestForm.of(firm, programmes)
    begun: list[MentoringRequest] = []
    if sent.form.get("do") != "propose" and submitted(form, lambda: begun.append(_begin(form))):
        flash(gettext("참여의향을 저장했습니다. 이어서 신청서를 채워 제출하십시오."), "success")
        return to(url_for("companies.edit_request", request_id=begun[0].id, _anchor="needs"))
    return show(
        "companies/interest.html",
        form=form,
        firm=firm,
        programmes=programmes,
        proposals=drafting.proposals_for(form.problem.data or ""),
        open_requests=[row for row in queries.requests_of(me()) if row.is_open],
        term_name=choices.term_name,
    )


def _begin(form: InterestForm) -> MentoringRequest:
    return drafting.express_interest(
        form.programme_id.data, form.problem.data or "", form.terms.data or [], form.basics(), by=me()
    )


@blueprint.post("/requests/proposals")
@page(Permission.EDIT_REQUEST)
def interest_proposals() -> Response:
    """The terms that the words typed so far point to, for the page to show while somebody types."""
    form = InterestForm.of(drafting.company_of(me()), [])
    return show(
        "companies/_proposed_boxes.html",
        form=form,
        proposals=drafting.proposals_for(form.problem.data or ""),
        term_name=choices.term_name,
    )


@blueprint.get("/requests/<int:request_id>")
@page(Permission.EDIT_REQUEST)
def request_page(request_id: int) -> Response:
    """Where my request stands: its steps, who holds it, by when, and what it says."""
    request = queries.own_request(me(), request_id)
    return _request_page(request, ReasonForm())


def _request_page(request: MentoringRequest, form: ReasonForm) -> Response:
    context: dict[str, Any] = {
        "place": queries.place_in_queue(request),
        "usual_days": queries.usual_days(request.programme_id),
    }
    return show(
        "companies/request.html",
        request_=request,
        form=form,
        standing=standings([request])[request.id],
        steps=steps(request),
        history=history(request),
        match=match_of(request),
        **seen(request),
        **context,
    )


@blueprint.post("/requests/<int:request_id>/object")
@page(Permission.EDIT_REQUEST)
def object_to_finding(request_id: int) -> Response:
    """이의신청 against being found ineligible."""
    request = queries.own_request(me(), request_id)
    form = ReasonForm()
    if submitted(form, lambda: actions.raise_objection(request, form.text.data, by=me())):
        flash(gettext("이의신청을 접수했습니다."), "success")
        return to(url_for("companies.request_page", request_id=request_id))
    return _request_page(request, form)


@blueprint.route("/requests/<int:request_id>/withdraw", methods=["GET", "POST"])
@page(Permission.EDIT_REQUEST)
def withdraw(request_id: int) -> Response:
    """Ask once more, then take the request back."""
    request = queries.own_request(me(), request_id)
    require_withdrawable(request)
    form = WithdrawForm()
    if submitted(form, lambda: actions.withdraw_request(request, form.reason.data, by=me())):
        flash(gettext("신청을 취소했습니다."), "success")
        return to(url_for("companies.request_page", request_id=request_id))
    return show("companies/withdraw.html", request_=request, form=form)
