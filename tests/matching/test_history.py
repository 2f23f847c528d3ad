"""The history of a case finds every entry that touched it, though one transaction is one entry."""

import pytest

from marketplace.audit import history_of, verify_chain
from marketplace.companies import actions as company_actions
from marketplace.companies.eligibility import ITEMS
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.matching import actions
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CaseState
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import World, release

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(app):
    return World()


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def test_a_case_tells_of_its_opening_its_offers_and_its_withdrawal(world, client):
    request = factories.request(factories.company(), world.programme, RequestState.CHECKING)
    checks = {item: {"result": "ok", "note": ""} for item in ITEMS}
    company_actions.find_eligible(request, checks, by=world.operator)
    case, firm = MatchCase.of_request(request), factories.person_of(request.company)
    release(case, [e.id for e in world.experts], by=world.operator)
    first, second, _ = fresh(case).candidates
    actions.prefer(fresh(case), {1: first.id, 2: second.id}, by=firm)
    actions.decline(fresh(case).offered, "바쁩니다.", by=first.expert.user)
    company_actions.withdraw_request(fresh(case).request, "사정이 바뀌었습니다.", by=firm)
    assert [entry.event for entry in history_of(case)] == [
        "request_eligible",
        "candidates_released",
        "preferences_stated",
        "offer_declined",
        "request_withdrawn",
    ]
    assert fresh(case).reason == "사정이 바뀌었습니다."
    text = sign_in(client, world.operator).get(f"/cases/{case.id}").text
    assert "매칭을 시작했습니다. 기간은" in text
    assert f"제안: {first.expert.name}, " in text
    assert f"제안: {second.expert.name}, " in text
    assert "까지 회신" in text
    assert "신청 취소" in text
    assert verify_chain() is None


def test_becoming_unavailable_is_one_entry_in_the_history_of_every_case_and_of_the_expert(world, client):
    asked = world.experts[0]
    case, other = world.case(CaseState.OFFERED, asked), world.case(CaseState.OFFERED, asked)
    untouched = world.case(CaseState.OFFERED, world.experts[1])
    last = world.case(CaseState.OFFERED, asked)
    for candidate in last.candidates:
        candidate.preference = None
    factories.save(*last.candidates)
    actions.decline(fresh(case).offered, "건강이 좋지 않습니다.", by=asked.user, become_unavailable=True)
    (entry,) = history_of(case)
    for thing in (other, last, asked):
        assert [found.id for found in history_of(thing)] == [entry.id]
    assert history_of(untouched) == []
    assert entry.facts["in_other_cases"][str(last.id)] == {"asked_next": None}
    told = {
        one.id: sign_in(client, world.operator).get(f"/cases/{one.id}").text.split('id="history"')[1]
        for one in (case, other, last)
    }
    assert all("건강이 좋지 않습니다." in text for text in told.values())
    assert f"제안: {fresh(other).offered.expert.name}" in told[other.id]
    assert "제안: " not in told[last.id]
    assert verify_chain() is None
