"""Pages that belong to no slice: the language switch, health, 나의 할 일, notices."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import Blueprint, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.civil import day_of
from marketplace.errors import N_, NotFound
from marketplace.i18n import LANGUAGES
from marketplace.notifications import Notice, notices_of, read_notices, unread_count
from marketplace.web.navigation import menu
from marketplace.web.page import Access, page, safe_next, show, to
from marketplace.web.setup import LANGUAGE_COOKIE
from marketplace.web.todo import places_of, todos_of

blueprint = Blueprint("web", __name__)
blueprints = [blueprint]
NOTICES = 10  # the newest that the page shows
menu(0, N_("나의 할 일"), "web.todo", lambda user: True)


@blueprint.get("/language/<code>")
@page(Access.PUBLIC)
def set_language(code: str) -> Response:
    """Remember the language in this browser and go back."""
    if code not in LANGUAGES:
        raise NotFound(code)
    response = redirect(safe_next(request.args.get("next"), "/"), code=303)
    response.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86400, httponly=True, samesite="Lax")
    return response


@blueprint.get("/todo")
@page(Access.SIGNED_IN)
def todo() -> Response:
    """나의 할 일: what waits for me, oldest first."""
    waiting = todos_of(current_user)
    notices = notices_of(current_user, limit=NOTICES)
    return show(
        "web/todo.html",
        todos=waiting,
        places=[] if waiting else places_of(current_user),
        notices=notices,
        unread=unread_count(current_user),
        groups=[(day, list(rows)) for day, rows in groupby(notices, key=_korean_day)],
    )


def _korean_day(notice: Notice) -> date:
    return day_of(notice.created_at)


@blueprint.post("/notices/read")
@page(Access.SIGNED_IN)
def read_all() -> Response:
    """Mark my notices as read."""
    read_notices(by=current_user._get_current_object())
    return to("/todo")


@blueprint.get("/health")
@page(Access.PUBLIC)
def health() -> tuple[dict[str, str], int]:
    """For the machine that watches the site."""
    return {"status": "ok"}, 200
