"""Sign-in in steps, sign-out."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, session, url_for
from flask_babel import gettext
from flask_login import current_user

from marketplace.accounts import actions_sign_in as actions
from marketplace.accounts import totp
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import CodeForm, ConsentForm, SignInForm
from marketplace.accounts.models import User
from marketplace.accounts.pending import Pending, keep, pending
from marketplace.accounts.sessions import carry, current_session
from marketplace.accounts.throttle import TooManyTries
from marketplace.web.page import Access, me, page, safe_next, show, submitted, to
from marketplace.web.setup import error_page

SECRET_KEY = "totp_secret"  # noqa: S105 - the name of a place in the cookie


@blueprint.app_errorhandler(TooManyTries)
def _too_many(_: TooManyTries) -> Response:
    response = error_page(429, gettext("로그인 시도가 많아 잠시 막았습니다. 계정을 지키기 위한 조치입니다."))
    response.headers["Retry-After"] = "300"
    return response


def network_address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""


def onward() -> str:
    """Where the person wanted to go; only paths of this site."""
    return safe_next(request.args.get("next"), url_for("web.todo"))


def step_url(endpoint: str) -> str:
    """A step of the sign-in, keeping where the person wanted to go."""
    wanted = request.args.get("next")
    return url_for(endpoint, next=wanted) if wanted else url_for(endpoint)


def after_step(user: User, token: str | None, *, second: bool = False) -> Any:
    """Go on signed in, or to the step that is still missing."""
    if token is not None:
        carry(token)
        return to(onward())
    keep(user, second)
    return next_step(Pending(user, second))


def next_step(found: Pending) -> Any:
    """Lead to what is still missing, or open the session."""
    user = found.user
    if user.totp_secret and not found.second:
        return to(step_url("accounts.second_factor"))
    if not user.totp_secret and actions.must_have_totp(user):
        return to(step_url("accounts.enrol"))
    if any(text.required for text in user.missing_consents()):
        return to(step_url("accounts.new_consents"))
    carry(actions.begin_session(user=user, agent=request.user_agent.string))
    return to(onward())


@blueprint.route("/sign-in", methods=["GET", "POST"])
@page(Access.PUBLIC)
def sign_in() -> Any:
    """E-mail and password."""
    if current_user.is_authenticated and request.method == "GET":
        return to(onward())
    form = SignInForm()
    found: list[tuple[User, str | None]] = []

    def check() -> None:
        found.append(
            actions.check_password(
                email=form.email.data or "",
                password=form.password.data or "",
                address=network_address(),
                agent=request.user_agent.string,
            )
        )

    if submitted(form, check):
        return after_step(*found[0])
    return show("accounts/sign_in.html", form=form, next=request.args.get("next"))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@page(Access.PUBLIC)
def second_factor() -> Any:
    """The second step: a code of the authenticator app."""
    found = pending()
    if found is None or not found.user.totp_secret:
        return to(step_url("accounts.sign_in"))
    form = CodeForm()
    token: list[str | None] = []
    if submitted(
        form,
        lambda: token.append(
            actions.check_second_factor(
                user=found.user,
                code=form.code.data or "",
                address=network_address(),
                agent=request.user_agent.string,
            )
        ),
    ):
        return after_step(found.user, token[0], second=True)
    return show("accounts/second_factor.html", form=form)


@blueprint.route("/sign-in/enrol", methods=["GET", "POST"])
@page(Access.PUBLIC)
def enrol() -> Any:
    """Register the second factor, for staff who sign in for the first time."""
    found = pending()
    if found is None or found.user.totp_secret:
        return to(step_url("accounts.sign_in"))
    form = CodeForm()
    secret = session.setdefault(SECRET_KEY, totp.new_secret())
    codes: list[str] = []
    if submitted(
        form,
        lambda: codes.extend(
            actions.enrol_second_factor(secret=secret, code=form.code.data or "", by=found.user)
        ),
    ):
        keep(found.user, second=True)
        return show(
            "accounts/recovery_codes.html",
            codes=codes,
            onward=step_url("accounts.resume"),
            label=gettext("보관했습니다. 계속"),
        )
    return show_enrolment(form, found.user, secret)


def show_enrolment(form: Any, user: Any, secret: str) -> Response:
    """The page with the QR code, the secret in words and the box for the first code."""
    groups = [secret[i : i + 4] for i in range(0, len(secret), 4)]
    return show("accounts/enrol.html", form=form, svg=totp.qr_svg(secret, user.email), groups=groups)


@blueprint.post("/sign-in/resume")
@page(Access.PUBLIC)
def resume() -> Any:
    """Go on with the sign-in after the recovery codes were shown."""
    found = pending()
    if found is None:
        return to(step_url("accounts.sign_in"))
    return next_step(found)


@blueprint.route("/sign-in/consents", methods=["GET", "POST"])
@page(Access.PUBLIC)
def new_consents() -> Any:
    """New versions of texts that the person has to agree to before going on."""
    found = pending()
    if found is None or _steps_missing(found):
        return to(step_url("accounts.sign_in"))
    user, form = found.user, ConsentForm()
    token: list[str] = []
    if submitted(
        form,
        lambda: token.append(
            actions.begin_session(user=user, agreed=form.consents.data or [], agent=request.user_agent.string)
        ),
    ):
        carry(token[0])
        return to(onward())
    return show("accounts/new_consents.html", form=form, texts=user.missing_consents())


def _steps_missing(found: Pending) -> bool:
    if found.user.totp_secret:
        return not found.second
    return actions.must_have_totp(found.user)


@blueprint.post("/sign-out")
@page(Access.SIGNED_IN)
def sign_out() -> Any:
    """End this browser's session."""
    actions.sign_out(row=current_session(), by=me())
    session.clear()
    g.pop("_login_user", None)
    return to("/")
