"""A worker that dies with -9 at any statement or commit of a job loses nothing and does nothing twice."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from marketplace.audit import verify_chain
from marketplace.jobs import JobState, broker, run
from marketplace.jobs import working as working_module
from tests.jobs.conftest import let_leases_run_out
from tests.matching.test_kill import NEVER, Points, in_child
from tests.workers import Worker, wait_for

pytestmark = pytest.mark.both_databases


def attempt(job_id: int, die_at: int) -> int:
    """Work the job off here and die at a point; how many points there were when it did not come to that."""
    points = Points(die_at)
    points.watch()
    run(job_id)
    return points.passed


def test_a_job_killed_at_any_point_in_the_process_is_done_once(app, effects):
    points = in_child(app, lambda: attempt(effects.queue(0), NEVER))
    assert effects.count(0) == 1
    assert 30 < points < 250, "the exit status holds the number of points"
    early = 0
    for point in range(1, points + 1):
        job_id = effects.queue(point)
        killed = in_child(app, lambda job_id=job_id, point=point: attempt(job_id, point))
        assert killed == -signal.SIGKILL or effects.state(job_id) == JobState.DONE
        early += effects.count(point)
        let_leases_run_out()
        working_module.work_off()
        assert (effects.count(point), effects.state(job_id)) == (1, JobState.DONE), point
    assert 0 < early < points, "some points lie before the effect, some after"
    assert verify_chain() is None


class Deadly:
    """Makes a Celery worker die at a point of one job; the other jobs and the beat do not count."""

    def __init__(self, job_id: int, die_at: int) -> None:
        self.job_id, self.points, self.thread = job_id, Points(die_at), 0

    def arm(self) -> None:
        passing = self.points.passing
        self.points.passing = lambda *_: threading.get_ident() == self.thread and passing()
        self.points.watch()
        broker.run = self.run

    def run(self, job_id: int) -> bool:
        self.thread = threading.get_ident() if job_id == self.job_id else 0
        done = run(job_id)
        if job_id == self.job_id and done:
            os.kill(os.getpid(), signal.SIGKILL)  # past the last point
        return done


def test_a_job_killed_at_any_point_on_celery_is_done_once(app, effects, redis_server, monkeypatch):
    monkeypatch.setattr(working_module.sweeps, "_sweeps", {})
    points = in_child(app, lambda: attempt(effects.queue(0), NEVER))
    queued: dict[int, int] = {}
    for point in range(1, points + 1, 3):
        queued[point] = effects.queue(point)
        worker = Worker(app, redis_server.url, Deadly(queued[point], point).arm)
        worker.start()
        assert worker.wait() == -signal.SIGKILL
        assert effects.count(point) in (0, 1)
        let_leases_run_out()
    last = Worker(app, redis_server.url)
    last.start()
    try:
        wait_for(lambda: all(effects.state(job_id) == JobState.DONE for job_id in queued.values()))
    finally:
        last.kill()
    assert {effects.count(point) for point in queued} == {1}
    assert verify_chain() is None
