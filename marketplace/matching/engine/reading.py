"""Profiles as the index keeps them: read once, with everything that the parts of a score will ask for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from marketplace.matching import features_profile as facts
from marketplace.matching.engine.postings import Postings
from marketplace.matching.engine.records import Notes, line_of
from marketplace.matching.profiles import ExpertProfile
from marketplace.taxonomy.text import Reading, normalise
from marketplace.taxonomy.vocabulary import Match, Vocabulary

#: White space after a full stop, or with a line's end in it; begun by white space, which is found twice as fast as
#: what stands before it.
_SENTENCE = re.compile(r"\s(?:(?<=[.!?。]\s)\s*|(?<=\n)\s*|\s*\n\s*)")
LEAST_POINTED = 0.01  # to a term, for it to be kept
_AT_ONCE = 2_000  # profiles read in one go; bounds the memory of a build

#: The classes of profiles that a facet tells apart: everything that it looks at, nothing else.
Facets = dict[str, tuple[object, ...]]


def texts_of(expert: ExpertProfile) -> tuple[str, ...]:
    """The texts that count one by one: entries, then texts of careers that no entry repeats."""
    careers = (c.text for c in expert.careers if c.text)
    return tuple(dict.fromkeys(text for text in (*expert.entries, *careers) if text.strip()))


def passages_of(expert: ExpertProfile) -> tuple[str, ...]:
    """The texts as they are indexed: each carries the headline and the skills, so that it is read in their
    light; an expert without texts has these alone."""
    header = header_of(expert)
    return tuple(f"{header}. {text}" if header else text for text in texts_of(expert)) or (
        (header,) if header else ()
    )


def header_of(expert: ExpertProfile) -> str:
    """Headline and skills in one line."""
    return ". ".join(filter(None, (expert.headline, " / ".join(s.words for s in expert.skills))))


def without_skills(expert: ExpertProfile, passage: Reading) -> Reading:
    """A passage as far as its headline and its text go, for where it points.

    The skills say by themselves where they point; among few words their names would turn the text's direction.
    """
    headline = len(normalise(expert.headline))
    body = len(normalise(f"{header_of(expert)}.")) + 1 if expert.skills else headline
    tokens = tuple(token for token in passage.tokens if token.start < headline or token.start >= body)
    return Reading(passage.text, tokens, passage.starts, passage.ends)


def sentences_of(expert: ExpertProfile) -> list[str]:
    """What can be quoted of a profile, in order: the headline, then the sentences of the texts."""
    texts = (expert.headline, *texts_of(expert))
    return [s.strip() for text in texts for s in _SENTENCE.split(text) if s.strip()]


def profile_digest(expert: ExpertProfile) -> int:
    """SHA-256 of a profile as a whole number; sums of these name a set of profiles in any order."""
    values = [
        sorted(value) if isinstance(value, frozenset) else value
        for value in (getattr(expert, field.name) for field in fields(expert))
    ]
    return int.from_bytes(hashlib.sha256(repr(values).encode()).digest(), "big")


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """A profile with its bags of words and letters (one per passage), the terms it holds (column to worth
    in (0, 1]), where its texts point (column to value), its facets and its notes."""

    profile: ExpertProfile
    words: tuple[Counter[str], ...]
    letters: tuple[Counter[str], ...]
    held: dict[int, float]
    topics: dict[int, float]
    facets: Facets
    notes: Notes


def facets_of(expert: ExpertProfile, held: Iterable[str]) -> Facets:
    """The profile's class in each facet; ``held`` are the terms that it holds."""
    return {
        "industry": expert.industries,
        "region": (expert.regions, expert.mode),
        "size": (facts.small_plant_fit(expert, (expert.headline, *texts_of(expert))),),
        "level": (facts.stage_of(held),),
        "open": (expert.verified, expert.active, expert.paused, expert.mode, expert.regions),
    }


def read_profiles(experts: Sequence[ExpertProfile], vocabulary: Vocabulary) -> Iterator[ReadProfile]:
    """Read profiles in their order, some thousand at a time."""
    column = {term: i for i, term in enumerate(vocabulary.symptoms.terms)}
    for at in range(0, len(experts), _AT_ONCE):
        group = experts[at : at + _AT_ONCE]
        passages = [passages_of(expert) for expert in group]
        readings = vocabulary.reader.read_all([text for own in passages for text in own])
        owners = [expert for expert, own in zip(group, passages, strict=True) for _ in own]
        plain = [without_skills(one, reading) for one, reading in zip(owners, readings, strict=True)]
        directions = vocabulary.symptoms.directions(plain)
        first = 0
        for expert, own in zip(group, passages, strict=True):
            last = first + len(own)
            yield _read(expert, readings[first:last], directions[first:last], vocabulary, column)
            first = last


def _read(
    expert: ExpertProfile,
    readings: Sequence[Reading],
    directions: NDArray[np.float64],
    vocabulary: Vocabulary,
    column: dict[str, int],
) -> ReadProfile:
    found = [vocabulary.find_in(reading) for reading in readings]
    held: dict[int, float] = {}

    def hold(term: str, worth: float) -> None:
        at = column.get(vocabulary.current(term)) if term in vocabulary.terms else None
        if at is not None:
            held[at] = max(held.get(at, 0.0), worth)

    for matches in found:
        for match in matches:
            hold(match.term, facts.AMBIGUOUS_NAME if match.ambiguous else facts.NAMED_IN_TEXT)
    named: list[tuple[str, ...]] = []
    for skill in expert.skills:
        worth = facts.LEVEL_WORTH.get(skill.level or 2, 0.7)
        if skill.term is not None:
            hold(skill.term, worth)
            named.append((skill.term,))
            continue
        own = vocabulary.find(skill.words)
        for match in own:
            hold(match.term, worth * (0.5 if match.ambiguous else 0.9))
        named.append(tuple(sorted({match.term for match in own if not match.ambiguous})))
    bags = tuple(Counter(reading.morphemes) for reading in readings)
    counting = Postings.build(bags).worth[:, np.newaxis]  # a text that says little points only a little
    points = (directions * counting).mean(axis=0) if len(directions) else np.zeros(len(column))
    topics = {int(at): float(points[at]) for at in np.flatnonzero(points >= LEAST_POINTED)}
    terms = vocabulary.symptoms.terms
    sure = tuple(terms[at] for at in sorted(held) if held[at] > facts.AMBIGUOUS_NAME)
    lines = list(_sentence_lines(expert, readings, found))
    return ReadProfile(
        expert,
        bags,
        tuple(Counter(reading.letters) for reading in readings),
        held,
        topics,
        facets_of(expert, sure),
        Notes(tuple(words for words, _ in lines), tuple(terms for _, terms in lines), tuple(named), sure),
    )


def _sentence_lines(
    expert: ExpertProfile, readings: Sequence[Reading], found: Sequence[Sequence[Match]]
) -> Iterator[tuple[str, str]]:
    """Words and terms of each of ``sentences_of``, out of the passages in which they stand."""
    texts = texts_of(expert)
    header = header_of(expert)
    body = len(normalise(f"{header}.")) + 1 if header else 0  # where the text begins in a passage
    if expert.headline.strip() and readings:
        yield from _in_order(expert.headline, 0, readings[0], found[0])
    for text, reading, matches in zip(texts, readings, found, strict=False):
        yield from _in_order(text, body, reading, matches)


def _in_order(text: str, start: int, reading: Reading, matches: Sequence[Match]) -> Iterator[tuple[str, str]]:
    for sentence in filter(str.strip, _SENTENCE.split(text)):
        end = start + len(normalise(sentence))  # a passage is its sentences, normalised, in a row
        yield (
            line_of({token.form for token in reading.tokens if start <= token.start < end}),
            line_of({m.term for m in matches if start <= m.start < end}),
        )
        start = end + 1
