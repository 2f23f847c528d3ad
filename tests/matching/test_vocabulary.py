from __future__ import annotations

import copy

import pytest

from marketplace.taxonomy.vocabulary import Vocabulary, packaged_vocabulary

VOCABULARY = packaged_vocabulary()

TERMS = [
    {"id": "A-1", "group": "A", "ko": "도금", "en": "Plating", "synonyms": ["표면처리"]},
    {"id": "A-2", "group": "A", "ko": "옛 도금", "en": "Old plating", "synonyms": [], "replaced_by": "A-1"},
]


def found(text: str) -> list[tuple[str, str]]:
    return [(match.term, match.words) for match in VOCABULARY.find(text)]


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("SYS-01", "SYS-01"),
        ("mes", "SYS-01"),
        ("제조 실행 시스템", "SYS-01"),
        ("Manufacturing  Execution System", "SYS-01"),
        ("공급기업선정 RFP", "STR-05"),
        ("iso9001", "QUA-06"),
        ("게이지 R&R", "QUA-04"),
        ("없는 기술", None),
        ("", None),
    ],
)
def test_words_are_resolved_whatever_their_case_and_spaces(words: str, term: str | None) -> None:
    assert VOCABULARY.resolve(words) == term


def test_every_name_and_synonym_of_the_package_resolves_to_its_own_term() -> None:
    for term in VOCABULARY.terms.values():
        for name in (term.id, term.ko, term.en, *term.synonyms):
            assert VOCABULARY.resolve(name) == term.id, name


def test_a_replaced_term_resolves_to_what_took_its_place() -> None:
    vocabulary = Vocabulary.from_json(TERMS)
    assert vocabulary.resolve("옛도금") == "A-1"
    assert vocabulary.resolve("A-2") == "A-1"
    assert [match.term for match in vocabulary.find("옛 도금 라인")] == ["A-1"]


@pytest.mark.parametrize(
    "text", ["retail and email", "Australia", "the plan was maintained", "campaign scheme"]
)
def test_an_acronym_inside_another_word_is_not_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MES를 도입", [("SYS-01", "mes")]),
        ("클라우드 MES 검토", [("SYS-12", "클라우드 mes")]),
        ("스마트 해썹 준비", [("QUA-08", "스마트 해썹")]),
        ("금형수명이 짧다", [("EQP-04", "금형수명")]),
        ("LCA 전과정평가", [("ESG-04", "lca 전과정평가")]),
        ("collaborative robots", [("AUT-04", "collaborative robot")]),
        ("도금액 농도", [("PRC-09", "도금")]),
        ("사출기 다섯 대, 프레스.", [("PRC-03", "프레스")]),
    ],
)
def test_phrases_are_found_between_boundaries(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_homonym_is_not_taken_for_a_term() -> None:
    assert found("계약서에 도장을 찍었습니다") == []
    assert found("도장 라인에 먼지가 낍니다") == [("PRC-10", "도장")]


def test_a_match_says_where_it_stands() -> None:
    match = VOCABULARY.find("우리도 ISO 9001 인증")[0]
    assert "우리도 iso 9001 인증"[match.start : match.end] == "iso 9001"


@pytest.mark.parametrize("acronym", ["PM", "EMS", "LCA", "PDM"])
def test_a_bare_acronym_with_two_meanings_is_flagged(acronym: str) -> None:
    match = VOCABULARY.find(f"{acronym} 교육이 필요합니다")[0]
    assert match.ambiguous
    assert len(VOCABULARY.alternatives(acronym)) == 2


def test_an_acronym_whose_term_stands_beside_it_is_no_longer_ambiguous() -> None:
    assert not any(match.ambiguous for match in VOCABULARY.find("EMS, 곧 전력 모니터링"))


def test_a_named_term_is_proposed_first_with_the_words_that_name_it() -> None:
    best = VOCABULARY.propose("MES 도입을 알아보고 있습니다")[0]
    assert (best.term, best.because[0]) == ("SYS-01", "mes")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("장부에는 있다는데 창고에 가 보면 물건이 없고 재고가 안 맞습니다", "SCM-01"),
        ("설비가 갑자기 서서 부품 올 때까지 라인이 며칠씩 멈춥니다", "EQP-02"),
        ("수주는 했는데 이 제품이 남는 건지 원가를 계산해 본 적이 없습니다", "ESG-02"),
        ("품종이 자주 바뀌어 금형 바꾸는 데 반나절이 갑니다", "PRD-08"),
    ],
)
def test_a_symptom_leads_to_the_term_without_naming_it(text: str, term: str) -> None:
    proposals = VOCABULARY.propose(text, top=5)
    assert term in {proposal.term for proposal in proposals}
    assert all(word in text for proposal in proposals for word in proposal.because)


def test_a_text_about_something_else_proposes_nothing_surely() -> None:
    proposals = VOCABULARY.propose("세종대왕이 훈민정음을 반포한 해는 언제인가?")
    assert all(proposal.score < 0.2 for proposal in proposals)


def test_proposals_are_scored_between_nothing_and_one_and_sorted() -> None:
    scores = [p.score for p in VOCABULARY.propose("불량이 늘고 납기가 밀립니다", top=8)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_a_vocabulary_without_symptoms_or_terms_still_answers() -> None:
    assert Vocabulary.from_json(TERMS).propose("도금이 벗겨집니다")[0].term == "A-1"
    assert Vocabulary.from_json([]).propose("도금이 벗겨집니다") == []


def test_a_vocabulary_is_named_by_its_content_and_shared_by_clones() -> None:
    assert Vocabulary.from_json(TERMS).digest == Vocabulary.from_json(TERMS[::-1]).digest
    assert Vocabulary.from_json(TERMS).digest != Vocabulary.from_json(TERMS[:1]).digest
    assert copy.deepcopy(VOCABULARY) is VOCABULARY


def test_what_a_firm_says_it_does_not_need_is_not_proposed() -> None:
    proposed = {p.term for p in VOCABULARY.propose("MES가 필요없습니다. 재고는 문제 없습니다")}
    assert "SYS-01" not in proposed


def test_one_name_alone_brings_no_doubtful_terms_along() -> None:
    assert [p.term for p in VOCABULARY.propose("도금")] == ["PRC-09"]


def test_words_that_everybody_says_are_no_reason_for_a_term() -> None:
    told = "도금이 왜 자꾸 벗겨지는지 모르겠고 클레임이 자주 옵니다. 약품 농도를 감으로 맞춥니다."
    proposals = VOCABULARY.propose(told)
    assert proposals[0].term == "PRC-09"
    assert not {"왜", "자꾸", "자주"} & {word for p in proposals for word in p.because}


def test_a_reason_is_a_word_that_tells_the_reader_something() -> None:
    told = (
        "제품이 자꾸 휘고 덜 차서 나옵니다. 커버류 사출을 합니다. 아침에 첫 가동하면 30~40개는 버려야 정상이 나오고, "
        "여름 겨울로 조건을 다시 잡느라 하루가 갑니다. 조건은 조 반장 머릿속에만 있습니다."
    )
    reading = VOCABULARY.reader.read(told)
    for term in VOCABULARY.symptoms.terms:
        words = VOCABULARY.symptoms.because(reading, term)
        if len(words) > 1:
            assert not {"조", "덜", "첫", "30~40개는"} & set(words), term


def test_a_lone_letter_is_a_reason_where_there_is_no_other() -> None:
    reading = VOCABULARY.reader.read("열")
    assert {"열"} == {
        word for term in VOCABULARY.symptoms.terms for word in VOCABULARY.symptoms.because(reading, term)
    }
