"""The symptom lexicon against the taxonomy it speaks for: complete, without strangers, without repetition."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from marketplace.taxonomy.vocabulary import packaged_lexicon

MAX_BYTES = 250_000
MIN_SYMPTOMS_KO = 8
MIN_WORDS, MAX_WORDS = 4, 20
FIELDS = {"symptoms_ko", "symptoms_en", "methods_ko"}
HANGUL = re.compile(r"[가-힣]")


def _read(name: str) -> bytes:
    return files("marketplace").joinpath("data", name).read_bytes()


def _normal(phrase: str) -> str:
    """The phrase as a reader hears it: letters of one case, without spaces."""
    return "".join(phrase.lower().split())


@pytest.fixture(scope="module")
def lexicon() -> dict[str, dict[str, list[str]]]:
    return packaged_lexicon()


@pytest.fixture(scope="module")
def taxonomy() -> list[dict[str, Any]]:
    terms: list[dict[str, Any]] = json.loads(_read("taxonomy.json"))["terms"]
    return terms


def test_every_term_of_the_taxonomy_has_symptoms_and_no_unknown_term_does(
    lexicon: dict[str, dict[str, list[str]]], taxonomy: list[dict[str, Any]]
) -> None:
    assert sorted(lexicon) == sorted(term["id"] for term in taxonomy)


def test_every_term_has_the_three_lists_filled_enough(lexicon: dict[str, dict[str, list[str]]]) -> None:
    assert {term for term, entry in lexicon.items() if set(entry) != FIELDS} == set()
    assert {term for term, entry in lexicon.items() if len(entry["symptoms_ko"]) < MIN_SYMPTOMS_KO} == set()
    assert {term for term, entry in lexicon.items() if len(entry["symptoms_en"]) < 4} == set()
    assert {term for term, entry in lexicon.items() if len(entry["methods_ko"]) < 8} == set()


def test_no_phrase_is_said_twice_within_a_term(lexicon: dict[str, dict[str, list[str]]]) -> None:
    repeated = [
        (term, field, phrase)
        for term, entry in lexicon.items()
        for field, phrases in entry.items()
        for phrase, times in Counter(map(_normal, phrases)).items()
        if times > 1
    ]
    assert repeated == []


def test_no_symptom_is_claimed_by_two_terms(lexicon: dict[str, dict[str, list[str]]]) -> None:
    said = Counter(_normal(phrase) for entry in lexicon.values() for phrase in entry["symptoms_ko"])
    assert [phrase for phrase, times in said.items() if times > 1] == []


def test_korean_symptoms_are_sentences_in_korean_and_not_single_words(
    lexicon: dict[str, dict[str, list[str]]],
) -> None:
    odd = [
        (term, phrase)
        for term, entry in lexicon.items()
        for phrase in entry["symptoms_ko"]
        if not MIN_WORDS <= len(phrase.split()) <= MAX_WORDS or not HANGUL.search(phrase)
    ]
    assert odd == []


def test_english_symptoms_hold_no_korean(lexicon: dict[str, dict[str, list[str]]]) -> None:
    mixed = [p for entry in lexicon.values() for p in entry["symptoms_en"] if HANGUL.search(p)]
    assert mixed == []


def test_no_phrase_is_empty_or_padded(lexicon: dict[str, dict[str, list[str]]]) -> None:
    padded = [
        (term, phrase)
        for term, entry in lexicon.items()
        for phrases in entry.values()
        for phrase in phrases
        if not phrase or phrase != " ".join(phrase.split())
    ]
    assert padded == []


def test_methods_do_not_repeat_the_name_or_a_synonym_of_any_term(
    lexicon: dict[str, dict[str, list[str]]], taxonomy: list[dict[str, Any]]
) -> None:
    """A word that names a term already points to it; as a method of another it would point to both."""
    names = {_normal(n): t["id"] for t in taxonomy for n in (t["ko"], t["en"], *t["synonyms"])}
    taken = [(term, m, names[_normal(m)]) for term, e in lexicon.items() for m in e["methods_ko"]
             if _normal(m) in names]  # fmt: skip
    assert taken == []


def test_the_lexicon_lies_in_one_file_per_group_each_small_enough_to_read(
    taxonomy: list[dict[str, Any]],
) -> None:
    folder = files("marketplace").joinpath("data", "symptoms")
    kept = {file.name.removesuffix(".json"): file.read_bytes() for file in folder.iterdir()}
    assert set(kept) == {term["group"] for term in taxonomy}
    for group, raw in kept.items():
        assert {term["id"] for term in taxonomy if term["group"] == group} == set(json.loads(raw))
        assert len(raw) < MAX_BYTES


def test_the_taxonomy_names_its_version() -> None:
    assert json.loads(_read("taxonomy.json"))["version"] == "2026-11"
