"""A process that dies with -9 at any point of accept, approve, order or pay leaves all of it or nothing."""

from __future__ import annotations

import signal

import pytest

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, verify_chain
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.replaying import replay
from marketplace.notifications import Notice
from marketplace.payments import actions
from marketplace.payments.models import Claim, PaymentOrder
from marketplace.payments.states import ClaimState
from marketplace.programmes.models import Programme
from marketplace.visits.actions import accept
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState
from tests.matching.test_kill import NEVER, Points, in_child
from tests.payments.world import World
from tests.visits.world import days_ago

pytestmark = pytest.mark.both_databases
MOST = 80  # points of a step
STARTS = {
    "accept": None,
    "approve": ClaimState.CLAIMED,
    "order": ClaimState.APPROVED,
    "pay": ClaimState.ORDERED,
}


def attempt(verb: str, people: dict[str, int], thing_id: int, die_at: int) -> int:
    """Do the verb in this process and die at a point; how many points there were when it did not come to that."""
    operator, payer = (db.session.get_one(User, people[name]) for name in ("operator", "payer"))
    programme = db.session.get_one(Programme, people["programme"])
    thing = db.session.get_one(Visit if verb == "accept" else Claim, thing_id)
    points = Points(die_at)
    points.watch()
    if verb == "accept":
        accept(thing, 60, seen=1, by=operator)
    elif verb == "approve":
        actions.approve(thing, by=payer)
    elif verb == "order":
        actions.make_order(programme, [thing.id], by=payer)
    else:
        actions.mark_paid(thing, today(), by=payer)
    return points.passed


def seen() -> tuple[int, ...]:
    """Everything that the step adds, counted together; a state counts as its place in the machine."""
    db.session.rollback()
    db.session.expire_all()
    models = (Claim, PaymentOrder, LedgerTransaction, AuditEntry, Notice)
    states = sum(list(ClaimState).index(ClaimState(claim.state)) for claim in db.session.query(Claim))
    accepted = db.session.query(Visit).filter_by(state=VisitState.ACCEPTED).count()
    return (states, accepted, *(db.session.query(model).count() for model in models))


@pytest.mark.parametrize("verb", STARTS)
def test_a_killed_step_of_a_payment_is_there_as_a_whole_or_not_at_all(app, verb):
    rules = {"monthly_visits": 31}
    price = {"government": 175_000 * 500, "sponsor": 140_000 * 500, "local": 0, "firm": 35_000 * 500}
    world = World(since=days_ago(MOST + 10), visits=500, shares=price, programme=rules, planned=0)
    people = {"operator": world.operator.id, "payer": world.payer.id, "programme": world.programme.id}
    start = STARTS[verb]
    if start is None:
        things = [world.visit(VisitState.CONFIRMED).id for _ in range(MOST)]
    else:
        things = [world.claim(start).id for _ in range(MOST)]
    # The first of its kind opens the accounts of the ledger, which takes more points than any after it.
    in_child(app, lambda: attempt(verb, people, things[-1], NEVER))
    before = seen()
    points = in_child(app, lambda: attempt(verb, people, things[0], NEVER))
    gained = [late - early for early, late in zip(before, seen(), strict=True)]
    assert gained[5] == 1, "one entry in the record"
    assert 10 < points < MOST - 1
    whole = 0
    for point in range(1, points + 1):
        before = seen()
        done = tuple(count + more for count, more in zip(before, gained, strict=True))
        status = in_child(app, lambda point=point: attempt(verb, people, things[point], point))
        assert status == -signal.SIGKILL, f"point {point} of {points}"
        found = seen()
        assert found in (before, done), f"half a step at point {point} of {points}"
        whole += found == done
    assert 1 <= whole <= 2, "only what follows the commit may die without undoing the step"
    assert verify_chain() is None
    assert replay(db.session.get_one(Programme, people["programme"])) == []
