"""Fixtures: a migrated database with the reference data for each test, on SQLite or on both databases."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

from marketplace import migrate
from marketplace import settings as settings_module
from marketplace.accounts.models import User
from marketplace.accounts.sessions import COOKIE_KEY, open_session
from marketplace.application import create_app
from marketplace.database import db, read_only, writing_allowed
from marketplace.reference import load_reference
from marketplace.settings import Settings
from tests.postgres import Cluster

POSTGRES_FOLDER = "TEST_POSTGRES_FOLDER"
_cluster: Cluster | None = None


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL cluster for the whole run; workers of xdist find it through the environment."""
    config.addinivalue_line("markers", "both_databases: runs on SQLite and on PostgreSQL")
    global _cluster
    if (
        not hasattr(config, "workerinput")
        and POSTGRES_FOLDER not in os.environ
        and not config.option.collectonly
    ):
        _cluster = Cluster()
        _cluster.start()
        os.environ[POSTGRES_FOLDER] = _cluster.url("{database}")


def pytest_unconfigure(config: pytest.Config) -> None:
    global _cluster
    if _cluster is not None:
        _cluster.stop()
        _cluster = None
        del os.environ[POSTGRES_FOLDER]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("backend", ["sqlite", "postgresql"] if both else ["sqlite"], scope="session")


_files = tempfile.TemporaryDirectory(prefix="files-")
_bytecode = tempfile.TemporaryDirectory(prefix="templates-")
_templates = FileSystemBytecodeCache(_bytecode.name)  # each application compiles its templates anew


def files_folder_for(url: str) -> str:
    """Where the files of a test's database lie: apart from those of every other."""
    return str(Path(_files.name) / hashlib.sha256(url.encode()).hexdigest()[:16])


def settings_for(url: str) -> Settings:
    """Settings of a test: fast, off-line, staff without second factor unless the test asks for it."""
    return Settings(
        mode="test",
        database_url=url,
        secret_key="a-secret-for-tests-that-is-long-enough",
        base_url="http://localhost",
        staff_totp="off",
        worker="off",
        files_folder=files_folder_for(url),
    )


def _fill(url: str) -> None:
    settings_module.use(settings_for(url))
    migrate.upgrade()
    app = create_app(settings_for(url))
    with app.app_context():
        load_reference()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the reference data, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _fill(f"sqlite:///{path}")
    engine = sqlalchemy.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def _administer(*statements: str) -> None:
    engine = sqlalchemy.create_engine(
        os.environ[POSTGRES_FOLDER].replace("{database}", "postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(worker_id: str) -> str:
    """The name of a migrated PostgreSQL database with the reference data, cloned for each test."""
    name = f"template_{worker_id}"
    _administer(f"CREATE DATABASE {name}")
    _fill(os.environ[POSTGRES_FOLDER].replace("{database}", name))
    return name


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


_counter = 0


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database that holds the reference data."""
    if backend == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    global _counter
    _counter += 1
    template = request.getfixturevalue("postgres_template")
    name = f"{template.replace('template', 'test')}_{_counter}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield os.environ[POSTGRES_FOLDER].replace("{database}", name)
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


class Browser(FlaskClient):
    """A browser whose every request has an application context of its own, as in production.

    Without it ``flask.g`` (with the signed-in user) and the database session would be shared by all requests
    and the test. The test's own transaction ends before each request, so that it holds no lock and sees
    afterwards what the request stored.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.rollback()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        read_only(False)
        return answer


_compiled: dict[str, tuple[Dialect, MutableMapping[Any, Any]]] = {}


def share_compiled(engine: sqlalchemy.Engine) -> None:
    """Let an engine use what the engines of earlier tests compiled, as a site compiles a statement once in its life.

    A compiled statement is kept by dialect, so that they share this too. A dialect learns the server's version at the
    first connection of its own engine, which a test need not make.
    """
    if engine.name not in _compiled:
        with engine.connect():
            _compiled[engine.name] = engine.dialect, LRUCache(2_000)
    engine.dialect, kept = _compiled[engine.name]
    engine.update_execution_options(compiled_cache=kept)


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The site on a fresh database, with an application context pushed."""
    app = create_app(settings_for(database_url))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = _templates
    read_only(False)
    with app.app_context():
        share_compiled(db.engine)
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return app.test_client()


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Sign a person in without going through the form."""
    with writing_allowed():
        token = open_session(user)
        db.session.commit()
    with client.session_transaction() as session:
        session[COOKIE_KEY] = token
    return client
