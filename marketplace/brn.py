"""사업자등록번호, the number that identifies a firm: normal form, check digit and the way it is written."""

from __future__ import annotations

import re
import unicodedata

_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−]")


def normalise(text: str) -> str:
    """The number as people type it, without hyphens and spaces and with ASCII digits.

    Full-width digits and hyphens are folded. Whatever else stands in the text is kept, so that ``is_valid``
    refuses it instead of a wrong number being made up from its digits.
    """
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))


def is_valid(text: str) -> bool:
    """Whether the text is ten digits whose last one fits the other nine; all zeros are refused.

    A valid number need not exist: only the tax office knows that.
    """
    number = normalise(text)
    if not re.fullmatch(r"[0-9]{10}", number) or set(number) == {"0"}:
        return False
    digits = [int(character) for character in number]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False))
    total += digits[8] * 5 // 10
    # The outer remainder matters: a total that ends in 0 has the check digit 0, not 10.
    return (10 - total % 10) % 10 == digits[9]


def formatted(text: str) -> str:
    """The number as XXX-XX-XXXXX; text that has not ten digits is returned in its normal form."""
    number = normalise(text)
    if not re.fullmatch(r"[0-9]{10}", number):
        return number
    return f"{number[:3]}-{number[3:5]}-{number[5:]}"
