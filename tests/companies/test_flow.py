"""The way of a request through the pages, from the first words to the decision."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from marketplace.audit import history_of, verify_chain
from marketplace.companies import actions
from marketplace.companies.eligibility import DECLARATIONS, ITEMS, missing_parts, today
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.errors import RuleBroken
from tests import factories
from tests.companies.conftest import FINE, full_request
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases


def stored() -> MentoringRequest:
    """The newest request as the database has it."""
    db.session.rollback()
    return db.session.query(MentoringRequest).populate_existing().order_by(MentoringRequest.id.desc()).first()


def test_the_first_words_ask_for_what_handing_in_needs_of_the_firm(app, world):
    firm = factories.company(region=None, industry=None, employees=None)
    client = sign_in(app.test_client(), factories.person_of(firm))
    page = client.get("/requests/new").text
    for name in ("region", "industry", "employees"):
        assert f'name="{name}"' in page, name
    told = {"programme_id": world.programme.id, "problem": "도금이 벗겨져서 반품이 들어옵니다."}
    told |= {"region": "48", "industry": "C25", "employees": "12"}
    assert client.post("/requests/new", data=told).status_code == 303
    assert stored().company.employees == 12
    left = {part.field for part in missing_parts(stored()) if part.of_firm}
    assert left <= {"customers", "competitors", "vendors"}
    assert 'name="employees"' not in client.get("/requests/new").text


def test_a_request_goes_from_first_words_to_eligible_through_the_pages(app, world):
    firm, staff = app.test_client(), app.test_client()
    sign_in(firm, world.person)
    sign_in(staff, world.operator)
    answer = firm.post(
        "/requests/new",
        data={
            "programme_id": world.programme.id,
            "problem": "도금이 벗겨져서 반품이 들어옵니다. 원인을 모르겠습니다.",
            "terms": ["QUA-01"],
        },
    )
    request = stored()
    assert answer.status_code == 303
    assert answer.location == f"/requests/{request.id}/edit#needs"
    assert re.fullmatch(r"2026-\d{5}", request.reference)
    assert [(need.term, need.priority) for need in request.needs] == [("QUA-01", 3)]
    page = firm.get(f"/requests/{request.id}/edit")
    assert page.status_code == 200
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)[1]
    answer = firm.post(
        f"/requests/{request.id}/edit",
        data={
            "version": version,
            "page": "a",
            "do": "submit",
            "title": "도금 박리",
            "problem": "도금이 벗겨져서 반품이 들어옵니다. 원인을 모르겠습니다.",
            "goal": "반품을 절반으로 줄이고 싶습니다.",
            "kpis-0-code": "Q1",
            "kpis-0-baseline": "3.2",
            "tier_id": world.programme.tiers[0].id,
            "months": "3",
            "start_on": (today() + timedelta(days=60)).isoformat(),
            "mode": "onsite",
            "region": "48",
            "place": "창원시 성산구",
            "level": "기초",
            "declarations": list(DECLARATIONS),
        },
    )
    assert answer.location == f"/requests/{request.id}", answer.text
    assert stored().state == RequestState.SUBMITTED
    assert stored().kpi_goals == [{"code": "Q1", "baseline": "3.2", "target": None, "unit": "% 또는 ppm"}]
    assert request.reference in staff.get("/staff/requests").text
    assert staff.post(f"/staff/requests/{request.id}/take").status_code == 303
    assert staff.get(f"/staff/requests/{request.id}").status_code == 200
    checks = dict.fromkeys(ITEMS, "ok")
    answer = staff.post(f"/staff/requests/{request.id}/decide", data={**checks, "do": "eligible"})
    assert answer.status_code == 303, answer.text
    assert stored().state == RequestState.ELIGIBLE
    assert stored().decided_by_id == world.operator.id
    assert [entry.event for entry in history_of(stored())] == [
        "interest_expressed",
        "request_saved",
        "request_submitted",
        "request_taken",
        "request_eligible",
    ]
    assert verify_chain() is None
    assert "적격" in firm.get(f"/requests/{request.id}").text
    assert firm.get("/requests").status_code == 200


@pytest.fixture
def returned(world):
    """A request that the operator returned for correction, and the firm's and the operator's pages."""
    request = full_request(world, RequestState.CHECKING)
    actions.return_request(request, FINE, "하루 생산량을 덧붙여 주십시오.", by=world.operator)
    return stored()


def test_a_returned_request_is_not_taken_back_without_an_answer_or_a_change(app, world, returned):
    firm = sign_in(app.test_client(), world.person)
    page = firm.get(f"/requests/{returned.id}/edit").text
    assert "보완 사유에 대한 답" in page
    answer = firm.post(f"/requests/{returned.id}/edit", data={**_as_sent(returned), "do": "submit"})
    assert answer.status_code == 422
    assert 'id="answer-error"' in answer.text
    assert stored().state == RequestState.RETURNED
    with pytest.raises(RuleBroken) as refused:
        actions.submit_request(stored(), by=world.person)
    assert refused.value.field == "answer"


def test_the_operator_sees_the_answer_and_what_changed(app, world, returned):
    firm, was = sign_in(app.test_client(), world.person), returned.goal
    sent = {
        **_as_sent(returned),
        "goal": "하루 1,200개를 불량 없이 만듭니다.",
        "answer": "생산량을 적었습니다.",
    }
    answer = firm.post(f"/requests/{returned.id}/edit", data={**sent, "do": "submit"})
    assert answer.status_code == 303, answer.text[-3000:]
    assert stored().state == RequestState.SUBMITTED
    facts = history_of(stored())[-1].facts
    assert facts["answer"] == "생산량을 적었습니다."
    assert facts["corrected"] == {"goal": [was, "하루 1,200개를 불량 없이 만듭니다."]}
    text = sign_in(app.test_client(), world.operator).get(f"/staff/requests/{returned.id}").text
    shown = text[text.index('id="correction"') : text.index('id="checks"')]
    for words in ("생산량을 적었습니다.", was, "하루 1,200개를 불량 없이 만듭니다."):
        assert words in shown, words
    assert "고친 항목: 목표" in text[text.index('id="history"') :]


def _as_sent(request: MentoringRequest) -> dict[str, object]:
    """What the page of a request sends when nobody types anything."""
    names = (
        "title",
        "problem",
        "goal",
        "tier_id",
        "months",
        "mode",
        "region",
        "place",
        "level",
        "declarations",
    )
    return {name: getattr(request, name) for name in names} | {"start_on": request.start_on.isoformat()}
