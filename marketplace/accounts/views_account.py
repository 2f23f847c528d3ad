"""나의 계정: name, password, second factor, sessions, consents, colleagues."""

from __future__ import annotations

from typing import Any

from flask import flash, request, session, url_for
from flask_babel import gettext

from marketplace.access import Permission
from marketplace.accounts import actions_account as actions
from marketplace.accounts import actions_password, devices, totp
from marketplace.accounts.actions_sign_in import enrol_second_factor, must_have_totp
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import AccountForm, ChangePasswordForm, CodeForm, ColleagueForm, PasswordForm
from marketplace.accounts.sessions import carry, current_session
from marketplace.accounts.views_sign_in import SECRET_KEY, show_enrolment
from marketplace.errors import N_
from marketplace.web.navigation import menu
from marketplace.web.page import Access, me, page, show, submitted, to
from marketplace.web.setup import LANGUAGE_COOKIE

menu(99, N_("나의 계정"), "accounts.account", lambda user: True)


@blueprint.route("/account", methods=["GET", "POST"])
@page(Access.SIGNED_IN)
def account() -> Any:
    """The own account."""
    form = AccountForm(obj=me())
    if submitted(
        form,
        lambda: actions.save_account(
            name=form.name.data or "", phone=form.phone.data, language=form.language.data, by=me()
        ),
    ):
        flash(gettext("저장했습니다."), "success")
        answer = to(url_for("accounts.account"))
        answer.delete_cookie(
            LANGUAGE_COOKIE, httponly=True, samesite="Lax"
        )  # the account's choice counts again
        return answer
    return show(
        "accounts/account.html",
        form=form,
        consents=actions.consents_of(me()),
        sessions=actions.open_sessions(me()),
        device=devices.named,
        this_session=current_session(),
        totp_required=must_have_totp(me()),
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@page(Access.SIGNED_IN)
def change_password() -> Any:
    """Change the own password."""
    form = ChangePasswordForm()
    token: list[str] = []

    def change() -> None:
        agent = request.user_agent.string
        token.append(
            actions_password.change_password(
                old=form.old.data or "", password=form.password.data or "", by=me(), agent=agent
            )
        )

    if submitted(form, change):
        carry(token[0])
        flash(gettext("비밀번호를 바꾸고 다른 기기에서 모두 로그아웃했습니다."), "success")
        return to(url_for("accounts.account"))
    return show("accounts/change_password.html", form=form)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@page(Access.SIGNED_IN)
def add_second_factor() -> Any:
    """Register the second factor of one's own accord."""
    if me().totp_secret:
        return to(url_for("accounts.account"))
    form = CodeForm()
    secret = session.setdefault(SECRET_KEY, totp.new_secret())
    codes: list[str] = []
    if submitted(
        form, lambda: codes.extend(enrol_second_factor(secret=secret, code=form.code.data or "", by=me()))
    ):
        session.pop(SECRET_KEY)
        label = gettext("보관했습니다. 나의 계정으로")
        return show(
            "accounts/recovery_codes.html", codes=codes, onward=url_for("accounts.codes_kept"), label=label
        )
    return show_enrolment(form, me(), secret)


@blueprint.post("/account/codes-kept")
@page(Access.SIGNED_IN)
def codes_kept() -> Any:
    """Leave the page of the recovery codes."""
    return to(url_for("accounts.account"))


@blueprint.route("/account/second-factor/remove", methods=["GET", "POST"])
@page(Access.SIGNED_IN)
def remove_second_factor() -> Any:
    """Take the own second factor away."""
    if not me().totp_secret:
        return to(url_for("accounts.account"))
    form = PasswordForm()
    token: list[str] = []

    def remove() -> None:
        agent = request.user_agent.string
        token.append(actions.remove_second_factor(password=form.password.data or "", by=me(), agent=agent))

    if submitted(form, remove):
        carry(token[0])
        flash(gettext("2단계 인증을 해제했습니다."), "success")
        return to(url_for("accounts.account"))
    return show("accounts/remove_second_factor.html", form=form)


@blueprint.post("/account/sign-out-everywhere")
@page(Access.SIGNED_IN)
def sign_out_everywhere() -> Any:
    """End all own sessions."""
    actions.sign_out_everywhere(by=me())
    session.clear()
    return to("/")


@blueprint.route("/account/colleagues", methods=["GET", "POST"])
@page(Permission.EDIT_COMPANY)
def invite_colleague() -> Any:
    """Invite a colleague into the own firm."""
    form = ColleagueForm()
    if submitted(
        form,
        lambda: actions.invite_colleague(email=form.email.data or "", name=form.name.data or "", by=me()),
    ):
        flash(gettext("초대 메일을 보냈습니다."), "success")
        return to(url_for("accounts.account"))
    return show("accounts/invite_colleague.html", form=form)
