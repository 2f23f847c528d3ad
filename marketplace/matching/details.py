"""The explanation of one expert's place, worked out only for those who are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from marketplace.matching.explanation import NeedCoverage, Part
from marketplace.matching.features import ExpertTable, Query, texts_of
from marketplace.matching.features_text import Floats, Ints
from marketplace.matching.profiles import ExpertProfile, Need, Skill
from marketplace.taxonomy.text import normalise
from marketplace.taxonomy.vocabulary import Vocabulary

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\s*\n\s*")
_LONGEST = 160  # characters of a quoted passage
_PROPOSED_ROWS = 3
_SHARED = 0.01  # from which a term that both sides speak of is named
_NAMES_TERM = 100.0
_WORDS_COVER = 0.3  # closeness from which mere words count as covering a need


class Explainer:
    """Explains places for one query; every quotation stands in the profile, letter by letter."""

    def __init__(self, table: ExpertTable, query: Query) -> None:
        self.table = table
        self.query = query
        self._written = {token.form: query.reading.word_at(token) for token in reversed(query.reading.tokens)}
        request = query.request
        stated = {need.term for need in request.needs}
        proposed = [
            Need(p.term, table.vocabulary.terms[p.term].ko, 0)
            for p in table.vocabulary.propose(f"{request.title}. {request.problem}", _PROPOSED_ROWS)
            if p.term not in stated
        ]
        self._needs = (*request.needs, *proposed)
        self._closeness = [table.need_closeness(need) for need in self._needs]

    def parts(
        self,
        slot: int,
        weights: Mapping[str, float],
        values: Mapping[str, Floats | None],
        points: Mapping[str, Ints],
    ) -> tuple[Part, ...]:
        """The parts in the order of the weights; unknown ones with ``value`` None."""
        rows = []
        for code, weight in weights.items():
            column = values[code]
            value = None if column is None or np.isnan(column[slot]) else float(column[slot])
            rows.append(Part(code, weight, value, int(points[code][slot]), self._because(code, slot)))
        return tuple(rows)

    def needs(self, slot: int) -> tuple[NeedCoverage, ...]:
        """Stated needs first, then (priority 0) the terms that the problem points to."""
        expert = self.table.experts[slot]
        if expert is None:
            return ()
        shown = Shown(expert, self.table.vocabulary)
        return tuple(
            self._coverage(shown, need, float(closeness[slot]))
            for need, closeness in zip(self._needs, self._closeness, strict=True)
        )

    def _because(self, code: str, slot: int) -> tuple[str, ...]:
        if code == "words":
            shared = self.table.words.words_in(slot, list(self.query.words))
            return tuple(dict.fromkeys(self._written[word] for word in shared))[:5]
        if code == "symptoms":
            own = self.table.topics[slot]
            both = {t: w * own[self.table.column[t]] for t, w in self.query.pointed.items()}
            best = sorted((t for t in both if both[t] > _SHARED), key=lambda t: (-both[t], t))
            return tuple(self.table.vocabulary.terms[term].ko for term in best)[:5]
        return ()

    def _coverage(self, shown: Shown, need: Need, closeness: float) -> NeedCoverage:
        skill = shown.skill(need)
        if skill is not None:
            quote = skill.evidence or shown.sentence(self._wanted(f"{need.words}. {skill.words}"), need.term)
            return NeedCoverage(
                need.words, need.priority, need.term, "skill", skill.words, quote,
                skill.level, skill.years, skill.last_used, closeness,
            )  # fmt: skip
        quote = shown.sentence(self._wanted(need.words), need.term)
        if quote is None or closeness < _WORDS_COVER:
            return NeedCoverage(need.words, need.priority, need.term, closeness=closeness)
        return NeedCoverage(need.words, need.priority, need.term, "entry", quote, quote, closeness=closeness)

    def _wanted(self, words: str) -> dict[str, float]:
        """Morphemes of the words with their rarity among profiles."""
        reading = self.table.vocabulary.reader.read(words)
        return {word: self.table.words.rarity(word) for word in reading.morphemes}


class Shown:
    """A profile cut into what can be quoted: sentences and skills, each with the terms that it names."""

    def __init__(self, expert: ExpertProfile, vocabulary: Vocabulary) -> None:
        texts = [text for text in (expert.headline, *texts_of(expert)) if text.strip()]
        self.sentences: list[tuple[str, frozenset[str], frozenset[str]]] = []
        for text, reading in zip(texts, vocabulary.reader.read_all(texts), strict=True):
            matches = vocabulary.find_in(reading)
            start = 0
            for sentence in filter(str.strip, _SENTENCE.split(text)):
                end = start + len(normalise(sentence))  # what is read is the sentences, normalised, in a row
                words = frozenset(token.form for token in reading.tokens if start <= token.start < end)
                terms = frozenset(m.term for m in matches if start <= m.start < end)
                self.sentences.append((sentence.strip(), words, terms))
                start = end + 1
        readings = vocabulary.reader.read_all([skill.words for skill in expert.skills])
        self.skills: list[tuple[Skill, frozenset[str]]] = []
        for skill, reading in zip(expert.skills, readings, strict=True):
            named = {m.term for m in vocabulary.find_in(reading) if not m.ambiguous}
            self.skills.append((skill, frozenset({skill.term} if skill.term else named)))

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
