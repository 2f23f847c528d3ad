"""Pages on which staff bring spreadsheets in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from marketplace.access import Permission, may
from marketplace.civil import day_of
from marketplace.codes.actions import current_codebook
from marketplace.database import utcnow
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.imports import actions
from marketplace.imports.columns import Layout
from marketplace.imports.experts_sheet import experts_layout
from marketplace.imports.forms import UploadForm
from marketplace.imports.kinds import fault_from
from marketplace.imports.models import IMPORT_KIND_LABELS, IMPORT_STATE_LABELS
from marketplace.imports.payments_sheet import payments_layout
from marketplace.imports.requests_sheet import requests_layout
from marketplace.imports.writer import marked_workbook, template
from marketplace.programmes.models import Programme
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.web.fields import options
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show, submitted, to

blueprint = Blueprint("imports", __name__)
blueprints = [blueprint]
menu(60, N_("가져오기"), "imports.index", lambda user: may(user, Permission.IMPORT_ROWS))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/imports")
@page(Permission.IMPORT_ROWS)
def index() -> Any:
    """Files that were brought in, newest first."""
    files = actions.imports_page(number_arg("page"), by=me())
    return show("imports/index.html", files=files, labels=IMPORT_STATE_LABELS, kinds=IMPORT_KIND_LABELS)


@blueprint.route("/imports/new", methods=["GET", "POST"])
@page(Permission.IMPORT_ROWS)
def upload() -> Any:
    """Take a file in."""
    form = UploadForm(kind=request.args.get("kind", "experts"))
    programmes = actions.programmes_of(me())
    form.programme_id.choices = options((programme.id, programme.name_ko) for programme in programmes)
    taken: list[int] = []

    def take() -> None:
        programme = _chosen(form, programmes) if form.kind.data == "requests" else None
        sent = form.file.data
        name = (sent.filename or "file").replace("\x00", "")[-200:]
        file = actions.Upload(name, sent.stream.read())
        taken.append(actions.upload(form.kind.data, file, programme, form.invite.data, by=me()).id)

    if submitted(form, take):
        return to(f"/imports/{taken[0]}")
    return show("imports/new.html", form=form)


def _chosen(form: UploadForm, programmes: list[Programme]) -> Programme:
    chosen = next((programme for programme in programmes if programme.id == form.programme_id.data), None)
    if chosen is None:
        raise RuleBroken(N_("신청을 받을 사업을 고르십시오."), field="programme_id")
    return chosen


@blueprint.get("/imports/<int:import_id>")
@page(Permission.IMPORT_ROWS)
def detail(import_id: int) -> Any:
    """What the check found, with progress while it runs."""
    file = actions.find_import(import_id, by=me())
    partial = request.headers.get("HX-Request") == "true"
    return show(
        "imports/_state.html" if partial else "imports/detail.html",
        file=file,
        faults=[fault_from(data) for data in file.faults[:200]],
        warnings=[fault_from(data) for data in file.summary.get("warnings", [])[:50]],
        labels=IMPORT_STATE_LABELS,
        kinds=IMPORT_KIND_LABELS,
        translate=gettext,
    )


@blueprint.post("/imports/<int:import_id>/write")
@page(Permission.IMPORT_ROWS)
def write(import_id: int) -> Any:
    """Have a checked file written."""
    actions.write(actions.find_import(import_id, by=me()), by=me())
    return to(f"/imports/{import_id}")


@blueprint.post("/imports/<int:import_id>/discard")
@page(Permission.IMPORT_ROWS)
def discard(import_id: int) -> Any:
    """Drop a file."""
    actions.discard(actions.find_import(import_id, by=me()), by=me())
    return to("/imports")


@blueprint.get("/imports/<int:import_id>/marked.xlsx")
@page(Permission.IMPORT_ROWS)
def marked(import_id: int) -> Any:
    """The file with its bad cells marked."""
    file = actions.find_import(import_id, by=me())
    faults, table = actions.faults_and_table(file, by=me())
    return _attachment(marked_workbook(table, faults, gettext), f"import-{file.id}-marked.xlsx")


@blueprint.get("/imports/template/<kind>.xlsx")
@page(Permission.IMPORT_ROWS)
def empty(kind: str) -> Any:
    """An empty workbook to fill in."""
    layouts: dict[str, Callable[[], Layout[Any]]] = {
        "experts": lambda: experts_layout(current_codebook(), current_vocabulary(), day_of(utcnow())),
        "requests": lambda: requests_layout(current_codebook(), current_vocabulary(), day_of(utcnow())),
        "payments": payments_layout,
    }
    if kind not in layouts:
        raise NotFound(kind)
    layout = layouts[kind]()
    return _attachment(template(layout.columns, gettext), f"{kind}.xlsx")


def _attachment(content: bytes, name: str) -> Response:
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f"attachment; filename={name}"})
