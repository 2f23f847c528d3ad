"""Taking a file in, in one step or in two, and clearing away what nobody finished.

For a file that comes with something else (a visit and its photos), another action does::

    prepared = prepare(stream, name)          # judged and written; may take seconds, holds no transaction
    with recorded(by, Event.…, visit):
        visit.photos.append(prepared.row(by))  # the row, within the running transaction
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.audit import also_about, is_recording, recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.files import storage
from marketplace.files.judging import judge
from marketplace.files.kinds import MEGABYTE, Kind, Limits
from marketplace.files.models import FileState, StoredFile
from marketplace.files.verdicts import Outcome, Reason
from marketplace.settings import current


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was judged and lies in its place, but that no row names yet: for an hour at least."""

    name: str
    kind: Kind
    state: FileState
    reason: Reason | None
    sha256: str
    source_sha256: str
    size: int
    taken_at: datetime | None

    def row(self, by: User) -> StoredFile:
        """The row of this file within the running transaction of ``recorded``; the one there is, if there is one.

        Raises RuleBroken when the content was cleared away meanwhile, RuntimeError outside ``recorded``.
        """
        return self.known_or_added(by)[0]

    def known_or_added(self, by: User) -> tuple[StoredFile, bool]:
        """As ``row``, and whether the row was added."""
        if not is_recording():
            raise RuntimeError("a file's row is added within recorded()")
        known = self._there(by)
        row, added = (known, False) if known is not None else self._added(by)
        also_about(row)
        return row, added

    def _there(self, by: User) -> StoredFile | None:
        return db.session.scalar(
            select(StoredFile).where(
                StoredFile.uploaded_by_id == by.id, StoredFile.source_sha256 == self.source_sha256
            )
        )

    def _added(self, by: User) -> tuple[StoredFile, bool]:
        if not storage.hold(str(self.state), self.sha256):
            raise RuleBroken(
                N_("올린 지 오래되어 파일이 지워졌습니다. 파일을 다시 올려 주십시오."), field="file"
            )
        row = StoredFile(
            name=self.name,
            kind=self.kind,
            state=self.state,
            reason=self.reason,
            sha256=self.sha256,
            source_sha256=self.source_sha256,
            size=self.size,
            taken_at=self.taken_at,
            uploaded_by_id=by.id,
        )
        db.session.flush()
        try:
            with db.session.begin_nested():
                db.session.add(row)
                db.session.flush()
        except IntegrityError:
            # The same person sent the same file twice at once; the other one was first.
            first = self._there(by)
            if first is None:
                raise
            return first, False
        return row, True


def file_limits() -> Limits:
    """The limits of this site."""
    return Limits(file=current().file_limit_mb * MEGABYTE)


def prepare(stream: BinaryIO, name: str | None, *, field: str = "file") -> Prepared:
    """Judge what comes in and write it to its place, before the transaction that will name it.

    Ends the session's running transaction, so that nobody waits at the database while the file is judged.
    Raises RuleBroken at ``field`` with what is wrong and what to do, RuntimeError inside ``recorded``.
    """
    if is_recording():
        raise RuntimeError("a file is prepared before recorded() begins")
    db.session.rollback()
    limits = file_limits()
    with storage.taken_in(stream, limits.file) as arrived:
        verdict = judge(arrived.path, name or "", limits)
        if verdict.outcome is Outcome.REFUSED or verdict.kind is None or verdict.content is None:
            raise RuleBroken(verdict.sentence, field=field, **verdict.facts)
        state = FileState(str(verdict.outcome))
        sha256, size = storage.put(verdict.content, str(state))
    return Prepared(
        name=verdict.name,
        kind=verdict.kind,
        state=state,
        reason=verdict.reason,
        sha256=sha256,
        source_sha256=arrived.sha256,
        size=size,
        taken_at=verdict.taken_at,
    )


def keep_upload(stream: BinaryIO, name: str | None, *, by: User) -> StoredFile:
    """Take in a file on its own. The same file of the same person is kept once and recorded once.

    Raises RuleBroken when it is refused. A quarantined file is kept apart and says so.
    """
    require(by, Permission.KEEP_FILE)
    prepared = prepare(stream, name)
    with recorded(by, Event.FILE_KEPT, None) as record:
        kept, added = prepared.known_or_added(by)
        if not added:
            record.cancel()
        record.thing = kept
        # The name stays out of the record, which more people read than the file.
        record.facts.update(kind=kept.kind, state=kept.state, sha256=kept.sha256)
    return kept


def sweep_orphans() -> int:
    """Take away contents that no row names and that are older than an hour; how many."""
    return storage.sweep(_named)


def _named(shelf: str, hashes: list[str]) -> Collection[str]:
    query = select(StoredFile.sha256).where(StoredFile.state == shelf, StoredFile.sha256.in_(hashes))
    found = set(db.session.scalars(query))
    db.session.rollback()  # the look-up is over; no transaction stays open while files are taken away
    return found
