"""A person's month and feed: what that person may see, at the hours of Seoul, behind an address that can be revoked."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.visits.actions.feeds import close_feed, open_feed
from marketplace.visits.models_feed import CalendarFeed
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.matching.test_page_costs import statements
from tests.visits.world import World, days_ago, log, mentorship, seoul

pytestmark = pytest.mark.both_databases
#: What a calendar program trips over unless it is escaped or folded.
NASTY = "쉼표, 쌍반점; 역슬래시\\ 줄\n바꿈 " + "도금조 온도 기록을 길게 적습니다. " * 20 + "😀 END:VEVENT"


def events(client, key: str) -> list:
    """The events behind an address, read back by a parser."""
    answer = client.get(f"/calendar/{key}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.get_data()).walk("VEVENT"))


def test_a_feed_holds_made_and_planned_visits_at_the_hours_of_seoul(app, client):
    world = World(planned=12)
    world.visit(log=log(1, "14:00", "16:30"), planned_number=1)
    world.visit(VisitState.WITHDRAWN)
    found = {str(event["uid"]): event for event in events(client, open_feed(by=world.writer))}
    made = [event for uid, event in found.items() if uid.startswith("visit-")]
    planned = [event for uid, event in found.items() if uid.startswith("planned-")]
    assert len(made) == 1
    assert made[0]["dtstart"].dt == seoul(days_ago(1), "14:00")
    assert made[0]["dtstart"].params["TZID"] == "Asia/Seoul"
    assert made[0]["dtend"].dt - made[0]["dtstart"].dt == timedelta(hours=2.5)
    assert len(planned) == 11
    assert {type(event["dtstart"].dt) for event in planned} == {date}
    assert all(world.company.name in str(event["summary"]) for event in found.values())


def test_text_that_has_to_be_escaped_and_folded_comes_back_as_it_was(app, client):
    world = World(planned=0)
    world.visit(log=log(1, done=NASTY, place="창원, 2공장; 옆문"))
    key = open_feed(by=world.writer)
    raw = client.get(f"/calendar/{key}.ics").get_data()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    (event,) = events(client, key)
    assert str(event["description"]).endswith(NASTY)
    assert str(event["location"]) == "창원, 2공장; 옆문"
    assert raw.decode().count("BEGIN:VTIMEZONE") == 1


def test_a_feed_shows_only_what_its_person_may_see(app, client):
    ours, theirs = World(planned=1), World(planned=1)
    ours.visit()
    theirs.visit()
    second = mentorship(ours.programme, expert=ours.expert, planned=1)
    expected = {
        ours.writer: {ours.company.name, second.request.company.name},
        ours.firm: {ours.expert.name},
        ours.operator: {
            f"{ours.company.name}, {ours.expert.name}",
            f"{second.request.company.name}, {ours.expert.name}",
        },
    }
    for person, whom in expected.items():
        found = {str(event["summary"]).partition(": ")[2] for event in events(client, open_feed(by=person))}
        assert found == whom


def test_only_the_hash_of_an_address_is_kept_and_it_is_shown_once(app, client):
    world = World()
    page = sign_in(client, world.writer).post("/calendar/address").text
    key = re.search(r"/calendar/([\w-]+)\.ics", page)[1]
    assert len(key) >= 43
    (feed,) = db.session.query(CalendarFeed)
    assert key not in " ".join(str(value) for value in vars(feed).values())
    assert key not in client.get("/calendar").text
    assert [entry.event for entry in history_of(feed)] == ["feed_opened"]


def test_a_new_address_and_a_revocation_end_the_old_one(app, client):
    world = World()
    first = open_feed(by=world.writer)
    second = open_feed(by=world.writer)
    assert client.get(f"/calendar/{first}.ics").status_code == 404
    assert client.get(f"/calendar/{second}.ics").status_code == 200
    close_feed(by=world.writer)
    assert client.get(f"/calendar/{second}.ics").status_code == 404
    with pytest.raises(RuleBroken):
        close_feed(by=world.writer)


@pytest.mark.parametrize("change", ["disabled", "left"])
def test_an_address_ends_with_its_persons_right(app, client, change):
    world = World(planned=3)
    key = open_feed(by=world.firm)
    assert len(events(client, key)) == 3
    if change == "disabled":
        world.firm.disabled_at = world.firm.created_at
    else:
        world.firm.organisation_id = None
    factories.save(world.firm)
    answer = client.get(f"/calendar/{key}.ics")
    assert answer.status_code == 404 or b"VEVENT" not in answer.get_data()


@pytest.mark.parametrize("key", ["x", "A" * 43, "%00", "%ED%A0%80", "'" * 500])
def test_a_guessed_address_is_not_found(app, client, key):
    assert client.get(f"/calendar/{key}.ics").status_code == 404


def test_the_month_shows_each_persons_visits_and_plans_on_their_days(app, client):
    world, other = World(), World()
    visit, foreign = world.visit(planned_number=9), other.visit()
    month = f"{visit.starts_at.astimezone(seoul(days_ago(0), '00:00').tzinfo):%Y-%m}"
    for person in (world.writer, world.firm, world.operator, factories.user(Role.AUDITOR)):
        page = sign_in(client, person).get(f"/calendar?month={month}").text
        assert f'href="/visits/{visit.id}"' in page
        assert "예정 " in page
        assert (f'href="/visits/{foreign.id}"' in page) == (person.role == Role.AUDITOR)
    assert "방문도 방문 예정도 없습니다" in client.get("/calendar?month=1999-01").text
    for nonsense in ("", "2026-13", "abc", "9999-99"):
        assert client.get(f"/calendar?month={nonsense}").status_code == 200


def test_the_month_takes_the_same_number_of_statements_for_many_visits(app, client):
    world, counts = World(programme={"monthly_visits": 31}), []
    for more in (1, 8):
        assert [world.visit() for _ in range(more)]
        assert [mentorship(world.programme, expert=world.expert) for _ in range(more)]
        counts.append(statements(client, world.writer, "/calendar"))
    assert counts[0] == counts[1]
