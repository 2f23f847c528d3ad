"""Pages of this slice, one module for each group of them, its command, and what waits for whom."""

from __future__ import annotations

from marketplace.matching import hooks, sweeps  # noqa: F401 - they register themselves
from marketplace.matching.blueprint import blueprint
from marketplace.matching.cli import replay_command

blueprint.cli.add_command(replay_command)
blueprints = [blueprint]
