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
_SHARED = 0.01  # from which a term that both sides speak of is named
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
        return tuple(
            self._coverage(expert, need, float(closeness[slot]))
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
