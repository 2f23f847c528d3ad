"""What changes by hand come to: the pairs as they then stand, and what the next run must keep to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Change(Protocol):
    """A change by hand, as it is stored."""

    @property
    def verb(self) -> str: ...
    @property
    def request(self) -> str: ...
    @property
    def expert_key(self) -> str | None: ...
    @property
    def units(self) -> int | None: ...


@dataclass(frozen=True)
class Wishes:
    """What the next run keeps to: pairs that stand, pairs that may not be, requests that stay without an expert."""

    pinned: Mapping[str, str] = field(default_factory=dict)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    left: frozenset[str] = frozenset()


def wishes_of(changes: Iterable[Change]) -> Wishes:
    """The wishes after all changes, oldest first; a later one about the same request takes the earlier back."""
    pinned: dict[str, str] = {}
    forbidden: set[tuple[str, str]] = set()
    left: set[str] = set()
    for change in changes:
        request, expert = change.request, change.expert_key or ""
        if change.verb == "free":
            pinned.pop(request, None)
            left.discard(request)
            forbidden = {pair for pair in forbidden if pair[0] != request}
        elif change.verb in ("pin", "give"):
            pinned[request] = expert
            left.discard(request)
            forbidden.discard((request, expert))
        elif change.verb == "unserve":
            pinned.pop(request, None)
            left.add(request)
        elif change.verb == "forbid":
            forbidden.add((request, expert))
            if pinned.get(request) == expert:
                del pinned[request]
    return Wishes(pinned, frozenset(forbidden), frozenset(left))


def changed(pairs: Sequence[Sequence[Any]], change: Change) -> list[list[Any]]:
    """The pairs after one change: pinning and freeing move nothing, and nobody else is moved by the others."""
    request, expert = change.request, change.expert_key
    kept = [list(pair) for pair in pairs]
    if change.verb in ("give", "unserve"):
        kept = [pair for pair in kept if pair[0] != request]
    if change.verb == "give":
        kept.append([request, expert, change.units])
    if change.verb == "forbid":
        kept = [pair for pair in kept if (pair[0], pair[1]) != (request, expert)]
    return sorted(kept)
