"""Pages of the codes: industries, regions with their dates, and the KPI catalogue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from marketplace.access import Permission, may
from marketplace.codes import actions
from marketplace.codes.forms import IndustryForm, KpiForm, NewKpiForm, RegionForm
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.web.navigation import menu
from marketplace.web.page import me, page, show, submitted, to

blueprint = Blueprint("codes", __name__)
blueprints = [blueprint]
menu(81, N_("코드"), "codes.index", lambda user: may(user, Permission.EDIT_REFERENCE))


@blueprint.get("/codes")
@page(Permission.EDIT_REFERENCE)
def index() -> Any:
    """All codes on one page."""
    return show(
        "codes/index.html",
        regions=actions.regions(),
        industries=actions.industries(),
        kpis=actions.kpis(retired=True),
    )


def _values(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


def _edit(form: Any, title: str, save: Any) -> Any:
    if submitted(form, save):
        return to("/codes")
    return show("codes/edit.html", form=form, heading=title)


@blueprint.route("/codes/regions/new", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def add_region() -> Any:
    """Add a region, such as one that comes out of a merger."""
    form = RegionForm()
    return _edit(
        form, N_("지역 추가"), lambda: actions.save_region(None, {**_values(form), "aliases": []}, by=me())
    )


@blueprint.route("/codes/regions/<int:row_id>", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def edit_region(row_id: int) -> Any:
    """Change a region or end it."""
    region = actions.region_with(row_id)
    form = RegionForm(obj=region)
    return _edit(form, N_("지역 변경"), lambda: actions.save_region(region, _values(form), by=me()))


@blueprint.route("/codes/industries/<code>", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def edit_industry(code: str) -> Any:
    """Change the names of an industry."""
    industry = next((row for row in actions.industries() if row.code == code), None)
    if industry is None:
        raise NotFound(code)
    form = IndustryForm(obj=industry)
    return _edit(form, N_("업종 변경"), lambda: actions.save_industry(industry, _values(form), by=me()))


@blueprint.route("/codes/kpis/new", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def add_kpi() -> Any:
    """Add an indicator."""
    form = NewKpiForm()

    def save() -> None:
        values = _values(form)
        if any(kpi.code == values["code"] for kpi in actions.kpis(retired=True)):
            raise RuleBroken(N_("이미 있는 코드입니다. 다른 번호를 쓰십시오."), field="code")
        actions.save_kpi(None, {**values, "field": values["code"][0]}, by=me())

    return _edit(form, N_("성과지표 추가"), save)


@blueprint.route("/codes/kpis/<code>", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def edit_kpi(code: str) -> Any:
    """Change an indicator or retire it."""
    kpi = actions.kpi_with(code[:5])
    form = KpiForm(obj=kpi)
    return _edit(form, N_("성과지표 변경"), lambda: actions.save_kpi(kpi, _values(form), by=me()))
