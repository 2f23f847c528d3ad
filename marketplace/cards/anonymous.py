"""What in a text would tell whose it is; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_PATTERNS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "phone": re.compile(r"(?<!\d)0\d{1,2}[- .)]?\d{3,4}[- .]?\d{4}(?!\d)"),
    "brn": re.compile(r"(?<!\d)\d{3}-\d{2}-\d{5}(?!\d)"),
    # A street alone is not told from "으로 3회": it needs its district before it, or a lane's 번길.
    "address": re.compile(r"[가-힣]+[시군구]\s[가-힣0-9]+(?:로|길)\s?\d+(?:-\d+)?|[가-힣]+로\s?\d+번길"),
}
_CORPORATE = re.compile(r"\(주\)|㈜|주식회사|\(유\)|유한회사")
_SHORTEST = 2  # characters of a name; one alone is found everywhere


def squeezed(text: str) -> str:
    """Text as names are compared: normalised, lower case, without spaces, signs and corporate forms."""
    plain = _CORPORATE.sub("", unicodedata.normalize("NFKC", text)).lower()
    return re.sub(r"[\W_]+", "", plain)


def told_by(text: str, names: Iterable[str]) -> list[str]:
    """What gives somebody away, in the order found: names of ``names`` that the text holds, then e-mail addresses,
    telephone numbers, business numbers and street addresses."""
    tight = squeezed(text)
    found = [name for name in names if len(squeezed(name)) >= _SHORTEST and squeezed(name) in tight]
    plain = unicodedata.normalize("NFKC", text)
    for pattern in _PATTERNS.values():
        found += pattern.findall(plain)
    return list(dict.fromkeys(found))
