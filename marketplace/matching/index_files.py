"""The index of a large site as files that all its workers map into memory: written once, read by each.

What changed since is followed from the database, as by an index that never stopped.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marketplace.database import db
from marketplace.matching.code_version import code_version
from marketplace.matching.engine import store
from marketplace.matching.engine.segment import Segment
from marketplace.matching.engine.table import ExpertTable
from marketplace.settings import current
from marketplace.taxonomy.vocabulary import Vocabulary

LEAST = 500  # experts; fewer are read faster than files are worth

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """An index as it was kept: the experts' states as seen then, by id, the periods held, and the digests of
    the profiles by key."""

    table: ExpertTable
    seen: dict[int, str]
    digests: dict[str, str]


def find(vocabulary: Vocabulary) -> Kept | None:
    """The newest index kept for this database, vocabulary and code; None when there is none that is whole."""
    folders = sorted(
        _folder().glob(f"{_prefix(vocabulary)}-*"), key=lambda f: f.stat().st_mtime, reverse=True
    )
    for folder in folders:
        try:
            segment, notes = store.load(folder)
        except (OSError, ValueError) as problem:
            _log.warning("the stored index %s cannot be read: %s", folder.name, problem)
            continue
        store.bring_in(segment)
        table = ExpertTable(vocabulary)
        table.load(segment)
        return Kept(table, {int(key): seen for key, seen in notes["seen"].items()}, notes["digests"])
    return None


def keep(kept: Kept) -> None:
    """Write the index as it is now and remove what it replaces; a full disk costs the files, not the answer."""
    if len(kept.digests) < LEAST:
        return
    state = kept.table.state()
    prefix = _prefix(kept.table.vocabulary)
    folder = _folder() / f"{prefix}-{hashlib.sha256(f'{state.digest:x}'.encode()).hexdigest()[:16]}"
    try:
        whole = Segment.merged(state.segments, [np.asarray(alive) for alive in state.alive])
        store.save(whole, folder, {"seen": kept.seen, "digests": kept.digests})
    except OSError as problem:
        _log.warning("the index could not be stored: %s", problem)
        return
    for old in _folder().glob(f"{_database()}-*"):
        if old != folder:  # a worker that has it mapped keeps what it has
            shutil.rmtree(old, ignore_errors=True)


def _folder() -> Path:
    return Path(current().index_folder)


def _database() -> str:
    return hashlib.sha256(str(db.engine.url).encode()).hexdigest()[:8]


def _prefix(vocabulary: Vocabulary) -> str:
    return f"{_database()}-{vocabulary.digest[:12]}-{code_version()[-16:]}"
