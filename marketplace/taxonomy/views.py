"""Pages of the taxonomy: staff look terms up, change them, and replace them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import get_locale

from marketplace.access import Permission, may
from marketplace.errors import N_, RuleBroken
from marketplace.taxonomy import actions
from marketplace.taxonomy.forms import NewTermForm, ReplaceForm, TermForm
from marketplace.web.fields import options
from marketplace.web.navigation import menu
from marketplace.web.page import me, page, show, submitted, text_arg, to

blueprint = Blueprint("taxonomy", __name__)
blueprints = [blueprint]
menu(80, N_("분류체계"), "taxonomy.index", lambda user: may(user, Permission.EDIT_REFERENCE))


def name_of(row: Any) -> str:
    """The name of a term or a group in the reader's language."""
    return str(row.name_en if str(get_locale()) == "en" else row.name_ko)


@blueprint.get("/taxonomy")
@page(Permission.EDIT_REFERENCE)
def index() -> Any:
    """All terms, narrowed by group and words."""
    terms = actions.terms(text_arg("q"), text_arg("group", 5))
    return show(
        "taxonomy/index.html",
        terms=terms,
        group_options=[(group.code, name_of(group)) for group in actions.groups()],
        version=actions.newest_version(),
    )


@blueprint.route("/taxonomy/new", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def add() -> Any:
    """Add a term."""
    form = NewTermForm()
    form.group_code.choices = options((group.code, name_of(group)) for group in actions.groups())

    def save() -> None:
        if any(term.code == form.code.data for term in actions.terms()):
            raise RuleBroken(N_("이미 있는 코드입니다. 다른 번호를 쓰십시오."), field="code")
        actions.save_term(str(form.code.data), form.values(), by=me())

    if submitted(form, save):
        return to(f"/taxonomy/{form.code.data}")
    return show("taxonomy/edit.html", term=None, form=form, replacement=None)


@blueprint.route("/taxonomy/<code>", methods=["GET", "POST"])
@page(Permission.EDIT_REFERENCE)
def edit(code: str) -> Any:
    """Change a term."""
    term = actions.term_with(code[:10])
    form = TermForm(obj=term)
    if submitted(form, lambda: actions.save_term(term.code, form.values(), by=me())):
        return to("/taxonomy")
    return show(
        "taxonomy/edit.html", term=term, name=name_of(term), form=form, replacement=_replace_form(code)
    )


@blueprint.post("/taxonomy/<code>/replace")
@page(Permission.EDIT_REFERENCE)
def replace(code: str) -> Any:
    """Let another term stand for this one."""
    term = actions.term_with(code[:10])
    form = _replace_form(term.code)
    if submitted(form, lambda: actions.replace_term(term.code, form.replacement.data, by=me())):
        return to("/taxonomy")
    return show(
        "taxonomy/edit.html",
        term=term,
        name=name_of(term),
        form=TermForm(formdata=None, obj=term),
        replacement=form,
    )


def _replace_form(code: str) -> ReplaceForm:
    form = ReplaceForm()
    form.replacement.choices = options(
        (term.code, f"{term.code} {name_of(term)}")
        for term in actions.terms()
        if term.replaced_by is None and term.code != code
    )
    return form
