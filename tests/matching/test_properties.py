"""What holds of every score, whoever is ranked for whatever request: small worlds of all kinds, Korean and English."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.details import ECHO_TEXT
from marketplace.matching.explanation import Ranked, Ranking
from marketplace.matching.profiles import (
    ExpertProfile,
    Interest,
    InterestKind,
    Mode,
    Need,
    Period,
    RequestProfile,
    Skill,
)
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.taxonomy.text import normalise
from marketplace.taxonomy.vocabulary import Term, packaged_vocabulary

VOCABULARY = packaged_vocabulary()
TODAY = date(2027, 3, 2)
TERMS = [term for term in VOCABULARY.terms.values() if not term.replaced_by]
TOLD = [term for term in TERMS if len(term.symptoms) > 4 and len(term.methods) > 2][::4]
GATES = st.sampled_from([Gates(), Gates.none()])
ENGLISH_DONE = (
    "Reduced {0} defects by reviewing the process of {1}.",
    "Managed the line of {0} for fourteen years and trained the operators in {1}.",
    "Introduced {1} at small suppliers; downtime fell by half.",
    "Built a team for {0}. It measured every lot and wrote the standard.",
)
ENGLISH_HURTS = (
    "We do not know why our {0} fails and customers send parts back.",
    "Nobody here has experience with {0}, and {1} takes us days.",
    "Orders are late because of {1}. The foreman decides by feeling.",
    "We tried {0} once and gave it up.",
)


@dataclass(frozen=True)
class World:
    """Some experts, a request that states a need, and the rules that are on."""

    experts: tuple[ExpertProfile, ...]
    request: RequestProfile
    gates: Gates
    language: str

    def rank(self, experts: Sequence[ExpertProfile] | None = None) -> Ranking:
        ranker = ExpertRanker(VOCABULARY).fit(self.experts if experts is None else experts)
        return ranker.rank([self.request], 0, self.gates, today=TODAY)[0]

    def with_(self, expert: ExpertProfile) -> Ranking:
        """The ranking with this expert in the place of the one of the same key."""
        return self.rank([expert if other.key == expert.key else other for other in self.experts])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    language = draw(st.sampled_from(["ko", "en"]))
    experts = tuple(draw(experts_of(f"e{number}", language)) for number in range(draw(st.integers(1, 6))))
    return World(experts, draw(requests_in(language)), draw(GATES), language)


@st.composite
def experts_of(draw: st.DrawFn, key: str, language: str) -> ExpertProfile:
    own = draw(st.lists(st.sampled_from(TOLD), min_size=1, max_size=3))
    skilled = draw(st.lists(st.sampled_from(TERMS), max_size=3, unique_by=lambda term: term.id))
    return ExpertProfile(
        key,
        headline=draw(st.sampled_from(["", own[0].label(language)])),
        entries=tuple(draw(st.lists(texts(own, language, done=True), max_size=4))),
        skills=tuple(Skill(t.id, t.label(language), draw(st.integers(1, 4))) for t in skilled),
        industries=tuple(
            draw(st.lists(st.sampled_from(["C10", "C25", "C28", "J62"]), max_size=2, unique=True))
        ),
        regions=tuple(draw(st.lists(st.sampled_from(["48", "11"]), max_size=2, unique=True))),
        mode=draw(st.sampled_from([None, *Mode])),
        small_firm_projects=draw(st.sampled_from([None, 0, 3])),
    )


@st.composite
def requests_in(draw: st.DrawFn, language: str) -> RequestProfile:
    hurting = draw(st.lists(st.sampled_from(TOLD), min_size=1, max_size=3))
    needed = draw(
        st.lists(st.sampled_from([*hurting, *TERMS]), min_size=1, max_size=4, unique_by=lambda term: term.id)
    )
    return RequestProfile(
        "r",
        industry=draw(st.sampled_from([None, "C25", "C10"])),
        region=draw(st.sampled_from([None, "48"])),
        employees=draw(st.sampled_from([None, 30, 900])),
        level=draw(st.sampled_from([None, "기초", "고도"])),
        title=draw(st.sampled_from(["", hurting[0].label(language)])),
        problem=draw(texts(hurting, language, done=False)),
        needs=tuple(Need(t.id, t.label(language), draw(st.integers(1, 3))) for t in needed),
        start_on=draw(st.sampled_from([None, TODAY])),
        mode=draw(st.sampled_from([None, *Mode])),
    )


def texts(terms: Sequence[Term], language: str, *, done: bool) -> st.SearchStrategy[str]:
    """A few sentences on some terms: of what was done, or of what hurts."""
    if language == "ko":
        said = [phrase for term in terms for phrase in (term.methods if done else term.symptoms)]
        return st.lists(st.sampled_from(said), min_size=1, max_size=8).map(". ".join)
    names = st.sampled_from([term.en for term in terms])
    forms = st.sampled_from(ENGLISH_DONE if done else ENGLISH_HURTS)
    sentences = st.builds(lambda form, one, other: form.format(one, other), forms, names, names)
    return st.lists(sentences, min_size=1, max_size=8).map(" ".join)


def of(ranking: Ranking, key: str) -> Ranked | None:
    return next((ranked for ranked in ranking.experts if ranked.expert == key), None)


def score(ranking: Ranking, key: str) -> int:
    """Hundredths; -1 for who is not proposed."""
    ranked = of(ranking, key)
    return -1 if ranked is None else ranked.hundredths


@settings(deadline=None, max_examples=60)
@given(worlds(), st.data())
def test_whoever_declares_a_skill_that_is_asked_for_never_scores_lower(
    world: World, data: st.DataObject
) -> None:
    expert = data.draw(st.sampled_from(world.experts))
    need = data.draw(st.sampled_from(world.request.needs))
    others = tuple(skill for skill in expert.skills if skill.term != need.term)
    before = world.with_(replace(expert, skills=others))
    after = world.with_(
        replace(expert, skills=(*others, Skill(need.term, need.words, data.draw(st.integers(1, 4)))))
    )
    assert score(after, expert.key) >= score(before, expert.key)


@settings(deadline=None, max_examples=40)
@given(worlds(), st.data())
def test_a_higher_level_of_a_skill_never_lowers_a_score(world: World, data: st.DataObject) -> None:
    expert = data.draw(st.sampled_from(world.experts))
    need = data.draw(st.sampled_from(world.request.needs))
    others = tuple(skill for skill in expert.skills if skill.term != need.term)
    scores = [
        score(world.with_(replace(expert, skills=(*others, Skill(need.term, need.words, level)))), expert.key)
        for level in (1, 2, 3, 4)
    ]
    assert scores == sorted(scores)


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_an_empty_profile_earns_nothing(world: World) -> None:
    empty = of(world.rank([*world.experts, ExpertProfile("empty")]), "empty")
    assert empty is None or empty.hundredths == sum(part.hundredths for part in empty.parts) == 0


@settings(deadline=None, max_examples=40)
@given(worlds(), st.data())
def test_a_hidden_unverified_or_conflicted_expert_never_appears(world: World, data: st.DataObject) -> None:
    expert = data.draw(st.sampled_from(world.experts))
    barred = data.draw(
        st.sampled_from(
            [
                replace(expert, verified=False),
                replace(expert, active=False),
                replace(expert, interests=(Interest(InterestKind.KIN, "한빛도금"),)),
            ]
        )
    )
    request = replace(world.request, company_name="한빛도금")
    ranking = replace(world, request=request).with_(barred)
    assert of(ranking, expert.key) is None
    assert [out.expert for out in ranking.excluded if out.expert == expert.key and out.exclusions]
    for top in (1, 3):
        ranker = ExpertRanker(VOCABULARY).fit([barred if e.key == expert.key else e for e in world.experts])
        assert expert.key not in [key for key, _ in ranker.best([request], top, world.gates, today=TODAY)[0]]


@settings(deadline=None, max_examples=40)
@given(worlds(), st.integers(0, 99))
def test_no_order_of_experts_changes_an_answer(world: World, seed: int) -> None:
    mixed = random.Random(seed).sample(world.experts, len(world.experts))
    assert world.rank(mixed).digest == world.rank().digest
    assert world.rank(mixed).to_json() == world.rank().to_json()


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_every_explanation_adds_up_and_quotes_what_is_written(world: World) -> None:
    profiles = {expert.key: expert for expert in world.experts}
    said = normalise(
        ". ".join((world.request.title, world.request.problem, *(need.words for need in world.request.needs)))
    )
    for ranked in world.rank().experts:
        assert sum(part.hundredths for part in ranked.parts) == ranked.hundredths
        assert 0 <= ranked.hundredths <= 10_000
        assert sum(part.weight for part in ranked.parts) == pytest.approx(1)
        own = profiles[ranked.expert]
        written = (own.headline, *own.entries, *(skill.words for skill in own.skills))
        for need in ranked.needs:
            for quotation in filter(None, (need.covered_by, need.evidence)):
                assert any(quotation in text for text in written), quotation
        for part in ranked.parts:
            if part.code in ("words", "letters"):
                assert part.because == (ECHO_TEXT,) or all(word in said for word in part.because), part


def test_a_text_that_is_the_request_over_again_is_called_so_instead_of_being_quoted() -> None:
    copied = "Machine vision inspection"
    expert = ExpertProfile("e", headline=copied, skills=(Skill("AUT-01", "PLC control", 2),))
    request = RequestProfile(
        "r",
        problem=f"We do not know why our {copied} fails.",
        needs=(Need("AUT-01", "PLC control", 1),),
    )
    (ranked,) = World((expert,), request, Gates.none(), "en").rank().experts
    assert {part.because for part in ranked.parts if part.code == "words"} == {(ECHO_TEXT,)}


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_who_holds_a_place_already_is_left_out_only_while_the_rules_are_on(world: World) -> None:
    full = replace(world.experts[0], commitments=(Period(date(2027, 1, 1), date(2028, 1, 1)),))
    asked = replace(world, request=replace(world.request, start_on=TODAY))
    assert score(replace(asked, gates=Gates()).with_(full), full.key) == -1
    assert score(replace(asked, gates=Gates.none()).with_(full), full.key) >= 0
