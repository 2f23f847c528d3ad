"""Which tie of an expert counts against which organisation around a firm: the table, its words, its default.

The codes are those of the ranker's profiles (``matching.profiles``); this module is plain, so that the rules
can stand on the same default as a programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketplace.errors import N_

TIES: Mapping[str, str] = {
    "employer": N_("전 직장"),
    "shares": N_("지분 보유"),
    "kin": N_("친족 관계"),
    "vendor": N_("공급기업과의 관계"),
}
RELATIONS: Mapping[str, str] = {
    "self": N_("신청 기업"),
    "customer": N_("고객사"),
    "competitor": N_("경쟁사"),
    "vendor": N_("공급기업"),
    "contributor": N_("출연 기업"),
}
#: What a programme starts with. Who retired from a contributor commonly holds its shares, so those do not count.
CONFLICTS: Mapping[str, tuple[str, ...]] = {
    "employer": ("self", "customer", "competitor", "contributor"),
    "shares": ("self", "customer", "competitor", "vendor"),
    "kin": ("self", "customer", "competitor", "vendor"),
    "vendor": ("self", "vendor"),
}


def pairs_of(table: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The table as ``tie:relation`` in the order of the page, whatever order it was written in."""
    return tuple(
        f"{tie}:{relation}" for tie in TIES for relation in RELATIONS if relation in table.get(tie, ())
    )


def table_of(pairs: Iterable[str]) -> dict[str, list[str]]:
    """The table that ``pairs_of`` wrote, with a row for every tie; pairs that nobody knows are left out."""
    known = set(pairs)
    return {tie: [relation for relation in RELATIONS if f"{tie}:{relation}" in known] for tie in TIES}
