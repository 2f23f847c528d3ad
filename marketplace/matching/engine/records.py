"""Profiles as bytes, so that any number of workers can share them from one file and decode only whom they show.

A record is a JSON array: the profile's fields in their order, then for each sentence the words that were read in
it, then for each the terms, then for each skill the terms that it names, then the terms that the whole holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from marketplace.matching.explanation import plain
from marketplace.matching.profiles import (
    Career,
    ExpertProfile,
    Interest,
    InterestKind,
    Mode,
    Period,
    Skill,
)

_FIELDS = tuple(field.name for field in fields(ExpertProfile))


@dataclass(frozen=True, slots=True)
class Notes:
    """What was read in a profile beside its indexes: per sentence its ``words`` and the ``terms`` it names, in the
    order of ``sentences_of``; per skill the terms it names; the terms that the whole profile holds.

    Words and terms of a sentence are a line, see ``line_of``: a profile has dozens of sentences, and as many sets
    would take longer to make than all the rest of it.
    """

    words: tuple[str, ...]
    terms: tuple[str, ...]
    skills: tuple[tuple[str, ...], ...]
    held: tuple[str, ...]


def line_of(words: Iterable[str]) -> str:
    """Words in order with a space before and after each, so that ``f" {word} "`` stands in it for its own only."""
    return f" {' '.join(sorted(words))} "


def encode(profile: ExpertProfile, notes: Notes) -> bytes:
    """The record of a profile."""
    values = [_plain(getattr(profile, name)) for name in _FIELDS]
    row = [values, notes.words, notes.terms, notes.skills, notes.held]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def decode(record: bytes) -> tuple[ExpertProfile, Notes]:
    """The profile, equal to the one encoded, and what was read in it."""
    values, words, terms, skills, held = json.loads(record)
    return _profile(values), Notes(tuple(words), tuple(terms), tuple(map(tuple, skills)), tuple(held))


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | None):
        return value
    return plain(value)


def _profile(values: Sequence[Any]) -> ExpertProfile:
    known: dict[str, Any] = dict(zip(_FIELDS, values, strict=True))
    for name in ("entries", "industries", "regions"):
        known[name] = tuple(known[name])
    known["careers"] = tuple(
        Career(c["employer"], c["title"], _day(c["since"]), _day(c["until"]), c["text"])
        for c in known["careers"]
    )
    known["skills"] = tuple(Skill(**skill) for skill in known["skills"])
    known["interests"] = tuple(
        Interest(InterestKind(tie["kind"]), tie["organisation"], tie["brn"], _day(tie["until"]))
        for tie in known["interests"]
    )
    known["commitments"] = tuple(
        Period(date.fromisoformat(p["since"]), date.fromisoformat(p["until"])) for p in known["commitments"]
    )
    known["mode"] = Mode(known["mode"]) if known["mode"] else None
    known["firm_sizes"] = None if known["firm_sizes"] is None else frozenset(known["firm_sizes"])
    known["available_from"] = _day(known["available_from"])
    known["available_until"] = _day(known["available_until"])
    return ExpertProfile(**known)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
