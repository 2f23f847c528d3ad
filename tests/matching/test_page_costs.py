"""Lists and case pages take as many SQL statements for many rows as for few."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from marketplace.database import db
from marketplace.matching.states import CaseState
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import World


def statements(client, user, url):
    """How many statements a page takes once the index and the catalogue of words are warm."""
    sign_in(client, user).get(url)
    db.session.close()
    counted = []

    def count(*_):
        counted.append(1)

    event.listen(db.engine, "before_cursor_execute", count)
    assert client.get(url).status_code == 200
    event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.parametrize("name", ["queue", "preview", "candidates", "case", "ranking", "offers", "todo"])
def test_a_page_takes_the_same_number_of_statements_for_many_rows(app, client, name):
    world = World(experts=2)
    counts = []
    for more in (1, 4):
        world.experts += [factories.expert() for _ in range(more)]
        for expert in world.experts:
            expert.capacity = 10
        factories.save(*world.experts)
        cases = [world.case(CaseState.ACCEPTED) for _ in range(more)]
        offered = [world.case(CaseState.OFFERED) for _ in range(more)]
        proposed = world.case(CaseState.PROPOSED)
        person = {
            "candidates": factories.person_of(proposed.request.company),
            "offers": world.experts[0].user,
            "todo": world.experts[0].user,
        }.get(name, world.operator)
        url = {
            "queue": "/cases?tab=all",
            "preview": "/cases/approve?" + "&".join(f"case={case.id}" for case in cases),
            "candidates": f"/requests/{proposed.request_id}/candidates",
            "case": f"/cases/{cases[0].id}",
            "ranking": f"/cases/{proposed.id}/candidates",
            "offers": "/offers",
            "todo": "/todo",
        }[name]
        assert offered
        counts.append(statements(client, person, url))
    assert counts[0] == counts[1]
