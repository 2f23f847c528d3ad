"""What an entry of the record says, in words for an auditor; what has no word keeps the name it was stored by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import gettext

from marketplace.audit import AuditEntry
from marketplace.experts.frame import labels
from marketplace.experts.labels import Labels
from marketplace.reporting.fact_labels import CODES, FACTS, FACTS_WITHIN, ROWS
from marketplace.reporting.thing_labels import THINGS
from marketplace.web.setup import day, moment

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: Facts that are kept by the number of a case, and facts whose values before and now stand side by side.
_BY_CASE = ("in_other_cases", "left_out")
_BEFORE_AND_NOW = ("changed", "corrected")


def thing_words(kind: str, number: int | None) -> str:
    """매칭 12 for match_cases 12."""
    name = gettext(THINGS[kind]) if kind in THINGS else kind
    return name if number is None else f"{name} {number}"


def thing_code(words: str) -> str:
    """match_cases 12 for 매칭 12, in either language; what names no thing stays as it is."""
    name, _, number = (
        words.strip().rpartition(" ") if words.strip()[-1:].isdigit() else (words.strip(), "", "")
    )
    for kind, label in THINGS.items():
        if name.casefold() in (label, gettext(label).casefold()):
            return f"{kind} {number}".strip()
    return words


def facts_of(entry: AuditEntry) -> list[tuple[str, str]]:
    """The facts of an entry as pairs of name and words."""
    return [
        (fact_name(name, entry.event), fact_words(value, name, entry.event))
        for name, value in entry.facts.items()
    ]


def fact_name(name: str, within: str = "") -> str:
    """The word for a fact, which may mean something else ``within`` another fact or an event."""
    label = FACTS_WITHIN.get(f"{within}.{name}") or FACTS.get(name)
    return name if label is None else str(gettext(str(label)))


def fact_words(value: Any, name: str = "", within: str = "") -> str:
    """A fact as text: what belongs together joined by a dot, one after the other by a comma.

    ``name`` is the fact's, so that its codes are said in words; ``within`` as for ``fact_name``.
    """
    if value is None or value in ("", [], {}):
        return str(gettext("없음"))
    if isinstance(value, bool):
        return str(gettext("예") if value else gettext("아니요"))
    if isinstance(value, dict):
        return _table(value, name)
    if isinstance(value, list):
        return _list(value, name)
    return _one(value, name, within)


def _table(values: dict[str, Any], name: str) -> str:
    if values.keys() == {"result", "note"}:  # one point of the eligibility check
        note = f" ({values['note']})" if values["note"] else ""
        return fact_words(values["result"], "result") + note
    said = []
    for key, value in values.items():
        label = thing_words("match_cases", int(key)) if name in _BY_CASE and key.isdigit() else None
        label = label or _named(key, name) or fact_name(key, name)
        if name in _BEFORE_AND_NOW and isinstance(value, list) and len(value) == 2:
            words = " → ".join(fact_words(one, key) for one in value)
        else:
            words = fact_words(value, key, name)
        said.append(f"{label}: {words}")
    return "; ".join(said)


def _list(values: list[Any], name: str) -> str:
    if name == "period" and len(values) == 2:
        return " ~ ".join(fact_words(value) for value in values)
    return ", ".join(_row(value, name) for value in values)


def _row(value: Any, name: str) -> str:
    if isinstance(value, dict):
        return " · ".join(fact_words(of, key, name) for key, of in value.items() if of not in (None, ""))
    if not isinstance(value, list):
        return fact_words(value, name)
    places = ROWS.get(name, ())
    codes = [*places, *[None] * (len(value) - len(places))]
    return " · ".join(
        _said(codes[place], of) or fact_words(of) for place, of in enumerate(value) if of not in (None, "")
    )


def _one(value: Any, name: str, within: str) -> str:
    if name == "consents" and isinstance(value, str):  # the kind of text and its version
        kind, _, version = value.rpartition(" ")
        return f"{_said(CODES[name], kind) or kind} {version}".strip()
    codes = CODES.get(f"{within}.{name}") or CODES.get(name)
    said = _said(codes, value) or (_named(value, name) if isinstance(value, str) else None)
    return said or _written(value)


def _said(codes: Mapping[Any, Any] | None, value: Any) -> str | None:
    label = codes.get(value) if codes and isinstance(value, (str, int)) else None
    return None if label is None else str(gettext(str(label)))


def _named(code: str, name: str) -> str | None:
    """The name of a term, a region or an industry, where the fact holds the code of one."""
    if name in ("terms", "term", "replaced_by"):
        return _names().term(code)
    if name in ("regions", "region", "firm_region") and code.isdigit():
        return _names().region(code)
    return _names().industry(code) if name == "industry" else None


def _names() -> Labels:
    """The names of codes, read once for a page, however many entries it shows."""
    if "names_for_the_record" not in g:
        g.names_for_the_record = labels()
    found: Labels = g.names_for_the_record
    return found


def _written(value: Any) -> str:
    """A day or a moment as the other pages write it; anything else as it is."""
    text = str(value)
    try:
        if _DAY.fullmatch(text):
            return day(date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            return moment(datetime.fromisoformat(text))
    except ValueError:  # only looked like one
        pass
    return text
