"""The explanation of one expert's place, worked out only for those who are shown."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.errors import N_
from marketplace.matching.engine.needs import NeedAsked
from marketplace.matching.engine.reading import sentences_of, texts_of
from marketplace.matching.engine.records import Notes
from marketplace.matching.explanation import NeedCoverage, Part
from marketplace.matching.profiles import ExpertProfile, Need, Skill
from marketplace.matching.scoring import Scores
from marketplace.taxonomy.text import letters_of, normalise
from marketplace.taxonomy.vocabulary import Vocabulary

#: Said instead of words where a text of the profile repeats the request.
ECHO_TEXT = N_("신청 내용을 그대로 옮긴 글이 있어 세지 않았습니다.")

_LONGEST = 160  # characters of a quoted passage
_PROPOSED_ROWS = 3
_SHARED = 0.01  # from which a term that both sides speak of is named
_NAMES_TERM = 100.0


class Explainer:
    """Explains places for one query; every quotation stands in the profile, letter by letter."""

    def __init__(self, scores: Scores, vocabulary: Vocabulary) -> None:
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
        self._asked = [NeedAsked(state, vocabulary, need) for need in self._needs]
        self._words_of: dict[int, frozenset[str]] = {}
        self._ways: dict[str, str] = {}
        self._wanted_words: dict[str, dict[str, float]] = {}

    def parts(self, slot: int) -> tuple[Part, ...]:
        """The parts in the order of the weights; unknown ones with ``value`` None."""
        scores = self._scores
        return tuple(
            Part(code, weight, scores.value(code, slot), scores.points(code, slot), self._because(code, slot))
            for code, weight in scores.weights.items()
        )

    def needs(self, slot: int) -> tuple[NeedCoverage, ...]:
        """Stated needs first, then (priority 0) the terms that the problem points to."""
        segment, own = self._state.place(slot)
        shown = Shown(*segment.record(own))
        there = self._said(slot)
        return tuple(self._coverage(shown, asked.need, asked.at(slot, there)) for asked in self._asked)

    def _said(self, slot: int) -> frozenset[str]:
        """The words that stand in any text of a profile."""
        if slot not in self._words_of:
            self._words_of[slot] = frozenset().union(*self._state.rows_of(slot, "words"))
        return self._words_of[slot]

    def _because(self, code: str, slot: int) -> tuple[str, ...]:
        if code in ("words", "letters", "symptoms") and self._scores.echoes.echoing[slot]:
            return (ECHO_TEXT,)
        if code == "words":
            there = self._said(slot)
            rarity = {word: self._state.words.rarity(word) for word in self._query.words if word in there}
            shared = sorted(rarity, key=lambda word: (-rarity[word], word))
            return tuple(dict.fromkeys(self._written[word] for word in shared))[:5]
        if code == "symptoms":
            segment, own = self._state.place(slot)
            column = self._vocabulary.symptoms.column
            both = {t: w * segment.topics.at(column[t], own) for t, w in self._query.pointed.items()}
            best = sorted((t for t in both if both[t] > _SHARED), key=lambda t: (-both[t], t))
            return tuple(map(self._led_to, best[:5]))
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
        there = frozenset().union(*self._state.rows_of(slot, "letters"))
        rarity = self._state.letters.rarity
        found = {}
        for word in self._query.reading.words:
            runs = letters_of(word)
            if len(runs) > 1 and there.issuperset(runs):
                found[word] = sum(map(rarity, runs))
        return tuple(sorted(found, key=lambda word: (-found[word], word))[:5])

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
