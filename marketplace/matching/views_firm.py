"""A firm and its candidates: compare, state an order, refuse, find an expert oneself."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.experts.card import CandidateLink, candidate_actions
from marketplace.experts.models import Expert
from marketplace.experts.queries import open_expert
from marketplace.matching import actions, queries, showing
from marketplace.matching.blueprint import blueprint
from marketplace.matching.checks import HOLDS_AGAINST
from marketplace.matching.forms import PreferenceForm, RefuseForm
from marketplace.matching.models import MatchCase
from marketplace.matching.periods import Step, coming_period
from marketplace.matching.second import pairings
from marketplace.matching.states import TRANSITIONS, CandidateState, CaseState, next_state
from marketplace.web.page import me, page, show, submitted, to

MOST_COMPARED = 3  # side by side; more cannot be read on one screen
NOMINATING = tuple(state for state in CaseState if "nominate" in TRANSITIONS[state])


@blueprint.route("/requests/<int:request_id>/candidates", methods=["GET", "POST"])
@page(Permission.STATE_PREFERENCES)
def own_candidates(request_id: int) -> Response:
    """후보 비교와 희망순위."""
    case = queries.own_case(me(), request_id)
    form = PreferenceForm.of(case.in_state(CandidateState.LISTED))
    if submitted(form, lambda: actions.prefer(case, form.order(), by=me())):
        flash(gettext("희망순위를 제출했습니다. 1순위 전문가에게 제안했습니다."), "success")
        return to(url_for("companies.request_page", request_id=request_id))
    return _candidates_page(request_id, form, RefuseForm(formdata=None))


@blueprint.post("/requests/<int:request_id>/candidates/refuse")
@page(Permission.STATE_PREFERENCES)
def refuse(request_id: int) -> Response:
    """Refuse every candidate with a reason."""
    case, form = queries.own_case(me(), request_id), RefuseForm()
    if submitted(form, lambda: _refuse(case, form)):
        flash(gettext("후보를 모두 거절했습니다. 운영기관이 다른 후보를 찾습니다."), "success")
        return to(url_for("companies.request_page", request_id=request_id))
    return _candidates_page(request_id, None, form)


def _refuse(case: MatchCase, form: RefuseForm) -> None:
    actions.refuse(case, form.reason.data, listed=form.listed.data or [], by=me())


def _candidates_page(request_id: int, form: PreferenceForm | None, refusal: RefuseForm) -> Response:
    case = queries.own_case(me(), request_id)
    held = queries.held_by([c.expert_id for c in case.candidates], HOLDS_AGAINST[Step.PROPOSE])
    cards = [
        showing.card(
            candidate,
            case,
            [period for number, period in held.get(candidate.expert_id, []) if number != case.id],
            url_for("experts.expert", expert_id=candidate.expert_id) if candidate.expert.is_open else None,
        )
        for candidate in case.candidates
    ]
    listed = {c.id for c in case.in_state(CandidateState.LISTED)}
    ticked = [card for card in cards if str(card["id"]) in sent.args.getlist("compare")]
    return show(
        "matching/candidates.html",
        case=case,
        form=form or PreferenceForm.of(case.in_state(CandidateState.LISTED)),
        refusal=refusal,
        open_cards=[card for card in cards if card["id"] in listed],
        other_cards=[card for card in cards if card["id"] not in listed],
        compared=ticked[:MOST_COMPARED],
        ticked=ticked,
        pairings=[showing.pairing(found) for found in pairings(case.in_state(CandidateState.LISTED))],
        most=MOST_COMPARED,
        choosing=case.state == CaseState.PROPOSED,
        rejections=[
            (card.expert.name, card.reason)
            for card in case.candidates
            if card.state == CandidateState.REJECTED
        ],
        period=coming_period(case),
        badge=showing.case_badge(case.state),
    )


@blueprint.route("/requests/<int:request_id>/nominate/<int:expert_id>", methods=["GET", "POST"])
@page(Permission.STATE_PREFERENCES)
def nominate(request_id: int, expert_id: int) -> Response:
    """Put an expert whom the firm found itself among the candidates."""
    case = queries.own_case(me(), request_id)
    next_state(case.state, "nominate")  # only then are names shown
    expert = open_expert(expert_id)
    if sent.method == "POST":
        actions.nominate(case, expert_id, by=me())
        flash(gettext("%(name)s 전문가를 후보에 넣었습니다.", name=expert.name), "success")
        return to(url_for("matching.own_candidates", request_id=request_id))
    return show("matching/nominate.html", case=case, expert=expert)


def _nominate_link(user: Any, expert: Expert) -> CandidateLink | None:
    """For a firm whose case is open for candidates: a way to put this expert among them."""
    if user.role != "company":
        return None
    cases = queries.own_cases(user, NOMINATING)
    if not cases:
        return None
    url = url_for("matching.nominate", request_id=cases[0].request_id, expert_id=expert.id)
    return CandidateLink(gettext("이 전문가를 후보로 지정"), url)


candidate_actions.append(_nominate_link)
