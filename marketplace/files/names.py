"""Names of files as people gave them: refused when they mislead, else brought into one form."""

from __future__ import annotations

import re
import unicodedata

from marketplace.files.verdicts import Reason, Refused

LONGEST = 120  # characters, with the extension
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])", re.I)
#: Control signs, halves of signs, and signs that turn the direction of writing (exe.gpj shown as jpg.exe).
_BAD_CATEGORIES = ("Cc", "Cs")
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u200b\u2028\u2029\u2060\ufeff")


def clean_name(name: str | None) -> str:
    """The name in NFC (a Mac writes Hangul apart), trimmed, at most ``LONGEST`` characters, the extension kept.

    Raises Refused for a name without a stem, with parts of a path, with control or direction signs, or one that
    Windows keeps for itself.
    """
    text = unicodedata.normalize("NFC", name or "")
    if any(unicodedata.category(c) in _BAD_CATEGORIES or c in _DIRECTIONS | _INVISIBLE for c in text):
        raise Refused(Reason.NAME_SIGNS)
    if any(c in text for c in "/\\:\u2215\u2044\uff0f\uff3c"):
        raise Refused(Reason.NAME_PATH)
    text = " ".join(text.split()).rstrip(". ")
    text = "".join("_" if c in '<>"|?*' else c for c in text)
    stem, extension = split(text)
    stem = stem.strip(" .")
    if not stem:
        raise Refused(Reason.NAME_MISSING)
    if _RESERVED.fullmatch(stem.partition(".")[0].strip()):
        raise Refused(Reason.NAME_RESERVED)
    if not extension:
        return stem[:LONGEST]
    return f"{stem[: LONGEST - 1 - len(extension)].rstrip(' .')}.{extension}"


def split(name: str) -> tuple[str, str]:
    """The stem, and the extension in lower case without its dot (empty when there is none)."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not 1 <= len(extension) <= 10 or " " in extension:
        return name, ""
    return stem, extension.lower()
