"""The worked example of docs/matching.md: as the engine gives it, and as a reader with a calculator gets it.

The calculation below follows the page's words and reads nothing but the page's tables.
"""

from __future__ import annotations

import re
from math import floor, log, sqrt

import pytest

from tests.matching import example

Table = list[list[str]]


def tables(page: str) -> dict[str, Table]:
    """The rows of each table of the page, without its head, by its title."""
    found: dict[str, Table] = {}
    for title, body in re.findall(r"\*\*표 \d+\. (.+?)\*\*\n\n((?:\|.*\n?)+)", page):
        rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in body.strip().splitlines()]
        found[title] = rows[2:]
    return found


@pytest.fixture(scope="module")
def page() -> dict[str, Table]:
    return tables(example.kept())


def figures(table: Table) -> dict[str, float]:
    return {row[0]: float(row[1]) for row in table}


def points(value: float, weight: float) -> int:
    return floor(min(max(value, 0.0), 1.0) * weight * 10_000 + 1e-6)


def familiarity(page: dict[str, Table]) -> float:
    """How far the request is written as firms in trouble write."""
    said = page["신청의 낱말과 증상 사전"]
    share = sum(float(r[3]) for r in said if r[2] == "예") / sum(float(r[3]) for r in said)
    given = figures(page["익숙함과 뚜렷함"])
    chance, full = given["아는 몫에서 빼는 우연"], given["온전한 몫"]
    return min(1.0, max(0.0, (share - chance) / (full - chance))) ** 2


def clearness(page: dict[str, Table]) -> float:
    """How surely the request points anywhere."""
    said = page["신청의 낱말과 증상 사전"]
    given = figures(page["익숙함과 뚜렷함"])
    whole = sum((1 + log(int(r[1]))) * float(r[3]) for r in said)
    evidence = min(1.0, given["가장 뚜렷한 분야의 설명 몫"] * whole / given["온전한 근거"])
    return evidence * familiarity(page) * min(1.0, len(said) / given["온전한 낱말 수"])


def worths(page: dict[str, Table], unit: str) -> list[tuple[int, float]]:
    """The length of each text and what it counts."""
    out = []
    for row in page["글의 길이와 값"]:
        if row[1] == unit:
            length, different = int(row[2]), int(row[3])
            out.append((length, min(different / 10, 1) * min(different / length**0.7, 1)))
    return out


def text_share(page: dict[str, Table], unit: str) -> float:
    """The share of the part "words" or "letters"."""
    people, texts, total = next(map(int, r[1:4]) for r in page["모든 글"] if r[0] == unit)
    usual = familiarity(page)
    single = log(1 + (people - 0.5) / 1.5)
    weighed, bound = [], 0.0
    for row in page[f"신청의 {unit}"]:
        weight = (1 + log(int(row[1]))) * (1 - usual * (1 - float(row[2])))
        n = int(row[4])
        rarity = log(1 + (people - n + 0.5) / (n + 0.5)) if n else single
        bound += 2.2 * weight * rarity
        weighed.append((weight * rarity, [int(cell) for cell in row[6:]]))
    rows = []
    for at, (length, worth) in enumerate(worths(page, unit)):
        norm = 1.2 * (0.25 + 0.75 * length / (total / texts))
        rows.append(worth * sum(2.2 * w * counts[at] / (counts[at] + norm) for w, counts in weighed))
    x = (max(rows) + sum(rows) / len(rows)) / 2
    return x * 1.1 / (x + 0.1 * bound)


def needs_share(page: dict[str, Table]) -> float:
    people = int(page["모든 글"][0][1])
    total = weights = 0.0
    for name, priority, held, _ in page["필요분야의 가까움"]:
        there = whole = 0.0
        for row in page["필요분야의 낱말"]:
            if row[0] == name:
                n = max(int(row[2]), 1)
                rarity = log(1 + (people - n + 0.5) / (n + 0.5))
                whole += rarity
                there += rarity if row[4] == "예" else 0.0
        close = max(float(held), 0.6 * there / whole)
        total += int(priority) * (close if close >= 0.3 else 0.0)
        weights += int(priority)
    return total / weights


def symptoms_share(page: dict[str, Table]) -> float:
    clear = clearness(page)
    worth = [value for _, value in worths(page, "낱말")]
    overlap = length = held = 0.0
    for row in page["신청과 전문가가 가리키는 분야"]:
        pointed = float(row[1]) * clear
        own = sum(float(cell) * w for cell, w in zip(row[3:5], worth, strict=True)) / len(worth)
        overlap += pointed * (own if own >= 0.01 else 0.0)
        held = max(held, pointed * float(row[6]))
        length += pointed**2
    length = sqrt(length)
    given = figures(page["증상에서 몫까지"])
    overlap += given["지닌 기술에 곱하는 수"] * held
    best = max(overlap, *(v for name, v in given.items() if name.endswith("의 겹침") and "101" not in name))
    return min(1.0, overlap / max(best, given["가장 적은 기준"] * length)) * min(1.0, length)


def fact_share(page: dict[str, Table], name: str) -> float:
    values = next(row[1:4] for row in page["업종, 지역, 규모"] if row[0] == name)
    told = [float(value) for value in values if value != "모름"]
    return float(values[0]) if values[0] != "모름" else sum(told) / len(told)


def worked_out(page: dict[str, Table]) -> dict[str, float]:
    """The share of each part of the expert 101, by the printed name."""
    names = {row[0]: row[1] for row in page["가중치"]}
    return {
        names["needs"]: needs_share(page),
        names["words"]: text_share(page, "낱말"),
        names["letters"]: text_share(page, "글자"),
        names["symptoms"]: symptoms_share(page),
        **{names[code]: fact_share(page, names[code]) for code in ("industry", "size", "region")},
    }


def test_the_worked_example_is_what_the_engine_gives():
    assert example.kept() == example.printed(), "run python -m tests.matching.example"


def test_the_worked_example_shows_what_it_explains(page: dict[str, Table]):
    assert 0 < familiarity(page) < 1
    assert any(worth < 1 for _, worth in worths(page, "낱말"))
    assert any("근거 부족" in row[0] for row in page["점수"])
    assert all(int(r[5]) < 3 or 2 * int(r[5]) <= int(r[3]) for r in page["글의 길이와 값"] if r[1] == "낱말")


def test_a_reader_with_a_calculator_gets_the_printed_figures(page: dict[str, Table]):
    given = figures(page["익숙함과 뚜렷함"])
    assert given["익숙함 F"] == pytest.approx(familiarity(page), abs=2e-6)
    assert given["뚜렷함 T"] == pytest.approx(clearness(page), abs=1e-5)
    for title, share in (
        ("낱말에서 몫까지", text_share(page, "낱말")),
        ("글자에서 몫까지", text_share(page, "글자")),
        ("증상에서 몫까지", symptoms_share(page)),
    ):
        assert figures(page[title])["몫"] == pytest.approx(share, abs=5e-6)


def test_a_reader_with_a_calculator_gets_the_printed_score(page: dict[str, Table]):
    told = {row[1]: float(row[2]) for row in page["가중치"] if row[3] == "예"}
    shares = worked_out(page)
    assert shares.keys() == told.keys()
    earned = {name: points(shares[name], weight / sum(told.values())) for name, weight in told.items()}
    *parts, whole = page["점수"]
    printed = {row[0].partition(" (근거")[0]: round(float(row[3]) * 100) for row in parts}
    assert earned == printed
    assert sum(earned.values()) == round(float(whole[3]) * 100)


def test_the_printed_score_is_the_one_in_the_ranking(page: dict[str, Table]):
    row = next(row for row in page["세 명의 순위"] if row[1] == example.SHOWN)
    assert row[-1] == page["점수"][-1][3]
