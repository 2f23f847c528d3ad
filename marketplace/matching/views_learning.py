"""Learned weights: the proposals of a programme, one beside the present weights, and the decision on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, require
from marketplace.matching import queries_learning as found
from marketplace.matching.actions.learning import adopt_weights, reject_weights
from marketplace.matching.backtest import LEAST_HELD_OUT, LEAST_HELD_OUT_FIRMS, VERDICT_TEXT
from marketplace.matching.blueprint import blueprint
from marketplace.matching.comparing import SHOWN, two_lists
from marketplace.matching.explanation import PART_TEXT
from marketplace.matching.forms import ReasonForm
from marketplace.matching.index import TOP
from marketplace.matching.learning import present_weights
from marketplace.matching.models_learning import (
    PROPOSAL_LABELS,
    PROPOSAL_TRANSITIONS,
    LearnedWeights,
    ProposalState,
)
from marketplace.programmes.actions import find_programme
from marketplace.web.page import me, page, show, submitted, to

TONES = {
    ProposalState.PROPOSED: "primary",
    ProposalState.ADOPTED: "success",
    ProposalState.REJECTED: "gray",
}


@blueprint.get("/programmes/<int:programme_id>/learning")
@page(Permission.SEE_LEARNING)
def learning(programme_id: int) -> Response:
    """가중치 학습: the proposals for a programme, and how often staff left the ranking."""
    programme = find_programme(programme_id, by=me())
    require(me(), Permission.SEE_LEARNING, programme)
    return show(
        "matching/learning.html",
        programme=programme,
        proposals=[(row, badge(row)) for row in found.proposals_of(programme)],
        years=found.approvals_by_year([programme]),
        weights=_weights(present_weights(programme.weights)),
        verdicts=VERDICT_TEXT,
    )


@blueprint.get("/learning/<int:proposal_id>")
@page(Permission.SEE_LEARNING)
def proposal(proposal_id: int) -> Response:
    """One proposal: weights and lists beside the present ones, the back-test, the decision."""
    return _proposal_page(found.proposal_of(me(), proposal_id), ReasonForm())


@blueprint.post("/learning/<int:proposal_id>/adopt")
@page(Permission.DECIDE_WEIGHTS)
def adopt(proposal_id: int) -> Response:
    """채택."""
    return _decide(proposal_id, adopt_weights, gettext("제안한 가중치를 채택했습니다."))


@blueprint.post("/learning/<int:proposal_id>/reject")
@page(Permission.DECIDE_WEIGHTS)
def reject_proposal(proposal_id: int) -> Response:
    """채택하지 않음."""
    return _decide(proposal_id, reject_weights, gettext("제안한 가중치를 채택하지 않았습니다."))


def _decide(proposal_id: int, act: Callable[..., None], sentence: str) -> Response:
    row, form = found.proposal_of(me(), proposal_id), ReasonForm()
    if submitted(form, lambda: act(row, form.reason.data, by=me())):
        flash(sentence, "success")
        return to(url_for("matching.proposal", proposal_id=proposal_id))
    return _proposal_page(found.proposal_of(me(), proposal_id), form)


def _proposal_page(row: LearnedWeights, form: ReasonForm) -> Response:
    programme = row.programme
    present = present_weights(programme.weights)
    return show(
        "matching/proposal.html",
        proposal=row,
        programme=programme,
        form=form,
        badge=badge(row),
        open_=bool(PROPOSAL_TRANSITIONS[ProposalState(row.state)]),
        overtaken=row.state == ProposalState.PROPOSED and present != row.prior,
        weights=_weights(row.prior, row.weights),
        lists_=two_lists(me(), programme, row.prior, row.weights),
        part_names={code: gettext(text) for code, text in PART_TEXT.items()},
        shown=SHOWN,
        top=TOP,
        verdict=VERDICT_TEXT[row.figures["verdict"]],
        least={"decisions": LEAST_HELD_OUT, "firms": LEAST_HELD_OUT_FIRMS},
    )


def badge(row: LearnedWeights) -> tuple[str, str]:
    """The name of a proposal's state and the tone of its badge."""
    state = ProposalState(row.state)
    return gettext(PROPOSAL_LABELS[state]), TONES[state]


def _weights(*columns: dict[str, Any]) -> list[tuple[str, list[float]]]:
    """Each part's name with its weight in percent in every column."""
    return [(gettext(PART_TEXT[code]), [100 * column[code] for column in columns]) for code in columns[0]]
