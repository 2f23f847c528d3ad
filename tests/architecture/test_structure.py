"""The house keeps its own rules."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_no_module_is_longer_than_three_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "marketplace").rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_moment_is_cut_to_a_day_of_greenwich():
    cut = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in (ROOT / "marketplace").rglob("*.py")
        for hit in re.findall(r"\S*(?:_at|utcnow\(\))\.date\(\)", path.read_text("utf-8"))
    ]
    assert cut == [], "civil.day_of says the day in Korea"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_nothing_that_the_content_security_policy_blocks(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text


def test_nothing_is_loaded_from_outside():
    faults = []
    for path in [*TEMPLATES, *(ROOT / "static").rglob("*.css")]:
        text = path.read_text("utf-8")
        faults += [
            f"{path.name}: {hit}"
            for hit in re.findall(r"(?:src|url)\s*[=(]\s*[\"']?(?:https?:)?//[^\"')]+", text)
        ]
    assert faults == []


def test_no_file_is_larger_than_a_megabyte_except_fonts():
    large = [
        str(path.relative_to(ROOT))
        for folder in ("marketplace", "templates", "static", "tests", "docs", "migrations")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.stat().st_size > 1_000_000
        and path.suffix not in (".woff2", ".otf", ".ttf")
    ]
    assert large == []


def test_every_test_name_is_a_sentence():
    short = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        short += [
            name
            for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
            if name.count("_") < 3
        ]
    assert short == []


def test_no_test_is_skipped_or_expected_to_fail():
    pattern = re.compile(r"pytest\.(?:mark\.)?(?:skip|xfail|importorskip)")
    own = Path(__file__).name
    faults = [
        p.name
        for p in (ROOT / "tests").rglob("*.py")
        if p.name != own and pattern.search(p.read_text("utf-8"))
    ]
    assert faults == []
