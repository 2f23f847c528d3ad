"""What every page gets: headers, language, filters, error pages, CSRF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import Babel, format_date, format_datetime, format_decimal, format_timedelta, gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from marketplace.access import Permission, may
from marketplace.civil import day_of
from marketplace.database import db, read_only, utcnow
from marketplace.errors import N_, NotAllowed, NotFound, RuleBroken
from marketplace.i18n import CATALOGUES, DAY_FORMATS, LANGUAGES
from marketplace.web.navigation import navigation
from marketplace.web.page import Access, said

LANGUAGE_COOKIE = "language"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ERRORS = {
    400: (N_("요청을 이해하지 못했습니다"), N_("주소나 입력한 내용을 확인한 뒤 다시 시도해 주십시오.")),
    403: (
        N_("이 화면을 볼 권한이 없습니다"),
        N_("담당 업무가 바뀌었다면 시스템 관리자에게 문의해 주십시오."),
    ),
    404: (N_("찾으시는 내용이 없습니다"), N_("주소를 확인하시거나 나의 할 일에서 다시 들어가 주십시오.")),
    405: (N_("이 주소에서는 할 수 없는 동작입니다"), N_("이전 화면으로 돌아가 다시 시도해 주십시오.")),
    409: (N_("처리하지 못했습니다"), N_("이전 화면으로 돌아가 현재 상태를 확인해 주십시오.")),
    413: (N_("파일이 너무 큽니다"), N_("파일을 나누어 다시 올려 주십시오.")),
    422: (N_("처리하지 못했습니다"), N_("이전 화면으로 돌아가 내용을 고쳐 주십시오.")),
    429: (N_("시도가 너무 많습니다"), N_("5분 뒤에 다시 시도해 주십시오.")),
    500: (N_("처리 중 오류가 생겼습니다"), N_("변경된 내용은 없습니다. 잠시 뒤 다시 시도해 주십시오.")),
    503: (N_("지금은 처리할 수 없습니다"), N_("변경된 내용은 없습니다. 잠시 뒤 다시 시도해 주십시오.")),
}
csrf = CSRFProtect()


def chosen_language() -> str:
    """ko unless the reader chose another: in this browser, or else in the account."""
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    if getattr(current_user, "is_authenticated", False):
        return str(current_user.language)
    return "ko"


def won(amount: int | None) -> str:
    """350,000원"""
    if amount is None:
        return "–"
    return str(gettext("%(amount)s원", amount=format_decimal(amount)))


def day(value: date | None) -> str:
    """2026. 7. 1.; in English 1 Jul 2026"""
    if value is None:
        return "–"
    return str(format_date(value, DAY_FORMATS[chosen_language()]))


def moment(value: datetime | None) -> str:
    """2026. 7. 1. 오후 3:05, in Seoul"""
    if value is None:
        return "–"
    return str(
        format_datetime(value, "yyyy. M. d. aaaa h:mm" if chosen_language() == "ko" else "d MMM yyyy HH:mm")
    )


def age(value: datetime | None) -> str:
    """How long ago, in the largest unit that fits: 3분, 2시간, 5일."""
    if value is None:
        return "–"
    return str(format_timedelta(utcnow() - value, granularity="minute", threshold=1))


def age_days(value: datetime | None) -> int:
    """Days since a moment by the Korean calendar, 0 on the day itself."""
    return 0 if value is None else (day_of(utcnow()) - day_of(value)).days


def error_page(code: int, message: str | None = None) -> Response:
    """The page for an error: what happened and what to do."""
    title, what_to_do = ERRORS.get(code, ERRORS[500 if code >= 500 else 400])
    return make_response(
        render_template(
            "errors/error.html",
            code=code,
            title=gettext(title),
            message=message,
            what_to_do=gettext(what_to_do),
        ),
        code,
    )


def _register_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return error_page(error.code)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError) -> Any:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, "access", Access.PUBLIC) is not Access.PUBLIC and not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return error_page(
            400, gettext("화면을 연 지 오래되어 확인값이 만료되었습니다. 이전 화면을 새로 고쳐 주십시오.")
        )

    @app.errorhandler(RuleBroken)
    def _rule(broken: RuleBroken) -> Response:
        return error_page(409 if broken.conflict else 422, said(broken.sentence, broken.facts))

    @app.errorhandler(NotAllowed)
    def _not_allowed(_: NotAllowed) -> Response:
        return error_page(403)

    @app.errorhandler(NotFound)
    def _not_found(_: NotFound) -> Response:
        return error_page(404)

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> Response:
        app.logger.error("database: %s", error)
        db.session.rollback()
        response = error_page(503)
        response.headers["Retry-After"] = "5"
        return response


def _register_templates(app: Flask) -> None:
    app.add_template_filter(won, "won")
    app.add_template_filter(day, "date")
    app.add_template_filter(moment, "datetime")
    app.add_template_filter(age, "age")
    app.add_template_filter(age_days, "age_days")

    app.add_template_filter(said, "sentence")

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {
            "navigation": navigation() if request.endpoint else [],
            "locale": chosen_language(),
            "languages": LANGUAGES,
            "may": lambda permission, thing=None: may(current_user, Permission(permission), thing),
            "now": utcnow(),
            "today": day_of(utcnow()),
        }


class RowId(IntegerConverter):
    """A row's number in an address; what no database could hold is simply not found."""

    regex = "[0-9]+"  # not every digit of every script

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **kwargs})


def setup(app: Flask) -> None:
    """Give the app its manners."""
    app.url_map.converters["int"] = RowId
    csrf.init_app(app)
    Babel(
        app,
        default_locale="ko",
        default_timezone="Asia/Seoul",
        default_translation_directories=str(CATALOGUES),
        locale_selector=chosen_language,
    )
    _register_errors(app)
    _register_templates(app)

    @app.before_request
    def _reading() -> None:
        read_only(request.method in ("GET", "HEAD", "OPTIONS"))
        g.started = utcnow()

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if current_app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
