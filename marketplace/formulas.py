"""Keeps text that a spreadsheet program would run as a formula from being one, reversibly."""

from __future__ import annotations

import re

#: Signs that start a formula in Excel, LibreOffice or Google Sheets, with their full-width forms; a leading
#: tab or carriage return is skipped by these programs, so what follows it would run.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r＝＋－＠﹢﹣﹦﹫]")


def is_dangerous(text: str) -> bool:
    """Whether the text would be run as a formula, or is such a text with apostrophes before it."""
    return _DANGEROUS.match(text) is not None


def guarded(text: str) -> str:
    """The text with an apostrophe before it when it would be run; ``unguarded`` takes it away again."""
    return "'" + text if is_dangerous(text) else text


def unguarded(text: str) -> str:
    """The text as it was before ``guarded``."""
    return text[1:] if text.startswith("'") and is_dangerous(text) else text
