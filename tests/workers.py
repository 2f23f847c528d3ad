"""Real workers in processes of their own, which a test may kill, and a real Redis between them and the site."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis
from flask import Flask

from marketplace import jobs
from marketplace.database import db, read_only
from marketplace.jobs import broker

PATIENCE = 300  # seconds after which a test gives up waiting for what never comes


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(question: Callable[[], Any]) -> Any:
    """The first answer that is true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError("it never came to that")


class Redis:
    """A Redis server of Debian's package on the loopback, which keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="redis-")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        wait_for(self._answers)

    def _answers(self) -> bool:
        with suppress(redis.ConnectionError):
            return bool(self.client.ping())
        return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            shutil.rmtree(self.folder, ignore_errors=True)


class Worker:
    """A forked worker: in-process (``url`` empty) or Celery's. ``first`` runs in it before it begins."""

    def __init__(self, app: Flask, url: str = "", first: Callable[[], None] = lambda: None) -> None:
        self.app, self.url, self.first = app, url, first
        self.pid = 0

    def start(self) -> None:
        db.session.close()
        db.engine.dispose()  # no connection is shared between the two
        self.pid = os.fork()
        if self.pid == 0:
            try:
                read_only(False)
                with self.app.app_context():
                    self.first()
                if self.url:
                    broker.work(self.app, self.url, 1)
                else:
                    jobs.work(self.app, threading.Event(), pause=0.1)
            finally:
                os._exit(99)

    def kill(self) -> None:
        """kill -9, unless it is dead already."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def wait(self) -> int:
        """Wait for its end; negative: killed by that signal."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.pid = 0
        return status


@contextmanager
def working(worker: Worker) -> Iterator[Worker]:
    """Let a worker run meanwhile; it is killed in the end."""
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()
