"""A large made-up world for timing: profiles and requests put together from the phrases of the lexicon.

Reading a hundred thousand texts with a morphological analyser takes an hour; here every phrase is read once, and the
reading of a text is put together from those of its phrases. What the index holds is the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from marketplace.matching.profiles import ExpertProfile, Mode, Need, RequestProfile, Skill
from marketplace.taxonomy.text import Reading, TextReader, Token
from marketplace.taxonomy.vocabulary import Vocabulary, packaged_vocabulary

_JOINT = ". "
_REMEMBERED = 5_000  # texts; enough for the questions of a measurement
INDUSTRIES = [f"C{number}" for number in range(10, 35)]
REGIONS = ["11", "26", "27", "28", "30", "31", "36", "41", "43", "44", "47", "48", "50", "51", "52"]


class PhraseReader(TextReader):
    """Reads texts that are phrases joined by full stops, each phrase once."""

    def __init__(self, inner: TextReader) -> None:
        super().__init__(inner.phrases, remember=_REMEMBERED)
        self._inner = inner
        self._phrases: dict[str, Reading] = {}

    def _read_new(self, texts: Sequence[str]) -> dict[str, Reading]:
        split = [text.split(_JOINT) for text in texts]
        new = sorted({phrase for phrases in split for phrase in phrases if phrase not in self._phrases})
        self._phrases.update(zip(new, self._inner.read_all(new), strict=True))
        return {text: self._joined(phrases) for text, phrases in zip(texts, split, strict=True)}

    def _joined(self, phrases: Sequence[str]) -> Reading:
        tokens: list[Token] = []
        starts: set[int] = set()
        ends: set[int] = set()
        at = 0
        for phrase in phrases:
            own = self._phrases[phrase]
            tokens += [Token(t.form, t.start + at, t.end + at) for t in own.tokens]
            starts.update(start + at for start in own.starts)
            ends.update(end + at for end in own.ends)
            at += len(phrase) + len(_JOINT)
        return Reading(_JOINT.join(phrases), tuple(tokens), frozenset(starts), frozenset(ends))


def vocabulary() -> Vocabulary:
    """The packaged vocabulary with a reader for the texts of this world."""
    own = packaged_vocabulary()
    own.symptoms  # noqa: B018  built with the reader that reads everything
    own.reader = PhraseReader(own.reader)
    return own


def experts(count: int, words: Vocabulary, seed: int = 1) -> list[ExpertProfile]:
    """Profiles of one text each, of about 145 different words, mostly of four trades."""
    dice = random.Random(seed)
    terms = [term for term in words.terms.values() if term.methods]
    found = []
    for number in range(count):
        own = dice.sample(terms, 4)
        phrases = [dice.choice(dice.choice(own).methods) for _ in range(22)]
        phrases += [dice.choice(dice.choice(terms).methods) for _ in range(14)]
        found.append(
            ExpertProfile(
                f"e{number:07d}",
                headline=own[0].ko,
                entries=(_JOINT.join(phrases),),
                skills=tuple(Skill(term.id, term.ko, dice.randint(1, 4)) for term in own[:2]),
                industries=tuple(sorted(dice.sample(INDUSTRIES, dice.randint(0, 3)))),
                regions=tuple(sorted(dice.sample(REGIONS, dice.randint(0, 2)))),
                mode=dice.choice([None, *Mode]),
            )
        )
    return found


def requests(count: int, words: Vocabulary, seed: int = 2) -> list[RequestProfile]:
    """Requests of about 45 different words: two troubles, told in several sentences; a third state a need."""
    dice = random.Random(seed)
    terms = [term for term in words.terms.values() if len(term.symptoms) > 8]
    found = []
    for number in range(count):
        first, second = dice.sample(terms, 2)
        said = [*dice.sample(first.symptoms, 6), *dice.sample(second.symptoms, 3)]
        found.append(
            RequestProfile(
                f"r{number:05d}",
                industry=dice.choice(INDUSTRIES),
                region=dice.choice(REGIONS),
                employees=40,
                title=said[0],
                problem=_JOINT.join(said[1:]),
                needs=(Need(first.id, first.ko, 3),) if number % 3 == 0 else (),
            )
        )
    return found
