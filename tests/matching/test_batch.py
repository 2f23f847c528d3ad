"""A batch answers as the ranker does, whoever works it off, and fails as a whole or not at all."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import joblib
import pytest
from dask.distributed import Client, LocalCluster
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from marketplace.matching import batch
from marketplace.matching.engine import store
from marketplace.matching.engine.query import asks_for_topics
from marketplace.matching.engine.segment import Segment
from marketplace.matching.engine.shared import StandingTable
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.profiles import ExpertProfile, Mode, Need, RequestProfile, Skill
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.taxonomy import text
from marketplace.taxonomy.vocabulary import packaged_vocabulary

VOCABULARY = packaged_vocabulary()
MANY = 120
ABSTRACT = (
    "We study the thermal behaviour of composite laminates under cyclic bending and compare a finite element model "
    "with measurements on forty specimens. Residual stresses were determined by layer removal. The model predicts "
    "the onset of delamination within five percent, provided that the anisotropy of the matrix is taken into account. "
    "A sensitivity analysis shows that fibre orientation dominates, whereas humidity and curing temperature matter "
    "little; the remaining scatter is explained by voids that ultrasonic inspection reveals near the free edges."
)


def _experts(seed: int = 3) -> list[ExpertProfile]:
    dice = random.Random(seed)
    terms = [term for term in VOCABULARY.terms.values() if term.methods]
    found = []
    for number in range(MANY):
        own = dice.sample(terms, 3)
        found.append(
            ExpertProfile(
                f"e{number}",
                headline=own[0].ko,
                entries=tuple(dice.choice(term.methods) for term in own for _ in range(3)),
                skills=(Skill(own[0].id, own[0].ko, dice.randint(1, 4)),),
                industries=tuple(dice.sample(["C10", "C24", "C25"], dice.randint(0, 2))),
                regions=("48",),
                mode=dice.choice([None, *Mode]),
            )
        )
    return found


def _requests(count: int = 40, seed: int = 4) -> list[RequestProfile]:
    dice = random.Random(seed)
    terms = [term for term in VOCABULARY.terms.values() if len(term.symptoms) > 5]
    found = []
    for number in range(count):
        own = dice.choice(terms)
        said = dice.sample(own.symptoms, 4)
        needs = (Need(own.id, own.ko, 3),) if number % 3 else ()
        found.append(
            RequestProfile(
                f"r{number}", industry="C25", region="48", employees=30, title=said[0], problem=". ".join(said[1:]),
                needs=needs,
            )
        )  # fmt: skip
    return [*found, replace(found[0], key="long", title="", problem=ABSTRACT, needs=())]


def processes(ranker: ExpertRanker, requests: Sequence[RequestProfile]) -> list[tuple[int, bool]]:
    """The process that answers each request, and whether it has read any Korean by itself."""
    ranker.best(requests, 3)
    return [(os.getpid(), text._kiwi.cache_info().currsize > 0)] * len(requests)


def refuses_one(ranker: ExpertRanker, requests: Sequence[RequestProfile]) -> list[str]:
    """Answers every request but one."""
    if any(request.key == "r30" for request in requests):
        raise ArithmeticError("r30 cannot be answered")
    return [request.key for request in requests]


def dies_at_one(ranker: ExpertRanker, requests: Sequence[RequestProfile]) -> list[str]:
    """Answers every request until the process is killed at one."""
    if any(request.key == "r30" for request in requests):
        os._exit(9)
    return [request.key for request in requests]


@pytest.fixture(scope="module")
def ranker() -> ExpertRanker:
    """An index in several pieces, of which some experts are gone."""
    own = ExpertRanker(VOCABULARY, {"words": 0.3}).fit(_experts())
    for changed in _experts(seed=9)[:5]:
        own.update(changed)
    return own.remove("e7")


@pytest.fixture
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "SMALL", 0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """Two machines, for what joblib can tell."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, worker_dashboard_address=None
        ) as machines,
        Client(machines) as client,
    ):  # fmt: skip
        yield client


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("top", [0, 5])
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_batch_answers_as_the_ranker_does_whatever_the_number_of_processes(
    ranker: ExpertRanker, jobs: int, top: int
) -> None:
    requests = _requests()
    assert len(ranker.table_.state().segments) > 1
    for gates in (None, Gates.none()):
        expected = ranker.best(requests, top, gates)
        assert batch.best_of_all(ranker, requests, top, gates, jobs=jobs) == expected
    assert any(expected)
    assert asks_for_topics(requests[-1], VOCABULARY)


@pytest.mark.usefixtures("nothing_is_small")
def test_several_machines_of_a_dask_cluster_answer_as_the_ranker_does(
    ranker: ExpertRanker, cluster: Client, tmp_path: Path
) -> None:
    requests = _requests()
    with joblib.parallel_config(backend="dask"):
        found = batch.best_of_all(ranker, requests, 5, folder=tmp_path)
        where = {pid for pid, _ in batch.answers(ranker, requests, processes, folder=tmp_path)}
    assert found == ranker.best(requests, 5)
    assert where <= set(cluster.run(os.getpid).values())
    assert len(where) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_is_small")
def test_a_worker_of_a_cluster_that_fails_fails_the_batch(
    ranker: ExpertRanker, cluster: Client, tmp_path: Path
) -> None:
    with joblib.parallel_config(backend="dask"), pytest.raises(ArithmeticError, match="r30"):
        list(batch.answers(ranker, _requests(), refuses_one, folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_is_small")
def test_what_a_killed_batch_left_behind_is_removed_a_day_later(ranker: ExpertRanker, tmp_path: Path) -> None:
    for name, age in (("batch-old", 100_000), ("batch-new", 10), ("another", 100_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    batch.best_of_all(ranker, _requests(), 3, jobs=2, folder=tmp_path)
    assert {folder.name for folder in tmp_path.iterdir()} == {"batch-new", "another"}


def test_a_small_batch_stays_in_this_process(ranker: ExpertRanker) -> None:
    assert {pid for pid, _ in batch.answers(ranker, _requests(), processes)} == {os.getpid()}


@pytest.mark.usefixtures("nothing_is_small")
def test_other_processes_find_every_text_read(ranker: ExpertRanker) -> None:
    get_reusable_executor().shutdown(
        wait=True
    )  # processes of an earlier batch may have read texts of their own
    found = set(batch.answers(ranker, _requests(), processes, jobs=2))
    assert os.getpid() not in {pid for pid, _ in found}
    assert not any(has_read for _, has_read in found)


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told_request_by_request_to_the_end(ranker: ExpertRanker, jobs: int) -> None:
    told: list[tuple[int, int]] = []
    batch.best_of_all(ranker, _requests(), 3, jobs=jobs, progress=lambda *step: told.append(step))
    assert told == [(done, 41) for done in range(42)]


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_answered_fails_the_batch_and_leaves_no_files(
    ranker: ExpertRanker, tmp_path: Path, jobs: int
) -> None:
    with pytest.raises(ArithmeticError, match="r30"):
        list(batch.answers(ranker, _requests(), refuses_one, jobs=jobs, folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_is_small")
def test_a_process_that_dies_fails_the_batch_and_the_next_one_is_answered(
    ranker: ExpertRanker, tmp_path: Path
) -> None:
    requests = _requests()
    with pytest.raises(TerminatedWorkerError):
        list(batch.answers(ranker, requests, dies_at_one, jobs=2, folder=tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert batch.best_of_all(ranker, requests, 3, jobs=2) == ranker.best(requests, 3)


@pytest.mark.usefixtures("nothing_is_small")
def test_whoever_stops_early_leaves_no_files(ranker: ExpertRanker, tmp_path: Path) -> None:
    found = batch.answers(ranker, _requests(), processes, jobs=2, folder=tmp_path)
    next(found)
    assert list(tmp_path.iterdir()) != []
    found.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_is_small")
def test_changes_made_meanwhile_show_in_the_next_batch_only() -> None:
    own = ExpertRanker(VOCABULARY).fit(_experts())
    requests = _requests()
    before = own.best(requests, 3)
    found = batch.answers(own, requests, lambda ranker, asked: ranker.best(asked, 3), jobs=1)
    first = next(found)
    for key in {expert for best in before for expert, _ in best}:
        own.remove(key)
    assert [first, *found] == before
    assert own.best(requests, 3) != before


def test_the_files_of_an_index_that_was_loaded_are_shared_and_not_written_again(tmp_path: Path) -> None:
    table = ExpertTable(VOCABULARY)
    table.build(_experts())
    store.save(table.state().segments[0], tmp_path / "kept")
    loaded: Segment = store.load(tmp_path / "kept")[0]
    store.copy(loaded, tmp_path / "again")
    file = "words_rows.npy"
    assert (tmp_path / "again" / file).samefile(tmp_path / "kept" / file)
    for old in (tmp_path / "kept").iterdir():
        old.unlink()
    (tmp_path / "kept").rmdir()
    store.copy(loaded, tmp_path / "once more")  # nothing to link, so it is written
    assert store.load(tmp_path / "once more")[0].keys == loaded.keys
    assert store.load(tmp_path / "again")[0].keys == loaded.keys


def test_a_standing_table_takes_no_change(ranker: ExpertRanker) -> None:
    state = ranker.table_.state()
    table = StandingTable(VOCABULARY, state)
    assert table.state() is state
    for change in (
        lambda: table.update(ExpertProfile("new")),
        lambda: table.remove("e1"),
        lambda: table.build([]),
        lambda: table.load(state.segments[0]),
    ):
        with pytest.raises(TypeError, match="no change"):
            change()
