"""Korean and English text to tokens, the same way everywhere: profiles, requests, terms and symptoms.

Korean goes through Kiwi, of which only content morphemes are kept (nouns, verb and adjective stems, roots,
Latin words); English words are stemmed and stop words dropped. Short runs of letters stand beside them against
odd spacing, misspelling and words that Kiwi does not know.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import snowballstemmer
from kiwipiepy import Kiwi  # type: ignore[import-untyped]

#: Raised when the same text would give other tokens than before, so that stored rankings tell.
TEXT_VERSION = "3"

#: Kiwi holds about 300 MB; two vocabularies (an old and an edited one) may live at the same time.
_LOADED_AT_ONCE = 2

_CONTENT_TAGS = ("NNG", "NNP", "XR", "VV", "VA", "SH", "MAG", "NNB", "NR")

#: Korean words that say nothing of a trade: light verbs, bare existence, time, address.
_KOREAN_STOP = frozenset(
    "하 되 있 없 않 같 보 주 가 오 나 들 받 말 알 모르 싶 이렇 그렇 어떻 이러 그러 어떠 "  # noqa: SIM905
    "저희 우리 회사 업체 안녕 부탁 감사 문의 요청 도움 필요 관련 정도 경우 때문 이번 지난 올해 작년 내년 "
    "지금 요즘 현재 사람 것 수 등 및 매우 너무 정말 많이 좀 더 잘 못 안 다 또 계속 그냥 바로 아직 이제 다시 "
    "모두 함께 특히 또한 대하 통하 위하 왜 자주 자꾸 많 가끔 종종 항상 늘 매번".split()
)

_ENGLISH_STOP = frozenset(
    "a about above after again against all also am an and any are as at be because been "  # noqa: SIM905
    "before being below "
    "between both but by can cannot could did do does doing down during each either etc few for from further "
    "had has have having he her here hers him his how however i if in into is it its itself just let may me "
    "might more most much must my myself no nor not now of off often on once one only or other our ours out "
    "over own per same shall she should since so some such than that the their theirs them then there these "
    "they this those through thus to too two under until up upon us use used using very via was we well were "
    "what when where whether which while who whom why will with within without would yet you your".split()
)

_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[0-9a-z가-힣]+")
_KOREAN_RUN, _LATIN_RUN = 2, 4
_LATIN = re.compile(r"[a-z][a-z0-9]*|[0-9]{3,}")
_LETTERS = re.compile(r"[a-z]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
#: Marks without a shape of their own: soft hyphens, joiners, directions, fillers, variation selectors, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
_STEMMER = snowballstemmer.stemmer("english")
_STEM_LOCK = threading.Lock()


def normalise(text: str) -> str:
    """NFKC, lower case, control characters and runs of white space as one space."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))).lower()
    return " ".join(_CONTROL.sub(" ", plain).split())


def words_of(text: str) -> list[str]:
    """The written words of a normalised text, without punctuation."""
    return _WORD.findall(text)


def letters_of(word: str) -> list[str]:
    """Runs of neighbouring characters of a word: two Korean syllables, four Latin letters or digits.

    A shorter word stands for itself.
    """
    size = _LATIN_RUN if word[0].isascii() else _KOREAN_RUN
    return [word[i : i + size] for i in range(len(word) - size + 1)] if len(word) > size else [word]


@dataclass(frozen=True, slots=True)
class Token:
    """A content morpheme or stem, and where its words stand in the normalised text (half-open)."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that has been read.

    ``text`` is normalised and every offset refers to it. ``starts`` and ``ends`` are the offsets at which a
    morpheme of any kind begins or ends: the boundaries that a phrase may stand between.
    """

    text: str
    tokens: tuple[Token, ...]
    starts: frozenset[int]
    ends: frozenset[int]

    @property
    def morphemes(self) -> list[str]:
        return [token.form for token in self.tokens]

    @property
    def words(self) -> list[str]:
        """The written words, without punctuation."""
        return words_of(self.text)

    @property
    def letters(self) -> list[str]:
        """``letters_of`` every written word."""
        return [run for word in self.words for run in letters_of(word)]

    def word_at(self, token: Token) -> str:
        """The whole written word in which a token stands, as a reader would quote it."""
        start = self.text.rfind(" ", 0, token.start + 1) + 1
        end = self.text.find(" ", token.end)
        return self.text[start : end if end >= 0 else len(self.text)].strip(".,!?;:()[]\"'“”‘’·…~")


class TextReader:
    """Reads texts with a user dictionary of phrases, remembering the latest ``remember`` readings.

    The phrases keep a trade term together (스마트공장) whether it is written with spaces or without; its
    parts are kept beside it, so that 비전검사 still meets 검사. Safe to share between threads.
    """

    def __init__(self, phrases: Iterable[str] = (), *, remember: int = 20_000) -> None:
        self.phrases = tuple(sorted({normalise(p) for p in phrases if _HANGUL.search(p)}))
        self.remember = remember
        self._cache: OrderedDict[str, Reading] = OrderedDict()
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is remembered, which whoever takes the copy may ``learn``."""
        own = {name: value for name, value in self.__dict__.items() if name != "_lock"}
        return own | {"_cache": OrderedDict()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def learn(self, readings: Iterable[Reading]) -> None:
        """Remember readings that another reader with the same phrases has made."""
        self._remember({reading.text: reading for reading in readings})

    def read(self, text: str) -> Reading:
        """The reading of one text; see ``read_all``."""
        return self.read_all([text])[0]

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        """The readings of many texts, in order; Kiwi uses all its threads for those not yet remembered."""
        plain = [normalise(text) for text in texts]
        known: dict[str, Reading] = {}
        with self._lock:
            for text in plain:
                if text in self._cache:
                    self._cache.move_to_end(text)
                    known[text] = self._cache[text]
        new = self._read_new([text for text in dict.fromkeys(plain) if text not in known])
        self._remember(new)
        known |= new
        return [known[text] for text in plain]

    def _read_new(self, texts: Sequence[str]) -> dict[str, Reading]:
        """The readings of different normalised texts, by text."""
        korean = [text for text in texts if _HANGUL.search(text)]
        found: dict[str, Reading] = {}
        if korean:
            kiwi, parts = _kiwi(self.phrases)
            for text, morphemes in zip(korean, kiwi.tokenize(korean), strict=True):
                found[text] = _korean_reading(text, morphemes, parts)
        return {text: found.get(text) or _latin_reading(text) for text in texts}

    def _remember(self, readings: Mapping[str, Reading]) -> None:
        with self._lock:
            self._cache.update(readings)
            while len(self._cache) > self.remember:
                self._cache.popitem(last=False)


@lru_cache(maxsize=_LOADED_AT_ONCE)
def _kiwi(phrases: tuple[str, ...]) -> tuple[Kiwi, dict[str, tuple[str, ...]]]:
    """Kiwi with the phrases as user words, and the parts that each phrase has without them."""
    kiwi = Kiwi()
    parts: dict[str, tuple[str, ...]] = {}
    for phrase, morphemes in zip(phrases, kiwi.tokenize(phrases), strict=True):
        if len(morphemes) < 2:
            continue
        spaced = " ".join(m.form for m in morphemes)
        if spaced.replace(" ", "") == phrase.replace(" ", ""):  # not when Kiwi undoes a contraction
            parts[spaced] = _pieces(phrase, morphemes)
    for spaced in parts:
        kiwi.add_user_word(spaced, "NNP", 0)
    return kiwi, parts


def _pieces(phrase: str, morphemes: Sequence[Any]) -> tuple[str, ...]:
    """The tokens of a phrase that is not known as one."""
    return tuple(token.form for token in _korean_reading(phrase, morphemes, {}).tokens)


def _form(tag: str, form: str) -> str | None:
    """The form to count of what is not Latin, or None when the morpheme says nothing by itself."""
    form = form.lower()
    if tag == "SN":
        return form if len(form) >= 1 else None  # a standard or a year, not a quantity
    return form if tag.startswith(_CONTENT_TAGS) and form not in _KOREAN_STOP else None


def _korean_reading(text: str, morphemes: Sequence[Any], parts: dict[str, tuple[str, ...]]) -> Reading:
    tokens: list[Token] = []
    starts, ends = set(), set()
    for tag, start, end, form in _latin_joined(text, morphemes):
        starts.add(start)
        ends.add(end)
        if tag == "SL":
            own = stem(form) if len(form) > 1 else None
            tokens += [Token(own, start, end)] if own else []
        elif form in parts:
            tokens += [Token(p, start, end) for p in (form.replace(" ", ""), *parts[form])]
        elif own := _form(tag, form):
            tokens.append(Token(own, start, end))
    return Reading(text, tuple(tokens), frozenset(starts), frozenset(ends))


def _latin_joined(text: str, morphemes: Sequence[Any]) -> Iterator[tuple[str, int, int, str]]:
    """Tag, start, end and form of each morpheme; Latin words and numbers as they stand in the text.

    Before a full stop Kiwi cuts words anywhere ("sys" and "tem.") and takes the stop along ("mes.", "9001.").
    """
    for latin, group in groupby(morphemes, key=lambda m: m.tag == "SL"):
        if not latin:
            for m in group:
                form = m.form.rstrip(".") if m.tag == "SN" else m.form
                yield m.tag, m.start, m.end - (len(m.form) - len(form)), form
            continue
        own = list(group)
        for found in _LETTERS.finditer(text, own[0].start, own[-1].end):
            yield "SL", found.start(), found.end(), found.group()


def _latin_reading(text: str) -> Reading:
    found = [(m.group(), m.start(), m.end()) for m in _LATIN.finditer(text)]
    tokens = tuple(Token(form, start, end) for word, start, end in found if (form := stem(word)))
    return Reading(text, tokens, frozenset(s for _, s, _ in found), frozenset(e for _, _, e in found))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str | None:
    """The English stem of a lower-case word, or None for a stop word."""
    if word in _ENGLISH_STOP:
        return None
    with _STEM_LOCK:  # the stemmer keeps its word in itself
        return str(_STEMMER.stemWord(word))
