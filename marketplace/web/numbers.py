"""Numbers as people type them."""

from __future__ import annotations

import re
import unicodedata

_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(,\d{3})+(?![\d,])")


def ungrouped(text: str) -> str:
    """The text in plain digits and without spaces; commas are dropped where they part thousands, and stay elsewhere.

    So 1,234.5 is read, and 2,4 is no number rather than twenty-four.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    return _GROUPED.sub(lambda found: found[0].replace(",", ""), plain)
