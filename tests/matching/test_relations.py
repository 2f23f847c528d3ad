"""A firm that edits its relations between two steps clears no conflict, and the record says what was compared."""

from datetime import date

import pytest

from marketplace.audit import history_of
from marketplace.companies import actions as company_actions
from marketplace.companies.eligibility import ITEMS
from marketplace.companies.models import CompanyRelation
from marketplace.companies.states import RequestState
from marketplace.database import db, writing_allowed
from marketplace.errors import RuleBroken
from marketplace.matching import actions
from marketplace.matching.checks import comparisons
from marketplace.matching.index import rank_case
from marketplace.matching.models import MatchCase
from marketplace.matching.rows import relation_rows
from marketplace.matching.states import CaseState
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import World, release

CUSTOMER = "포스코"


@pytest.fixture
def world(app):
    return World()


def name(company, kind, organisation):
    factories.save(CompanyRelation(company_id=company.id, kind=kind, name=organisation))
    db.session.expire_all()


def take_back(company, organisation):
    with writing_allowed():
        for relation in list(company.relations):
            if relation.name == organisation:
                company.relations.remove(relation)
        db.session.commit()
    db.session.expire_all()


def opened_with(world, state, expert, *relations):
    """A case whose firm named these (kind, organisation) when it opened."""
    company = factories.company()
    for kind, organisation in relations:
        name(company, kind, organisation)
    return world.case(state, expert, company=company, relations=relation_rows(company))


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def of_the_customer():
    """An expert who left the firm's customer a few weeks ago."""
    return factories.expert(careers=((CUSTOMER, date(2000, 1, 1), date(2026, 11, 1)),))


@pytest.mark.both_databases
def test_opening_keeps_what_the_firm_names_in_the_case_and_in_the_record(world):
    company = factories.company()
    name(company, "customer", CUSTOMER)
    request = factories.request(company, world.programme, RequestState.CHECKING)
    company_actions.find_eligible(
        request, {item: {"result": "ok", "note": ""} for item in ITEMS}, by=world.operator
    )
    case = MatchCase.of_request(request)
    kept = [{"kind": "customer", "name": CUSTOMER, "brn": None}]
    assert case.relations == kept
    (entry,) = history_of(case)
    assert (entry.event, entry.facts["opened"]["relations"]) == ("request_eligible", kept)


@pytest.mark.both_databases
def test_a_customer_that_was_removed_since_is_a_conflict_at_every_step(world):
    expert = of_the_customer()
    expert.capacity = 9
    factories.save(expert)
    cases = {
        state: opened_with(world, state, expert, ("customer", CUSTOMER))
        for state in (CaseState.MATCHING, CaseState.OFFERED, CaseState.ACCEPTED, CaseState.FIRST_APPROVED)
    }
    for case in cases.values():
        take_back(case.request.company, CUSTOMER)
    matching, offered, accepted, approved = map(fresh, cases.values())
    with pytest.raises(RuleBroken, match=CUSTOMER):
        release(matching, [expert.id, *(e.id for e in world.experts)], by=world.operator)
    assert rank_case(fresh(matching), also=[expert.id]).of(expert.id) is None
    with pytest.raises(RuleBroken, match=CUSTOMER):
        actions.accept(fresh(offered).offered, by=expert.user)
    with pytest.raises(RuleBroken, match=CUSTOMER):
        actions.approve_first(fresh(accepted), seen=accepted.chosen_id, by=world.operator)
    with pytest.raises(RuleBroken, match=CUSTOMER):
        actions.approve_final(fresh(approved), seen=approved.chosen_id, by=world.official)


def test_one_that_was_added_since_is_a_conflict_too(world):
    expert = of_the_customer()
    case = opened_with(world, CaseState.ACCEPTED, expert)
    name(case.request.company, "customer", CUSTOMER)
    with pytest.raises(RuleBroken, match=CUSTOMER):
        actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator)


def test_a_case_from_before_relations_were_kept_goes_by_those_of_the_day(world):
    expert = of_the_customer()
    case = world.case(CaseState.ACCEPTED, expert)
    name(case.request.company, "customer", CUSTOMER)
    assert case.relations is None
    with pytest.raises(RuleBroken, match=CUSTOMER):
        actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator)


@pytest.mark.both_databases
def test_each_approval_keeps_what_was_compared(world):
    expert = factories.expert(
        careers=((CUSTOMER, date(2000, 1, 1), date(2010, 1, 1)),), interests=(("kin", "형제기업"),)
    )
    case = opened_with(
        world, CaseState.ACCEPTED, expert, ("customer", CUSTOMER), ("competitor", "떠난경쟁사")
    )
    take_back(case.request.company, "떠난경쟁사")
    name(case.request.company, "vendor", "새공급사")
    actions.approve_first(fresh(case), seen=case.chosen_id, by=world.operator)
    actions.approve_final(fresh(case), seen=case.chosen_id, by=world.official)
    for entry in history_of(case):
        compared = entry.facts["compared"]
        assert compared["ties"] == [["employer", CUSTOMER], ["kin", "형제기업"]]
        assert compared["relations"] == [
            ["self", case.request.company.name, "kept"],
            ["customer", CUSTOMER, "kept"],
            ["vendor", "새공급사", "added"],
            ["competitor", "떠난경쟁사", "removed"],
        ]
        assert compared["met"] == [["employer", CUSTOMER, "고객사"]]


def test_the_case_page_gives_the_ground_of_each_tie_once(world, client):
    expert = factories.expert(
        careers=(
            (CUSTOMER, date(1990, 1, 1), date(1999, 1, 1)),
            (CUSTOMER, date(2000, 1, 1), date(2010, 5, 31)),
        ),
        interests=(("kin", "형제기업"),),
    )
    case = opened_with(world, CaseState.ACCEPTED, expert, ("customer", CUSTOMER), ("competitor", "형제기업"))
    rows = comparisons(expert, case)
    assert [(row.tie, row.left, row.free_from) for row in rows] == [
        ("employer", date(2010, 5, 31), date(2012, 5, 31)),
        ("kin", None, None),
    ]
    text = sign_in(client, world.operator).get(f"/cases/{case.id}").text
    assert "퇴직일 2010. 5. 31., 퇴직 후 24개월은" in text
    assert "2012. 5. 31." in text
    assert "신고한 이해관계가 있으면 기간과 관계없이" in text


def test_the_case_page_marks_what_the_firm_changed(world, client):
    expert = of_the_customer()
    case = opened_with(world, CaseState.ACCEPTED, expert, ("customer", CUSTOMER))
    take_back(case.request.company, CUSTOMER)
    name(case.request.company, "vendor", "새공급사")
    text = sign_in(client, world.official).get(f"/cases/{case.id}").text
    assert "매칭을 시작한 뒤 기업이 거래 관계를 바꾸었습니다" in text
    assert "새공급사 (거래 중이거나 검토 중인 공급기업): 매칭 시작 후 추가됨" in text
    assert f"{CUSTOMER} (주요 고객사): 매칭 시작 후 삭제됨" in text
    quiet = opened_with(world, CaseState.ACCEPTED, world.experts[0], ("customer", CUSTOMER))
    assert "거래 관계를 바꾸었습니다" not in sign_in(client, world.official).get(f"/cases/{quiet.id}").text
