"""``flask demo``: set up a database of its own, build the world once, print the sign-ins and serve."""

from __future__ import annotations

import threading
import time

import click
from flask import Flask, current_app

from marketplace import settings
from marketplace.database import db, read_only
from marketplace.demo.people import sign_in_table
from marketplace.demo.world import HalfBuilt, build_demo, is_built
from marketplace.migrate import upgrade
from marketplace.reference import load_reference
from marketplace.taxonomy.actions import current_vocabulary


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
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threading.Thread(target=_warm_up, args=(app,), daemon=True).start()
    context.invoke(current_app.cli.commands["serve"], host=host, port=port)


def _warm_up(app: Flask) -> None:
    """Load the reader of Korean text, which takes seconds, before the first visitor needs it."""
    with app.app_context():
        read_only(True)
        current_vocabulary().propose("도금이 벗겨집니다")
        db.session.rollback()


def prepare() -> None:
    """Bring the database to the newest schema, load the reference data, and build the world unless it is there.

    Raises ClickException on a database that holds people of another origin, or a world half built.
    """
    upgrade()
    load_reference()
    try:
        if is_built():
            return
    except HalfBuilt as other:
        raise click.ClickException(
            "The database holds people but no whole demo world. Name another database in "
            "MARKETPLACE_DATABASE_URL, or remove a demo that was interrupted with `make clean-demo`."
        ) from other
    started = time.monotonic()
    click.echo("시연 자료를 만듭니다 / building the demo world:")
    build_demo(lambda stage: click.echo(f"  {time.monotonic() - started:5.1f} s  {stage}"))
    click.echo(f"  {time.monotonic() - started:5.1f} s")


#: What ``marketplace.cli`` registers.
commands = [demo]
