"""A fault in a file: where it stands, what is wrong and what to do. The sentences stand in ``kinds``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.errors import N_

#: Values are shown shortened to this many characters.
SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: ``message`` says what is wrong, ``remedy`` what to do; both are msgids."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. ``row`` counts as the spreadsheet shows it, from 1; None: the whole file or column.

    ``column`` is the English name, ``label`` the header as the user knows it, ``value`` the shortened cell.
    """

    kind: Kind
    row: int | None = None
    column: str | None = None
    label: str | None = None
    value: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def message(self, translate: Callable[[str], str] = str) -> str:
        """What is wrong, in the language of ``translate`` (Korean when left out)."""
        return translate(self.kind.message) % self.params

    def remedy(self, translate: Callable[[str], str] = str) -> str:
        """What to do, in the language of ``translate``."""
        return translate(self.kind.remedy) % self.params

    def to_json(self) -> dict[str, Any]:
        """The fault as JSON values; ``kinds.fault_from`` reads it back."""
        return {
            "kind": self.kind.code,
            "row": self.row,
            "column": self.column,
            "label": self.label,
            "value": self.value,
            "params": dict(self.params),
        }

    def line(self, translate: Callable[[str], str] = str) -> str:
        """The whole fault on one line, for a terminal or a log."""
        place = []
        if self.row is not None:
            place.append(translate(N_("%(row)s행")) % {"row": self.row})
        if self.label:
            place.append(f"[{self.label}]")
        if self.value:
            place.append(f'"{self.value}"')
        sentence = f"{self.message(translate)} {self.remedy(translate)}"
        return " ".join([*place, sentence]) if not place else f"{' '.join(place)}: {sentence}"


class Unreadable(Exception):
    """The file as a whole cannot be read; ``fault`` says why and what to do."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.line())
        self.fault = fault


class BadCell(Exception):
    """A cell cannot be read as what its column holds; ``kind`` and ``params`` as in ``Fault``."""

    def __init__(self, kind: Kind, **params: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.params = {name: str(value) for name, value in params.items()}


def shown(value: object) -> str:
    """The value on one line, control characters made visible, at most ``SHOWN_CHARACTERS`` long."""
    # Ten times what is shown is enough, however long the cell: the rest is cut off anyway.
    start = " ".join(str(value)[: 10 * SHOWN_CHARACTERS].split())
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in start)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
