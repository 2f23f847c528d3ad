"""The first places are those of the whole list, whatever was left out on the way to them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bench import world
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.taxonomy.text import TextReader
from marketplace.taxonomy.vocabulary import Vocabulary, packaged_vocabulary

MANY = 900


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    packaged = packaged_vocabulary()
    own = Vocabulary(packaged.terms.values(), version=packaged.version, reader=packaged.reader)
    own.symptoms  # noqa: B018  built with the reader that reads everything
    own.reader = world.PhraseReader(TextReader(packaged.reader.phrases))
    return own


@pytest.fixture(scope="module")
def profiles(words: Vocabulary) -> list[ExpertProfile]:
    """Some of one text, some of several, some of none."""
    dice = random.Random(5)
    found = []
    for profile in world.experts(MANY, words, seed=3):
        phrases = profile.entries[0].split(". ")
        cut = dice.choice([1, 1, 2, 5])
        entries = tuple(". ".join(phrases[at::cut]) for at in range(cut)) if dice.random() < 0.95 else ()
        found.append(replace(profile, entries=entries))
    return found


@pytest.fixture(scope="module")
def asked(words: Vocabulary) -> list[RequestProfile]:
    own = world.requests(12, words, seed=4)
    return [*own, replace(own[0], problem=""), replace(own[1], industry="", region="", employees=None)]


def test_the_first_places_are_those_of_all(
    words: Vocabulary, profiles: list[ExpertProfile], asked: list[RequestProfile]
) -> None:
    ranker = ExpertRanker(words).fit(profiles)
    everybody = ranker.best(asked, 0)
    assert min(map(len, everybody)) > 200
    for top in (1, 3, 10, 100):
        assert ranker.best(asked, top) == [one[:top] for one in everybody]
    for ranking, one in zip(ranker.rank(asked, 10), everybody, strict=True):
        assert [(r.expert, r.hundredths) for r in ranking.experts] == one[:10]
        for ranked in ranking.experts:
            assert sum(part.hundredths for part in ranked.parts) == ranked.hundredths


def test_an_index_in_several_pieces_answers_as_one_in_one_piece(
    words: Vocabulary, profiles: list[ExpertProfile], asked: list[RequestProfile]
) -> None:
    long = replace(profiles[0], entries=(" ".join(p.entries[0] for p in profiles[:40] if p.entries),))
    ranker = ExpertRanker(words).fit(profiles[: MANY // 2])
    for profile in (*profiles[MANY // 2 :], long):  # the new texts are longer than those before
        ranker.update(profile)
    ranker.remove(profiles[7].key)
    left = [long, *profiles[1:7], *profiles[8:]]
    whole = ExpertRanker(words).fit(left)
    assert ranker.best(asked, 10) == whole.best(asked, 10)
    assert ranker.rank(asked[:2], 5)[0].digest == whole.rank(asked[:2], 5)[0].digest


def test_who_repeats_the_request_is_found_however_few_are_looked_at(
    words: Vocabulary, profiles: list[ExpertProfile], asked: list[RequestProfile]
) -> None:
    request = asked[0]
    copies = [
        replace(profiles[n], key=f"copy{n}", entries=(f"{request.title}. {request.problem}",))
        for n in range(30)
    ]
    ranker = ExpertRanker(words).fit([*profiles, *copies])
    everybody = ranker.best([request], 0, Gates.none())[0]
    assert ranker.best([request], 10, Gates.none())[0] == everybody[:10]
    assert not any(key.startswith("copy") for key, _ in everybody[:10])
