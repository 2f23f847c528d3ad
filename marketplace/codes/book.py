"""Industries (the divisions of KSIC, 10th revision) and regions (시도) with the dates for which they stand.

A ``CodeBook`` is plain data: the packaged one comes from ``marketplace/data/codes.json``, the site's own from
the database, and both answer alike.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Protocol, TypeVar

#: The section of KSIC that a firm must belong to; experts may come from any.
MANUFACTURING = "C"


class Coded(Protocol):
    """Whatever bears the code of a division: an ``Industry`` here or its row in the database."""

    @property
    def code(self) -> Any: ...


Division = TypeVar("Division", bound=Coded)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of KSIC, such as ``C`` 제조업."""

    code: str
    ko: str
    en: str

    def label(self, language: str) -> str:
        """The English name for ``en``, else the Korean one."""
        return self.en if language == "en" else self.ko


@dataclass(frozen=True, slots=True)
class Industry:
    """A KSIC division, such as ``C26``: the letter of its section and two digits."""

    code: str
    ko: str
    en: str

    @property
    def manufacturing(self) -> bool:
        """Whether a firm of this division is a manufacturer."""
        return self.code.startswith(MANUFACTURING)


@dataclass(frozen=True, slots=True)
class Region:
    """A 시도; ``valid_from`` and ``valid_to`` are its first and last day, None when open.

    ``aliases`` are former and informal names, former codes, and the names of the regions that merged into it.
    """

    code: str
    ko: str
    short: str
    en: str
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()

    def stands_on(self, day: date) -> bool:
        """Whether the region existed under this name on the day; both ends count."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Code, full, short and English name."""
        return (self.code, self.ko, self.short, self.en)


class CodeBook:
    """Looks up industries and regions by whatever people write for them."""

    def __init__(self, industries: Iterable[Industry], regions: Iterable[Region]) -> None:
        self.industries: Mapping[str, Industry] = {item.code: item for item in industries}
        rows = sorted(regions, key=lambda region: (region.code, region.valid_from or date.min))
        self._rows = tuple(rows)
        #: Code -> region; of several rows with one code (a new name from some day on) the latest.
        self.regions: Mapping[str, Region] = {item.code: item for item in rows}
        self._industry_of: dict[str, str] = {}
        for item in self.industries.values():
            for name in _industry_names(item):
                self._industry_of.setdefault(_industry_key(name), item.code)
        self._regions_of: dict[str, list[Region]] = {}
        for region in rows:
            for name in (*region.names, *region.aliases, *_informal(region)):
                found = self._regions_of.setdefault(_key(name), [])
                if region not in found:
                    found.append(region)
        self._renamed = frozenset(region for region in rows if self._only_renamed(region))

    def industry(self, text: str) -> str | None:
        """The code (``C26``) for ``C26``, ``26`` or the Korean or English name; None when unknown.

        A code must be whole: 5 is not B05 and G62 is not J62, since either may be a slip. Spaces, commas and
        dots in names are ignored, and so is the part after the semicolon ("의복 제외").
        """
        return self._industry_of.get(_industry_key(text))

    def region(self, text: str, on: date) -> str | None:
        """The code of the region that stood on the day for a short, full or former name, or a code.

        A region that has merged leads to its successor. Text whose first word is such a name ("경남 창원시")
        counts as well; 광주시 alone does not, since a city in 경기도 bears that name. None when unknown.
        """
        words = unicodedata.normalize("NFKC", text).split()
        for name in ["".join(words), *words[:1]]:
            found = self._region_named(_key(name), on)
            if found is not None:
                return found.code
        return None

    def regions_valid_on(self, day: date) -> tuple[Region, ...]:
        """The regions that stood on the day, by code. A region that was only renamed stands at all times."""
        return tuple(region for region in self._rows if self._stands(region, day))

    def _region_named(self, key: str, on: date) -> Region | None:
        candidates = [region for region in self._regions_of.get(key, ()) if self._stands(region, on)]
        if candidates:
            # The name's own region goes before one that merely bears it as an alias.
            return min(candidates, key=lambda region: key not in map(_key, region.names))
        for gone in self._regions_of.get(key, ()):
            if gone.valid_to is not None and gone.valid_to < on:
                successors = self._regions_of.get(_key(gone.ko), ())
                return next((region for region in successors if self._stands(region, on)), None)
        return None

    def _stands(self, region: Region, day: date) -> bool:
        if region.stands_on(day):
            return True
        begins_later = region.valid_from is not None and day < region.valid_from
        return begins_later and region in self._renamed

    def _only_renamed(self, region: Region) -> bool:
        """Whether no other row stands for the time before: none bears its code or one of its former names."""
        former = {_key(name) for name in (region.code, *region.aliases)}
        return all(row is region or former.isdisjoint(map(_key, row.names)) for row in self._rows)


def _key(text: str) -> str:
    """What two spellings of a name have in common: NFKC, no spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _industry_key(text: str) -> str:
    # Sources differ in spaces and commas and in 고무제품 or 고무, so these do not tell industries apart.
    # A bare code keeps its signs: "2;6" is not C26.
    key = _key(text)
    # The araea (ㆍ, which NFKC turns to its conjoining form) and other dots stand for the middle dot.
    return key if re.fullmatch(r"[a-u]?[\W\d]*", key) else re.sub(r"[,;·ᆞ‧・•.\-]|제품", "", key)


def _industry_names(item: Industry) -> list[str]:
    head = item.ko.partition(";")[0]
    return [item.code, item.code[1:], item.ko, head, head.removesuffix("제조업"), item.en]


def _informal(region: Region) -> list[str]:
    """서울시 for 서울특별시 and the like; never 광주시, which is also a city in 경기도."""
    if region.ko.endswith("시") and region.short not in ("광주", "전남광주"):
        return [region.short + "시"]
    return []


def codebook_from(data: Mapping[str, Any]) -> CodeBook:
    """A code book from the form of ``codes.json``: ``ksic_divisions`` and ``sido``, dates as ISO text."""

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return CodeBook(
        (Industry(item["code"], item["ko"], item["en"]) for item in data["ksic_divisions"]),
        (
            Region(
                item["code"],
                item["ko"],
                item["short"],
                item["en"],
                day(item["valid_from"]),
                day(item["valid_to"]),
                tuple(item["aliases"]),
            )
            for item in data["sido"]
        ),
    )


@cache
def _packaged() -> Any:
    return json.loads(files("marketplace").joinpath("data/codes.json").read_text("utf-8"))


@cache
def packaged_codebook() -> CodeBook:
    """The code book that comes with the package, read once."""
    return codebook_from(_packaged())


@cache
def sections() -> tuple[Section, ...]:
    """The sections of KSIC, manufacturing first and then A to U."""
    found = [Section(item["code"], item["ko"], item["en"]) for item in _packaged()["ksic_sections"]]
    return tuple(sorted(found, key=lambda section: (section.code != MANUFACTURING, section.code)))


def by_section(divisions: Iterable[Division]) -> list[tuple[Section, list[Division]]]:
    """The divisions under their sections, in the order of ``sections``; a section without any is left out."""
    known = list(divisions)
    groups = [(part, [row for row in known if row.code.startswith(part.code)]) for part in sections()]
    return [(part, rows) for part, rows in groups if rows]


@cache
def newest_region(code: str) -> str:
    """The code that stands for a region in the end, through mergers: 29 광주 and 46 전남 lead to 12 전남광주."""
    return packaged_codebook().region(code, date(2199, 12, 31)) or code
