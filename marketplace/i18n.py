"""Sentences in the reader's language. Korean is the language they are written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations

LANGUAGES = {"ko": "한국어", "en": "English"}
#: How a day is written in a sentence or a table: 2026. 7. 1.; 1 Jul 2026
DAY_FORMATS = {"ko": "yyyy. M. d.", "en": "d MMM yyyy"}
CATALOGUES = Path(__file__).parent / "translations"


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language])


def translate(sentence: str, language: str, **facts: Any) -> str:
    """The sentence in ``language`` with its %(name)s places filled; unknown sentences stay Korean."""
    text = _catalogue(language).gettext(sentence) if sentence else ""
    return fitted(text, facts)


#: Both forms of a particle as they are written after a place, and the form after a consonant and after a vowel.
_PARTICLES = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_PLACE = re.compile(
    r"%\((?P<name>\w+)\)s(?P<quote>[’'”\"]?)(?P<both>" + "|".join(map(re.escape, _PARTICLES)) + ")"
)
_SPOKEN = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))


def fitted(text: str, facts: Mapping[str, Any]) -> str:
    """A sentence with its places filled, each particle behind a place in the form that the filled word asks for.

    What people wrote is left alone. After a word that ends neither in Hangul nor in a digit both forms stay.
    """

    def choose(found: re.Match[str]) -> str:
        particle = _particle(str(facts.get(found["name"], "")), found["both"])
        return f"%({found['name']})s{found['quote']}{particle}"

    return _PLACE.sub(choose, text) % facts if facts else text


def _particle(word: str, both: str) -> str:
    last = re.sub(r"[\W_]+$", "", word)[-1:]
    last = _SPOKEN.get(last, last)
    if not "가" <= last <= "힣":
        return both
    final = (ord(last) - ord("가")) % 28
    vowel_like = final == 0 or (both == "(으)로" and final == 8)  # 서울로
    return _PARTICLES[both][vowel_like]
