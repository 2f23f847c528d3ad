"""However many devices hand in at once, the rules hold, and what is sent twice is one visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.audit import history_of, verify_chain
from marketplace.database import db
from marketplace.visits import actions
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState
from tests.visits.racing import at_once, handing_in
from tests.visits.world import World, key, log, mentorship, today

pytestmark = pytest.mark.both_databases


def test_of_overlapping_visits_at_several_firms_one_is_kept(app):
    world = World()
    everywhere = [world.mentorship, *(mentorship(world.programme, expert=world.expert) for _ in range(3))]
    logs = [log(1, f"{9 + n:02}:00", f"{13 + n:02}:00") for n in range(4)]
    found = at_once(
        app,
        [handing_in(m.id, world.writer.id, said, key()) for m, said in zip(everywhere, logs, strict=True)],
    )
    assert found == {"won": 1, "refused at start": 3}
    assert db.session.query(Visit).count() == 1
    assert verify_chain() is None


def test_the_last_visits_of_a_month_go_to_as_many_as_there_is_room_for(app):
    month = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
    world = World(programme={"monthly_visits": 2}, since=month)
    days = [month.replace(day=day) for day in range(1, 7)]
    found = at_once(app, [handing_in(world.mentorship.id, world.writer.id, log(day), key()) for day in days])
    assert found == {"won": 2, "refused at on": 4}
    assert sorted(v.planned_number for v in db.session.query(Visit)) == [1, 2]


def test_two_experts_at_one_firm_on_one_day_are_one_visit(app):
    first = World()
    second = World(company=first.company)
    found = at_once(
        app,
        [handing_in(w.mentorship.id, w.writer.id, log(1), key()) for w in (first, second)],
    )
    assert found == {"won": 1, "refused at on": 1}


def test_one_log_sent_by_several_tries_at_once_is_one_visit(app):
    world = World()
    found = at_once(app, [handing_in(world.mentorship.id, world.writer.id, log(1), "one-key-for-all")] * 5)
    assert found == {"won": 5}
    visit = db.session.query(Visit).one()
    assert [entry.event for entry in history_of(visit)] == ["visit_logged"]


def test_of_several_answers_of_a_firm_and_a_correction_one_holds(app):
    world = World()
    visit = world.visit()
    number, firm, writer = visit.id, world.firm.id, world.writer.id

    def confirm():
        actions.confirm(db.session.get_one(Visit, number), seen=1, by=db.session.get_one(User, firm))

    def correct():
        thing = db.session.get_one(Visit, number)
        actions.correct(thing, log(1, "10:00", "13:00"), seen=1, by=db.session.get_one(User, writer))

    found = at_once(app, [confirm, confirm, correct])
    assert found["won"] == 1
    assert found["conflict"] == 2
    after = db.session.get_one(Visit, number)
    assert (after.state, after.edition) in ((VisitState.CONFIRMED, 1), (VisitState.LOGGED, 2))
