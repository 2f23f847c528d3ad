"""A process that dies with -9 at any point of a log, a confirmation or a review leaves all of it or nothing."""

from __future__ import annotations

import io
import signal

import pytest

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, verify_chain
from marketplace.database import db
from marketplace.files.actions import prepare
from marketplace.files.models import StoredFile
from marketplace.mentorships.models import Mentorship
from marketplace.notifications import Notice, OutboxMail
from marketplace.visits import actions
from marketplace.visits.models import Visit, VisitPhoto, VisitVersion
from marketplace.visits.states import VisitState
from tests.files.papers import picture
from tests.matching.test_kill import NEVER, Points, in_child
from tests.visits.world import World, days_ago, log

pytestmark = pytest.mark.both_databases
MOST = 110  # points of a step
STARTS = {
    "log": None,
    "log with a photo": None,
    "confirm": VisitState.LOGGED,
    "correct": VisitState.LOGGED,
    "accept": VisitState.CONFIRMED,
}


def attempt(verb: str, world_ids: dict[str, int], visit_id: int | None, round_: int, die_at: int) -> int:
    """Do the verb in this process and die at a point; how many points there were when it did not come to that."""
    people = {
        name: db.session.get_one(User, number) for name, number in world_ids.items() if name != "mentorship"
    }
    visit = db.session.get_one(Visit, visit_id) if visit_id else None
    mentorship = db.session.get_one(Mentorship, world_ids["mentorship"])
    photos = []
    if verb == "log with a photo":
        photos = [prepare(io.BytesIO(picture(size=(64, 48 + round_))), "현장.jpg")]
    points = Points(die_at)
    points.watch()
    if verb.startswith("log"):
        key = f"key-{round_:08}"
        actions.log_visit(mentorship, log(1 + round_), client_key=key, photos=photos, by=people["writer"])
    elif verb == "correct":
        said = log(visit.starts_at.date(), "10:00", "12:30")
        actions.correct(visit, said, seen=visit.edition, by=people["writer"])
    elif verb == "confirm":
        actions.confirm(visit, seen=visit.edition, by=people["firm"])
    else:
        actions.accept(visit, 60, seen=visit.edition, by=people["operator"])
    return points.passed


def seen() -> tuple[int, ...]:
    """Everything that the step adds, counted together; a state counts as its place in the machine."""
    db.session.rollback()
    db.session.expire_all()
    counts = [
        db.session.query(model).count()
        for model in (Visit, VisitVersion, AuditEntry, OutboxMail, Notice, VisitPhoto, StoredFile)
    ]
    states = sum(list(VisitState).index(VisitState(visit.state)) for visit in db.session.query(Visit))
    return (states, *counts)


@pytest.mark.parametrize("verb", STARTS)
def test_a_killed_step_of_a_visit_is_there_as_a_whole_or_not_at_all(app, verb):
    rules = {"monthly_visits": 31}
    world = World(since=days_ago(MOST + 10), visits=500, programme=rules, planned=0)
    ids = {
        "writer": world.writer.id,
        "firm": world.firm.id,
        "operator": world.operator.id,
        "mentorship": world.mentorship.id,
    }
    start = STARTS[verb]
    # Each round is about a visit of its own, on a day of its own.
    visits = [world.visit(start).id if start else None for _ in range(MOST)]
    before = seen()
    points = in_child(app, lambda: attempt(verb, ids, visits[0], 0, NEVER))
    gained = [late - early for early, late in zip(before, seen(), strict=True)]
    assert gained[3] == 1, "one entry in the record"
    assert 10 < points < MOST
    whole = 0
    for point in range(1, points + 1):
        before = seen()
        done = tuple(count + more for count, more in zip(before, gained, strict=True))
        status = in_child(app, lambda point=point: attempt(verb, ids, visits[point], point, point))
        assert status == -signal.SIGKILL, f"point {point} of {points}"
        found = seen()
        assert found in (before, done), f"half a step at point {point} of {points}"
        whole += found == done
    assert 1 <= whole <= 2, "only what follows the commit may die without undoing the step"
    assert verify_chain() is None
