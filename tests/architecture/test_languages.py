"""Both catalogues are complete, and say the same."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import messages  # noqa: E402

PLACES = re.compile(r"%\(\w+\)[sd]")
HANGUL = re.compile(r"[가-힣]")


@pytest.fixture(scope="module")
def sentences():
    return [message for message in messages.extracted() if message.id]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_sentence_has_its_words_in_each_language(sentences, language):
    known = messages.stored(language)
    missing = [s.id for s in sentences if not (entry := known.get(s.id, s.context)) or not entry.string]
    assert missing == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_translation_keeps_the_places_that_are_filled_in(sentences, language):
    known = messages.stored(language)
    wrong = [
        s.id
        for s in sentences
        if (entry := known.get(s.id, s.context))
        and set(PLACES.findall(s.id)) != set(PLACES.findall(entry.string))
    ]
    assert wrong == []


def test_no_korean_is_left_in_english(sentences):
    allowed = {"한국어"}  # the name of the language, in its own script
    known = messages.stored("en")
    left = [
        s.id for s in sentences if (e := known.get(s.id)) and HANGUL.search(e.string) and s.id not in allowed
    ]
    assert left == []


def test_no_template_holds_korean_outside_the_catalogues():
    faults = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        text = re.sub(r"_\(\s*('[^']*'|\"[^\"]*\")", "", text)
        faults += [f"{path.name}: {line.strip()[:80]}" for line in text.splitlines() if HANGUL.search(line)]
    assert faults == []
