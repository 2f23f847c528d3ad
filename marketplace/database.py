"""The database: base class, column types that refuse nonsense, and how a transaction begins.

Only ``audit.recorded`` commits. Writing outside it raises ``WriteOutsideRecord`` (see ``guard``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, declared_attr, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_clock: ContextVar[datetime | None] = ContextVar("clock", default=None)


def utcnow() -> datetime:
    """Now, in UTC, with its zone. Whatever asks for the time asks here."""
    return _clock.get() or datetime.now(UTC)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let ``utcnow`` say this moment, for the demo's past and for tests; the site itself never uses it.

    Only the running thread is affected. Raises ValueError at a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _clock.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _clock.reset(token)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC. A moment without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Won(TypeDecorator[int]):
    """An amount in whole won. Fractions, infinities and amounts beyond 10^15 are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**15:
            raise ValueError(f"not an amount in whole won: {value!r}")
        return value


class Text(TypeDecorator[str]):
    """Text of at most ``length`` characters, without NUL and lone surrogates, on every database alike."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if len(value) > self.length:
            raise ValueError(f"longer than {self.length} characters")
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("text holds a character that cannot be stored")
        return value


class Base(DeclarativeBase):
    """Base of every model; constraints are named by rule, so that each can be tested by its name."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, list[Any]: JSON, datetime: UTCDateTime}  # noqa: RUF012


class Identified:
    """Mixin: an integer key, and when the row was made."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Versioned:
    """Mixin: a counter that makes the second of two simultaneous changes fail instead of overwriting."""

    version: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def one_of(column: str, values: Any, name: str | None = None) -> CheckConstraint:
    """A named CHECK that a column holds one of the values of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


db = SQLAlchemy(session_options={"autoflush": False, "expire_on_commit": False})


class WriteOutsideRecord(RuntimeError):
    """Somebody tried to write without saying who did what (see ``audit.recorded``)."""


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)


@contextmanager
def writing_allowed() -> Iterator[None]:
    """For ``audit.recorded`` and the reference loader alone: let the session write."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def read_only(on: bool) -> None:
    """Say whether transactions begun from here on only read (a GET), so that they take no write lock."""
    _reading_only.set(on)


@event.listens_for(Session, "before_flush")
def _guard_flush(session: Session, *_: Any) -> None:
    if not _writing.get() and (
        session.new or session.deleted or any(map(session.is_modified, session.dirty))
    ):
        raise WriteOutsideRecord("a change outside recorded(): every change names its actor and event")


@event.listens_for(Session, "do_orm_execute")
def _guard_bulk(state: ORMExecuteState) -> None:
    if not _writing.get() and (state.is_insert or state.is_update or state.is_delete):
        raise WriteOutsideRecord("a bulk change outside recorded()")


def prepare_engine(engine: Engine) -> None:
    """Give SQLite the manners the site relies on: foreign keys, WAL, full sync, honest BEGIN."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver must not begin on its own
        cursor = connection.cursor()
        for pragma in (
            "foreign_keys=ON",
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=30000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A transaction that will write takes the lock at once: upgrading later would fail when another
        # writer came between. One that only reads takes none.
        connection.exec_driver_sql("BEGIN" if _reading_only.get() else "BEGIN IMMEDIATE")


T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a long list: ``items``, the page number from 1, and how many rows there are in all."""

    items: Sequence[T]
    page: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def prev(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


def page_of(query: Select[T], page: int = 1, size: int = PAGE_SIZE) -> Page[T]:
    """Run a query for one page; a number beyond the end gives the last page. Two statements."""
    # Without its columns a query that nothing narrows would lose its table, and count one row for none.
    rows = query.order_by(None).with_only_columns(literal(1), maintain_column_froms=True).subquery()
    counted = select(func.count()).select_from(rows)
    total = db.session.scalar(counted) or 0
    last = max(1, -(-total // size))
    page = min(max(page, 1), last)
    items: Sequence[T] = db.session.scalars(query.limit(size).offset((page - 1) * size)).unique().all()
    return Page(items, page, total, size)
