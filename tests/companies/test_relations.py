"""Customers, competitors and suppliers: what a firm never said is unknown, and only what it denied is none."""

from __future__ import annotations

import pytest

from marketplace.audit import history_of
from marketplace.companies import actions
from marketplace.companies.eligibility import Result, findings, missing_parts
from marketplace.companies.models import Company, CompanyRelation, MentoringRequest, RelationToFirm
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.matching.actions import open_case
from marketplace.matching.models import MatchCase
from tests import factories
from tests.companies.conftest import FINE, full_request
from tests.conftest import sign_in


@pytest.fixture
def silent(world):
    """The world with a firm that never said whom it deals with."""
    world.firm.none_of = []
    factories.save(world.firm)
    return world


def stored(firm: Company) -> Company:
    db.session.rollback()
    return db.session.get_one(Company, firm.id, populate_existing=True)


def test_what_the_firm_never_said_is_shown_as_unknown_and_what_it_denied_as_none(app, silent):
    silent.firm.none_of = ["vendor"]
    silent.firm.sales = None
    factories.save(silent.firm)
    request = full_request(silent, RequestState.CHECKING)
    text = sign_in(app.test_client(), silent.operator).get(f"/staff/requests/{request.id}").text
    firm = text[text.index('id="firm"') :]
    assert firm.count("확인되지 않음") == 2
    assert firm.count("없음 (기업이 확인)") == 1
    assert '<dt>연 매출액</dt><dd><span class="nothing">입력 없음</span>' in firm


def test_handing_in_asks_for_every_kind_that_is_neither_named_nor_denied(silent):
    silent.firm.relations = [CompanyRelation(kind=RelationToFirm.CUSTOMER, name="한빛전자")]
    silent.firm.none_of = ["vendor"]
    factories.save(silent.firm)
    request = full_request(silent)
    assert [(part.field, part.of_firm) for part in missing_parts(request)] == [("competitors", True)]
    with pytest.raises(RuleBroken) as refused:
        actions.submit_request(request, by=silent.person)
    assert refused.value.field == "competitors"


def test_the_request_page_leads_to_where_relations_are_stated(app, silent):
    request = full_request(silent)
    client = sign_in(app.test_client(), silent.person)
    page = client.get(f"/requests/{request.id}/edit").text
    assert "거래 관계 입력" in page
    assert page.count("확인되지 않음") == 3
    assert "#customers" in page
    for name in ("no_customers", "no_competitors", "no_vendors"):
        assert f'name="{name}"' in client.get("/company").text


def test_the_firm_says_that_there_is_none_and_the_record_keeps_it(app, silent):
    client = sign_in(app.test_client(), silent.person)
    sent = {"industry": "C25", "region": "48", "employees": "40", "customers": "한빛전자"}
    answer = client.post("/company", data={**sent, "no_competitors": "y"})
    assert answer.status_code == 303
    firm = stored(silent.firm)
    assert firm.none_of == ["competitor"]
    assert firm.unstated == [RelationToFirm.VENDOR]
    assert history_of(firm)[-1].facts["none_of"] == ["competitor"]


def test_a_name_and_none_at_once_is_refused_at_the_box_and_both_stay(app, silent):
    client = sign_in(app.test_client(), silent.person)
    answer = client.post("/company", data={"customers": "한빛전자", "no_customers": "y"})
    assert answer.status_code == 422
    assert 'id="no_customers-error"' in answer.text
    assert "한빛전자</textarea>" in answer.text
    assert stored(silent.firm).none_of == []


def test_the_check_names_what_was_never_stated_and_asks_for_a_note(silent):
    request = full_request(silent, RequestState.CHECKING)
    finding = findings(request)["relations"]
    assert finding.result == Result.UNKNOWN
    assert "경쟁사" in finding.facts["kinds"]
    unknown = {**FINE, "relations": {"result": "unknown", "note": ""}}
    with pytest.raises(RuleBroken) as refused:
        actions.find_eligible(request, unknown, by=silent.operator)
    assert refused.value.field == "relations"


def test_the_case_page_and_the_record_say_what_could_not_be_compared(app, silent, monkeypatch):
    monkeypatch.setattr(actions, "on_eligible", [open_case])
    request = full_request(silent, RequestState.CHECKING)
    actions.find_eligible(request, FINE, by=silent.operator)
    case = MatchCase.of_request(db.session.get_one(MentoringRequest, request.id))
    opened = history_of(case)[-1].facts["opened"]
    assert opened["unstated"] == ["customer", "competitor", "vendor"]
    text = sign_in(app.test_client(), silent.operator).get(f"/cases/{case.id}").text
    assert "기업이 밝히지 않은 거래 관계: 주요 고객사, 경쟁사" in text
