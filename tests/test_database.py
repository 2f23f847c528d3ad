"""The database refuses nonsense, alike on SQLite and PostgreSQL."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from marketplace.access import Role
from marketplace.accounts.models import Organisation, User
from marketplace.database import clock_at, db, page_of, read_only, utcnow
from tests import factories


@pytest.fixture
def sqlite_app(app):
    return app


def test_sqlite_is_durable_and_keeps_its_references(sqlite_app):
    read = lambda name: db.session.execute(text(f"PRAGMA {name}")).scalar()  # noqa: E731
    assert (read("journal_mode"), read("synchronous"), read("foreign_keys")) == ("wal", 2, 1)


def test_a_reader_does_not_hold_up_a_writer(sqlite_app):
    read_only(True)
    db.session.execute(text("SELECT count(*) FROM users"))
    read_only(False)
    with sqlite_app.app_context():  # another session, as another request has one
        factories.user(Role.ADMIN)


@pytest.mark.both_databases
@pytest.mark.parametrize("budget", [float("inf"), 1.5, 10**16, True])
def test_an_amount_that_is_not_whole_won_is_refused(app, budget):
    with pytest.raises(StatementError, match="whole won"):
        factories.programme(budget=budget)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["이" * 121, "널\x00문자", "반쪽\ud800"])
def test_text_that_cannot_be_stored_alike_everywhere_is_refused(app, name):
    with pytest.raises(StatementError):
        factories.user(Role.ADMIN, name=name)


@pytest.mark.both_databases
def test_a_moment_without_a_zone_is_refused(app):
    with pytest.raises(StatementError, match="time zone"):
        factories.user(Role.ADMIN, confirmed_at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_clock_can_be_set_for_a_while_and_goes_on_afterwards():
    autumn, winter = datetime(2025, 10, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
    with pytest.raises(RuntimeError), clock_at(autumn):
        with clock_at(winter):
            assert utcnow() == winter
        assert utcnow() == autumn
        raise RuntimeError
    assert abs((utcnow() - datetime.now(UTC)).total_seconds()) < 60
    with pytest.raises(ValueError, match="zone"), clock_at(datetime(2025, 10, 1)):  # noqa: DTZ001
        pass


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "narrow",
    [
        pytest.param(lambda query: query, id="every row"),
        pytest.param(lambda query: query.where(Organisation.name != ""), id="filtered"),
        pytest.param(lambda query: query.join(User).where(User.id > 0), id="joined"),
    ],
)
def test_a_long_list_counts_its_rows_and_has_a_second_page(app, narrow):
    for number in range(7):
        factories.user(Role.COMPANY, factories.organisation(name=f"기업 {number}"))
    query = narrow(select(Organisation).order_by(Organisation.name, Organisation.id))
    rows = list(db.session.scalars(query))
    first, second, beyond = (page_of(query, number, size=len(rows) - 2) for number in (1, 2, 99))
    assert (first.total, first.pages, first.next) == (len(rows), 2, 2)
    assert [*first.items, *second.items] == rows
    assert (beyond.page, list(beyond.items)) == (2, list(second.items))


@pytest.mark.both_databases
def test_a_list_without_rows_has_one_empty_page(app):
    empty = page_of(select(Organisation).where(Organisation.id < 0))
    assert (empty.total, empty.pages, list(empty.items)) == (0, 1, [])
