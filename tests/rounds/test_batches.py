"""A round whose requests are shared among processes: the same result, or none at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from marketplace import jobs, settings
from marketplace.database import db, utcnow
from marketplace.jobs import Job, JobState
from marketplace.matching import batch
from marketplace.matching.models_ranking import Snapshot
from marketplace.matching.profiles import RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.rounds import building, solving
from marketplace.rounds.offers import Offers
from marketplace.rounds.queries import run_of
from marketplace.rounds.states import RoundState
from tests import factories
from tests.rounds.world import Market, fresh


def dies(ranker: ExpertRanker, requests: Sequence[RequestProfile], **_: object) -> list[Offers]:
    """A process that is killed, as one that has no memory left is."""
    os._exit(9)


@pytest.fixture
def two_processes(app, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """However few requests there are, two processes share them; the folder in which they meet."""
    monkeypatch.setattr(batch, "SMALL", 0)
    monkeypatch.setattr(settings.current(), "batch_jobs", 2)
    monkeypatch.setattr(settings.current(), "index_folder", str(tmp_path / "index"))
    return tmp_path / "index"


def test_processes_that_share_a_round_give_the_same_result_and_tell_how_far_they_are(
    two_processes, monkeypatch
):
    market = Market(requests=3, experts=2)
    for term in ("QUA-01", "SYS-01"):
        market.experts.append(factories.expert(skills=((term, 4),), bio="", headline="전문가"))
    market.case(needs=(("QUA-01", 3), ("SYS-01", 3)), title="", problem="도움이 필요합니다.")
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(solving.jobs, "progress", lambda _, done, total: told.append((done, total)))
    shared = run_of(market.solved(team=2))
    assert told == [(done, 4) for done in range(5)]
    assert list(two_processes.iterdir()) == []
    monkeypatch.setattr(settings.current(), "batch_jobs", 1)
    alone = run_of(market.solved(team=2))
    assert alone.result_hash == shared.result_hash
    assert alone.problem_digest == shared.problem_digest


def test_a_process_that_dies_fails_the_job_and_leaves_nothing_of_the_run(two_processes, monkeypatch):
    market = Market()
    round_ = market.round()
    with monkeypatch.context() as broken:
        broken.setattr(building, "offers", dies)
        round_ = market.run(round_)
    assert (round_.state, round_.runs, round_.pairs) == (RoundState.RUNNING, 0, [])
    assert (round_.job.state, round_.job.last_error[:20]) == (JobState.QUEUED, "TerminatedWorkerErro")
    assert db.session.query(Snapshot).count() == 0
    assert list(two_processes.iterdir()) == []
    job = db.session.get_one(Job, round_.job_id)
    job.run_at = utcnow()
    factories.save(job)
    jobs.run_due()
    assert fresh(round_).state == RoundState.SOLVED
