"""The command that checks the money."""

from __future__ import annotations

import click
from sqlalchemy import select

from marketplace.database import db, read_only
from marketplace.ledger.replaying import lost_transactions, replay
from marketplace.programmes.models import Programme


@click.command("verify-ledger")
def verify_ledger() -> None:
    """Recompute every balance from the entries and compare, with the record too; exit 1 when something differs."""
    read_only(True)
    faults = lost_transactions()
    programmes = db.session.scalars(select(Programme).order_by(Programme.id)).all()
    for programme in programmes:
        found = replay(programme)
        click.echo(f"{programme.code}: {'the books are right.' if not found else f'{len(found)} faults'}")
        faults += found
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)


commands = (verify_ledger,)
