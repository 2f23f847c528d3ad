"""Commands of the match machine."""

from __future__ import annotations

import sys

import click

from marketplace.database import db, read_only
from marketplace.matching.models_ranking import StoredRanking
from marketplace.matching.queries import ranking_ids
from marketplace.matching.snapshots import replay


@click.command("replay")
@click.argument("ranking", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Replay every kept ranking.")
def replay_command(ranking: int | None, every: bool) -> None:
    """Rank again from what was kept and compare; ends with 1 when a list differs."""
    if (ranking is None) == (not every):
        raise click.UsageError("Name one ranking, or give --all.")
    read_only(True)
    wrong = 0
    ids = ranking_ids() if every else [ranking or 0]
    for number in ids:
        stored = db.session.get(StoredRanking, number)
        if stored is None:
            click.echo(f"ranking {number}: there is no such ranking", err=True)
            wrong += 1
            continue
        difference = replay(stored)
        wrong += difference is not None
        click.echo(f"ranking {number}: {difference or 'the same list'}")
        db.session.expunge_all()  # profiles of one ranking need not stay for the next
    click.echo(f"{len(ids) - wrong} of {len(ids)} rankings replay to the same list.")
    sys.exit(1 if wrong else 0)
