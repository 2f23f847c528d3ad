"""Pages of programmes: the rules of the year, for staff."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from marketplace.access import Permission, may
from marketplace.errors import N_
from marketplace.programmes import actions
from marketplace.programmes.conflicts import RELATIONS, TIES, pairs_of
from marketplace.programmes.forms import (
    STATE_LABELS,
    ConflictsForm,
    ProgrammeForm,
    TierForm,
)
from marketplace.programmes.models import Programme
from marketplace.web.navigation import menu
from marketplace.web.page import me, page, show, submitted, to

blueprint = Blueprint("programmes", __name__)
blueprints = [blueprint]
menu(70, N_("사업 규정"), "programmes.index", lambda user: may(user, Permission.SEE_PROGRAMME))


def _values(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


@blueprint.get("/programmes")
@page(Permission.SEE_PROGRAMME)
def index() -> Any:
    """The programmes in the reader's reach."""
    return show("programmes/index.html", programmes=actions.programmes_for(me()), states=STATE_LABELS)


@blueprint.get("/programmes/<int:programme_id>")
@page(Permission.SEE_PROGRAMME)
def detail(programme_id: int) -> Any:
    """The rules of one programme, its tiers and contributions."""
    programme = actions.find_programme(programme_id, by=me())
    return show(
        "programmes/detail.html",
        programme=programme,
        states=STATE_LABELS,
        ties=TIES,
        relations=RELATIONS,
        counting=pairs_of(programme.conflicts),
    )


def _form_page(programme: Programme, form: Any, heading: str) -> Any:
    return show("programmes/form.html", programme=programme, form=form, heading=heading)


def _editable(programme_id: int) -> Programme:
    return actions.find_programme(programme_id, by=me())


@blueprint.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@page(Permission.EDIT_PROGRAMME)
def edit(programme_id: int) -> Any:
    """Change the rules."""
    programme = _editable(programme_id)
    form = ProgrammeForm(obj=programme)
    if submitted(form, lambda: actions.save_programme(programme, _values(form), by=me())):
        return to(f"/programmes/{programme.id}")
    return _form_page(programme, form, N_("규정 변경"))


@blueprint.route("/programmes/<int:programme_id>/conflicts", methods=["GET", "POST"])
@page(Permission.EDIT_PROGRAMME)
def edit_conflicts(programme_id: int) -> Any:
    """Say which tie of an expert counts against which organisation around a firm."""
    programme = _editable(programme_id)
    form = ConflictsForm(data={"pairs": pairs_of(programme.conflicts)})
    if submitted(form, lambda: actions.save_conflicts(programme, form.pairs.data or [], by=me())):
        return to(f"/programmes/{programme.id}")
    return show("programmes/conflicts.html", programme=programme, form=form, ties=TIES, relations=RELATIONS)


@blueprint.route("/programmes/<int:programme_id>/tiers/new", methods=["GET", "POST"])
@page(Permission.EDIT_PROGRAMME)
def add_tier(programme_id: int) -> Any:
    """Add a kind of mentorship."""
    programme = _editable(programme_id)
    form = TierForm()
    if submitted(form, lambda: actions.save_tier(programme, None, _values(form), by=me())):
        return to(f"/programmes/{programme.id}")
    return _form_page(programme, form, N_("지원유형 추가"))


@blueprint.route("/programmes/<int:programme_id>/tiers/<int:tier_id>", methods=["GET", "POST"])
@page(Permission.EDIT_PROGRAMME)
def edit_tier(programme_id: int, tier_id: int) -> Any:
    """Change a kind of mentorship."""
    programme = _editable(programme_id)
    tier = actions.find_tier(programme, tier_id)
    form = TierForm(obj=tier)
    if submitted(form, lambda: actions.save_tier(programme, tier, _values(form), by=me())):
        return to(f"/programmes/{programme.id}")
    return _form_page(programme, form, N_("지원유형 변경"))
