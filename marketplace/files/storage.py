"""Where the bytes lie: a folder whose files are named by their SHA-256, beside the database that knows of them.

A file is written under a passing name, brought to the disk and renamed before the row is committed. Whoever dies
on the way leaves at most a file that no row names; ``sweep`` takes those away once they are an hour old.

    incoming/        what is being judged
    kept/ab/abcd…    may be downloaded
    quarantined/…    never
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from marketplace.database import utcnow
from marketplace.settings import current

ROOT = Path(__file__).resolve().parents[2]
ORPHANED_AFTER = timedelta(hours=1)
SHELVES = ("kept", "quarantined")
_INCOMING = "incoming"
_CHUNK = 1 << 20
_BATCH = 500


def folder() -> Path:
    """The folder of the settings; a relative one counts from the project."""
    return ROOT / current().files_folder


def place(shelf: str, sha256: str) -> Path:
    """Where a content lies, whether it is there or not."""
    return folder() / shelf / sha256[:2] / sha256


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file as it came in, under its passing name."""

    path: Path
    sha256: str


@contextmanager
def taken_in(stream: BinaryIO, limit: int) -> Iterator[Arrived]:
    """Write what comes in to a passing place, at most one byte more than ``limit``; gone at the end."""
    incoming = folder() / _INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    path = incoming / secrets.token_hex(16)
    digest, left = hashlib.sha256(), limit + 1
    try:
        with path.open("xb") as file:
            while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
                file.write(chunk)
                digest.update(chunk)
                left -= len(chunk)
        yield Arrived(path, digest.hexdigest())
    finally:
        for left_over in (path, path.with_name(f"{path.name}.clean")):
            left_over.unlink(missing_ok=True)


def put(content: Path, shelf: str) -> tuple[str, int]:
    """Move a content to its place for good; its SHA-256 and its size in bytes."""
    digest = hashlib.sha256()
    with content.open("r+b") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        size = file.tell()
        os.fsync(file.fileno())
    sha256 = digest.hexdigest()
    target = place(shelf, sha256)
    with _lock(fcntl.LOCK_SH):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Also when it is there already: the same bytes, but young again, so that no sweep takes them.
        content.replace(target)
        for above in (target.parent, target.parent.parent, folder()):
            _sync(above)
    return sha256, size


def hold(shelf: str, sha256: str) -> bool:
    """Make a content young again, so that no sweep takes it before its row is there; False when it is gone."""
    with _lock(fcntl.LOCK_SH):
        try:
            os.utime(place(shelf, sha256))
        except FileNotFoundError:
            return False
    return True


def sweep(known: Callable[[str, list[str]], Collection[str]]) -> int:
    """Take away what no row names and is old; how many files. ``known`` says which of a shelf's hashes have rows."""
    if not folder().is_dir():
        return 0
    before = utcnow() - ORPHANED_AFTER
    gone = sum(_take_away(path, before) for path in _files(_INCOMING))
    for shelf in SHELVES:
        old = [path for path in _files(shelf) if _is_old(path, before)]
        for start in range(0, len(old), _BATCH):
            batch = old[start : start + _BATCH]
            named = set(known(shelf, [path.name for path in batch]))
            gone += sum(_take_away(path, before) for path in batch if path.name not in named)
    return gone


def _files(part: str) -> list[Path]:
    return [path for path in (folder() / part).rglob("*") if path.is_file()]


def _is_old(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _take_away(path: Path, before: datetime) -> int:
    # Looked at again under the lock: somebody may just have brought the same content.
    with _lock(fcntl.LOCK_EX):
        if not _is_old(path, before):
            return 0
        with suppress(FileNotFoundError):
            path.unlink()
        return 1


@contextmanager
def _lock(how: int) -> Iterator[None]:
    """Keep a sweep and those who bring contents apart, across processes; the system lets go of a dead one's lock."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("a") as file:
        fcntl.flock(file, how)
        yield


def _sync(path: Path) -> None:
    """Bring a folder's names to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
