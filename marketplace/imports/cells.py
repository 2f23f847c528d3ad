"""One cell at a time: text as people and Excel write it to a value, or ``BadCell`` with what to do.

Every parser takes a non-empty ``Cell`` and returns the value in one normal form; none raises anything but
``BadCell``, whatever the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace import brn
from marketplace.codes.book import CodeBook
from marketplace.formulas import unguarded
from marketplace.imports import kinds
from marketplace.imports.faults import BadCell, shown
from marketplace.matching.profiles import Mode

#: What the reader hands over: text as it stands in the file, or the date of an Excel date cell.
Cell = str | date

#: Marks that have no width, and marks that turn the direction of writing: they hide what a text says.
_INVISIBLE = re.compile("[\ufeff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[\w-]{2,63}")
_ISO_DATE = re.compile(r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\s*\.?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_KOREAN_DATE = re.compile(r"(\d{4})\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일")
_MIDNIGHT = re.compile(r"[ T]+00:00(:00(\.0+)?)?$")
_INTEGER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.0+)?")

MODES: Mapping[str, Mode] = {
    "onsite": Mode.ONSITE,
    "대면": Mode.ONSITE,
    "remote": Mode.REMOTE,
    "비대면": Mode.REMOTE,
    "both": Mode.BOTH,
    "모두": Mode.BOTH,
}
LEVELS: Mapping[str, str] = {level: level for level in ("미적용", "기초", "중간1", "중간2", "고도")}


def is_blank(cell: Cell) -> bool:
    """Whether nothing but blanks stands in the cell."""
    return isinstance(cell, str) and (not cell or cell.isspace())


def clean(cell: Cell) -> str:
    """The text in its normal form: NFC, Unix line ends, no invisible marks, no blanks at either end.

    The apostrophe with which our own exports guard a formula is taken away. Raises ``BadCell`` for control
    characters other than line ends and tabs, and for halves of surrogate pairs.
    """
    if isinstance(cell, date):
        return cell.isoformat()
    text = unicodedata.normalize("NFC", unguarded(cell))
    if not text.isprintable():
        text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        for character in text:
            if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs"):
                raise BadCell(kinds.CONTROL_CHARACTER, code=f"U+{ord(character):04X}")
    return text.strip()


def folded(cell: Cell) -> str:
    """``clean`` for values that are not prose: full-width forms become ASCII, runs of blanks one space."""
    return " ".join(unicodedata.normalize("NFKC", clean(cell)).split())


def line(limit: int) -> Callable[[Cell], str]:
    """A parser of one line of at most ``limit`` characters; line ends become spaces."""

    def parse(cell: Cell) -> str:
        return _within(limit, " ".join(clean(cell).split()))

    return parse


def prose(limit: int) -> Callable[[Cell], str]:
    """A parser of free text of at most ``limit`` characters, with its line ends."""

    def parse(cell: Cell) -> str:
        return _within(limit, clean(cell))

    return parse


def _within(limit: int, text: str) -> str:
    if len(text) > limit:
        raise BadCell(kinds.TOO_LONG, limit=f"{limit:,}", length=f"{len(text):,}")
    return text


def email(cell: Cell) -> str:
    """An e-mail address as it is written; compare addresses by ``casefold``."""
    text = folded(cell)
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell(kinds.NOT_AN_EMAIL)
    return text


def whole(low: int, high: int, unit: str = "") -> Callable[[Cell], int]:
    """A parser of whole numbers from ``low`` to ``high``; thousands commas and the ``unit`` may stand."""

    def parse(cell: Cell) -> int:
        text = folded(cell).removesuffix(unit).rstrip() if unit else folded(cell)
        found = _INTEGER.fullmatch(text)
        if isinstance(cell, date) or not found:
            raise BadCell(kinds.NOT_A_NUMBER)
        digits = text.partition(".")[0].replace(",", "")
        # Python refuses to convert thousands of digits; more than twelve are out of range anyway.
        if len(digits) > 12 or not low <= int(digits) <= high:
            raise BadCell(kinds.OUT_OF_RANGE, low=f"{low:,}", high=f"{high:,}")
        return int(digits)

    return parse


def day(cell: Cell) -> date:
    """A date: an Excel date, 2024-12-31, 2024.12.31, 2024. 12. 31., 20241231 or 2024년 12월 31일."""
    if isinstance(cell, date):
        return _day(cell.year, cell.month, cell.day)
    text = _MIDNIGHT.sub("", folded(cell))
    for pattern in (_ISO_DATE, _COMPACT_DATE, _KOREAN_DATE):
        found = pattern.fullmatch(text)
        if found:
            return _day(*(int(part) for part in found.groups()))
    raise BadCell(kinds.NOT_A_DATE)


def _day(year: int, month: int, day_of_month: int) -> date:
    try:
        value = date(year, month, day_of_month)
    except ValueError:
        raise BadCell(kinds.NO_SUCH_DAY) from None
    if not 1900 <= value.year <= 2100:
        raise BadCell(kinds.NOT_A_DATE)
    return value


def business_number(cell: Cell) -> str:
    """Ten digits with a valid check digit, without hyphens."""
    number = brn.normalise(clean(cell))
    if not brn.is_valid(number):
        raise BadCell(kinds.NOT_A_BRN)
    return number


def choice(choices: Mapping[str, Any]) -> Callable[[Cell], Any]:
    """A parser of one of the keys of ``choices``, spaces and case ignored, to its value."""

    def parse(cell: Cell) -> Any:
        key = folded(cell).replace(" ", "").casefold()
        if key not in choices:
            raise BadCell(kinds.NOT_A_CHOICE, choices=", ".join(choices))
        return choices[key]

    return parse


def items(cell: Cell) -> list[str]:
    """The parts of a cell that holds a list split by semicolons, without empty ones."""
    parts = (" ".join(part.split()) for part in clean(cell).replace("；", ";").split(";"))
    return [part for part in parts if part]


def industry(book: CodeBook) -> Callable[[Cell], str]:
    """A parser of one KSIC division to its code."""

    def parse(cell: Cell) -> str:
        text = clean(cell)
        code = book.industry(text)
        if code is None:
            raise BadCell(kinds.UNKNOWN_INDUSTRY, word=shown(text))
        return code

    return parse


@dataclass(frozen=True, slots=True)
class Industries:
    """The codes of the divisions that a cell lists, and the words in it that name none; each once."""

    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def industries(book: CodeBook) -> Callable[[Cell], Industries]:
    """A parser of a list of KSIC divisions; a word that names none is no fault and is handed on as such.

    Some divisions bear a semicolon in their very name ("소매업; 자동차 제외"), so neighbours are tried together.
    """

    def parse(cell: Cell) -> Industries:
        codes: list[str] = []
        unknown: list[str] = []
        parts = items(cell)
        while parts:
            word = parts.pop(0)
            if parts and (whole_name := book.industry(f"{word};{parts[0]}")):
                parts.pop(0)
                codes.append(whole_name)
                continue
            code = book.industry(word)
            if code is None:
                unknown.append(word)
            else:
                codes.append(code)
        return Industries(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(unknown)))

    return parse


def region(book: CodeBook, on: date) -> Callable[[Cell], str]:
    """A parser of one 시도 to the code that stands on the day ``on``."""

    def parse(cell: Cell) -> str:
        text = clean(cell)
        code = book.region(text, on)
        if code is None:
            raise BadCell(kinds.UNKNOWN_REGION, word=shown(text))
        return code

    return parse


def regions(book: CodeBook, on: date) -> Callable[[Cell], tuple[str, ...]]:
    """A parser of a list of 시도 to the codes that stand on the day ``on``, each once."""
    one = region(book, on)

    def parse(cell: Cell) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one(part) for part in items(cell)))

    return parse
