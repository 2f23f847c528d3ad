"""The explanation of one expert's place, worked out only for those who are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

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
        self._close = [NeedAsked(state, vocabulary, need).many(shown).tolist() for need in self._needs]
        self._tokens = {token.form: token for token in reversed(query.reading.tokens)}
        rarity = state.words.rarity
        self._rarest = sorted(query.words, key=lambda word: (-rarity(word), word))
        self._shared = state.said_by(shown, "words", self._rarest)
        self._spelt = self._by_letters(shown)
        self._both = self._pointed_to(shown)
        self._ways: dict[str, str] = {}
        self._wanted_words: dict[tuple[str, ...], dict[str, float]] = {}

    def _pointed_to(self, slots: Ints) -> list[list[str]]:
        """By slot, the terms that the problem points to and the slot too, the weightiest first; of the terms that
        are held only the best counts."""
        pointed = sorted(self._query.pointed.items())
        columns = np.array([self._vocabulary.symptoms.column[term] for term, _ in pointed], dtype=np.int64)
        weights = np.array([weight for _, weight in pointed]).reshape(-1, 1)
        both = np.zeros((len(pointed), slots.size))
        for number, own, where in self._state.by_segment(slots):
            segment = self._state.segments[number]
            held = weights * segment.held.many(columns, own)
            best = np.where(held == held.max(axis=0, initial=0.0), held, 0.0)
            both[:, where] = weights * segment.topics.many(columns, own) + HELD * best
        order = np.argsort(-both, axis=0, kind="stable")[:_NAMED]
        known = np.take_along_axis(both, order, axis=0) > _SHARED
        return [
            [pointed[row][0] for row in rows[sure].tolist()]
            for rows, sure in zip(order.T, known.T, strict=True)
        ]

    def _by_letters(self, slots: Ints) -> list[list[str]]:
        """By slot, the written words of several runs of letters that all stand in its texts, the rarest first."""
        runs = {word: own for word in self._query.reading.words if len(own := letters_of(word)) > 1}
        if not runs:
            return [[] for _ in slots]
        every = [run for own in runs.values() for run in own]
        begins = np.cumsum([0, *map(len, runs.values())])[:-1]
        said = self._state.said_by(slots, "letters", every)
        whole = np.logical_and.reduceat(said, begins, axis=1)
        words, rarity = list(runs), self._state.letters.rarity
        found = [words[place] for place in np.flatnonzero(whole.any(axis=0)).tolist()]
        rank = {word: (-sum(map(rarity, runs[word])), word) for word in found}
        return [
            sorted((words[place] for place in np.flatnonzero(own).tolist()), key=rank.__getitem__)
            for own in whole
        ]

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
        place = self._place[slot]
        if code in ("words", "letters", "symptoms") and self._scores.echoes.echoing[slot]:
            return (ECHO_TEXT,)
        if code == "words":
            shared = (self._written(self._rarest[at]) for at in np.flatnonzero(self._shared[place]).tolist())
            return first_different(filter(tells, shared), _NAMED)
        if code == "symptoms":
            return tuple(map(self._led_to, self._both[place]))
        if code == "letters":
            return first_different(self._spelt[place], _NAMED)
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

    def _written(self, word: str) -> str:
        """A word of the request as it stands there first."""
        return self._query.reading.word_at(self._tokens[word])

    def _coverage(self, shown: Shown, need: Need, closeness: float) -> NeedCoverage:
        skill = shown.skill(need)
        if skill is not None:
            quote = skill.evidence or shown.sentence(self._wanted(need.words, skill.words), need.term)
            return NeedCoverage(
                need.words, need.priority, need.term, "skill", skill.words, quote,
                skill.level, skill.years, skill.last_used, closeness,
            )  # fmt: skip
        quote = shown.sentence(self._wanted(need.words), need.term)
        if quote is None or not closeness:
            return NeedCoverage(need.words, need.priority, need.term, closeness=closeness)
        return NeedCoverage(need.words, need.priority, need.term, "entry", quote, quote, closeness=closeness)

    def _wanted(self, *names: str) -> dict[str, float]:
        """Morphemes of names with their rarity among profiles."""
        if names not in self._wanted_words:
            read = self._vocabulary.reader.read_all(names)
            words = (word for reading in read for word in reading.morphemes)
            self._wanted_words[names] = {word: self._state.words.rarity(word) for word in words}
        return self._wanted_words[names]


def first_different(words: Iterable[str], most: int) -> tuple[str, ...]:
    """The first ``most`` different words."""
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        if len(found) == most:
            break
    return tuple(found)


class Shown:
    """A profile as it can be quoted: its skills and its sentences, with the terms that each names."""

    def __init__(self, expert: ExpertProfile, notes: Notes) -> None:
        self._expert = expert
        self._notes = notes

    def skill(self, need: Need) -> Skill | None:
        """The best skill that is, or names, the term of the need; without a term, one with the same words."""
        words = normalise(need.words)
        fitting = [
            skill
            for skill, terms in zip(self._expert.skills, self._notes.skills, strict=True)
            if (need.term in terms if need.term is not None else normalise(skill.words) == words)
        ]
        return max(fitting, key=lambda skill: (skill.level or 2, skill.words), default=None)

    def sentence(self, wanted: Mapping[str, float], term: str | None) -> str | None:
        """The sentence that speaks most of the wanted words, one that names the term before all others."""
        lines = self._notes.words
        values = [0.0] * len(lines)
        for word, rarity in wanted.items():
            if (form := f" {word} ") in self._said:
                values = [
                    value + rarity if form in line else value
                    for value, line in zip(values, lines, strict=True)
                ]
        named = f" {term} "
        if named in self._named:
            terms = self._notes.terms
            values = [
                value + _NAMES_TERM if named in line else value
                for value, line in zip(values, terms, strict=True)
            ]
        best = max(values, default=0.0)
        return self._sentences[values.index(best)][:_LONGEST] if best > 0.0 else None

    @cached_property
    def _said(self) -> str:
        return "".join(self._notes.words)

    @cached_property
    def _named(self) -> str:
        return "".join(self._notes.terms)

    @cached_property
    def _sentences(self) -> list[str]:
        return sentences_of(self._expert)
