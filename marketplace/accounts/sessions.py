"""Sessions in the database, so that a copied cookie dies with sign-out, password change and disabling."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import LoginManager
from sqlalchemy import select
from werkzeug.wrappers import Response

from marketplace.accounts.models import SESSION_LIFE, SignInSession, User
from marketplace.database import db, utcnow

COOKIE_KEY = "sign_in"
login_manager = LoginManager()


def digest(token: str) -> str:
    """SHA-256 of a random token; only this is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(user: User, agent: str = "") -> str:
    """Add a session for the user to the running transaction; the token that its cookie carries.

    ``agent`` is what the browser calls itself, shown to the person among the open sessions.
    """
    token = secrets.token_urlsafe(32)
    ends_at: datetime = utcnow() + SESSION_LIFE
    db.session.add(
        SignInSession(user_id=user.id, token_hash=digest(token), ends_at=ends_at, agent=agent[:200])
    )
    return token


def carry(token: str) -> None:
    """Put the token into this browser's cookie, dropping whatever was there."""
    session.clear()
    session[COOKIE_KEY] = token
    session.permanent = False


def current_session() -> SignInSession | None:
    """The session row behind this browser's cookie, open or not."""
    token = session.get(COOKIE_KEY)
    if not isinstance(token, str):
        return None
    return db.session.scalar(select(SignInSession).where(SignInSession.token_hash == digest(token)))


def end_sessions(user: User) -> None:
    """End every session of a person, within the running transaction."""
    still_open = select(SignInSession).where(
        SignInSession.user_id == user.id, SignInSession.ended_at.is_(None)
    )
    for row in db.session.scalars(still_open):
        row.ended_at = utcnow()


@login_manager.request_loader
def _load(_: object) -> User | None:
    row = current_session()
    return row.user if row is not None and row.is_open else None


def _page_of_form() -> str:
    """The page of this site that a form was sent from, to come back to; empty when it cannot be opened."""
    page = urlsplit(request.referrer or "")
    adapter = current_app.create_url_adapter(request)
    if page.netloc != request.host or adapter is None or not adapter.test(page.path, method="GET"):
        return ""
    return page.path + (f"?{page.query}" if page.query else "")


@login_manager.unauthorized_handler
def _to_sign_in() -> Response:
    target = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
    if request.method != "GET" and "X-Autosave" not in request.headers:
        flash(
            gettext(
                "로그인이 만료되어 처리하지 못했습니다. 다시 로그인하시면 입력하신 내용을 그 화면에서 불러올 수 있습니다."
            ),
            "warning",
        )
    return redirect(url_for("accounts.sign_in", next=target) if target else url_for("accounts.sign_in"))


def init_app(app: Flask) -> None:
    """Attach Flask-Login; it loads people from the session table, not from its own cookie."""
    login_manager.init_app(app)
    login_manager.login_message = lazy_gettext("로그인해 주십시오.")
    login_manager.session_protection = None  # the session row is the protection
