"""Ten thousand random steps on each database, some of them at once: the books are always right."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from sqlalchemy import text

from marketplace.audit import verify_chain
from marketplace.database import db
from marketplace.ledger.replaying import lost_transactions, replay
from tests.ledger.machine import WEIGHTS, Machine
from tests.ledger.model import SOURCES

pytestmark = pytest.mark.both_databases
STEPS = 10_000
RACE_EVERY = 400


def stored(until: int | None = None) -> tuple[int, str]:
    """The last transaction up to ``until``, and a hash of it and all before it with their entries."""
    last = until or db.session.execute(text("SELECT max(id) FROM ledger_transactions")).scalar() or 0
    hashed = hashlib.sha256()
    for query in (
        "SELECT * FROM ledger_transactions WHERE id <= :last ORDER BY id",
        "SELECT * FROM ledger_entries WHERE transaction_id <= :last ORDER BY id",
    ):
        for row in db.session.execute(text(query), {"last": last}):
            hashed.update(repr(tuple(row)).encode())
    return last, hashed.hexdigest()


def check(machine: Machine) -> None:
    """Every account holds what the model says; all is zero together; nothing but the givers' side is below it."""
    db.session.rollback()
    assert machine.balances() == machine.model.balances()
    sums = "SELECT count(*), sum(balance), min(CASE kind WHEN 'outside' THEN 0 ELSE balance END) FROM ledger_accounts"
    accounts, whole, least = db.session.execute(text(sums)).one()
    assert (accounts > 0, whole, least) == (True, 0, 0)
    model = machine.model
    assert model.matched(model.came("government"), model.came("sponsor"))


def recomputed(log: list[tuple]) -> dict[str, int]:
    """Totals from what happened, without any account: by source what came in, and what became of it all together."""
    totals: Counter[str] = Counter()
    agreed: dict[int, Counter[str]] = {}
    for what, *facts in log:
        if what == "in":
            totals[f"in {facts[0]}"] += facts[1]
        elif what == "pledge":
            totals["pledged"] += facts[0]
        elif what == "draw":
            totals["drawn"] += sum(facts[1].values())
        elif what == "pay":
            totals["gross"] += facts[0]
            totals["tax"] += facts[1]
        elif what == "return":
            totals["returned"] += facts[1]
        elif what in ("recovery_due", "returned", "cash"):
            totals[f"to {what}"] += facts[0]
        agreed.setdefault(0, Counter())
    return totals


def test_ten_thousand_steps_leave_the_books_right(app):
    machine = Machine(app, seed=20260701, match=(1, 1))
    next_race, kept = RACE_EVERY, []
    while machine.steps < STEPS:
        machine.block()
        if machine.steps >= next_race:
            next_race += RACE_EVERY
            machine.race_for_claims()
            machine.race_to_pay()
            machine.race_for_the_match()
            check(machine)
            kept.append(stored())
    check(machine)
    assert all(stored(last) == (last, seen) for last, seen in kept), "what was posted is there unchanged"
    assert replay(machine.programme) == []
    assert lost_transactions() == []
    assert verify_chain() is None
    totals = recomputed(machine.model.log)
    by_place: Counter[str] = Counter()
    for code, balance in machine.balances().items():
        kind, source, *_ = code.split(":")
        by_place[kind] += balance
        if kind in ("outside", "pledged"):
            by_place[f"in {source}"] -= balance
    assert {f"in {source}": by_place[f"in {source}"] for source in SOURCES} == {
        f"in {source}": totals[f"in {source}"] for source in SOURCES
    }
    assert by_place["payable"] == totals["drawn"] - totals["gross"]
    assert by_place["withheld"] == totals["tax"]
    assert by_place["paid"] == totals["gross"] - totals["tax"] - totals["to recovery_due"]
    assert by_place["recovery_due"] == totals["to recovery_due"] - totals["to cash"] - totals["to returned"]
    assert by_place["returned"] == totals["returned"] + totals["to returned"]
    # The test is worth something only when every step went through, was refused, undone and raced for.
    assert set(WEIGHTS) <= set(machine.done), set(WEIGHTS) - set(machine.done)
    assert machine.refused > STEPS // 50
    assert machine.undone > 5
    assert machine.races > 50
