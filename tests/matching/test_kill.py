"""A process that dies with -9 at any statement or commit of a decision leaves all of it or nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, verify_chain
from marketplace.database import db, read_only
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import TRANSITIONS
from marketplace.notifications import Notice, OutboxMail
from tests.matching.racing import STEPS, Race, take

pytestmark = pytest.mark.both_databases
NEVER = 10**9


class Points:
    """Counts the points at which a process may die, and dies at one of them."""

    def __init__(self, die_at: int) -> None:
        self.die_at, self.passed = die_at, 0

    def passing(self, *_: object) -> None:
        self.passed += 1
        if self.passed == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, name, self.passing)
        event.listen(Session, "after_commit", self.passing)


def in_child(app: Flask, do: Callable[[], int]) -> int:
    """Run something in a forked process with connections of its own; its exit status, negative when killed."""
    db.session.close()
    db.engine.dispose()  # no connection is shared between the two
    child = os.fork()
    if child == 0:
        status = 99
        try:
            with app.app_context():
                read_only(False)
                status = do()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def attempt(race: Race, die_at: int) -> int:
    """Do the verb in this process and die at a point; how many points there were when it did not come to that."""
    by = db.session.get_one(User, race.people[0])
    thing = db.session.get_one(MatchCase, race.cases[0])
    if race.verb == "accept":
        thing = db.session.query(Candidate).filter_by(case_id=race.cases[0]).one()
    points = Points(die_at)
    points.watch()
    take(race.verb, thing, by)
    return points.passed


def seen(race: Race) -> tuple[object, ...]:
    """Everything that the decision changes, together."""
    db.session.rollback()
    db.session.expire_all()
    case = db.session.get_one(MatchCase, race.cases[0])
    counts = [db.session.query(model).count() for model in (AuditEntry, OutboxMail, Notice)]
    return (str(case.state), str(case.candidates[0].state), *counts)


@pytest.mark.parametrize("verb", STEPS)
def test_a_killed_decision_is_there_as_a_whole_or_not_at_all(app, verb):
    race = Race(app, verb, runners=1)
    race.reset()
    before = seen(race)
    points = in_child(app, lambda: attempt(race, NEVER))
    after = seen(race)
    assert after[0] == TRANSITIONS[STEPS[verb]][verb]
    assert after[2] == before[2] + 1
    assert after[3] > before[3]
    assert 20 < points < 250, "the exit status holds the number of points"
    gained = [late - early for early, late in zip(before[2:], after[2:], strict=True)]
    whole = 0
    for point in range(1, points + 1):
        race.reset()
        start = seen(race)
        done = (*after[:2], *(count + more for count, more in zip(start[2:], gained, strict=True)))
        assert in_child(app, lambda point=point: attempt(race, point)) == -signal.SIGKILL
        found = seen(race)
        assert found in (start, done), f"half a decision at point {point} of {points}"
        whole += found == done
    assert 1 <= whole <= 2, "only what follows the commit may die without undoing the decision"
    assert verify_chain() is None
