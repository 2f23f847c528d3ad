"""Where slices above the visits join in."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.visits.models import Visit

#: What is done, in the same transaction, with a visit that was just accepted.
on_accepted: list[Callable[[Visit], None]] = []
