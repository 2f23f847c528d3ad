"""The main menu: each slice adds its entries; an entry shows for whom it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_login import current_user


@dataclass(frozen=True)
class Entry:
    """One entry of the menu: its place, Korean label, endpoint, and whom it is for."""

    order: int
    label: str
    endpoint: str
    shown: Callable[[Any], bool]


@dataclass(frozen=True)
class Link:
    """An entry as the template shows it."""

    label: str
    url: str
    current: bool
    count: int | None = None


_entries: list[Entry] = []


def menu(order: int, label: str, endpoint: str, shown: Callable[[Any], bool]) -> None:
    """Add an entry; called once by a slice's views."""
    entry = Entry(order, label, endpoint, shown)
    if all(known.endpoint != endpoint for known in _entries):
        _entries.append(entry)


def navigation() -> list[Link]:
    """The menu of the current user."""
    if not current_user.is_authenticated:
        return []
    shown = sorted((entry for entry in _entries if entry.shown(current_user)), key=lambda entry: entry.order)
    blueprint = request.endpoint.rpartition(".")[0] if request.endpoint else ""
    return [
        Link(
            gettext(entry.label),
            url_for(entry.endpoint),
            current=request.endpoint == entry.endpoint
            or (bool(blueprint) and entry.endpoint.rpartition(".")[0] == blueprint and _only(entry, shown)),
        )
        for entry in shown
    ]


def _only(entry: Entry, shown: list[Entry]) -> bool:
    """Whether the entry is the only one of its blueprint, so that all of the slice's pages belong to it."""
    slice_name = entry.endpoint.rpartition(".")[0]
    return sum(other.endpoint.rpartition(".")[0] == slice_name for other in shown) == 1
