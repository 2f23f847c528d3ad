"""The command that learns weights and proposes them."""

from __future__ import annotations

import json
from typing import Any

import click

from marketplace.errors import NotFound
from marketplace.matching.actions.learning import propose_weights
from marketplace.matching.models_learning import LearnedWeights
from marketplace.matching.queries_learning import all_programmes, programme_with

VERDICTS = {
    "better": "The proposed weights did better. They wait for somebody to adopt them.",
    "not_better": "Nothing shows that the proposed weights are better. The prior stays.",
    "too_few": "Too few decisions to tell. The prior stays.",
}


@click.command("learn")
@click.option("--programme", "code", help="The code of a programme; every programme when left out.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def learn_command(code: str | None, form: str) -> None:
    """Learn weights from what staff decided and keep them as a proposal. Switches nothing on."""
    try:
        programmes = [programme_with(code)] if code else all_programmes()
    except NotFound:
        raise click.BadParameter(f"there is no programme {code}", param_hint="--programme") from None
    found = [report(propose_weights(programme, by=None)) for programme in programmes]
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        click.echo("\n".join(lines(row)))


def report(proposal: LearnedWeights) -> dict[str, Any]:
    """Everything that is printed of a proposal."""
    return {
        "programme": proposal.programme.code,
        "proposal": proposal.id,
        "source": str(proposal.source),
        "decisions": proposal.decisions,
        "firms": proposal.firms,
        "data": proposal.data_digest,
        "prior": proposal.prior,
        "weights": proposal.weights,
        "back_test": proposal.figures,
        "better": proposal.better,
    }


def lines(row: dict[str, Any]) -> list[str]:
    """The same as a table."""
    test = row["back_test"]
    found = [
        f"{row['programme']}: proposal {row['proposal']}, {row['decisions']} decisions of {row['firms']} firms",
        f"{'part':<12}{'prior':>8}{'learned':>9}",
    ]
    found += [f"{part:<12}{row['prior'][part]:>8.4f}{row['weights'][part]:>9.4f}" for part in row["prior"]]
    found.append(
        f"held out: {test['decisions']} decisions of {test['firms']} firms; trained on {test['trained_on']}"
    )
    for name in ("accuracy", "ndcg"):
        if (figure := test[name]) is not None:
            low, high = (f"{figure[end]:+.3f}" if figure[end] is not None else "-" for end in ("low", "high"))
            found.append(
                f"{name:<12}{figure['prior']:>8.3f}{figure['learned']:>9.3f}"
                f"  difference {figure['difference']:+.3f} [{low}, {high}]"
            )
    return [*found, VERDICTS[test["verdict"]], ""]
