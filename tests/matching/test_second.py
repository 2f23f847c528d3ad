"""The second expert who covers what the first leaves open, on the firm's page of candidates."""

from __future__ import annotations

import pytest

from marketplace.matching.second import pairings
from marketplace.matching.states import CaseState
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import EXPLANATION, World

TERMS = {"PRC-09": 3, "QUA-01": 2, "SYS-01": 1}


def explained(*covered: str) -> dict[str, object]:
    """An explanation in which these terms are covered and the others are not."""
    needs = [
        {
            "term": term,
            "need": term,
            "priority": priority,
            "covered": term in covered,
            "kind": "skill" if term in covered else None,
            "covered_by": term,
            "level": 4,
            "years": None,
            "last_used": None,
            "evidence": "",
        }
        for term, priority in TERMS.items()
    ]
    return {**EXPLANATION, "needs": needs}


@pytest.fixture
def world(app):
    return World()


def released(world: World, *covered: tuple[str, ...]):
    """A case whose candidates, best first, cover these terms."""
    case = world.case(CaseState.PROPOSED)
    for candidate, terms in zip(case.candidates, covered, strict=True):
        candidate.explanation = explained(*terms)
        factories.save(candidate)
    return case


def test_the_second_is_who_covers_most_of_what_the_first_leaves_by_importance(world):
    case = released(world, ("QUA-01",), ("QUA-01", "SYS-01"), ("PRC-09",))
    first, second, third = case.candidates
    found = {pair.first.id: pair for pair in pairings(case.candidates)}
    assert found[first.id].second is third
    assert [need["term"] for need in found[first.id].still] == ["SYS-01"]
    assert found[second.id].second is third
    assert list(found[second.id].still) == []
    assert found[third.id].second is second


def test_who_leaves_nothing_open_needs_no_second_and_nobody_is_named_who_adds_nothing(world):
    whole = released(world, tuple(TERMS), ("QUA-01",), ("QUA-01",))
    assert whole.candidates[0].id not in {pair.first.id for pair in pairings(whole.candidates)}
    alike = released(world, ("QUA-01",), ("QUA-01",), ("QUA-01",))
    assert {pair.second for pair in pairings(alike.candidates)} == {None}


def test_of_two_who_add_the_same_the_better_ranked_one_is_named(world):
    case = released(world, ("QUA-01",), ("PRC-09",), ("PRC-09",))
    assert pairings(case.candidates)[0].second is case.candidates[1]


def test_the_firms_page_names_the_second_and_what_stays_open(world, client):
    case = released(world, ("QUA-01",), ("QUA-01",), ("PRC-09",))
    url = f"/requests/{case.request_id}/candidates"
    text = sign_in(client, case.request.people()[0]).get(url).text
    shown = text[text.index('id="second-expert"') : text.index('id="order"')]
    row = shown[shown.index(f'<th scope="row">{case.candidates[0].expert.name}</th>') :]
    assert case.candidates[2].expert.name in row[: row.index("</tr>")]
