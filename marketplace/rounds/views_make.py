"""The list of rounds, and making, running, throwing away and following up one."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies import choices
from marketplace.companies.queries import programmes_in_reach
from marketplace.database import page_of
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.programmes.models import Programme
from marketplace.rounds import actions, queries, showing
from marketplace.rounds.actions import Draft
from marketplace.rounds.blueprint import blueprint
from marketplace.rounds.forms import DiscardForm, RoundForm, filled
from marketplace.rounds.lists import round_filter
from marketplace.rounds.models import Round
from marketplace.rounds.options import Options, percents
from marketplace.rounds.states import STATE_LABELS, next_state
from marketplace.web.page import me, number_arg, page, show, submitted, to


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"round_words": showing}


@blueprint.get("/rounds")
@page(Permission.SEE_ROUND)
def index() -> Response:
    """매칭 회차: every round in reach, newest first."""
    return show(
        "rounds/index.html",
        page_=page_of(queries.rounds_for(me(), round_filter()), number_arg("page")),
        programmes=[(row.id, choices.named(row)) for row in programmes_in_reach(me())],
        states=[(str(state), gettext(label)) for state, label in STATE_LABELS.items()],
    )


def _programme() -> Programme:
    """The programme that the address names, or the newest of those that the user runs."""
    own = [programme for programme in programmes_in_reach(me()) if programme.operated_by(me())]
    wanted = number_arg("programme", 0)
    found = next((p for p in own if p.id == wanted or not wanted), None)
    if found is None:
        raise NotFound(wanted) if wanted else RuleBroken(N_("담당하는 사업이 없습니다."))
    return found


@blueprint.route("/rounds/new", methods=["GET", "POST"])
@page(Permission.RUN_ROUND)
def new() -> Response:
    """Choose requests and settings for a round."""
    programme = _programme()
    start = Options(weights=percents(programme.weights))
    form = RoundForm(data=filled(start, {}))
    made: list[Round] = []
    if submitted(form, lambda: made.append(actions.make(programme, _draft(form), by=me()))):
        return _saved(made[0])
    return _form_page(form, programme, None)


@blueprint.route("/rounds/<int:round_id>/edit", methods=["GET", "POST"])
@page(Permission.RUN_ROUND)
def edit(round_id: int) -> Response:
    """Change what a round asks for."""
    round_ = queries.round_with(me(), round_id)
    next_state(round_.state, "save")
    options = Options.from_json(round_.options)
    names = dict(choices.region_choices(*options.regions))
    data = filled(options, names) | {"name": round_.name, "version": str(round_.version)}
    form = RoundForm(data=data | {"cases": queries.case_ids_of(round_)})
    draft = lambda: actions.save(round_, _draft(form), version=form.seen_version(), by=me())  # noqa: E731
    if submitted(form, draft):
        return _saved(round_)
    return _form_page(form, round_.programme, queries.round_with(me(), round_id))


def _draft(form: RoundForm) -> Draft:
    return Draft(form.name.data or "", form.options(), form.cases.data or ())


def _saved(round_: Round) -> Response:
    if request.form.get("then") == "run":
        actions.run(round_, by=me())
        flash(gettext("계산을 시작했습니다. 화면을 떠나셔도 됩니다."), "success")
    else:
        flash(gettext("저장했습니다."), "success")
    return to(url_for("rounds.detail", round_id=round_.id))


def _form_page(form: RoundForm, programme: Programme, round_: Round | None) -> Response:
    own = [p for p in programmes_in_reach(me()) if p.operated_by(me())]
    return show(
        "rounds/form.html",
        form=form,
        programme=programme,
        programmes=[(p.id, choices.named(p)) for p in own],
        round=round_,
        cases=queries.choosable(programme, proposed=True),
    )


@blueprint.post("/rounds/<int:round_id>/run")
@page(Permission.RUN_ROUND)
def run(round_id: int) -> Response:
    """Calculate the round, or calculate it anew around what was pinned."""
    actions.run(queries.round_with(me(), round_id), by=me())
    flash(gettext("계산을 시작했습니다. 화면을 떠나셔도 됩니다."), "success")
    return to(url_for("rounds.detail", round_id=round_id))


@blueprint.route("/rounds/<int:round_id>/discard", methods=["GET", "POST"])
@page(Permission.RUN_ROUND)
def discard(round_id: int) -> Response:
    """폐기: ask for the reason, then throw the round away."""
    round_, form = queries.round_with(me(), round_id), DiscardForm()
    next_state(round_.state, "discard")
    if submitted(form, lambda: actions.discard(round_, form.reason.data, by=me())):
        flash(gettext("회차를 폐기했습니다."), "success")
        return to(url_for("rounds.detail", round_id=round_id))
    return show("rounds/discard.html", round=queries.round_with(me(), round_id), form=form)


@blueprint.post("/rounds/<int:round_id>/again")
@page(Permission.RUN_ROUND)
def again(round_id: int) -> Response:
    """A round for the requests of a published one that came back."""
    made = actions.again(queries.round_with(me(), round_id), by=me())
    flash(gettext("되돌아온 신청으로 새 회차를 만들었습니다. 확인한 뒤 계산해 주십시오."), "success")
    return to(url_for("rounds.detail", round_id=made.id))
