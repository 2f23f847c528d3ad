from __future__ import annotations

from marketplace.taxonomy.text import TextReader, normalise
from marketplace.taxonomy.vocabulary import packaged_vocabulary

READER = packaged_vocabulary().reader


def test_text_is_normalised_in_width_case_and_space() -> None:
    assert normalise("ＭＥＳ\t도입\r\n\x00 검토 ") == "mes 도입 검토"


def test_only_content_morphemes_are_kept() -> None:
    assert READER.read("도금이 자꾸 벗겨져서 반품을 받습니다.").morphemes == [
        "도금",
        "벗겨지",
        "반품",
    ]


def test_a_phrase_of_the_vocabulary_reads_the_same_with_and_without_spaces() -> None:
    joined, spaced = READER.read("비전검사").morphemes, READER.read("비전 검사").morphemes
    assert joined == spaced
    assert {"비전검사", "비전", "검사"} <= set(joined)


def test_english_words_are_stemmed_and_stop_words_dropped() -> None:
    assert READER.read("The welding robots were inspecting").morphemes == ["weld", "robot", "inspect"]


def test_english_inside_korean_meets_english_alone() -> None:
    assert "robot" in READER.read("용접 robots 도입").morphemes


def test_english_before_a_full_stop_inside_korean_is_read_as_anywhere() -> None:
    inside = READER.read(
        "도금 라인에 MES. ERP system. ISO 9001. Managed a plant with certification. 끝"
    ).morphemes
    assert inside[2:-1] == ["mes", "erp", "system", "iso", "9001", "manag", "plant", "certif"]


def test_runs_of_letters_stay_inside_words() -> None:
    assert READER.read("도금액 A 관리 robots").letters == [
        "도금",
        "금액",
        "a",
        "관리",
        "robo",
        "obot",
        "bots",
    ]


def test_a_word_is_quoted_as_it_was_written() -> None:
    reading = READER.read("도금이, 벗겨집니다!")
    assert [reading.word_at(token) for token in reading.tokens] == ["도금이", "벗겨집니다"]


def test_readings_come_back_in_order_and_are_remembered_up_to_a_limit() -> None:
    reader = TextReader(remember=2)
    texts = ["alpha beta", "gamma", "alpha beta", "delta"]
    assert [r.text for r in reader.read_all(texts)] == texts
    assert len(reader._cache) == 2
    assert reader.read("delta") is reader.read("DELTA ")


def test_emoji_control_signs_and_nothing_are_read_without_fault() -> None:
    readings = READER.read_all(["", "😀\x00\u202e", "가" * 5_000, "ㅋㅋㅋ ㅠㅠ", "𓀀"])
    assert readings[0].tokens == () and readings[0].letters == []
    assert all(0 <= token.start < token.end for reading in readings for token in reading.tokens)
