"""Sentences in the reader's language. Korean is the language they are written in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations

LANGUAGES = {"ko": "한국어", "en": "English"}
CATALOGUES = Path(__file__).parent / "translations"


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language])


def translate(sentence: str, language: str, **facts: Any) -> str:
    """The sentence in ``language`` with its %(name)s places filled; unknown sentences stay Korean."""
    text = _catalogue(language).gettext(sentence) if sentence else ""
    return text % facts if facts else text
