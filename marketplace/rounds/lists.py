"""What the address of a round's page asks for, applied to its rows; the pages and the exports share it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from marketplace.database import PAGE_SIZE, Page
from marketplace.rounds.queries import RoundFilter
from marketplace.rounds.result import Load, Row
from marketplace.web.page import number_arg, text_arg

T = TypeVar("T")
ONLY = ("served", "unserved", "changed")


def round_filter() -> RoundFilter:
    """What the address of the list of rounds asks for."""
    return RoundFilter(text_arg("q"), text_arg("state", 12), number_arg("programme", 0), text_arg("sort", 20))


def chosen_rows(rows: Sequence[Row]) -> list[Row]:
    """The requests that the address asks for, in the order it asks for."""
    words, region, only, sort = (
        text_arg("q").casefold(),
        text_arg("region", 5),
        text_arg("only", 10),
        text_arg("sort", 12),
    )
    found = [
        row
        for row in rows
        if words
        in " ".join([row.request, row.company, row.title, *(name for _, name in row.experts)]).casefold()
        and (not region or row.region == region)
        and (only != "served" or row.score is not None)
        and (only != "unserved" or row.score is None)
        and (only != "changed" or row.changed or row.pinned or row.left or bool(row.forbidden))
    ]
    keys = {
        "company": lambda row: row.company,
        "region": lambda row: row.region,
        "score": lambda row: -1.0 if row.score is None else row.score,
    }
    key = keys.get(sort.removeprefix("-"))
    return sorted(found, key=key, reverse=sort.startswith("-")) if key else found


def chosen_loads(loads: Sequence[Load]) -> list[Load]:
    """The experts that the address asks for."""
    words, only = text_arg("q").casefold(), text_arg("only", 10)
    return [
        load
        for load in loads
        if words in f"{load.name} {load.employer}".casefold()
        and (only != "unseen" or not load.shown)
        and (only != "taken" or load.taken > 0)
    ]


def paged(items: Sequence[T], page: int, size: int = PAGE_SIZE) -> Page[T]:
    """One page of rows that are all at hand."""
    last = max(1, -(-len(items) // size))
    number = min(max(1, page), last)
    return Page(items[(number - 1) * size : number * size], number, len(items), size)
