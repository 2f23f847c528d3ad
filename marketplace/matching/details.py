"""The explanation of one expert's place, worked out only for those who are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from marketplace.errors import N_
from marketplace.matching.engine.needs import NeedAsked
from marketplace.matching.engine.parts import HELD
from marketplace.matching.engine.postings import Ints
from marketplace.matching.engine.reading import sentences_of, texts_of
from marketplace.matching.engine.records import Notes
from marketplace.matching.explanation import NeedCoverage, Part
from marketplace.matching.profiles import ExpertProfile, Need, Skill
from marketplace.matching.scoring import Scores
from marketplace.taxonomy.symptoms import tells
from marketplace.taxonomy.text import letters_of, normalise
from marketplace.taxonomy.vocabulary import Vocabulary

#: Said instead of words where a text of the profile repeats the request.
ECHO_TEXT = N_("신청 내용을 그대로 옮긴 글이 있어 세지 않았습니다.")

_LONGEST = 160  # characters of a quoted passage
_PROPOSED_ROWS = 3
_NAMED = 5  # words or terms that a part is said to rest on
_SHARED = 0.01  # from which a term that both sides speak of is named
_NAMES_TERM = 100.0


class Explainer:
    """Explains places for one query; every quotation stands in the profile, letter by letter."""

    def __init__(self, scores: Scores, vocabulary: Vocabulary, slots: Sequence[int]) -> None:
        """``slots`` are those that will be asked for."""
        state, query = scores.state, scores.query
        self._state = state
        self._query = query
        self._vocabulary = vocabulary
        self._scores = scores
        self._written = {token.form: query.reading.word_at(token) for token in reversed(query.reading.tokens)}
        request = query.request
        stated = {need.term for need in request.needs}
        proposed = [
            Need(p.term, vocabulary.terms[p.term].ko, 0)
            for p in vocabulary.propose(f"{request.title}. {request.problem}", _PROPOSED_ROWS)
            if p.term not in stated
        ]
        self._needs = (*request.needs, *proposed)
        shown = np.array(sorted(slots), dtype=np.int64)
        self._place = {slot: place for place, slot in enumerate(shown.tolist())}
        self._told = scores.told(shown)
        self._said = [state.said_by(slot, "words") for slot in shown.tolist()]
        self._close = [
            NeedAsked(state, vocabulary, need).many(shown, self._said).tolist() for need in self._needs
        ]
        rarity = state.words.rarity
        self._rarest = sorted(query.words, key=lambda word: (-rarity(word), word))
        self._both = self._pointed_to(shown)
        self._spelt = self._by_letters(query.reading.words)
        self._ways: dict[str, str] = {}
        self._wanted_words: dict[str, dict[str, float]] = {}

    def _pointed_to(self, slots: Ints) -> list[tuple[str, list[float]]]:
        """Each term that the problem points to, and by slot how much both sides do; of the terms that are held
        only the best counts."""
        column = self._vocabulary.symptoms.column
        told = np.zeros((len(self._query.pointed), slots.size))
        held = np.zeros_like(told)
        for row, (term, weight) in enumerate(self._query.pointed.items()):
            for number, own, where in self._state.by_segment(slots):
                segment = self._state.segments[number]
                told[row, where] = weight * segment.topics.many(column[term], own)
                held[row, where] = weight * segment.held.many(column[term], own)
        told += HELD * np.where(held == held.max(axis=0, initial=0.0), held, 0.0)
        return list(zip(self._query.pointed, told.tolist(), strict=True))

    def _by_letters(self, words: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Words of several runs of letters, the rarest first, with their runs."""
        rarity = self._state.letters.rarity
        runs = {word: own for word in words if len(own := letters_of(word)) > 1}
        return sorted(runs.items(), key=lambda item: (-sum(map(rarity, item[1])), item[0]))

    def parts(self, slot: int) -> tuple[Part, ...]:
        """The parts in the order of the weights; unknown ones with ``value`` None."""
        place = self._place[slot]
        told = {code: (values[place], earned[place]) for code, (values, earned) in self._told.items()}
        return tuple(
            Part(code, weight, *told[code], self._because(code, slot))
            for code, weight in self._scores.weights.items()
        )

    def needs(self, slot: int) -> tuple[NeedCoverage, ...]:
        """Stated needs first, then (priority 0) the terms that the problem points to."""
        segment, own = self._state.place(slot)
        shown = Shown(*segment.record(own))
        place = self._place[slot]
        return tuple(
            self._coverage(shown, need, close[place])
            for need, close in zip(self._needs, self._close, strict=True)
        )

    def _because(self, code: str, slot: int) -> tuple[str, ...]:
        if code in ("words", "letters", "symptoms") and self._scores.echoes.echoing[slot]:
            return (ECHO_TEXT,)
        if code == "words":
            there = self._said[self._place[slot]]
            shared = (self._written[word] for word in self._rarest if word in there)
            return first_different(filter(tells, shared), _NAMED)
        if code == "symptoms":
            place = self._place[slot]
            both = [(-values[place], term) for term, values in self._both if values[place] > _SHARED]
            return tuple(self._led_to(term) for _, term in sorted(both)[:_NAMED])
        if code == "letters":
            return self._spelt_alike(slot)
        if code == "related" and self._scores.nearness is not None:
            nearest = self._scores.nearness.nearest(slot)
            texts = texts_of(self._state.profile(slot))
            return (texts[nearest][:_LONGEST],) if nearest is not None and nearest < len(texts) else ()
        return ()

    def _led_to(self, term: str) -> str:
        """A term that both sides point to, and the firm's words that led there."""
        if term not in self._ways:
            words = ", ".join(self._vocabulary.symptoms.because(self._query.reading, term, 3))
            name = self._vocabulary.terms[term].ko
            self._ways[term] = f"{name} ({words})" if words else name
        return self._ways[term]

    def _spelt_alike(self, slot: int) -> tuple[str, ...]:
        """Words of the request of which every run of letters stands in the profile, the rarest first."""
        there = self._state.said_by(slot, "letters")
        return first_different((word for word, runs in self._spelt if there.say(runs)), _NAMED)

    def _coverage(self, shown: Shown, need: Need, closeness: float) -> NeedCoverage:
        skill = shown.skill(need)
        if skill is not None:
            quote = skill.evidence or shown.sentence(self._wanted(f"{need.words}. {skill.words}"), need.term)
            return NeedCoverage(
                need.words, need.priority, need.term, "skill", skill.words, quote,
                skill.level, skill.years, skill.last_used, closeness,
            )  # fmt: skip
        quote = shown.sentence(self._wanted(need.words), need.term)
        if quote is None or not closeness:
            return NeedCoverage(need.words, need.priority, need.term, closeness=closeness)
        return NeedCoverage(need.words, need.priority, need.term, "entry", quote, quote, closeness=closeness)

    def _wanted(self, words: str) -> dict[str, float]:
        """Morphemes of the words with their rarity among profiles."""
        if words not in self._wanted_words:
            read = self._vocabulary.reader.read(words).morphemes
            self._wanted_words[words] = {word: self._state.words.rarity(word) for word in read}
        return self._wanted_words[words]


def first_different(words: Iterable[str], most: int) -> tuple[str, ...]:
    """The first ``most`` different words."""
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        if len(found) == most:
            break
    return tuple(found)


class Shown:
    """A profile cut into what can be quoted: sentences and skills, each with the terms that it names."""

    def __init__(self, expert: ExpertProfile, notes: Notes) -> None:
        self.sentences = [(s, *read) for s, read in zip(sentences_of(expert), notes.sentences, strict=True)]
        self.skills = list(zip(expert.skills, notes.skills, strict=True))

    def skill(self, need: Need) -> Skill | None:
        """The best skill that is, or names, the term of the need; without a term, one with the same words."""
        words = normalise(need.words)
        fitting = [
            skill
            for skill, terms in self.skills
            if (need.term in terms if need.term is not None else normalise(skill.words) == words)
        ]
        return max(fitting, key=lambda skill: (skill.level or 2, skill.words), default=None)

    def sentence(self, wanted: Mapping[str, float], term: str | None) -> str | None:
        """The sentence that speaks most of the wanted words, one that names the term before all others."""
        best, found = 0.0, None
        for sentence, words, terms in self.sentences:
            value = sum(rarity for word, rarity in wanted.items() if word in words)
            value += _NAMES_TERM if term is not None and term in terms else 0.0
            if value > best:
                best, found = value, sentence[:_LONGEST]
        return found
