"""Whether two names mean the same organisation, whatever its legal form, site or spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEGAL_FORM = re.compile(
    r"주식회사|유한책임회사|유한회사|합자회사|합명회사|농업회사법인"
    r"|\((?:주|유|합|재|사)\)|\b(?:co\.?,? ?ltd|inc|corp(?:oration)?|ltd|llc)\b\.?"
)


#: Other spellings of large firms, as they stand after ``_LEGAL_FORM``, longest first. Names only; the numbers
#: of a firm's sites differ, so a number alone never clears anybody.
_SPELLINGS = (
    ("samsungelectronics", "삼성전자"),
    ("samsung", "삼성"),
    ("hyundaimotor", "현대자동차"),
    ("hyundai", "현대"),
    ("현대차", "현대자동차"),
    ("기아차", "기아"),
    ("기아자동차", "기아"),
    ("posco", "포스코"),
    ("에스케이", "sk"),
    ("엘지", "lg"),
    ("엘에스", "ls"),
    ("케이티", "kt"),
    ("지에스", "gs"),
)
#: Parts of a firm that are the firm: "삼성전자 반도체사업부", "삼성전자 수원사업장".
_PART_OF_FIRM = re.compile(
    r"\s\S*(?:사업장|사업부|사업본부|공장|부문|연구소|캠퍼스|제철소|본사|지사|조선소)\s*$"
)


@lru_cache(maxsize=100_000)
def organisation_name(name: str) -> str:
    """The name to compare by: NFKC, lower case, without legal form, site, spaces and punctuation, one spelling."""
    plain = _LEGAL_FORM.sub(" ", unicodedata.normalize("NFKC", name).lower()).strip()
    while (shorter := _PART_OF_FIRM.sub("", plain)) != plain:
        plain = shorter
    plain = "".join(c for c in plain if c.isalnum())
    for written, meant in _SPELLINGS:
        if plain.startswith(written):
            return meant + plain[len(written) :]
    return plain


def same_organisation(name: str, brn: str | None, other_name: str, other_brn: str | None) -> bool:
    """By business number or by name: a large firm holds a number for each of its sites.

    An empty name equals nothing.
    """
    digits, other = (re.sub(r"\D", "", b or "") for b in (brn, other_brn))
    if digits and digits == other:
        return True
    plain = organisation_name(name)
    return bool(plain) and plain == organisation_name(other_name)
