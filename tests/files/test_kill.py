"""A process that dies with -9 at any line or statement of taking a file in leaves all of it or, after a sweep, nothing."""

from __future__ import annotations

import signal
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, verify_chain
from marketplace.database import clock_at, db, utcnow, writing_allowed
from marketplace.files import actions, storage
from marketplace.files.actions import keep_upload, sweep_orphans
from marketplace.files.models import StoredFile
from tests import factories
from tests.matching.test_kill import NEVER, Points, in_child

pytestmark = pytest.mark.both_databases
TRACED = (actions.__file__, storage.__file__)
TEXT = "오늘 도금 라인을 보았습니다.".encode()


def watch_lines(points: Points) -> None:
    """Every line of taking in and storing is a point too."""

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            points.passing()
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename in TRACED else None

    sys.settrace(call)


def attempt(number: int, die_at: int, told: Path) -> int:
    by = db.session.get_one(User, number)
    points = Points(die_at)
    points.watch()
    watch_lines(points)
    keep_upload(BytesIO(TEXT), "방문.txt", by=by)
    sys.settrace(None)
    told.write_text(str(points.passed))
    return 0


def seen() -> tuple[int, int]:
    """The rows and the entries, once it was checked that each row has its content and nothing else is there."""
    db.session.rollback()
    rows = db.session.query(StoredFile).all()
    assert all(row.path.read_bytes() == TEXT for row in rows)
    with clock_at(utcnow() + timedelta(hours=2)):
        sweep_orphans()
    there = {path for path in storage.folder().rglob("*") if path.is_file() and path.name != ".lock"}
    assert there == {row.path for row in rows}
    return len(rows), db.session.query(AuditEntry).count()


def forget() -> None:
    db.session.rollback()
    with writing_allowed():
        db.session.query(StoredFile).delete()
        db.session.commit()
    with clock_at(utcnow() + timedelta(hours=2)):
        sweep_orphans()


def test_a_killed_upload_is_there_as_a_whole_or_not_at_all(app, tmp_path):
    number = factories.user(Role.EXPERT).id
    told = tmp_path / "points"
    assert in_child(app, lambda: attempt(number, NEVER, told)) == 0
    points = int(told.read_text())
    assert points > 60
    whole = 0
    for point in range(1, points + 1):
        forget()
        _, entries = seen()
        assert in_child(app, lambda point=point: attempt(number, point, told)) == -signal.SIGKILL
        found = seen()
        assert found in ((0, entries), (1, entries + 1)), f"half an upload at point {point} of {points}"
        whole += found[0]
    # After the commit only the return to the caller is left.
    assert 1 <= whole <= 8
    assert verify_chain() is None
