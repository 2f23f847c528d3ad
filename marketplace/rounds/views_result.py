"""A round and its result: pairs, those unserved, loads, gaps, fairness, what-if, replay."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies import choices
from marketplace.errors import RuleBroken
from marketplace.rounds import queries
from marketplace.rounds.blueprint import blueprint
from marketplace.rounds.forms import WhatIfForm, filled
from marketplace.rounds.lists import chosen_loads, chosen_rows, paged
from marketplace.rounds.models import Round
from marketplace.rounds.options import Options
from marketplace.rounds.replaying import replay_round
from marketplace.rounds.result import Result
from marketplace.rounds.states import TRANSITIONS, RoundState
from marketplace.rounds.trying import attempt
from marketplace.web.page import me, number_arg, page, said, show


@blueprint.get("/rounds/<int:round_id>")
@page(Permission.SEE_ROUND)
def detail(round_id: int) -> Response:
    """Where the round stands: its settings, its progress, or its result beside the present state."""
    round_ = queries.round_with(me(), round_id)
    if request.headers.get("HX-Request") == "true":
        if round_.state != RoundState.RUNNING:  # over: let the whole page come
            answer = Response(status=204)
            answer.headers["HX-Refresh"] = "true"
            return answer
        return show("rounds/_progress.html", **_common(round_))
    if round_.state not in (RoundState.SOLVED, RoundState.PUBLISHED):
        bound = {change.case_id for change in queries.changes_of(round_)}
        return show("rounds/open.html", **_common(round_), cases=queries.cases_shown(round_), bound=bound)
    result = Result.of(round_)
    return show(
        "rounds/result.html",
        **_common(round_),
        result=result,
        page_=paged(chosen_rows(result.rows), number_arg("page")),
        regions=choices.region_choices(),
        back=queries.came_back(round_) if round_.state == RoundState.PUBLISHED else 0,
    )


def _common(round_: Round) -> dict[str, Any]:
    return {
        "round": round_,
        "options": Options.from_json(round_.options),
        "verbs": TRANSITIONS[RoundState(round_.state)],
    }


@blueprint.get("/rounds/<int:round_id>/loads")
@page(Permission.SEE_ROUND)
def loads(round_id: int) -> Response:
    """How the round falls on experts, regions and former employers, with what a place is worth in words."""
    round_ = queries.round_with(me(), round_id)
    result = Result.of(round_)
    return show(
        "rounds/loads.html",
        **_common(round_),
        result=result,
        page_=paged(chosen_loads(result.loads), number_arg("page")),
    )


@blueprint.get("/rounds/<int:round_id>/gaps")
@page(Permission.SEE_ROUND)
def gaps(round_id: int) -> Response:
    """Where experts are missing, by need and province."""
    round_ = queries.round_with(me(), round_id)
    return show("rounds/gaps.html", **_common(round_), result=Result.of(round_))


@blueprint.get("/rounds/<int:round_id>/fairness")
@page(Permission.SEE_ROUND)
def fairness(round_id: int) -> Response:
    """Who is never shown, how loads are spread, with what each figure means."""
    round_ = queries.round_with(me(), round_id)
    result = Result.of(round_)
    return show(
        "rounds/fairness.html",
        **_common(round_),
        result=result,
        page_=paged(result.never_shown, number_arg("page")),
    )


@blueprint.get("/rounds/<int:round_id>/what-if")
@page(Permission.SEE_ROUND)
def what_if(round_id: int) -> Response:
    """The round with other settings beside the present one; nothing is saved."""
    round_ = queries.round_with(me(), round_id)
    result = Result.of(round_)
    options = Options.from_json(round_.options)
    asked = "try" in request.args
    names = dict(choices.region_choices(*options.regions))
    form = WhatIfForm(request.args if asked else None, data=filled(options, names))
    trial = fault = None
    if asked and form.validate():
        try:
            trial = attempt(round_, result, form.settings(), form.budget.data)
        except RuleBroken as broken:
            fault = said(broken.sentence, broken.facts)
    return show("rounds/what_if.html", **_common(round_), result=result, form=form, trial=trial, fault=fault)


@blueprint.get("/rounds/<int:round_id>/replay")
@page(Permission.SEE_ROUND)
def replay(round_id: int) -> Response:
    """Solve every run again from what was kept and say whether the same hash comes out."""
    round_ = queries.round_with(me(), round_id)
    return show(
        "rounds/replay.html",
        **_common(round_),
        result=Result.of(round_),
        runs=queries.runs_of(round_),
        found=replay_round(round_),
    )
