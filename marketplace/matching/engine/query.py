"""A request as the index asks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from marketplace.matching.profiles import RequestProfile
from marketplace.taxonomy.text import Reading
from marketplace.taxonomy.vocabulary import Vocabulary

PROPOSED = 20  # terms read out of the problem that the part "symptoms" asks for
LONG, FAMILIAR = 40, 0.5  # content words; familiarity
_AT_ONCE = 2_000  # requests read in one go; fewer texts than a reader remembers


@dataclass(frozen=True, slots=True)
class Stated:
    """The words, and the runs of letters, by which the stated needs are called. Whoever says these has the
    skill, and repeats nothing."""

    words: frozenset[str]
    letters: frozenset[str]

    @classmethod
    def of(cls, request: RequestProfile, vocabulary: Vocabulary) -> Stated:
        """By the needs' own words and every name of their terms."""
        read = vocabulary.reader.read_all(names_of(request, vocabulary))
        return cls(
            frozenset(word for reading in read for word in reading.morphemes),
            frozenset(run for reading in read for run in reading.letters),
        )


@dataclass(frozen=True, slots=True)
class Query:
    """A request as the index asks it: readings, weighted words and where its problem points."""

    request: RequestProfile
    reading: Reading
    words: Mapping[str, float]
    letters: Mapping[str, float]
    pointed: Mapping[str, float]  # term -> how much the problem points to it
    familiarity: float  # how far it is written as firms in trouble write, 0 to 1
    stated: Stated

    @property
    def own_words(self) -> bool:
        """Whether a firm tells of its trouble, as firms do."""
        return self.familiarity >= FAMILIAR

    @property
    def expository(self) -> bool:
        """Whether it is a long text that tells of a subject, not of a trouble: an abstract, a specification.

        Such a text is compared by topic; the lexicon of symptoms has nothing to say about it.
        """
        return len(self.reading.tokens) >= LONG and not self.own_words


def names_of(request: RequestProfile, vocabulary: Vocabulary) -> list[str]:
    """The needs' own words and every name of their terms."""
    names = [need.words for need in request.needs]
    for need in request.needs:
        if need.term is not None and need.term in vocabulary.terms:
            term = vocabulary.terms[vocabulary.current(need.term)]
            names += [term.ko, term.en, *term.synonyms]
    return names


def text_of(request: RequestProfile) -> str:
    """What is read of a request: its title, its problem and the words of its needs."""
    return ". ".join(filter(None, (request.title, request.problem, *(n.words for n in request.needs))))


def texts_of(requests: Iterable[RequestProfile], vocabulary: Vocabulary) -> list[str]:
    """Every text that asking these requests reads, each once."""
    texts: dict[str, None] = {}
    for request in requests:
        texts.update(dict.fromkeys((text_of(request), *names_of(request, vocabulary))))
    return list(texts)


def read_ahead(requests: Sequence[RequestProfile], vocabulary: Vocabulary) -> None:
    """Read the texts of many requests at once, which uses all threads of the analyser; ``ask`` finds them read."""
    for at in range(0, len(requests), _AT_ONCE):
        vocabulary.reader.read_all(texts_of(requests[at : at + _AT_ONCE], vocabulary))


def asks_for_topics(request: RequestProfile, vocabulary: Vocabulary) -> bool:
    """Whether a request is compared by topic; see ``Query.expository``."""
    reading = vocabulary.reader.read(text_of(request))
    return len(reading.tokens) >= LONG and vocabulary.symptoms.familiarity(reading) < FAMILIAR


def ask(request: RequestProfile, vocabulary: Vocabulary) -> Query:
    """Read a request, see ``text_of``, and weigh its words."""
    lexicon = vocabulary.symptoms
    reading = vocabulary.reader.read(text_of(request))
    pointing = lexicon.pointing(reading)
    usual = pointing.familiarity  # what all firms say counts less, where it is a firm that speaks
    words = {
        word: (1 + log(count)) * (1 - usual * (1 - lexicon.rarity(word)))
        for word, count in Counter(reading.morphemes).items()
    }
    letters = {
        pair: (1 + log(count)) * (1 - usual * (1 - lexicon.letter_rarity(pair)))
        for pair, count in Counter(reading.letters).items()
    }
    best = np.argsort(-pointing.direction, kind="stable")[:PROPOSED]
    pointed = {
        lexicon.terms[i]: float(pointing.direction[i]) * pointing.strength
        for i in best
        if pointing.direction[i] > 0 and pointing.strength > 0
    }
    return Query(request, reading, words, letters, pointed, usual, Stated.of(request, vocabulary))
