"""현황판: each figure is what a count by hand gives, leads to its list, and costs the same for many as for few."""

from __future__ import annotations

import pytest

from marketplace.access import Role
from marketplace.companies.states import RequestState
from marketplace.matching.states import CaseState
from marketplace.reporting import dashboard
from tests import factories
from tests.architecture.test_statements import statements
from tests.conftest import sign_in
from tests.outcomes.world import running


@pytest.fixture
def world(app):
    return running()


def counts(programme) -> dict[str, int]:
    return {stage.name: stage.count for stage in dashboard.funnel(programme)}


@pytest.mark.both_databases
def test_the_funnel_counts_each_request_once_at_each_step_that_it_reached(world):
    programme = world.mentorship.programme
    before = counts(programme)
    assert (before["최종 승인"], before["협약"], before["종료"]) == (1, 0, 0)
    factories.request(programme_=programme, state=RequestState.SUBMITTED)
    factories.case(factories.request(programme_=programme, state=RequestState.ELIGIBLE))
    after = counts(programme)
    assert after["접수"] >= before["접수"] + 1
    assert (after["적격"], after["최종 승인"]) == (before["적격"] + 1, 1)
    assert counts(factories.programme()) == dict.fromkeys(before, 0)


@pytest.mark.both_databases
def test_need_counts_requests_that_look_for_an_expert_and_supply_experts_who_can_come(app):
    programme = factories.programme()
    for state in (RequestState.SUBMITTED, RequestState.DRAFT, RequestState.INELIGIBLE):
        factories.request(programme_=programme, state=state, region="48")
    factories.case(factories.request(programme_=programme, state=RequestState.ELIGIBLE, region="48"))
    closed = factories.case(factories.request(programme_=programme, state=RequestState.ELIGIBLE, region="48"))
    closed.state = CaseState.WITHDRAWN
    factories.save(closed)
    factories.expert(regions=["48", "26"])
    paused = factories.expert(regions=["48"])
    paused.paused_at = paused.created_at
    factories.save(paused)
    found = {row.code: row for row in dashboard.provinces(programme, lambda code: code)}
    assert (found["48"].need, found["48"].supply) == (2, 1)
    assert (found["26"].need, found["26"].supply) == (0, 1)


@pytest.mark.both_databases
def test_concentration_names_who_has_the_approved_matches(world):
    experts, employers = dashboard.concentration(world.mentorship.programme)
    assert [(share.name, share.count, share.share) for share in experts] == [
        (world.mentorship.expert.name, 1, 100.0)
    ]
    assert all(share.count == 1 for share in employers)


@pytest.mark.both_databases
def test_waiting_times_say_over_how_many_they_were_counted(world):
    found = {wait.name: wait for wait in dashboard.waits(world.mentorship.programme)}
    assert found["최종 승인에서 협약까지"].days is None
    assert all(wait.of >= 0 and (wait.days is None) == (wait.of == 0) for wait in found.values())


def test_staff_see_the_board_and_its_lists_and_others_do_not(world, app):
    for user in (world.operator, world.official, factories.user(Role.AUDITOR), factories.user(Role.ADMIN)):
        browser = sign_in(app.test_client(), user)
        page = browser.get("/dashboard")
        assert page.status_code == 200
        assert "지역별 수요와 공급" in page.text
    for user in (world.firm, world.expert, factories.user(Role.SPONSOR)):
        assert sign_in(app.test_client(), user).get("/dashboard").status_code == 403
    elsewhere = running()
    address = f"/dashboard?programme={world.mentorship.programme.id}"
    assert sign_in(app.test_client(), elsewhere.operator).get(address).status_code == 404


def test_whoever_runs_no_programme_is_told_so(app):
    page = sign_in(app.test_client(), factories.user(Role.OPERATOR)).get("/dashboard")
    assert page.status_code == 200
    assert "볼 수 있는 사업이 없습니다." in page.text


def test_the_board_takes_as_many_statements_for_many_rows_as_for_few(world, app):
    browser, programme = sign_in(app.test_client(), world.operator), world.mentorship.programme
    for _ in range(2):
        factories.case(factories.request(programme_=programme, state=RequestState.ELIGIBLE))
    statements(browser, "/dashboard")
    few = statements(browser, "/dashboard")
    for _ in range(40):
        factories.case(factories.request(programme_=programme, state=RequestState.ELIGIBLE))
        factories.expert()
    assert statements(browser, "/dashboard") == few
