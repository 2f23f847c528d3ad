from __future__ import annotations

from math import log

import numpy as np
import pytest

from marketplace.matching.baselines import BASELINES, Baselines, baselines_for, expert_text, ranked
from marketplace.matching.profiles import Career, ExpertProfile, Need, RequestProfile, Skill

DOCUMENTS = ["도금 불량 도금", "생산 계획 납기", "불량 계획"]


def test_bm25_equals_values_computed_by_hand() -> None:
    scores = Baselines(DOCUMENTS, ["도금 불량 불량"]).scores("bm25-words")
    # lengths 3, 3, 2, mean 8/3; 도금 stands in one of three, 불량 in two; a repeated word of the query counts once
    plating, fault = log(1 + 2.5 / 1.5), log(1 + 1.5 / 2.5)
    norms = [1.5 * (0.25 + 0.75 * length / (8 / 3)) for length in (3, 3, 2)]
    first = plating * 2 * 2.5 / (2 + norms[0]) + fault * 2.5 / (1 + norms[0])
    assert scores == pytest.approx(np.array([[first, 0.0, fault * 2.5 / (1 + norms[2])]]))


def test_tf_idf_is_a_cosine() -> None:
    scores = Baselines(DOCUMENTS, ["납기 계획 생산"]).scores("words")
    assert scores[0, 1] == pytest.approx(1)
    assert scores[0, 0] == 0


def test_bigrams_meet_through_spacing_and_particles() -> None:
    texts = Baselines(["설비예지보전을 했습니다", "봉제"], ["예지 보전"])
    assert texts.bigrams[0][0][:3] == ["설비", "비예", "예지"]
    assert texts.scores("bm25-bigrams")[0, 0] > 0
    assert texts.scores("bm25-words")[0].tolist() == [0, 0]


def test_morphemes_are_content_words_without_particles() -> None:
    documents, _ = Baselines(["도금이 벗겨져서 MES를 봅니다"], []).morphemes
    assert {"도금", "벗기", "mes"} & set(documents[0]) >= {"도금", "mes"}
    assert not {"이", "를", "ᆸ니다"} & set(documents[0])


def test_half_adds_two_scores_each_freed_of_its_scale() -> None:
    texts = Baselines(DOCUMENTS, ["도금 계획"])
    both = []
    for name in ("bm25-morphemes", "bm25-bigrams"):
        row = texts.scores(name)[0]
        both.append((row - row.mean()) / row.std())
    assert texts.scores("half")[0] == pytest.approx(both[0] + both[1])


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("documents", [["", ""], ["가 나", ""]])
def test_empty_texts_score_without_failing(name: str, documents: list[str]) -> None:
    scores = Baselines(documents, ["", "도금"]).scores(name)
    assert scores.shape == (2, 2)
    assert np.isfinite(scores).all()


def test_a_profile_is_all_its_texts_and_a_request_all_of_its_own() -> None:
    expert = ExpertProfile(
        "a",
        headline="도금",
        entries=("전처리", "분석"),
        careers=(Career("한빛", "부장", None, None, "분석"), Career("한빛", "과장", None, None, "폐수")),
        skills=(Skill("PRC-09", "표면처리"),),
    )
    assert expert_text(expert) == "도금\n표면처리\n전처리\n분석\n폐수"
    texts = baselines_for([expert], [RequestProfile("r", title="A", problem="B", needs=(Need(None, "C"),))])
    assert texts.queries == ["a\nb\nc"]


def test_ties_go_by_key_and_only_the_eligible_are_listed() -> None:
    experts = [ExpertProfile(key) for key in ("c", "a", "b")]
    requests = [RequestProfile("r"), RequestProfile("s")]
    scores = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    assert dict(ranked(scores, experts, requests)) == {"r": ["b", "a", "c"], "s": ["a", "b", "c"]}
    assert dict(ranked(scores, experts, requests, {"r": {"c", "a"}})) == {"r": ["a", "c"], "s": []}
