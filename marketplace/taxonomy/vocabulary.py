"""The words of the trade: terms with their synonyms, found in texts and proposed from a firm's own words.

Three questions, three methods: ``resolve`` what somebody typed into a field, ``find`` the terms that a text
names, ``propose`` the terms that a firm needs though it only tells what hurts (through the symptom lexicon).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from marketplace.taxonomy.symptoms import SymptomIndex, told
from marketplace.taxonomy.text import Reading, TextReader, normalise

#: Acronyms that mean more than one thing: the ids they may mean, the likelier one in a factory first.
AMBIGUOUS: Mapping[str, tuple[str, ...]] = {
    "pm": ("STR-07", "EQP-02"),
    "ems": ("SYS-09", "ESG-07"),
    "lca": ("AUT-07", "ESG-04"),
    "pdm": ("SYS-04", "DAT-05"),
    "psm": ("ESG-05",),
    "pi": ("STR-06",),
    "ax": ("DAT-09",),
    "qr": ("SCM-07",),
    "ie": ("PRD-02",),
    "ve": ("ESG-01",),
}

#: Homonyms: a word that looks like a term but is not one when the text around it matches.
_NOT_MEANT: Mapping[str, re.Pattern[str]] = {
    "도장": re.compile(r"도장\s*(?:을|이|도|만)?\s*(?:찍|받|날인)|(?:인감|태권|직인)\s*도장"),
    "보증": re.compile(r"(?:품질|하자|무상|성능)\s*보증|보증\s*기간"),
    "체결": re.compile(r"(?:계약|협약)\S*\s*체결"),
    "린": re.compile(r"[가-힣]린|린[가-힣]"),
}

_CLEAR = 0.5  # of the best score that symptoms give
_BESIDE_NAMES = 0.3  # the least score of a term beside those that are named, where little more is said

#: After a name: the firm says that it does not need this.
_DENIED = re.compile(
    r"\S{0,2}\s*(?:필요\s*(?:가|는|도)?\s*(?:없|하지\s*않)|원하지\s*않|말고)|\s+(?:is\s+)?not\s+needed"
)

_SEPARATING = frozenset(" ·・ㆍ-_/&,.()[]")  # in a normalised text, which has no other space
_SEPARATORS = re.compile(f"[{re.escape(''.join(sorted(_SEPARATING)))}]+")
_LATIN = re.compile(r"[0-9a-z]")
_LONG = 4  # syllables from which a Korean phrase cannot be a part of another word by chance


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the taxonomy; ``replaced_by`` names the id that took its place, if any."""

    id: str
    group: str
    ko: str
    en: str
    synonyms: tuple[str, ...] = ()
    replaced_by: str | None = None
    symptoms: tuple[str, ...] = ()  # what a firm says that needs this
    methods: tuple[str, ...] = ()  # what an expert writes who can do this, beyond the synonyms

    def label(self, language: str = "ko") -> str:
        return self.en if language == "en" else self.ko


@dataclass(frozen=True, slots=True)
class Match:
    """A term named in a text: ``words`` as they stand at ``start:end`` of the normalised text.

    ``ambiguous`` marks a bare acronym with more than one meaning; ask before relying on it.
    """

    term: str
    start: int
    end: int
    words: str
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A term that a firm may need: ``score`` in (0, 1], ``because`` the firm's own words that led to it."""

    term: str
    score: float
    because: tuple[str, ...]


class Vocabulary:
    """Terms by id, in a fixed order, with everything that reads them. Immutable once built."""

    def __init__(self, terms: Iterable[Term], *, version: str = "", reader: TextReader | None = None) -> None:
        self.terms: dict[str, Term] = {term.id: term for term in sorted(terms, key=lambda t: t.id)}
        self.version = version
        self._names: dict[str, str] = {}
        for term in self.terms.values():
            for name in (term.id, term.ko, term.en, *term.synonyms):
                self._names.setdefault(compact(name), term.id)
        self._by_start: dict[str, list[str]] = {}
        for name in self._names:
            if len(name) > 1 or not _LATIN.match(name):
                self._by_start.setdefault(name[:2], []).append(name)
        for names in self._by_start.values():
            names.sort(key=lambda name: (-len(name), name))
        self.reader = reader or TextReader(
            [name for term in self.terms.values() for name in (*term.ko.split("·"), *term.synonyms)]
        )
        self._symptoms: SymptomIndex | None = None

    @classmethod
    def from_json(
        cls,
        terms: Iterable[Mapping[str, Any]],
        symptoms: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        *,
        version: str = "",
    ) -> Vocabulary:
        """From plain rows with id, group, ko, en, synonyms, replaced_by; symptoms by id."""
        lexicon = symptoms or {}
        built = []
        for row in terms:
            own = lexicon.get(row["id"], {})
            phrases = (*own.get("symptoms_ko", ()), *own.get("symptoms_en", ()))
            methods = tuple(own.get("methods_ko", ()))
            built.append(
                Term(
                    row["id"],
                    row["group"],
                    row["ko"],
                    row["en"],
                    tuple(row.get("synonyms", ())),
                    row.get("replaced_by"),
                    phrases,
                    methods,
                )
            )
        return cls(built, version=version)

    @property
    def symptoms(self) -> SymptomIndex:
        """The index behind ``propose``, built when first asked for."""
        if self._symptoms is None:
            names = {
                t.id: (t.ko, t.en, *t.synonyms, *t.methods) for t in self.terms.values() if not t.replaced_by
            }
            phrases = {t.id: t.symptoms for t in self.terms.values() if not t.replaced_by}
            self._symptoms = SymptomIndex(names, phrases, self.reader)
        return self._symptoms

    def current(self, term: str) -> str:
        """The id that stands for ``term`` today, following replacements; KeyError for an unknown id."""
        seen = set()
        while (after := self.terms[term].replaced_by) and term not in seen and after in self.terms:
            seen.add(term)
            term = after
        return term

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all terms and symptoms: names this very vocabulary."""
        return hashlib.sha256(repr(list(self.terms.values())).encode()).hexdigest()

    def __deepcopy__(self, memo: dict[int, Any]) -> Vocabulary:
        return self  # immutable and heavy; scikit-learn's clone copies parameters deeply

    def resolve(self, words: str) -> str | None:
        """The id meant by an id, name or synonym in either language, spacing and case ignored."""
        found = self._names.get(compact(words))
        return None if found is None else self.current(found)

    def alternatives(self, words: str) -> tuple[str, ...]:
        """The ids an ambiguous acronym may mean, else the one that ``resolve`` finds, else nothing."""
        several = tuple(t for t in AMBIGUOUS.get(compact(words), ()) if t in self.terms)
        one = self.resolve(words)
        return several or ((one,) if one else ())

    def find(self, text: str) -> list[Match]:
        """The terms that a text names, in order; of overlapping ones the longest.

        Latin words match whole (AI not in retail), Korean ones from a morpheme boundary, whatever the spaces.
        """
        return self.find_in(self.reader.read(text))

    def find_in(self, reading: Reading) -> list[Match]:
        """``find`` on a text that has been read with this vocabulary's reader."""
        text = reading.text
        where = [i for i, c in enumerate(text) if c not in _SEPARATING]
        squeezed = "".join([text[i] for i in where])
        found: list[Match] = []
        by_start = self._by_start
        free_from = 0
        for at in range(len(squeezed)):
            if at < free_from:
                continue
            start = squeezed[at : at + 2]
            if start not in by_start and start[0] not in by_start:
                continue
            for name in (*by_start.get(start, ()), *by_start.get(start[0], ())):
                last = at + len(name) - 1
                if not squeezed.startswith(name, at):
                    continue
                if not self._stands_alone(reading, name, where[at], where[last] + 1):
                    continue
                words = reading.text[where[at] : where[last] + 1]
                term = self.current(self._names[name])
                found.append(Match(term, where[at], where[last] + 1, words, name in AMBIGUOUS))
                free_from = last + 1
                break
        sure = {match.term for match in found if not match.ambiguous}
        return [
            Match(m.term, m.start, m.end, m.words, False) if m.ambiguous and m.term in sure else m
            for m in found
        ]

    def _stands_alone(self, reading: Reading, name: str, start: int, end: int) -> bool:
        text = reading.text
        if _LATIN.match(name[0]):
            if start and _LATIN.match(text[start - 1]):
                return False
        elif start and "가" <= text[start - 1] <= "힣" and start not in reading.starts and len(name) < _LONG:
            return False
        if _LATIN.match(name[-1]):
            rest = text[end : end + 2]
            plural = len(name) >= _LONG and rest[:1] == "s" and not _LATIN.match(rest[1:])
            if rest and _LATIN.match(rest) and not plural:
                return False
        elif end < len(text) and "가" <= text[end] <= "힣" and end not in reading.ends and len(name) < _LONG:
            return False
        denied = _NOT_MEANT.get(name)
        return not (denied and denied.search(text[max(0, start - 6) : end + 8]))

    def propose(self, text: str, top: int = 8) -> list[Proposal]:
        """The terms that a text points to, best first, by name, synonym or symptom; ties by id.

        Few rather than doubtful ones: what is pointed to much less than the best is left out.
        """
        reading = self.reader.read(text)
        scores = self.symptoms.likely(reading)
        floor = _CLEAR * max(scores.values(), default=0.0)
        named: dict[str, list[str]] = {}
        for match in self.find_in(reading):
            if _DENIED.match(reading.text[match.end :]):
                scores.pop(match.term, None)
                continue
            scores[match.term] = max(scores.get(match.term, 0.0), 0.6 if match.ambiguous else 1.0)
            named.setdefault(match.term, []).append(match.words)
        proposals = []
        if named:
            floor = max(floor, _BESIDE_NAMES * (1 - told(reading)))
        likely = [term for term in scores if term in named or scores[term] >= floor]
        for term in sorted(likely, key=lambda term: (-scores[term], term))[:top]:
            because = dict.fromkeys([*reversed(named.get(term, [])), *self.symptoms.because(reading, term)])
            proposals.append(Proposal(term, round(scores[term], 4), tuple(because)[:5]))
        return proposals


def compact(words: str) -> str:
    """Words as the dictionary compares them: normalised, without spaces, dots and hyphens."""
    return _SEPARATORS.sub("", normalise(words))


def packaged_lexicon() -> dict[str, dict[str, list[str]]]:
    """The symptoms and methods of every term that come with the package, by id."""
    folder = resources.files("marketplace") / "data" / "symptoms"
    lexicon: dict[str, dict[str, list[str]]] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        lexicon.update(json.loads(file.read_text("utf-8")))
    return lexicon


@lru_cache(maxsize=1)
def packaged_vocabulary() -> Vocabulary:
    """The taxonomy and symptom lexicon that come with the package; built once per process."""
    folder = resources.files("marketplace") / "data"
    taxonomy = json.loads((folder / "taxonomy.json").read_text("utf-8"))
    return Vocabulary.from_json(taxonomy["terms"], packaged_lexicon(), version=taxonomy["version"])
