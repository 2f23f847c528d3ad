"""The number of SQL statements of the pages does not grow with their rows."""

from __future__ import annotations

from datetime import timedelta

from marketplace.matching.states import CaseState
from marketplace.mentorships.actions import changing
from marketplace.mentorships.actions.opening import open_agreement
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState, Party
from tests import factories
from tests.architecture.test_statements import statements
from tests.conftest import sign_in
from tests.mentorships.world import World, asked_change, fresh


def test_lists_and_todos_need_as_many_statements_for_many_mentorships_as_for_few(app):
    world = World()

    def more(count: int) -> None:
        for _ in range(count):
            world.opened()

    def counted() -> dict[str, int]:
        found = {}
        for name, person in people.items():
            client = sign_in(app.test_client(), person)
            for path in ("/mentorships", "/todo"):
                statements(client, path)  # caches that a first page fills are not counted
                found[f"{name} {path}"] = statements(client, path)
        return found

    running = world.mentorship(MentorshipState.RUNNING)
    asked = asked_change(running, last_day=running.last_day + timedelta(days=7))
    changing.request_change(fresh(running), asked, by=world.person(running, Party.FIRM))
    more(2)
    people = {"operator": world.operator, "expert": world.experts[0].user, "ministry": world.official}
    few = counted()
    more(6)
    many = counted()
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}


def test_the_page_of_one_needs_as_many_statements_for_many_visits_as_for_few(app):
    world = World()
    client = sign_in(app.test_client(), world.operator)
    case = world.case(CaseState.APPROVED)
    case.request.tier_id = world.programme.tiers[-1].id
    factories.save(case.request)
    open_agreement(case.id)
    longer = Mentorship.of_case(case)
    shorter = world.opened()
    assert longer is not None and longer.visits > shorter.visits
    for page in ("/mentorships/{}", "/mentorships/{}/agreement/edit"):
        statements(client, page.format(shorter.id))
        one, other = (statements(client, page.format(m)) for m in (shorter.id, longer.id))
        assert other <= one, page
