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
from itertools import count
from typing import Any

import redis
from flask import Flask

from marketplace import jobs
from marketplace.database import db, read_only
from marketplace.jobs import broker

PATIENCE = 300  # seconds after which a test gives up waiting for what never comes


_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = count(20_000 + 5_000 * (_WORKER % 2) + os.getpid() % 4_000)


def free_port() -> int:
    """A port of the loopback that nobody listens on, and that stays so until it is bound.

    The system never hands it out for an outgoing connection: it lies below what Linux takes for those (32768 and
    up). Of the workers of one run none is given the port of another.
    """
    for port in _PORTS:
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


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
