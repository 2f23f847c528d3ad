"""A firm that stays silent is reminded once, and staff see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.audit import history_of
from marketplace.database import clock_at, db, utcnow
from marketplace.notifications import OutboxMail
from marketplace.visits import actions
from marketplace.visits.sweeps import remind_firms
from tests.conftest import sign_in
from tests.visits.world import World, key, log

pytestmark = pytest.mark.both_databases


def handed_in(world, days=1):
    return actions.log_visit(world.mentorship, log(days), client_key=key(), by=world.writer)


def mails(world):
    db.session.rollback()
    return db.session.query(OutboxMail).filter_by(user_id=world.firm.id, token_purpose="visit").count()


def test_a_silent_firm_is_reminded_after_the_programmes_days_and_only_once(app):
    world = World(programme={"confirm_reminder_days": 3})
    visit = handed_in(world)
    with clock_at(utcnow() + timedelta(days=2, hours=23)):
        assert remind_firms() == 0
    with clock_at(utcnow() + timedelta(days=3, minutes=1)):
        assert remind_firms() == 1
        assert remind_firms() == 0
    assert mails(world) == 2
    assert [entry.event for entry in history_of(visit)] == ["visit_logged", "visit_reminded"]


def test_a_corrected_log_is_reminded_of_anew_and_counts_from_its_correction(app):
    world = World()
    visit = handed_in(world)
    with clock_at(utcnow() + timedelta(days=2, hours=1)):
        assert remind_firms() == 1
        actions.correct(visit, log(1, done="고쳐 적었습니다."), seen=1, by=world.writer)
        assert remind_firms() == 0
    with clock_at(utcnow() + timedelta(days=4, hours=2)):
        assert remind_firms() == 1
    assert mails(world) == 4


def test_an_answered_log_is_not_reminded_of(app):
    world = World()
    actions.confirm(handed_in(world), seen=1, by=world.firm)
    with clock_at(utcnow() + timedelta(days=30)):
        assert remind_firms() == 0


def test_silence_past_the_deadline_is_a_tab_of_the_queue_and_something_to_do(app, client):
    world = World()
    late, fine = world.visit(due_at=utcnow() - timedelta(hours=1)), world.visit()
    sign_in(client, world.operator)
    page = client.get("/visits/queue?tab=silent").text
    assert f"/visits/{late.id}" in page
    assert f'"/visits/{fine.id}"' not in page
    assert "기업이 확인하지 않은 방문 1건 살피기" in client.get("/todo").text
    assert "기업이 기한까지 답하지 않았습니다" in client.get(f"/visits/{late.id}").text
