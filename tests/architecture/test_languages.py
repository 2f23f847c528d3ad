"""Both catalogues are complete, and say the same."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import messages  # noqa: E402

PLACES = re.compile(r"%\(\w+\)[sd]")
HANGUL = re.compile(r"[가-힣]")
OWN_NAME = "한국어"  # the name of the language, in its own script in every language


@pytest.fixture(scope="module")
def sentences():
    return [message for message in messages.extracted() if message.id]


def forms(text):
    """The forms of a sentence: one, or one for each plural."""
    return [text] if isinstance(text, str) else list(text)


def places(text):
    """For each form of a sentence, the places that are filled in, as often as they stand there."""
    return [sorted(PLACES.findall(form)) for form in forms(text)]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_sentence_has_its_words_in_each_language(sentences, language):
    known = messages.stored(language)
    missing = [
        s.id
        for s in sentences
        if not (entry := known.get(s.id, s.context))
        or not all(forms(entry.string))
        or not forms(entry.string)
    ]
    assert missing == []


def handed_over(path):
    """The sentences that a module hands to a translating function, under whatever name it imports it."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("flask_babel", "marketplace.errors")
        for alias in node.names
        if alias.name.endswith("gettext") or alias.name == "N_"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield first.value


def test_no_sentence_escapes_the_catalogues_by_another_name_of_the_function():
    known = messages.stored("en")
    missing = [
        f"{path.name}: {sentence}"
        for path in sorted((ROOT / "marketplace").rglob("*.py"))
        for sentence in handed_over(path)
        if not (entry := known.get(sentence)) or not entry.string
    ]
    assert missing == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_translation_keeps_the_places_that_are_filled_in(sentences, language):
    known = messages.stored(language)
    wrong = [
        s.id
        for s in sentences
        if (entry := known.get(s.id, s.context))
        and any(found != places(s.id)[0] for found in places(entry.string))
    ]
    assert wrong == []


def test_no_korean_is_left_in_english(sentences):
    known = messages.stored("en")
    left = [
        s.id
        for s in sentences
        if (entry := known.get(s.id, s.context))
        and HANGUL.search(" ".join(forms(entry.string)))
        and s.id != OWN_NAME
    ]
    assert left == []


def test_no_template_holds_korean_outside_the_catalogues():
    faults = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        text = re.sub(r"_\(\s*('[^']*'|\"[^\"]*\")", "", text).replace(f">{OWN_NAME}<", "><")
        faults += [f"{path.name}: {line.strip()[:80]}" for line in text.splitlines() if HANGUL.search(line)]
    assert faults == []
