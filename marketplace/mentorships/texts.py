"""The texts that every agreement includes, by kind and version, as the package holds them.

A version is never edited: an agreement that was signed names it. A change is a new version with its first day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class AgreementText:
    """One text in one version; the Korean one prevails."""

    kind: str
    version: int
    valid_from: date
    title_ko: str
    title_en: str
    body_ko: str
    body_en: str


@cache
def all_texts() -> tuple[AgreementText, ...]:
    """Every version of every text, in the order in which an agreement prints them."""
    rows = json.loads((resources.files("marketplace") / "data" / "agreement_texts.json").read_text("utf-8"))
    return tuple(
        AgreementText(**{**row, "valid_from": date.fromisoformat(row["valid_from"])}) for row in rows
    )


def texts_on(day: date) -> dict[str, AgreementText]:
    """The newest version of each text that is in force on a day."""
    found: dict[str, AgreementText] = {}
    for text in all_texts():
        if text.valid_from <= day and (text.kind not in found or text.version > found[text.kind].version):
            found[text.kind] = text
    return found


def text_of(kind: str, version: int) -> AgreementText:
    """A text by kind and version. Raises KeyError when there is none."""
    for text in all_texts():
        if (text.kind, text.version) == (kind, version):
            return text
    raise KeyError((kind, version))
