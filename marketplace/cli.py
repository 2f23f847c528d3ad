"""Every command of ``flask``."""

from __future__ import annotations

import threading
from itertools import chain

import click
from flask import Flask, current_app

from marketplace import jobs
from marketplace.accounts import cli as accounts_cli
from marketplace.audit import verify_chain
from marketplace.demo import command as demo_command
from marketplace.imports import files_cli
from marketplace.jobs import broker
from marketplace.ledger import cli as ledger_cli
from marketplace.settings import Settings
from marketplace.taxonomy.actions import current_vocabulary


def init_app(app: Flask) -> None:
    """Register the commands."""
    own = (worker, serve, migrate, reference, show_settings, verify_audit)
    others = (accounts_cli.commands, files_cli.COMMANDS, demo_command.commands, ledger_cli.commands)
    for command in (*own, *chain.from_iterable(others)):
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


@click.command("verify-audit")
def verify_audit() -> None:
    """Check the chain of the record; exit 1 when it is broken."""
    fault = verify_chain()
    click.echo(fault or "The record is whole.")
    if fault:
        raise SystemExit(1)


@click.command("settings")
def show_settings() -> None:
    """Print every setting with its environment variable, default and meaning."""
    for name, field in Settings.model_fields.items():
        click.echo(f"MARKETPLACE_{name.upper()}  [{field.default}]  {field.description}")


@click.command()
@click.option("--once", is_flag=True, help="Work off what is due and stop; needs no broker.")
@click.option(
    "--threads", default=2, show_default=True, help="How many jobs to work at side by side; with a broker."
)
def worker(once: bool, threads: int) -> None:
    """Deliver mail, work off jobs, watch deadlines; a Celery worker where MARKETPLACE_BROKER_URL is set."""
    if once:
        jobs.run_due()
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if url := app.config["SETTINGS"].broker_url:
        broker.work(app, url, threads)
    else:
        jobs.work(app, threading.Event())


def _warm_up(app: Flask) -> None:
    """Load the vocabulary before the first visitor needs it; reading Korean takes seconds to start."""
    with app.app_context():
        current_vocabulary().propose("불량이 자꾸 나옵니다")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the site with waitress; runs the worker beside it unless MARKETPLACE_WORKER=off or a broker is set."""
    from waitress import serve as waitress_serve

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    wanted = app.config["SETTINGS"]
    if wanted.worker == "thread" and not wanted.broker_url:
        threading.Thread(target=jobs.work, args=(app, threading.Event()), daemon=True).start()
    threading.Thread(target=_warm_up, args=(app,), daemon=True).start()
    click.echo(f"http://{host}:{port}")
    waitress_serve(app, host=host, port=port, threads=8, ident="")
