"""Accounts and organisations, for administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext

from marketplace.access import ROLE_DESCRIPTIONS, ROLE_LABELS, Permission, Role, may
from marketplace.accounts import actions_admin as actions
from marketplace.accounts import actions_organisations as organisations
from marketplace.accounts.blueprint import blueprint
from marketplace.accounts.forms import EditAccountForm, InviteForm, OrganisationForm
from marketplace.accounts.models import ORGANISATION_LABELS, OrganisationKind, User
from marketplace.audit import history_of
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS
from marketplace.web.fields import options
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to
from marketplace.web.todo import place_to_go

menu(84, N_("계정 관리"), "accounts.accounts", lambda user: may(user, Permission.MANAGE_ACCOUNTS))
place_to_go(
    10,
    N_("계정 관리"),
    "accounts.accounts",
    N_("사람을 초대하고 역할과 이용 상태를 바꿉니다."),
    lambda user: may(user, Permission.MANAGE_ACCOUNTS),
)
menu(85, N_("기관 관리"), "accounts.organisations_list", lambda user: may(user, Permission.MANAGE_ACCOUNTS))


@blueprint.get("/accounts")
@page(Permission.MANAGE_ACCOUNTS)
def accounts() -> Any:
    """The list of accounts."""
    found = actions.accounts_page(
        page=number_arg("page"),
        text=text_arg("q"),
        role=text_arg("role"),
        state=text_arg("state"),
        sort=text_arg("sort"),
        by=me(),
    )
    return show(
        "accounts/accounts.html",
        found=found,
        roles=ROLE_LABELS,
        states=actions.STATES,
        state_of=actions.state_of,
    )


@blueprint.route("/accounts/invite", methods=["GET", "POST"])
@page(Permission.MANAGE_ACCOUNTS)
def invite() -> Any:
    """Invite a person."""
    form = _with_choices(InviteForm())
    made: list[User] = []

    def act() -> None:
        made.append(actions.invite(email=form.email.data or "", by=me(), **_place(form)))

    if submitted(form, act):
        flash(gettext("초대 메일을 보냈습니다."), "success")
        return to(url_for("accounts.edit_account", user_id=made[0].id))
    return show("accounts/invite.html", form=form, descriptions=_descriptions())


def _with_choices(form: Any) -> Any:
    form.organisation_id.choices = options(
        [
            ("", gettext("없음")),
            *(
                (one.id, f"{one.name} ({gettext(ORGANISATION_LABELS[one.kind])})")
                for one in organisations.organisations_for_staff()
            ),
        ]
    )
    return form


def _descriptions() -> dict[Role, str]:
    return {role: gettext(sentence) for role, sentence in ROLE_DESCRIPTIONS.items()}


def _place(form: Any) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "role": form.role.data,
        "organisation_id": form.organisation_id.data,
        "brn": form.brn.data,
    }


@blueprint.route("/accounts/<int:user_id>", methods=["GET", "POST"])
@page(Permission.MANAGE_ACCOUNTS)
def edit_account(user_id: int) -> Any:
    """One account: change it, stop it, see what happened to it."""
    user = actions.account(user_id, by=me())
    home = user.organisation
    form = _with_choices(
        EditAccountForm(
            obj=user,
            brn=home.brn if home and home.kind == OrganisationKind.FIRM else None,
            member=home is not None or Role(user.role) not in actions.HOME,
        )
    )
    if submitted(
        form, lambda: actions.edit_account(user, member=bool(form.member.data), by=me(), **_place(form))
    ):
        flash(gettext("저장했습니다."), "success")
        return to(url_for("accounts.edit_account", user_id=user.id))
    return show(
        "accounts/edit_account.html",
        form=form,
        user=user,
        state=actions.STATES[actions.state_of(user)],
        descriptions=_descriptions(),
        history=history_of(user),
        events=EVENT_LABELS,
    )


@blueprint.post("/accounts/<int:user_id>/disable")
@page(Permission.MANAGE_ACCOUNTS)
def disable(user_id: int) -> Any:
    """Stop an account."""
    actions.disable(actions.account(user_id, by=me()), by=me())
    flash(gettext("계정 사용을 중지했습니다."), "success")
    return to(url_for("accounts.edit_account", user_id=user_id))


@blueprint.post("/accounts/<int:user_id>/enable")
@page(Permission.MANAGE_ACCOUNTS)
def enable(user_id: int) -> Any:
    """Let an account be used again."""
    actions.enable(actions.account(user_id, by=me()), by=me())
    flash(gettext("계정을 다시 쓸 수 있습니다."), "success")
    return to(url_for("accounts.edit_account", user_id=user_id))


@blueprint.post("/accounts/<int:user_id>/invite-again")
@page(Permission.MANAGE_ACCOUNTS)
def invite_again(user_id: int) -> Any:
    """Mail the invitation once more."""
    actions.invite_again(actions.account(user_id, by=me()), by=me())
    flash(gettext("초대 메일을 다시 보냈습니다."), "success")
    return to(url_for("accounts.edit_account", user_id=user_id))


@blueprint.post("/accounts/<int:user_id>/reset-second-factor")
@page(Permission.MANAGE_ACCOUNTS)
def reset_second_factor(user_id: int) -> Any:
    """Take a lost second factor away."""
    actions.reset_second_factor(actions.account(user_id, by=me()), by=me())
    flash(gettext("2단계 인증을 해제했습니다."), "success")
    return to(url_for("accounts.edit_account", user_id=user_id))


@blueprint.get("/organisations")
@page(Permission.MANAGE_ACCOUNTS)
def organisations_list() -> Any:
    """The list of organisations."""
    found = organisations.organisations_page(
        page=number_arg("page"), text=text_arg("q"), kind=text_arg("kind"), sort=text_arg("sort"), by=me()
    )
    return show("accounts/organisations.html", found=found, kinds=ORGANISATION_LABELS)


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@page(Permission.MANAGE_ACCOUNTS)
def add_organisation() -> Any:
    """Add an organisation."""
    form = OrganisationForm(kind=request.args.get("kind"))
    if submitted(
        form,
        lambda: organisations.save_organisation(
            None, name=form.name.data or "", kind=OrganisationKind(form.kind.data), brn=form.brn.data, by=me()
        ),
    ):
        flash(gettext("저장했습니다."), "success")
        return to(url_for("accounts.organisations_list"))
    return show("accounts/organisation.html", form=form, found=None, people=[])


@blueprint.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
@page(Permission.MANAGE_ACCOUNTS)
def edit_organisation(organisation_id: int) -> Any:
    """One organisation and its people."""
    found = organisations.organisation(organisation_id, by=me())
    form = OrganisationForm(obj=found)
    del form.kind
    if submitted(
        form,
        lambda: organisations.save_organisation(
            found, name=form.name.data or "", kind=OrganisationKind(found.kind), brn=form.brn.data, by=me()
        ),
    ):
        flash(gettext("저장했습니다."), "success")
        return to(url_for("accounts.organisations_list"))
    return show("accounts/organisation.html", form=form, found=found, people=organisations.people_of(found))
