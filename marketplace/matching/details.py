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

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
_LONGEST = 160  # characters of a quoted passage
_PROPOSED_ROWS = 3
_WORDS_COVER = 0.3  # closeness from which mere words count as covering a need


class Explainer:
    """Explains places for one query; every quotation stands in the profile, letter by letter."""

    def __init__(self, table: ExpertTable, query: Query) -> None:
        self.table = table
        self.query = query
        self._written = {token.form: query.reading.word_at(token) for token in reversed(query.reading.tokens)}
        request = query.request
        proposed = [
            Need(term, table.vocabulary.terms[term].ko, 0)
            for term in list(query.proposed)[:_PROPOSED_ROWS]
            if term not in {need.term for need in request.needs}
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
        return tuple(
            self._coverage(expert, need, float(closeness[slot]))
            for need, closeness in zip(self._needs, self._closeness, strict=True)
        )

    def _because(self, code: str, slot: int) -> tuple[str, ...]:
        if code == "words":
            shared = self.table.words.words_in(slot, list(self.query.words))
            return tuple(dict.fromkeys(self._written[word] for word in shared))[:5]
        if code == "symptoms":
            held = [t for t in self.query.proposed if self.table.held[slot, self.table.column[t]] > 0]
            return tuple(self.table.vocabulary.terms[term].ko for term in held)
        return ()

    def _coverage(self, expert: ExpertProfile, need: Need, closeness: float) -> NeedCoverage:
        skill = self._skill(expert, need)
        if skill is not None:
            quote = skill.evidence or self._sentence(expert, need, skill.words)
            return NeedCoverage(
                need.words, need.priority, need.term, "skill", skill.words, quote,
                skill.level, skill.years, skill.last_used, closeness,
            )  # fmt: skip
        quote = self._sentence(expert, need, need.words)
        if quote is None or closeness < _WORDS_COVER:
            return NeedCoverage(need.words, need.priority, need.term, closeness=closeness)
        return NeedCoverage(need.words, need.priority, need.term, "entry", quote, quote, closeness=closeness)

    def _skill(self, expert: ExpertProfile, need: Need) -> Skill | None:
        """The best skill that is, or names, the term of the need; without a term, one with the same words."""
        vocabulary = self.table.vocabulary
        fitting = []
        for skill in expert.skills:
            if need.term is None:
                same = normalise(skill.words) == normalise(need.words)
            elif skill.term is not None:
                same = skill.term == need.term
            else:
                same = any(m.term == need.term and not m.ambiguous for m in vocabulary.find(skill.words))
            if same:
                fitting.append(skill)
        return max(fitting, key=lambda skill: (skill.level or 2, skill.words), default=None)

    def _sentence(self, expert: ExpertProfile, need: Need, words: str) -> str | None:
        """The sentence of the profile that speaks most of the need; None when none does."""
        vocabulary = self.table.vocabulary
        wanted = set(vocabulary.reader.read(f"{need.words}. {words}").morphemes)
        best, found = 0.0, None
        for text in (expert.headline, *texts_of(expert)):
            for sentence in filter(None, (s.strip() for s in _SENTENCE.split(text))):
                reading = vocabulary.reader.read(sentence)
                named = need.term is not None and any(
                    m.term == need.term for m in vocabulary.find_in(reading)
                )
                shared = sum(self.table.words.rarity(word) for word in wanted & set(reading.morphemes))
                value = shared + 10 * named
                if value > best:
                    best, found = value, sentence[:_LONGEST]
        return found
