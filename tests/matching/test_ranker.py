from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from marketplace.matching.profiles import (
    Career,
    ExpertProfile,
    Interest,
    InterestKind,
    Need,
    Period,
    RequestProfile,
    Skill,
)
from marketplace.matching.ranker import PRIOR_WEIGHTS, ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.taxonomy.vocabulary import packaged_vocabulary

VOCABULARY = packaged_vocabulary()
REQUEST_DAY = date(2027, 3, 2)

PLATER = ExpertProfile(
    "plater",
    headline="아연도금 밀착 불량",
    entries=(
        "협력사 도금 라인 열두 곳의 전처리와 약품 농도를 관리했습니다. 벗겨짐과 부풂을 로트별로 추적해 반품을 없앴습니다.",
        "사내 분석실을 맡아 욕 조성을 매일 분석했습니다.",
    ),
    skills=(Skill("PRC-09", "도금", 4, 20, 2024, "도금기능장"),),
    industries=("C25",),
    regions=("48",),
)
PLANNER = ExpertProfile(
    "planner",
    headline="생산계획과 납기",
    entries=("주간 생산계획을 세우고 납기 준수율을 높였습니다. 영업과 생산의 일정 회의를 정착시켰습니다.",),
    skills=(Skill("PRD-05", "생산계획", 3), Skill(None, "S&OP", 3)),
    industries=("C28",),
    regions=("48",),
)
SEWER = ExpertProfile("sewer", entries=("봉제 공장에서 재단과 봉제를 가르쳤습니다.",), industries=("C14",))
EMPTY = ExpertProfile("empty")
EXPERTS = (PLATER, PLANNER, SEWER, EMPTY)

REQUEST = RequestProfile(
    "r1",
    company_name="한빛도금",
    industry="C25",
    region="48",
    employees=30,
    title="도금이 벗겨져 반품이 옵니다",
    problem="아연도금한 볼트가 손톱으로 긁으면 벗겨집니다. 약품 농도를 감으로 맞춥니다.",
    needs=(Need("PRC-09", "도금", 3), Need("PRD-05", "생산계획", 1)),
)


@pytest.fixture(scope="module")
def ranker() -> ExpertRanker:
    return ExpertRanker(VOCABULARY).fit(EXPERTS)


def order(ranker: ExpertRanker, request: RequestProfile = REQUEST, top: int = 0) -> list[str]:
    return [ranked.expert for ranked in ranker.rank([request], top)[0].experts]


def test_the_expert_whose_career_answers_the_problem_comes_first(ranker: ExpertRanker) -> None:
    assert order(ranker)[0] == "plater"


def test_the_parts_add_up_to_the_score_as_printed(ranker: ExpertRanker) -> None:
    for ranked in ranker.rank([REQUEST], 0)[0].experts:
        assert sum((part.points for part in ranked.parts), Decimal(0)) == ranked.score
        assert 0 <= ranked.score <= 100
        assert sum(part.weight for part in ranked.parts) == pytest.approx(1)
        printed = ranked.to_json()
        total = sum(Decimal(str(part["points"])) for part in printed["parts"].values())
        assert total == Decimal(str(printed["score"]))


def test_an_empty_profile_earns_nothing(ranker: ExpertRanker) -> None:
    last = ranker.rank([REQUEST], 0)[0].experts[-1]
    assert (last.expert, last.score) == ("empty", 0)


def test_a_need_is_covered_by_the_skill_with_its_evidence(ranker: ExpertRanker) -> None:
    need = ranker.rank([REQUEST], 1)[0].experts[0].needs[0]
    assert (need.kind, need.covered_by, need.evidence) == ("skill", "도금", "도금기능장")
    assert (need.level, need.years, need.last_used) == (4, 20, 2024)


def test_a_need_that_nothing_meets_is_shown_as_not_covered(ranker: ExpertRanker) -> None:
    need = ranker.rank([REQUEST], 1)[0].experts[0].needs[1]
    assert (need.need, need.covered, need.evidence) == ("생산계획", False, None)


def test_every_quotation_stands_in_the_profile(ranker: ExpertRanker) -> None:
    request = replace(REQUEST, needs=(Need("QUA-10", "고객 클레임 대응"), Need(None, "약품 분석")))
    profiles = {expert.key: expert for expert in EXPERTS}
    quoted = 0
    for ranked in ranker.rank([request], 0)[0].experts:
        own = profiles[ranked.expert]
        texts = (
            own.headline,
            *own.entries,
            *(s.words for s in own.skills),
            *(s.evidence or "" for s in own.skills),
        )
        for need in ranked.needs:
            for quotation in filter(None, (need.covered_by, need.evidence)):
                quoted += 1
                assert any(quotation in text for text in texts), quotation
    assert quoted


def test_the_words_behind_a_part_are_the_words_of_the_firm(ranker: ExpertRanker) -> None:
    parts = {part.code: part for part in ranker.rank([REQUEST], 1)[0].experts[0].parts}
    said = f"{REQUEST.title} {REQUEST.problem} {' '.join(n.words for n in REQUEST.needs)}"
    assert parts["words"].because
    assert all(word in said for word in parts["words"].because)


def test_what_the_request_leaves_unknown_gives_its_weight_to_the_others(ranker: ExpertRanker) -> None:
    bare = RequestProfile("r2", problem=REQUEST.problem)
    ranked = ranker.rank([bare], 1)[0].experts[0]
    assert {part.code for part in ranked.parts} == {"words", "letters", "symptoms"}
    assert sum(part.weight for part in ranked.parts) == pytest.approx(1)


def test_an_industry_that_the_expert_leaves_unknown_is_neither_good_nor_bad() -> None:
    trio = [
        replace(PLATER, key=key, industries=own)
        for key, own in (("same", ("C25",)), ("none", ()), ("far", ("C14",)))
    ]
    ranking = ExpertRanker(VOCABULARY).fit(trio).rank([REQUEST], 0)[0]
    assert [ranked.expert for ranked in ranking.experts] == ["same", "none", "far"]
    unknown = next(part for part in ranking.experts[1].parts if part.code == "industry")
    assert unknown.unknown and unknown.value is None
    assert ranking.experts[0].score > ranking.experts[1].score > ranking.experts[2].score


def test_hidden_and_conflicted_experts_stand_apart_with_their_reasons() -> None:
    hidden = replace(PLATER, key="hidden", verified=False)
    kin = replace(PLATER, key="kin", interests=(Interest(InterestKind.KIN, "(주)한빛도금"),))
    ranking = ExpertRanker(VOCABULARY).fit([PLATER, hidden, kin]).rank([REQUEST], 0, Gates.none())[0]
    assert [ranked.expert for ranked in ranking.experts] == ["plater"]
    assert [(out.expert, out.exclusions[0].rule) for out in ranking.excluded] == [
        ("hidden", "unverified"),
        ("kin", "kin"),
    ]


def test_ties_are_broken_by_commitments_and_then_by_key() -> None:
    busy = replace(PLATER, key="a", capacity=3, commitments=(Period(REQUEST_DAY, REQUEST_DAY),))
    free = [replace(PLATER, key=key) for key in ("c", "b")]
    assert order(ExpertRanker(VOCABULARY).fit([busy, *free])) == ["b", "c", "a"]


def test_the_first_places_are_those_of_the_full_list(ranker: ExpertRanker) -> None:
    for top in (1, 2, 3, 4, 9):
        assert order(ranker, top=top) == order(ranker)[:top]


def test_a_changed_profile_is_found_by_the_next_query_as_if_fitted_anew() -> None:
    ranker = ExpertRanker(VOCABULARY).fit([PLATER, PLANNER, SEWER])
    welder = replace(
        SEWER, entries=("아연도금 볼트의 벗겨짐을 약품 농도 관리로 잡았습니다.",), industries=("C25",)
    )
    assert "sewer" not in order(ranker, top=2)
    ranker.update(welder).update(EMPTY).remove("planner").remove("nobody")
    fresh = ExpertRanker(VOCABULARY).fit([EMPTY, welder, PLATER])
    updated, expected = ranker.rank([REQUEST], 0)[0], fresh.rank([REQUEST], 0)[0]
    assert updated.to_json() == expected.to_json()
    assert updated.digest == expected.digest
    assert "sewer" in order(ranker, top=2)


def test_an_expert_can_be_removed_and_come_back() -> None:
    ranker = ExpertRanker(VOCABULARY).fit(EXPERTS)
    before = ranker.rank([REQUEST])[0].digest
    ranker.remove("plater")
    assert "plater" not in order(ranker)
    assert ranker.update(PLATER).rank([REQUEST])[0].digest == before


def test_many_changes_are_merged_without_changing_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.matching.engine.table._LATEST", 1)
    monkeypatch.setattr("marketplace.matching.engine.table._MERGED_LEAST", 2)
    ranker = ExpertRanker(VOCABULARY).fit([PLATER])
    for number in range(5):
        ranker.update(replace(PLANNER, key=f"p{number}", entries=(f"생산계획 {number}", "납기 관리")))
        ranker.update(replace(SEWER, key=f"s{number}")).rank([REQUEST])
    ranker.remove("p3").remove("s4").update(replace(SEWER, key="p1"))
    assert len(ranker.table_.state().segments) <= 3
    fresh = ExpertRanker(VOCABULARY).fit(ranker.table_.state().profiles())
    assert ranker.rank([REQUEST])[0].digest == fresh.rank([REQUEST])[0].digest


def test_a_replay_gives_the_same_digest_and_any_change_another(ranker: ExpertRanker) -> None:
    again = ExpertRanker(VOCABULARY).fit(EXPERTS)
    digest = ranker.rank([REQUEST])[0].digest
    assert again.rank([REQUEST])[0].digest == digest
    assert again.rank([replace(REQUEST, problem="다른 애로")])[0].digest != digest
    assert again.rank([REQUEST], 1)[0].digest != digest
    assert ExpertRanker(VOCABULARY, {"size": 0.3}).fit(EXPERTS).rank([REQUEST])[0].digest != digest
    assert again.update(replace(SEWER, name="새 이름")).rank([REQUEST])[0].digest != digest


def test_a_ranking_can_be_stored_as_json(ranker: ExpertRanker) -> None:
    stored = json.loads(json.dumps(ranker.rank([REQUEST])[0].to_json()))
    assert stored["reference"] == "r1"
    assert {"expert", "rank", "score", "parts", "needs"} <= set(stored["experts"][0])


WORDS = ["도금", "납기", "재고", "설비", "불량", "용접", "원가", "도면", "welding", "robot", "벗겨짐", "교육"]
PROFILES = st.lists(
    st.builds(
        lambda entries, codes: (tuple(" ".join(words) for words in entries), tuple(codes)),
        st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), max_size=3),
        st.lists(st.sampled_from(["C10", "C25", "C28"]), unique=True, max_size=2),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(PROFILES, st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.integers(0, 9))
def test_in_any_world_order_changes_nothing_and_parts_add_up(
    worlds: list[tuple[tuple[str, ...], tuple[str, ...]]], problem: list[str], seed: int
) -> None:
    experts = [ExpertProfile(f"e{i}", entries=e, industries=c) for i, (e, c) in enumerate(worlds)]
    request = RequestProfile("r", industry="C25", employees=20, problem=" ".join(problem))
    mixed = random.Random(seed).sample(experts, len(experts))
    one, other = (ExpertRanker(VOCABULARY).fit(group).rank([request], 0)[0] for group in (experts, mixed))
    assert one.digest == other.digest
    for ranked in one.experts:
        assert sum(part.hundredths for part in ranked.parts) == ranked.hundredths
        assert 0 <= ranked.hundredths <= 10_000


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(["PRC-09", "PRD-05", "SCM-01"])), st.integers(1, 4))
def test_more_coverage_never_lowers_the_needs_part(held: set[str], level: int) -> None:
    needs = tuple(Need(term, VOCABULARY.terms[term].ko) for term in ("PRC-09", "PRD-05", "SCM-01"))
    request = replace(REQUEST, needs=needs)
    less = ExpertProfile("less", skills=tuple(Skill(t, VOCABULARY.terms[t].ko, level) for t in sorted(held)))
    more = replace(less, key="more", skills=(*less.skills, Skill("SCM-01", "재고관리", 4)))
    ranking = ExpertRanker(VOCABULARY).fit([less, more]).rank([request], 0)[0]
    points = {r.expert: next(p.value or 0 for p in r.parts if p.code == "needs") for r in ranking.experts}
    assert points["more"] >= points["less"]


def test_careers_are_read_like_entries() -> None:
    career = ExpertProfile("c", careers=(Career("어느회사", "부장", None, None, PLATER.entries[0]),))
    ranked = ExpertRanker(VOCABULARY).fit([career, SEWER]).rank([REQUEST])[0].experts[0]
    assert ranked.expert == "c"
    assert ranked.needs[0].covered_by in PLATER.entries[0] if ranked.needs[0].covered_by else False


def test_no_experts_and_no_words_give_empty_or_zero_lists() -> None:
    assert ExpertRanker(VOCABULARY).fit([]).rank([REQUEST])[0].experts == ()
    silent = ExpertRanker(VOCABULARY).fit([PLATER]).rank([RequestProfile("r")])[0]
    assert [(r.expert, r.score, r.parts) for r in silent.experts] == [("plater", 0, ())]


@pytest.mark.parametrize(
    "weights", [{"charm": 1.0}, {"words": -0.1}, {"words": float("nan")}, dict.fromkeys(PRIOR_WEIGHTS, 0.0)]
)
def test_weights_that_cannot_be_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        ExpertRanker(VOCABULARY, weights).fit([])


def test_the_prior_weights_sum_to_one() -> None:
    assert sum(PRIOR_WEIGHTS.values()) == pytest.approx(1)


def test_two_profiles_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        ExpertRanker(VOCABULARY).fit([PLATER, PLATER])


def test_asking_before_fitting_says_so() -> None:
    for question in (lambda r: r.rank([REQUEST]), lambda r: r.update(PLATER), lambda r: r.remove("x")):
        with pytest.raises(NotFittedError):
            question(ExpertRanker())


#: The checks of ``check_estimator`` that do not pass a numeric X or y. The others feed matrices, sparse
#: arrays, sample weights or feature names to ``fit`` and ask for ``predict`` or ``transform``: profiles are
#: none of these, so they have nothing to say here.
CHECKS = [
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_valid_tag_types",
    "check_estimator_tags_renamed",
    "check_mixin_order",
]


@pytest.mark.parametrize("check", CHECKS)
def test_the_estimator_checks_that_apply_pass(check: str) -> None:
    getattr(estimator_checks, check)("ExpertRanker", ExpertRanker())


def test_a_clone_has_the_parameters_and_nothing_learned(ranker: ExpertRanker) -> None:
    copy = clone(ranker)
    assert copy.get_params() == ranker.get_params()
    assert not hasattr(copy, "table_")


@pytest.mark.parametrize(("level", "first"), [("기초", "orderly"), ("고도", "forecaster")])
def test_experience_for_the_firms_stage_tells_between_equals(level: str, first: str) -> None:
    same = replace(PLATER, skills=(), headline="", entries=(PLATER.entries[1],))
    orderly = replace(same, key="orderly", skills=(Skill("PRD-01", "3정5S", 3),))
    forecaster = replace(same, key="forecaster", skills=(Skill("DAT-04", "AI 공정 최적화", 3),))
    ranking = ExpertRanker(VOCABULARY).fit([orderly, forecaster]).rank([replace(REQUEST, level=level)], 0)[0]
    fits = {r.expert: next(p.value for p in r.parts if p.code == "level") for r in ranking.experts}
    assert max(fits, key=lambda key: fits[key] or 0) == first


def test_a_need_that_nothing_covers_earns_nothing() -> None:
    ranked = ExpertRanker(VOCABULARY).fit([SEWER]).rank([REQUEST], 0)[0].experts[0]
    assert not any(need.covered for need in ranked.needs if need.priority)
    assert next(p.hundredths for p in ranked.parts if p.code == "needs") == 0
