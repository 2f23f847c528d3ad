"""The files of a segment give back what was written, and nobody reads half of one."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from marketplace.matching.engine import store
from marketplace.matching.engine.records import decode, encode
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.profiles import (
    Career,
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
from marketplace.taxonomy.vocabulary import packaged_vocabulary

VOCABULARY = packaged_vocabulary()
FULL = ExpertProfile(
    "full",
    name="김 전문",
    headline="도금 품질",
    entries=("아연도금 라인의 밀착 불량을 잡았습니다. 약품 농도를 매일 분석했습니다.", "협력사 열 곳을 지도했습니다."),
    careers=(Career("가나전자", "부장", date(2001, 3, 2), None, "도금 공정을 표준화했습니다."),),
    skills=(Skill("PRC-09", "도금", 4, 20, 2024, "도금기능장"), Skill(None, "욕 분석")),
    years=31,
    industries=("C24", "C25"),
    regions=("48",),
    mode=Mode.ONSITE,
    firm_sizes=frozenset({"small", "micro"}),
    small_firm_projects=None,
    paused=True,
    available_from=date(2026, 1, 1),
    available_until=date(2027, 12, 31),
    capacity=2,
    days_per_week=3,
    commitments=(Period(date(2026, 1, 1), date(2026, 4, 1)),),
    interests=(Interest(InterestKind.SHARES, "가나전자", "1234567890", date(2025, 1, 1)),),
)  # fmt: skip
REQUEST = RequestProfile(
    "r", industry="C25", region="48", employees=30, title="도금이 벗겨집니다", problem="약품 농도를 감으로 맞춥니다",
    needs=(Need("PRC-09", "도금", 3),),
)  # fmt: skip


def _world(count: int, seed: int = 3) -> list[ExpertProfile]:
    dice = random.Random(seed)
    terms = [term for term in VOCABULARY.terms.values() if term.methods]
    return [
        replace(
            FULL,
            key=f"e{number}",
            paused=False,
            headline=dice.choice(terms).ko,
            entries=tuple(dice.choice(dice.choice(terms).methods) for _ in range(dice.randint(0, 3))),
            industries=tuple(dice.sample(["C10", "C24", "C25"], dice.randint(0, 2))),
            mode=dice.choice([None, *Mode]),
            firm_sizes=None,
            small_firm_projects=dice.choice([None, 0, 3]),
        )
        for number in range(count)
    ]


def test_a_profile_comes_back_from_its_record_as_it_was() -> None:
    table = ExpertTable(VOCABULARY)
    table.build([FULL, ExpertProfile("empty")])
    segment = table.state().segments[0]
    assert [segment.profile(slot) for slot in range(2)] == [ExpertProfile("empty"), FULL]
    profile, notes = segment.record(1)
    assert decode(encode(profile, notes)) == (FULL, notes)
    assert notes.skills[0] == ("PRC-09",)
    assert any(" PRC-09 " in terms for terms in notes.terms)


def test_a_stored_segment_ranks_to_the_same_digest(tmp_path: Path) -> None:
    ranker = ExpertRanker(VOCABULARY).fit([*_world(40), FULL])
    for changed in _world(5, seed=9):
        ranker.update(changed)
    ranker.remove("e7")
    state = ranker.table_.state()
    merged = type(state.segments[0]).merged(state.segments, state.alive)
    store.save(merged, tmp_path / "one", {"seen": [1, 2]})
    loaded, notes = store.load(tmp_path / "one")
    assert notes == {"seen": [1, 2]}
    table = ExpertTable(VOCABULARY)
    table.load(loaded)
    again = ExpertRanker(VOCABULARY).over(table)
    assert again.rank([REQUEST], 0)[0].digest == ranker.rank([REQUEST], 0)[0].digest
    again.update(replace(FULL, key="e7")).remove("e1")
    fresh = ExpertRanker(VOCABULARY).fit(again.table_.state().profiles())
    assert again.rank([REQUEST], 0)[0].digest == fresh.rank([REQUEST], 0)[0].digest


def test_an_empty_table_can_be_stored(tmp_path: Path) -> None:
    table = ExpertTable(VOCABULARY)
    table.build([])
    store.save(table.state().segments[0], tmp_path / "none")
    assert store.load(tmp_path / "none")[0].size == 0


def test_a_folder_that_is_not_whole_is_refused_and_a_failed_write_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = ExpertTable(VOCABULARY)
    table.build([FULL])
    segment = table.state().segments[0]
    store.save(segment, tmp_path / "whole")
    (tmp_path / "whole" / "topics_slots.npy").unlink()
    with pytest.raises(OSError):
        store.load(tmp_path / "whole")

    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store, "_save_lines", full_disk)
    with pytest.raises(OSError, match="no space"):
        store.save(segment, tmp_path / "broken")
    assert [folder.name for folder in tmp_path.iterdir()] == ["whole"]
