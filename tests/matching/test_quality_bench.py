from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.docstrings import docstrings
from bench.quality import JudgedSet, judge, korquad, sets, sheets, shown
from marketplace.matching.profiles import ExpertProfile, RequestProfile


def test_folders_with_all_three_files_are_judged_and_others_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    for folder in (whole, part):
        folder.mkdir()
        (folder / "experts.csv").write_text("email,name,skills\na@b.kr,홍,꽃꽂이:2\n")
    (whole / "requests.csv").write_text(
        "reference,company_brn,company_name,industry,region,title,problem\n"
        "r1,124-81-00998,해무,C25,경남,도금,벗겨집니다\n"
    )
    (whole / "qrels.csv").write_text("reference,expert,relevance\nr1,A@b.kr,3\n")
    (found,) = sheets(tmp_path)
    assert (found.name, found.judgements) == ("whole", {"r1": {"a@b.kr": 3}})
    assert capsys.readouterr().err == ""
    assert list(sheets(tmp_path / "gone")) == []


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    def paragraph(number: int) -> dict[str, object]:
        asked = [{"id": f"q{number}{letter}", "question": f"{number}번 {letter}?"} for letter in "ab"]
        return {"context": f"글 {number}", "qas": asked}

    path = tmp_path / "korquad1-dev" / "KorQuAD_v1.0_dev.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"data": [{"paragraphs": [paragraph(n) for n in range(5)]}]}), "utf-8")
    return path


def test_a_question_asks_for_its_own_context(questions: Path) -> None:
    found = korquad(questions, 0)
    assert (len(found.experts), len(found.requests)) == (5, 10)
    assert found.judgements["q3a"] == {found.experts[3].key: 3.0}
    assert found.experts[3].entries == ("글 3",)


def test_a_sample_of_questions_is_the_same_every_time_and_said(questions: Path) -> None:
    first, second = korquad(questions, 4), korquad(questions, 4)
    assert [r.key for r in first.requests] == [r.key for r in second.requests]
    assert len(first.judgements) == 4
    assert "a sample of 4 of 10" in first.note


def test_without_the_folder_the_sets_that_ship_are_judged(tmp_path: Path) -> None:
    names = [judged.name for judged in sets(tmp_path / "gone", 10)]
    assert names[-1] == "docstrings"
    assert "korquad1-dev" not in names


def test_the_docstrings_are_judged_by_where_they_came_from() -> None:
    experts, requests, judgements = docstrings()
    assert 50 <= len(experts) <= 60
    assert len(requests) == 3 * len(experts)
    assert all(6 <= len(expert.entries) <= 20 for expert in experts)
    told = {text for expert in experts for text in expert.entries}
    assert not told & {request.problem for request in requests}
    for request in requests:
        home = request.key.split(":")[0]
        grades = judgements[request.key]
        assert grades[home] == 3
        assert all(key.rpartition(".")[0] == home.rpartition(".")[0] for key in grades)
    assert docstrings() == (experts, requests, judgements)


def test_the_ranker_and_every_plain_way_stand_beside_each_other() -> None:
    experts = [ExpertProfile("a", entries=("도금 약품 관리",)), ExpertProfile("b", entries=("봉제 재단",))]
    requests = [RequestProfile("r", problem="도금 약품"), RequestProfile("s", problem="재단")]
    result = judge(JudgedSet("tiny", experts, requests, {"r": {"a": 3}, "s": {"b": 3}}))
    assert result["ways"]["ranker"]["ndcg@10"] == 1
    assert result["ways"]["words"]["ratio"] == 1
    text = shown(result)
    assert "tiny: 2 experts, 2 requests" in text
    assert "0 wins, 2 ties, 0 losses" in text
