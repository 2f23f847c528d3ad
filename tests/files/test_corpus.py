"""Every file of the corpus is judged right, in the time and memory that a judgement may take."""

from __future__ import annotations

import pytest

from marketplace.files.judging import judge
from marketplace.files.kinds import MEGABYTE, Kind
from marketplace.files.verdicts import QUARANTINES, REFUSALS, Outcome, Reason, Verdict
from tests.files.corpus import CORPUS


def said(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.KEPT:
        return str(verdict.kind)
    return f"{verdict.outcome}: {verdict.reason}"


def test_the_corpus_has_at_least_sixty_files_and_every_reason():
    names = [name for name, *_ in CORPUS]
    assert len(names) == len(set(names)) >= 60
    verdicts = {verdict.partition(": ")[2] or verdict for *_, verdict in CORPUS}
    kinds = {str(kind) for kind in Kind} - {Kind.HEIC}
    reasons = {str(reason) for reason in Reason} - {Reason.TOO_LARGE, Reason.TOO_HARD}  # tested below
    assert verdicts == kinds | reasons


@pytest.mark.parametrize(("name", "what", "made", "expected"), CORPUS, ids=[row[1] for row in CORPUS])
def test_a_file_is_judged_right(name, what, made, expected, tmp_path):
    content = made()
    assert len(content) < MEGABYTE, what
    path = tmp_path / "upload"
    path.write_bytes(content)
    verdict = judge(path, name)
    assert said(verdict) == expected
    assert (verdict.sentence != "") == (verdict.outcome is not Outcome.KEPT)
    assert verdict.sentence % verdict.facts if verdict.facts else "%" not in verdict.sentence


def test_every_reason_has_one_sentence():
    assert REFUSALS.keys() | QUARANTINES.keys() == set(Reason)
    assert REFUSALS.keys() & QUARANTINES.keys() == set()
