"""A process that dies with -9 at any statement or commit of a payment leaves all of it or nothing."""

import signal

import pytest

from marketplace.audit import AuditEntry, recorded, verify_chain
from marketplace.database import db
from marketplace.events import Event
from marketplace.ledger import verbs, verbs_claims
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.replaying import lost_transactions, replay
from marketplace.ledger.states import Income
from marketplace.programmes.models import Programme
from tests.ledger.books import MENTORSHIP, VISIT, Books
from tests.matching.test_kill import NEVER, Points, in_child

pytestmark = pytest.mark.both_databases


def seen(books):
    """Everything that a post changes, together."""
    db.session.rollback()
    db.session.expire_all()
    counts = [db.session.query(model).count() for model in (LedgerTransaction, LedgerEntry, AuditEntry)]
    sums = {a.code: a.balance for a in db.session.query(LedgerAccount) if a.balance}
    return (*counts, sums)


def attempt(programme_id, number, die_at):
    """A whole little life in one record: reserve, deposit, draw, pay; dies at a point, or says how many there were."""
    programme = db.session.get_one(Programme, programme_id)
    points = Points(die_at)
    points.watch()
    mentorship = MENTORSHIP + number
    with recorded(None, Event.MONEY_RECEIVED, programme):
        verbs.post_reserve(programme, mentorship, VISIT)
        verbs.post_deposit(programme, mentorship, VISIT.firm, key=f"d{number}")
        verbs_claims.post_draw(programme, mentorship, number, VISIT)
        verbs_claims.post_pay(programme, number, Income.BUSINESS)
    return points.passed


def test_a_killed_payment_is_there_as_a_whole_or_not_at_all(app):
    books = Books()
    programme = books.programme.id
    before = seen(books)
    points = in_child(app, lambda: attempt(programme, 1, NEVER))
    after = seen(books)
    assert [late - early for early, late in zip(before[:3], after[:3], strict=True)] == [4, 23, 1]
    assert 40 < points < 250, "the exit status holds the number of points"
    whole = 0
    for point in range(1, points + 1):
        start = seen(books)
        assert in_child(app, lambda point=point: attempt(programme, 1 + point, point)) == -signal.SIGKILL
        found = seen(books)
        gained = [late - early for early, late in zip(start[:3], found[:3], strict=True)]
        assert gained in ([0, 0, 0], [4, 23, 1]), f"half a payment at point {point} of {points}"
        assert (found == start) == (gained == [0, 0, 0])
        whole += found != start
    assert 1 <= whole <= 2, "only what follows the commit may die without undoing the payment"
    assert replay(db.session.get_one(Programme, programme)) == [] == lost_transactions()
    assert verify_chain() is None
