"""Commands for accounts."""

from __future__ import annotations

import click

from marketplace import settings, tokens
from marketplace.access import Role
from marketplace.accounts import actions_admin
from marketplace.accounts.models import User
from marketplace.errors import RuleBroken


@click.command("create-admin")
@click.option("--email", required=True, help="E-mail address of the administrator.")
@click.option("--name", default="시스템 관리자", show_default=True, help="Name of the administrator.")
def create_admin(email: str, name: str) -> None:
    """Invite an administrator and print the link with which the password is chosen.

    The first administrator of a new site is made this way. Running it again for an administrator who has not
    chosen a password yet prints a fresh link.
    """
    user = User.with_email(email)
    try:
        if user is None:
            user = actions_admin.invite(email=email, name=name, role=Role.ADMIN, by=None)
        elif user.role == Role.ADMIN:
            actions_admin.invite_again(user, by=None)
        else:
            raise click.ClickException(f"{email} is known with another role.")
    except RuleBroken as broken:
        raise click.ClickException(str(broken)) from broken
    token = tokens.sign("invite", user.id, user.link_stamp)
    click.echo(f"{settings.current().base_url.rstrip('/')}/invitations/{token}")


commands = [create_admin]
