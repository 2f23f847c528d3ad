"""The command that solves kept rounds again."""

from __future__ import annotations

import sys

import click

from marketplace.database import db, read_only
from marketplace.rounds.models import Round
from marketplace.rounds.queries import round_ids
from marketplace.rounds.replaying import replay_round


@click.command("replay-round")
@click.argument("number", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Solve every kept round again.")
def replay_round_command(number: int | None, every: bool) -> None:
    """Solve a round again from what was kept and compare the hashes; ends with 1 when one differs."""
    if (number is None) == (not every):
        raise click.UsageError("Name one round, or give --all.")
    read_only(True)
    wrong = 0
    ids = round_ids() if every else [number or 0]
    for round_id in ids:
        found = db.session.get(Round, round_id)
        if found is None or not found.runs:
            click.echo(f"round {round_id}: there is no such solved round", err=True)
            wrong += 1
            continue
        results = replay_round(found)
        wrong += any(difference for _, difference in results)
        for run, difference in results:
            click.echo(f"round {round_id}, run {run}: {difference or 'the same hash'}")
        db.session.expunge_all()
    click.echo(f"{len(ids) - wrong} of {len(ids)} rounds replay to the same hash.")
    sys.exit(1 if wrong else 0)
