"""Celery with Redis as the messenger of jobs: a message names a row, and nothing rests on it alone.

Whoever queues a job sends a message once its commit is through; a message that is lost, late or there twice does no
harm, because ``jobs.run`` asks the row. ``beat``, in every worker, names whatever is due again, and works it off
itself while Redis is away.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marketplace.jobs.leases import LEASE
from marketplace.jobs.rows import announce_with
from marketplace.jobs.sweeps import lay
from marketplace.jobs.working import due, run, tick

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)
TASK = "marketplace.jobs.run"
QUEUE = "marketplace"
AGAIN = 60.0  # seconds after which a row that is still due is named again; as old a message is thrown away
MOST_AT_ONCE = 500  # rows named in one beat
PATIENCE = 1.0  # seconds that a sender waits for Redis
Named = dict[tuple[int, datetime, int], float]  # when a row was named: its id, turn and attempts


def celery_app(url: str, **transport: Any) -> Celery:
    """A Celery application of the site. Raises RuntimeError where Celery is not installed."""
    try:
        from celery import Celery
    except ImportError as error:
        raise RuntimeError(
            "MARKETPLACE_BROKER_URL is set, but Celery is not installed: make broker"
        ) from error
    app = Celery("marketplace", set_as_current=False)
    app.conf.update(
        broker_url=url,
        broker_connection_timeout=PATIENCE,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A message that a dead worker held comes back while or before its lease runs out; the row decides anyway.
        broker_transport_options={"visibility_timeout": int(LEASE.total_seconds()), **transport},
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        result_backend=None,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        enable_utc=True,
    )
    return app


class Sender:
    """Sends messages, waiting a short while at most; whoever only calls it does not wait at all."""

    def __init__(self, url: str) -> None:
        short = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        self._celery = celery_app(url, max_retries=0, **short)
        self._waiting: queue.Queue[int] = queue.Queue(maxsize=1000)
        self._process: int | None = None
        self._starting = threading.Lock()

    def __call__(self, job_id: int) -> None:
        """Have a message sent soon, by a thread of its own."""
        with self._starting:
            if self._process != os.getpid():  # a fork has no threads of its parent
                self._process = os.getpid()
                threading.Thread(target=self._send_waiting, daemon=True).start()
        try:
            self._waiting.put_nowait(job_id)
        except queue.Full:
            log.warning("job %s is not announced: too many wait; a beat will name it", job_id)

    def _send_waiting(self) -> None:
        while True:
            self.send(self._waiting.get())

    def send(self, job_id: int) -> bool:
        """Send a message now; whether Redis took it."""
        try:
            self._celery.send_task(TASK, (job_id,), queue=QUEUE, expires=AGAIN, retry=False)
        except Exception as error:  # the row is safe, whatever became of its message
            log.warning("job %s is not announced: %s: %s", job_id, type(error).__name__, error)
            return False
        return True


def announce_over(url: str) -> None:
    """Have every commit that queues a job send its message over this broker; over none where it is empty."""
    announce_with(Sender(url) if url else None)


def beat(app: Any, send: Callable[[int], bool], stop: threading.Event, pause: float = 2.0) -> None:
    """Name what is due, every ``pause`` seconds, until ``stop`` is set; work it off here while Redis is away."""
    named: Named = {}
    while not stop.is_set():
        with app.app_context():
            try:
                if not _name_due(named, send):
                    tick()
            except Exception:
                log.exception("the beat stumbled")
        stop.wait(pause)


def _name_due(named: Named, send: Callable[[int], bool]) -> bool:
    lay()
    now, rows = time.monotonic(), [(row.id, row.run_at, row.attempts) for row in due(MOST_AT_ONCE)]
    for gone in named.keys() - set(rows):
        del named[gone]
    for row in rows:
        if now - named.get(row, -AGAIN) < AGAIN:
            continue
        if not send(row[0]):
            return False
        named[row] = now
    return True


def work(app: Any, url: str, threads: int) -> None:
    """Be a Celery worker until told to stop (SIGTERM finishes what is running first).

    Threads, not forked processes: the models that read Korean are in memory once, and nothing survives a kill -9 of
    the worker; more workers share more work.
    """
    celery = celery_app(url, socket_connect_timeout=5, socket_keepalive=True)

    @celery.task(name=TASK)
    def run_row(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    threading.Thread(target=beat, args=(app, Sender(url).send, threading.Event()), daemon=True).start()
    worker = celery.Worker(
        pool="threads",
        concurrency=threads,
        loglevel=logging.INFO,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    raise SystemExit(worker.exitcode)
