"""Every command of ``flask``."""

from __future__ import annotations

import threading

import click
from flask import Flask, current_app

from marketplace import jobs
from marketplace.settings import Settings


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (worker, serve, migrate, reference, show_settings):
        app.cli.add_command(command)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from marketplace.migrate import upgrade

    upgrade()
    click.echo("The database is up to date.")


@click.command("load-reference")
def reference() -> None:
    """Load taxonomy, codes, KPI, consent texts and the programme of the year; adds only what is missing."""
    from marketplace.reference import load_reference

    for name, count in load_reference().items():
        click.echo(f"{name}: {count} added")


@click.command("settings")
def show_settings() -> None:
    """Print every setting with its environment variable, default and meaning."""
    for name, field in Settings.model_fields.items():
        click.echo(f"MARKETPLACE_{name.upper()}  [{field.default}]  {field.description}")


@click.command()
@click.option("--once", is_flag=True, help="Work off what is due and stop.")
def worker(once: bool) -> None:
    """Deliver mail, work off jobs, watch deadlines."""
    if once:
        jobs.run_due()
        return
    jobs.work(current_app._get_current_object(), threading.Event())  # type: ignore[attr-defined]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the site with waitress; runs the worker beside it unless MARKETPLACE_WORKER=off."""
    from waitress import serve as waitress_serve

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.config["SETTINGS"].worker == "thread":
        threading.Thread(target=jobs.work, args=(app, threading.Event()), daemon=True).start()
    click.echo(f"http://{host}:{port}")
    waitress_serve(app, host=host, port=port, threads=8, ident="")
