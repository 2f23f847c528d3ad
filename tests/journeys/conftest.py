"""Databases of the stories: one with the demo world, one with the reference data alone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from marketplace.application import create_app
from marketplace.database import db, read_only, utcnow, writing_allowed
from marketplace.demo.world import build_demo
from marketplace.notifications import MailState, OutboxMail
from tests.conftest import settings_for
from tests.journeys.site import Site, opened


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo world, whose earlier mails have left."""
    path = tmp_path_factory.mktemp("journeys") / "demo.sqlite3"
    shutil.copy(sqlite_template, path)
    app = create_app(settings_for(f"sqlite:///{path}"))
    read_only(False)
    with app.app_context():
        build_demo()
        with writing_allowed():
            db.session.execute(update(OutboxMail).values(state=MailState.SENT, sent_at=utcnow()))
            db.session.commit()
        db.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def demo_site(demo_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The site on the demo world."""
    path = tmp_path / "story.sqlite3"
    shutil.copy(demo_template, path)
    with opened(path) as site:
        yield site


@pytest.fixture
def bare_site(sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The site on the reference data alone, with nobody in it."""
    path = tmp_path / "story.sqlite3"
    shutil.copy(sqlite_template, path)
    read_only(False)
    with opened(path) as site:
        yield site
