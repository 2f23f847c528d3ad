"""``flask demo``: set up a database of its own, build the world once, print the sign-ins and serve."""

from __future__ import annotations

import time

import click
from flask import current_app

from marketplace import settings
from marketplace.database import clock_at, utcnow
from marketplace.demo.people import sign_in_table
from marketplace.demo.world import HalfBuilt, beginning, build_demo, is_built
from marketplace.migrate import upgrade
from marketplace.reference import load_reference


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
@click.pass_context
def demo(context: click.Context, host: str, port: int) -> None:
    """Serve the demo world with one sign-in per role; builds it at the first start."""
    if settings.current().mode == "production":
        raise click.UsageError("The demo does not run in production mode: its password is public.")
    prepare()
    click.echo(f"\n스마트제조 전문가 매칭 시연 / demo: http://{host}:{port}\n")
    click.echo(sign_in_table())
    click.echo()
    context.invoke(current_app.cli.commands["serve"], host=host, port=port)


def prepare() -> None:
    """Bring the database to the newest schema, load the reference data, and build the world unless it is there.

    The reference data of a new world is as old as the world, for the record's times never go back.

    Raises ClickException on a database that holds people of another origin, or a world half built.
    """
    upgrade()
    try:
        if is_built():
            load_reference()
            return
    except HalfBuilt as other:
        raise click.ClickException(
            "The database holds people but no whole demo world. Name another database in "
            "MARKETPLACE_DATABASE_URL, or remove a demo that was interrupted with `make clean-demo`."
        ) from other
    started = time.monotonic()
    click.echo("시연 자료를 만듭니다 / building the demo world:")
    now = utcnow()
    with clock_at(beginning(now)):
        load_reference()
    build_demo(lambda stage: click.echo(f"  {time.monotonic() - started:5.1f} s  {stage}"), now=now)
    click.echo(f"  {time.monotonic() - started:5.1f} s")


#: What ``marketplace.cli`` registers.
commands = [demo]
