"""What was posted stays: the session, the database and the record each see to it."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.audit import recorded
from marketplace.database import db, writing_allowed
from marketplace.events import Event
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.posting import Books as Locked
from marketplace.ledger.posting import post, transfer
from marketplace.ledger.replaying import lost_transactions, replay
from marketplace.ledger.states import AccountKind, Source, TransactionKind
from tests import factories
from tests.ledger.books import Books

pytestmark = pytest.mark.both_databases


@pytest.fixture
def books(app):
    found = Books()
    db.session.rollback()
    return found


def raw(statement, **values):
    """A statement that goes past every guard of the site."""
    with db.engine.begin() as connection:
        return connection.execute(text(statement), values)


@pytest.mark.parametrize("table", ["ledger_transactions", "ledger_entries"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET amount = amount + 1", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_what_was_posted(books, table, statement):
    with pytest.raises(DBAPIError, match="only added to"):
        raw(statement.format(table))
    assert replay(books.programme) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_accounts",
        "UPDATE ledger_accounts SET mentorship_id = 5, code = 'x' WHERE kind = 'cash'",
    ],
)
def test_the_database_refuses_to_delete_an_account_or_to_make_it_another(books, statement):
    with pytest.raises(DBAPIError, match="ledger"):
        raw(statement)


@pytest.mark.parametrize("model", [LedgerTransaction, LedgerEntry, LedgerAccount])
def test_the_session_refuses_to_change_delete_or_add(books, model):
    row = db.session.query(model).first()
    with pytest.raises(RuntimeError, match="ledger"), writing_allowed():
        setattr(row, "balance" if model is LedgerAccount else "amount", 5)
        db.session.flush()
    db.session.rollback()
    with pytest.raises(RuntimeError, match="never changed or deleted"), writing_allowed():
        db.session.delete(db.session.query(model).first())
        db.session.flush()
    db.session.rollback()
    for statement in (update(model).values(id=model.id), delete(model)):
        with pytest.raises(RuntimeError, match="in bulk"), writing_allowed():
            db.session.execute(statement)
        db.session.rollback()


def test_nobody_but_post_adds_a_transaction_or_an_entry(books):
    one = LedgerTransaction(programme_id=books.programme.id, kind="local", key="x", amount=1)
    with pytest.raises(RuntimeError, match="only post"):
        factories.save(one)
    db.session.rollback()
    old, account = db.session.query(LedgerTransaction).first(), db.session.query(LedgerAccount).first()
    with pytest.raises(RuntimeError, match="ledger"):
        factories.save(LedgerEntry(transaction=old, account=account, amount=1))
    db.session.rollback()


def test_lines_that_do_not_sum_to_zero_are_never_posted(books):
    with pytest.raises(ValueError, match="do not balance"), recorded(None, Event.MONEY_RECEIVED):
        locked = Locked(books.programme)
        cash = locked.account(AccountKind.CASH, Source.LOCAL)
        post(locked, TransactionKind.LOCAL, "x", {cash: 5})
    with pytest.raises(ValueError, match="do not balance"), recorded(None, Event.MONEY_RECEIVED):
        locked = Locked(books.programme)
        post(locked, TransactionKind.LOCAL, "x", transfer())


def test_the_constraints_stand_behind_the_sentences(books):
    for statement, name in (
        ("UPDATE ledger_accounts SET balance = -1 WHERE kind = 'cash'", "balance_not_negative"),
        ("UPDATE ledger_accounts SET balance = 1 WHERE kind = 'outside'", "outside_only_gives"),
    ):
        with pytest.raises(IntegrityError, match=name):
            raw(statement)


ACCOUNT = (
    "INSERT INTO ledger_accounts (programme_id, code, kind, source, organisation_id, mentorship_id, balance, created_at) "
    "VALUES (:programme, :code, :kind, :source, :company, :mentorship, 0, '2026-01-01 00:00:00')"
)


@pytest.mark.parametrize(
    ("code", "kind", "source", "mentorship", "name"),
    [
        ("cash:government:0:0", "cash", "government", None, "(?i)unique"),  # also where columns are NULL
        ("cash:government:0:1", "cash", "government", None, "code_says_the_rest"),
        ("cash:sponsor:0:0", "cash", "sponsor", None, "sponsor_is_named"),
        ("reserved:local:0:0", "reserved", "local", None, "mentorship_is_named"),
        ("cash:firm:0:0", "cash", "firm", None, "mentorship_is_named"),
        ("cash:local:0:9", "cash", "local", 9, "mentorship_is_named"),
        ("purse:local:0:0", "purse", "local", None, "kind_known"),
        ("cash:bank:0:0", "cash", "bank", None, "source_known"),
    ],
)
def test_an_account_stands_once_and_is_named_by_what_it_is(books, code, kind, source, mentorship, name):
    values = {"programme": books.programme.id, "code": code, "kind": kind, "source": source, "company": None}
    db.session.rollback()
    with pytest.raises(IntegrityError, match=name):
        raw(ACCOUNT, **values, mentorship=mentorship)


def test_postgresql_refuses_a_transaction_that_does_not_sum_to_zero_when_it_ends(books):
    if (
        db.engine.dialect.name == "sqlite"
    ):  # it has no deferred triggers; post() and the replay see to it there
        return
    programme, account = books.programme.id, db.session.query(LedgerAccount.id).limit(1).scalar()
    db.session.rollback()
    head = "INSERT INTO ledger_transactions (programme_id, kind, key, at, amount, memo) VALUES (:p, 'local', :k, now(), 1, '')"
    line = "INSERT INTO ledger_entries (transaction_id, account_id, amount) VALUES (currval('ledger_transactions_id_seq'), :a, 1)"
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        raw(head, p=programme, k="alone")
    with pytest.raises(IntegrityError, match="does not sum to zero"), db.engine.begin() as connection:
        connection.execute(text(head), {"p": programme, "k": "half"})
        connection.execute(text(line), {"a": account})
    with pytest.raises(DBAPIError, match="only added to"):
        raw("TRUNCATE ledger_entries")


def unguarded(statement):
    """What somebody with all rights on the database could do: switch the triggers off, change, switch them on."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            triggers = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(statement))
            for _, sql in triggers:
                connection.execute(text(sql))
        return
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE ledger_accounts SET balance = balance + 1 WHERE kind = 'cash' AND source = 'government'",
            "its entries",
        ),
        ("UPDATE ledger_entries SET amount = amount + 1 WHERE amount = 10000000", "does not sum to zero"),
        ("UPDATE ledger_transactions SET memo = 'x' WHERE key = 'm1'", "not what the record says"),
        ("UPDATE ledger_transactions SET amount = 1 WHERE key = 'm1'", "another amount than it says"),
        ("UPDATE contributions SET received = 1", "the contribution of organisation"),
        ("UPDATE programmes SET matching_government = 0", "the state gave 10000000 for 20000000"),
    ],
)
def test_whatever_is_changed_behind_the_site_is_found(books, statement, fault):
    assert replay(books.programme) == []
    db.session.rollback()
    unguarded(statement)
    db.session.expire_all()
    assert any(fault in found for found in replay(books.programme))


def test_a_transaction_that_vanished_is_missed_and_the_command_says_so(app, books):
    done = app.test_cli_runner().invoke(args=["verify-ledger"])
    assert done.exit_code == 0, done.output
    assert f"{books.programme.code}: the books are right." in done.output
    last = db.session.query(LedgerTransaction).filter_by(key="m1").one().id
    db.session.rollback()
    unguarded(f"DELETE FROM ledger_entries WHERE transaction_id = {last}")
    unguarded(f"DELETE FROM ledger_transactions WHERE id = {last}")
    assert lost_transactions() == [f"transaction {last} is in the record and not in the ledger"]
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=["verify-ledger"])
    assert done.exit_code == 1
    assert f"transaction {last} is in the record" in done.output
