"""Files that are kept: once each, beside the database, and nothing left of those that nobody finished."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, history_of, recorded
from marketplace.database import clock_at, db, read_only, utcnow
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.events import Event
from marketplace.files import storage
from marketplace.files.actions import keep_upload, prepare, sweep_orphans
from marketplace.files.kinds import Kind
from marketplace.files.models import FileState, StoredFile
from marketplace.files.verdicts import Reason
from marketplace.i18n import translate
from tests import factories
from tests.files.papers import pdf, photo, with_script

pytestmark = pytest.mark.both_databases
TEXT = "오늘 도금 라인을 보았습니다.".encode()


def contents() -> list[Path]:
    """Every file in the folder but the lock."""
    return sorted(p for p in storage.folder().rglob("*") if p.is_file() and p.name != ".lock")


def later():
    return clock_at(utcnow() + timedelta(hours=2))


@pytest.fixture
def expert(app) -> User:
    return factories.user(Role.EXPERT)


def test_a_file_is_kept_under_the_hash_of_its_content(expert):
    kept = keep_upload(BytesIO(TEXT), "방문.txt", by=expert)
    digest = hashlib.sha256(TEXT).hexdigest()
    assert (kept.name, kept.kind, kept.size, kept.state) == ("방문.txt", Kind.TXT, len(TEXT), FileState.KEPT)
    assert (kept.sha256, kept.source_sha256) == (digest, digest)
    assert kept.path.read_bytes() == TEXT
    assert contents() == [kept.path]
    assert [entry.event for entry in history_of(kept)] == [Event.FILE_KEPT]


def test_a_photo_keeps_its_moment_and_nothing_else(expert):
    sent = photo()
    kept = keep_upload(BytesIO(sent), "현장.jpg", by=expert)
    assert kept.source_sha256 == hashlib.sha256(sent).hexdigest()
    assert kept.sha256 == hashlib.sha256(kept.path.read_bytes()).hexdigest() != kept.source_sha256
    assert kept.size == kept.path.stat().st_size
    assert kept.taken_at.isoformat() == "2026-11-03T05:05:06+00:00"


def test_uploading_twice_keeps_one_file_and_one_entry(expert):
    first = keep_upload(BytesIO(TEXT), "방문.txt", by=expert)
    entries = db.session.query(AuditEntry).count()
    again = keep_upload(BytesIO(TEXT), "다른 이름.txt", by=expert)
    assert (again.id, again.name) == (first.id, "방문.txt")
    assert db.session.query(AuditEntry).count() == entries
    assert len(contents()) == 1


def test_two_people_with_the_same_file_have_a_row_each_and_one_content(expert):
    other = factories.user(Role.EXPERT)
    mine = keep_upload(BytesIO(TEXT), "방문.txt", by=expert)
    theirs = keep_upload(BytesIO(TEXT), "방문.txt", by=other)
    assert mine.id != theirs.id
    assert mine.path == theirs.path
    assert len(contents()) == 1


def test_the_same_file_sent_twice_at_once_is_kept_once(app, expert):
    outcomes: list[int] = []
    barrier = threading.Barrier(4)

    def send() -> None:
        with app.app_context():
            read_only(False)
            by = db.session.get_one(User, number)
            db.session.rollback()  # nobody holds the database while the others come
            barrier.wait(30)
            outcomes.append(keep_upload(BytesIO(TEXT), "방문.txt", by=by).id)

    number = expert.id
    db.session.rollback()
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == 4
    assert len(set(outcomes)) == 1
    assert db.session.query(StoredFile).count() == 1


def test_a_refused_file_leaves_nothing_and_says_what_to_do_in_both_languages(expert):
    with pytest.raises(RuleBroken) as broken:
        keep_upload(BytesIO(pdf()), "사진.jpg", by=expert)
    assert broken.value.field == "file"
    assert str(broken.value) == (
        "내용은 PDF 문서인데 확장자가 ‘jpg’입니다. 원래 프로그램에서 다시 저장해 올려 주십시오."
    )
    facts = {name: translate(value, "en") for name, value in broken.value.facts.items()}
    assert translate(broken.value.sentence, "en", **facts) == (
        "The content is a PDF document, but the name ends in ‘jpg’. "
        "Please save it again in its own program and upload that."
    )
    assert contents() == []
    assert db.session.query(StoredFile).count() == 0


def test_a_stream_without_end_is_read_no_further_than_the_limit(expert):
    class Endless(BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None and size > 0
            self.given += size
            return b"a" * size

    endless = Endless()
    with pytest.raises(RuleBroken, match="20MB"):
        keep_upload(endless, "글.txt", by=expert)
    assert endless.given == 20 * 1024 * 1024 + 1
    assert contents() == []


def test_a_quarantined_file_is_kept_apart_and_shown_as_such(expert):
    kept = keep_upload(BytesIO(pdf(with_script)), "자동.pdf", by=expert)
    assert (kept.state, kept.reason) == (FileState.QUARANTINED, Reason.SCRIPT)
    assert kept.path.is_relative_to(storage.folder() / "quarantined")
    assert kept.state_label == "격리"
    assert "자동으로 실행되는 코드" in kept.why


@pytest.mark.parametrize("role", [Role.SPONSOR, Role.AUDITOR, Role.ADMIN])
def test_whoever_brings_no_files_cannot(app, role):
    with pytest.raises(NotAllowed):
        keep_upload(BytesIO(TEXT), "방문.txt", by=factories.user(role))
    assert contents() == []


def test_a_file_comes_along_with_something_else_in_one_entry(expert):
    prepared = prepare(BytesIO(TEXT), "방문.txt")
    assert db.session.query(StoredFile).count() == 0
    with recorded(expert, Event.ACCOUNT_EDITED, expert):
        row = prepared.row(expert)
    assert [entry.event for entry in history_of(row)] == [Event.ACCOUNT_EDITED]
    assert row.path.read_bytes() == TEXT


def test_no_transaction_is_open_while_a_file_is_judged(app, expert):
    class Watching(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            seen.append(db.session.in_transaction())
            return super().read(size)

    seen: list[bool] = []
    assert expert.name  # read within a transaction
    db.session.get_one(User, expert.id, populate_existing=True)
    assert db.session.in_transaction()
    prepare(Watching(TEXT), "방문.txt")
    assert set(seen) == {False}


def test_the_two_steps_are_taken_in_their_order(expert):
    prepared = prepare(BytesIO(TEXT), "방문.txt")
    with pytest.raises(RuntimeError, match="within recorded"):
        prepared.row(expert)
    with pytest.raises(RuntimeError, match="before recorded"), recorded(expert, Event.ACCOUNT_EDITED, expert):
        prepare(BytesIO(TEXT), "방문.txt")


def test_what_nobody_finished_is_taken_away_after_an_hour(expert):
    kept = keep_upload(BytesIO(photo()), "현장.jpg", by=expert)
    prepare(BytesIO(TEXT), "방문.txt")
    prepare(BytesIO(pdf(with_script)), "자동.pdf")
    (storage.folder() / "incoming" / "rest").write_bytes(b"half")
    assert len(contents()) == 4
    assert sweep_orphans() == 0
    with later():
        assert sweep_orphans() == 3
        assert sweep_orphans() == 0
    assert contents() == [kept.path]


def test_what_was_cleared_away_between_the_steps_is_asked_for_again(expert):
    prepared = prepare(BytesIO(TEXT), "방문.txt")
    with later():
        sweep_orphans()
    with pytest.raises(RuleBroken, match="다시 올려"), recorded(expert, Event.ACCOUNT_EDITED, expert):
        prepared.row(expert)
    assert db.session.query(StoredFile).count() == 0


def test_an_old_orphan_that_comes_again_is_young_again(expert):
    prepare(BytesIO(TEXT), "방문.txt")
    os.utime(contents()[0], (0, 0))
    kept = keep_upload(BytesIO(TEXT), "방문.txt", by=expert)
    assert sweep_orphans() == 0
    assert kept.path.read_bytes() == TEXT


def test_a_sweep_does_not_take_what_comes_while_it_looks(app, expert, monkeypatch):
    """Somebody brings the same content again after the sweep has found no row for it."""
    prepare(BytesIO(TEXT), "방문.txt")
    os.utime(contents()[0], (0, 0))

    def asked_then_brought(shelf: str, hashes: list[str]) -> list[str]:
        prepare(BytesIO(TEXT), "방문.txt")
        return []

    assert storage.sweep(asked_then_brought) == 0
    assert len(contents()) == 1


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"kind": "exe"}, "kind_known"),
        ({"state": "lost"}, "state_known"),
        ({"size": 0}, "not_empty"),
        ({"sha256": "abc"}, "hashes_are_whole"),
        ({"state": "quarantined"}, "quarantine_has_a_reason"),
        ({"reason": "script"}, "quarantine_has_a_reason"),
    ],
)
def test_the_database_refuses_nonsense(expert, facts, constraint):
    sound = {
        "name": "a.txt", "kind": "txt", "size": 1, "state": "kept", "sha256": "0" * 64,
        "source_sha256": "0" * 64, "uploaded_by_id": expert.id,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint):
        factories.save(StoredFile(**{**sound, **facts}))
