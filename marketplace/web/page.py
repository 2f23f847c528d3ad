"""The glue that every view uses: declared access, forms that end in one action, pages that keep what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, g, make_response, redirect, render_template, request
from flask_babel import format_date, get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from marketplace.access import Permission, may
from marketplace.errors import Filled, Named, RuleBroken
from marketplace.i18n import DAY_FORMATS, fitted


class Access(StrEnum):
    """Access that needs no permission."""

    PUBLIC = "public"  # anybody
    SIGNED_IN = "signed_in"  # anybody with a session


View = Callable[..., Any]


def page(access: Access | Permission) -> Callable[[View], View]:
    """Declare who may see a view. Signed out: to the sign-in page; without the permission: 403."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if access is Access.PUBLIC:
                return view(*args, **kwargs)
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if isinstance(access, Permission) and not may(current_user, access):
                abort(403)
            return view(*args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return declare


def undeclared_views(app: Flask) -> list[str]:
    """Endpoints without a declared access; ``create_app`` refuses to start when there is one."""
    views = app.view_functions.items()
    return sorted(name for name, view in views if name != "static" and not hasattr(view, "access"))


def submitted(form: Any, action: Callable[[], Any]) -> bool:
    """True when the form was sent, is well formed, and the action went through.

    A ``RuleBroken`` of the action, and what was found with it, becomes a message at its field or above the form; the
    page is then shown again with everything that was typed (see ``show``).
    """
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return False
    if not form.validate_on_submit():
        g.status = 422
        return False
    try:
        action()
    except RuleBroken as broken:
        for fault in (broken, *broken.also):
            sentence = said(fault.sentence, fault.facts)
            field = getattr(form, fault.field, None) if fault.field else None
            if field is not None:
                field.errors = [*field.errors, sentence]
            else:
                form.form_errors.append(sentence)
        g.status = 409 if broken.conflict else 422
        return False
    return True


def said(sentence: str, facts: dict[str, Any] | None = None) -> str:
    """A sentence of the trade in the reader's language; facts that are labels or sentences are said in it too."""
    if not sentence:
        return ""
    return fitted(str(gettext(sentence)), {name: _said_fact(value) for name, value in (facts or {}).items()})


def _said_fact(value: Any) -> Any:
    if isinstance(value, Filled):
        return said(value.sentence, value.facts)
    if isinstance(value, Named):
        return value.english if str(get_locale()) == "en" else str(value)
    if isinstance(value, date):
        return format_date(value, DAY_FORMATS[str(get_locale())])
    return gettext(value) if value and isinstance(value, str) else value


def show(template: str, **context: Any) -> Response:
    """Render a page with the status that ``submitted`` found (200, 409 or 422)."""
    return make_response(render_template(template, **context), g.get("status", 200))


def to(url: str) -> BaseResponse:
    """After a change: on to the next page (303, so that a reload repeats nothing)."""
    return redirect(url, code=303)


def number_arg(name: str, default: int = 1) -> int:
    """A whole number from the address; anything else counts as the default."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def text_arg(name: str, limit: int = 100) -> str:
    """A text from the address, trimmed and without control characters."""
    return "".join(c for c in request.args.get(name, "") if c.isprintable()).strip()[:limit]


def safe_next(target: str | None, default: str) -> str:
    """The local path to go on to; anything that could lead away from the site gives the default."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(c) <= 32 or c == "\\" for c in target):
        return default
    return target


def me() -> Any:
    """The signed-in user itself, for actions."""
    return current_user._get_current_object()
