"""Sign-up, confirmation of the address, invitations, forgotten passwords."""

from __future__ import annotations

from typing import Any

from flask import flash, session, url_for
from flask_babel import gettext

from marketplace.access import Role
from marketplace.accounts import actions_join as actions
from marketplace.accounts import actions_password
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import (
    AcceptForm,
    ConfirmForm,
    EmailForm,
    JoinCompanyForm,
    JoinForm,
    NewPasswordForm,
)
from marketplace.accounts.models import ConsentText, civil_today
from marketplace.accounts.views_sign_in import network_address
from marketplace.web.page import Access, page, show, submitted, to
from marketplace.web.setup import chosen_language


@blueprint.get("/join")
@page(Access.PUBLIC)
def sign_up() -> Any:
    """Choose a door."""
    return show("accounts/sign_up.html")


@blueprint.route("/join/company", methods=["GET", "POST"])
@page(Access.PUBLIC)
def join_company() -> Any:
    """Sign-up of a firm."""
    form = JoinCompanyForm()
    return _join(Role.COMPANY, form, lambda: {"firm_name": form.firm_name.data, "brn": form.brn.data})


@blueprint.route("/join/expert", methods=["GET", "POST"])
@page(Access.PUBLIC)
def join_expert() -> Any:
    """Sign-up of an expert."""
    return _join(Role.EXPERT, JoinForm(), dict)


def _join(role: Role, form: Any, more: Any) -> Any:
    def act() -> None:
        actions.join(
            role=role,
            email=form.email.data,
            name=form.name.data,
            phone=form.phone.data,
            password=form.password.data,
            agreed=form.consents.data or [],
            language=chosen_language(),
            address=network_address(),
            **more(),
        )

    if submitted(form, act):
        return to(url_for("accounts.mail_sent"))
    return show("accounts/join.html", form=form, role=role, texts=ConsentText.in_force(role, civil_today()))


@blueprint.get("/mail-sent")
@page(Access.PUBLIC)
def mail_sent() -> Any:
    """The one answer to everything that is mailed, whether the address is known or not."""
    return show("accounts/mail_sent.html")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@page(Access.PUBLIC)
def confirm(token: str) -> Any:
    """Confirm the address; opening the link changes nothing, the button does."""
    user = actions.person_of_link("confirm", token)
    form = ConfirmForm()
    if submitted(form, lambda: actions.confirm(token=token)):
        flash(gettext("이메일 주소를 확인했습니다. 로그인해 주십시오."), "success")
        return to(url_for("accounts.sign_in"))
    return show("accounts/confirm.html", form=form, user=user)


@blueprint.route("/confirm", methods=["GET", "POST"])
@page(Access.PUBLIC)
def ask_confirmation() -> Any:
    """Have the confirmation mailed again."""
    form = EmailForm()
    if submitted(
        form, lambda: actions.ask_confirmation(email=form.email.data or "", address=network_address())
    ):
        return to(url_for("accounts.mail_sent"))
    return show("accounts/ask_confirmation.html", form=form)


@blueprint.route("/reset", methods=["GET", "POST"])
@page(Access.PUBLIC)
def ask_reset() -> Any:
    """Have a link for a new password mailed."""
    form = EmailForm()
    if submitted(
        form, lambda: actions_password.ask_reset(email=form.email.data or "", address=network_address())
    ):
        return to(url_for("accounts.mail_sent"))
    return show("accounts/ask_reset.html", form=form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@page(Access.PUBLIC)
def reset(token: str) -> Any:
    """Set a new password."""
    user = actions.person_of_link("reset", token)
    form = NewPasswordForm()
    if submitted(form, lambda: actions_password.reset_password(token=token, password=form.password.data)):
        session.clear()
        flash(gettext("새 비밀번호를 정했습니다. 로그인해 주십시오."), "success")
        return to(url_for("accounts.sign_in"))
    return show("accounts/reset.html", form=form, user=user)


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@page(Access.PUBLIC)
def accept_invitation(token: str) -> Any:
    """Take up an invitation."""
    user = actions.person_of_link("invite", token)
    form = AcceptForm()
    if submitted(
        form,
        lambda: actions.accept_invitation(
            token=token, password=form.password.data, agreed=form.consents.data or []
        ),
    ):
        session.clear()
        flash(gettext("계정을 만들었습니다. 로그인해 주십시오."), "success")
        return to(url_for("accounts.sign_in"))
    return show("accounts/accept_invitation.html", form=form, user=user, texts=user.missing_consents())
