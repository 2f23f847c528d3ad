"""Solving a kept run again, from what was kept alone."""

from __future__ import annotations

from marketplace.matching.assignment import solve
from marketplace.rounds.hand import changed
from marketplace.rounds.kept import content_of, problem_from
from marketplace.rounds.models import Round, RoundRun
from marketplace.rounds.queries import changes_of, runs_of
from marketplace.rounds.solving import pairs_of


def replay_run(run: RoundRun) -> str | None:
    """Solve the kept problem again; None when the same hash comes out, else how it differs, in English."""
    try:
        given = problem_from(content_of(run.problem_digest))
        content_of(run.inputs_digest)
    except ValueError as broken:
        return str(broken)
    if given.digest != run.problem_digest:
        return "the kept problem does not give its own hash"
    again = solve(given)
    if again.digest == run.result_hash:
        return None
    return f"the result differs: {run.result_hash} then, {again.digest} now"


def replay_round(round_: Round) -> list[tuple[int, str | None]]:
    """Every run of a round with what ``replay_run`` says, and the changes by hand since the last one."""
    runs = runs_of(round_)
    found = [(run.number, replay_run(run)) for run in runs]
    if runs and round_.pairs and (difference := _changes_differ(round_, runs[-1])):
        found.append((runs[-1].number, difference))
    return found


def _changes_differ(round_: Round, run: RoundRun) -> str | None:
    pairs = pairs_of(solve(problem_from(content_of(run.problem_digest))))
    for change in changes_of(round_):
        if change.run == run.number:
            pairs = changed(pairs, change)
    same = sorted(map(list, round_.pairs)) == sorted(pairs)
    return None if same else "the present pairs are not what the changes by hand come to"
