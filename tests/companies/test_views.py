"""The pages: nothing typed is lost, bad input is answered with a sentence, and nobody sees what is not theirs."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind
from marketplace.companies import actions
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.companies.views import firm_todos, operator_todos
from marketplace.database import db, utcnow
from tests import factories
from tests.companies.conftest import FINE, full_request
from tests.conftest import sign_in

NASTY = [
    "\x00",
    "😀" * 50,
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "가" * 10_000,
    "-1",
    "10" * 10,
    "2027-02-31",
    "<script>alert(1)</script>",
    "'; DROP TABLE requests; --",
    "%00",
    "NaN",
    "1e308",
]
TYPED = (
    "title",
    "problem",
    "goal",
    "kpis-0-code",
    "kpis-0-baseline",
    "kpis-0-target",
    "tier_id",
    "months",
    "start_on",
    "mode",
    "region",
    "place",
    "level",
    "declarations",
    "check_1",
    "own_words",
    "term",
    "version",
    "page",
    "priority-1",
    "do",
)


def test_a_firm_that_has_stated_nothing_yet_can_open_and_save_its_data(app):
    office = factories.organisation(OrganisationKind.FIRM)
    firm = sign_in(app.test_client(), factories.user(Role.COMPANY, office))
    answer = firm.get("/company")
    assert answer.status_code == 200
    assert "checked" not in answer.text
    assert firm.post("/company", data={"customers": "한빛전자"}).location == "/company"
    assert "한빛전자" in firm.get("/company").text


def fresh(request: MentoringRequest) -> MentoringRequest:
    """The request as the database has it."""
    db.session.rollback()
    return db.session.get(MentoringRequest, request.id, populate_existing=True)


@pytest.fixture
def firm(app, world):
    return sign_in(app.test_client(), world.person)


@pytest.fixture
def staff(app, world):
    return sign_in(app.test_client(), world.operator)


@pytest.mark.parametrize("field", TYPED)
def test_no_input_of_the_draft_breaks_the_page_and_none_loses_the_title(firm, world, field):
    request = full_request(world)
    for number, text in enumerate(NASTY):
        data = {"title": "그대로 남을 제목", "problem": "도금이 벗겨집니다.", field: text}
        for path in {"autosave", ("edit", "needs", "level")[number % 3]}:
            answer = firm.post(f"/requests/{request.id}/{path}", data=data, headers={"HX-Request": "true"})
            assert answer.status_code in (200, 303, 409, 422), (path, field, text)
        if field not in ("title", "version"):
            assert fresh(request).title == "그대로 남을 제목"


def test_a_broken_field_comes_back_as_typed_with_what_is_wrong(firm, world):
    request = full_request(world)
    answer = firm.post(
        f"/requests/{request.id}/autosave",
        data={"title": "새 제목", "start_on": "2027-02-31", "kpis-0-code": "Q1", "kpis-0-baseline": "많음"},
    )
    assert answer.status_code == 200
    assert set(answer.json["errors"]) == {"start_on", "kpis-0-baseline"}
    page = firm.get(f"/requests/{request.id}/edit").text
    assert 'value="2027-02-31"' in page
    assert 'value="많음"' in page
    assert "있는 날짜를" in page
    assert 'value="새 제목"' in page


def test_text_beyond_the_limit_is_kept_whole_and_the_stored_text_stays(firm, world):
    request = full_request(world)
    answer = firm.post(f"/requests/{request.id}/edit", data={"problem": "가" * 5000, "do": "save"})
    assert answer.status_code == 422
    assert "4000자 이내로" in answer.text
    assert fresh(request).problem.startswith("도금이")
    assert "가" * 5000 in firm.get(f"/requests/{request.id}/edit").text


def test_handing_in_names_everything_that_is_missing_at_its_field(firm, world):
    request = full_request(world, title=None, goal=None, place=None)
    answer = firm.post(f"/requests/{request.id}/edit", data={"problem": "짧다", "do": "submit"})
    assert answer.status_code == 422
    for field in ("title", "problem", "goal", "start_on", "place"):
        assert f'id="{field}-error"' in answer.text, field
    assert fresh(request).state == RequestState.DRAFT


def test_a_request_without_needs_says_so_at_the_needs_and_leads_there(firm, world):
    request = full_request(world, needs=())
    answer = firm.post(f"/requests/{request.id}/edit", data={"do": "submit"})
    assert answer.status_code == 422
    assert '<a href="#needs">필요분야를 하나 이상 골라 주십시오.</a>' in answer.text
    assert 'id="needs-error"' in answer.text
    assert "직접 적기: " not in answer.text


def test_what_the_firms_page_lacks_leads_there_and_back(firm, world):
    world.firm.employees = None
    factories.save(world.firm)
    request = full_request(world)
    answer = firm.post(f"/requests/{request.id}/edit", data={"do": "submit"})
    place = re.search(r'<a href="(/company[^"]*)#employees">기업정보에 상시근로자', answer.text)[1]
    saved = firm.post(html.unescape(place), data={"employees": "12"})
    assert saved.location == f"/requests/{request.id}/edit"


def test_the_firms_page_leads_to_no_other_site(firm, world):
    assert firm.post("/company?next=//evil.example", data={"employees": "12"}).location == "/company"


def test_somebody_elses_saving_is_told_and_the_page_keeps_what_was_typed(firm, world):
    request = full_request(world)
    stale = {"version": request.version, "page": "second", "title": "내 제목", "do": "save"}
    firm.post(
        f"/requests/{request.id}/edit", data={"version": request.version, "page": "first", "title": "먼저"}
    )
    answer = firm.post(f"/requests/{request.id}/edit", data=stale)
    assert answer.status_code == 409
    assert "다른 화면에서 본인이" in answer.text
    assert 'value="내 제목"' in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    firm.post(f"/requests/{request.id}/edit", data={**stale, "version": version})
    assert fresh(request).title == "내 제목"


def test_terms_are_proposed_while_somebody_types_and_ticks_survive(firm):
    answer = firm.post(
        "/requests/proposals", data={"problem": "도금이 벗겨져서 반품이 옵니다", "terms": ["SYS-01"]}
    )
    assert answer.status_code == 200
    assert 'value="PRC-09"' in answer.text
    assert "적으신 말 ‘" in answer.text
    assert re.search(r'value="SYS-01" checked', answer.text)
    assert "<html" not in answer.text


def test_the_same_is_there_without_javascript_behind_a_button(firm, world):
    answer = firm.post("/requests/new", data={"problem": "도금이 벗겨져서 반품이 옵니다", "do": "propose"})
    assert answer.status_code == 200
    assert 'value="PRC-09"' in answer.text
    assert db.session.query(MentoringRequest).count() == 0


def test_a_need_is_added_by_one_tap_as_a_part_of_the_page_or_as_a_whole_page(firm, world):
    request = full_request(world)
    data = {"do": "add:PRC-09", "title": "제목", "page": "a"}
    part = firm.post(f"/requests/{request.id}/needs", data=data, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "PRC-09" in {need.term for need in fresh(request).needs}
    whole = firm.post(
        f"/requests/{request.id}/edit", data={"do": "dismiss:QUA-10", "title": "제목", "page": "a"}
    )
    assert whole.location.endswith("/edit#needs")
    assert fresh(request).dismissed == ["QUA-10"]


@pytest.mark.parametrize(
    "field",
    [
        "industry",
        "region",
        "city",
        "employees",
        "sales",
        "size_class",
        "products",
        "customers",
        "competitors",
        "vendors",
        "version",
    ],
)
def test_no_input_of_the_firms_page_breaks_it(firm, field):
    for text in NASTY:
        assert firm.post("/company", data={field: text}).status_code in (200, 303, 409, 422), text


def test_a_firm_chooses_among_the_industries_of_manufacturing(firm):
    page = firm.get("/company").text
    assert 'value="C25"' in page and 'value="J62"' not in page
    assert firm.post("/company", data={"industry": "J62"}).status_code == 422


def test_a_firm_that_was_imported_from_outside_manufacturing_sees_its_own_industry(app):
    imported = factories.company(industry="J62")
    page = sign_in(app.test_client(), factories.person_of(imported)).get("/company").text
    assert 'selected value="J62"' in page and 'value="H52"' not in page


def test_the_queue_can_be_narrowed_to_firms_outside_manufacturing(staff, world):
    full_request(world, RequestState.SUBMITTED, title="도금이 벗겨집니다")
    world.firm = factories.company(industry="J62")
    strange = full_request(world, RequestState.SUBMITTED, title="창고가 비좁습니다")
    page = staff.get("/staff/requests?industry=J62").text
    assert "창고가 비좁습니다" in page and "도금이 벗겨집니다" not in page
    assert '<option value="J62" selected>' in page
    page = staff.get(f"/staff/requests/{strange.id}").text
    assert "제조업이 아닙니다: J62 컴퓨터 프로그래밍, 시스템 통합 및 관리업" in page


def test_a_wrong_business_number_of_a_customer_is_named(firm):
    answer = firm.post("/company", data={"customers": "한빛전자 123-45-67890\n두리정밀"})
    assert answer.status_code == 422
    assert "한빛전자 123-45-67890" in answer.text
    assert "사업자등록번호를 확인해" in answer.text


@pytest.mark.parametrize("field", ["programme_id", "problem", "terms", "region"])
def test_no_input_of_the_first_words_breaks_the_page(firm, world, field):
    for text in NASTY:
        data = {"programme_id": world.programme.id, "problem": "도금이 벗겨집니다.", field: text}
        assert firm.post("/requests/new", data=data).status_code in (303, 422), text


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=-1",
        "page=99999999999999999999",
        "tab=draft",
        "tab=%00",
        "sort=-nothing",
        "q=%F0%9F%98%80%25_",
        "programme=1e9",
        "region=%ED%A0%80",
        "late=yes",
        "sort=-due",
        "sort=company",
        "q=124-81",
    ],
)
def test_the_queue_takes_any_address(staff, world, query):
    full_request(world, RequestState.SUBMITTED)
    assert staff.get(f"/staff/requests?{query}").status_code == 200


@pytest.mark.parametrize("number", [10**20, 2**31, 999_999])
def test_numbers_that_do_not_exist_are_not_found(firm, staff, number):
    for path in ("", "/edit", "/withdraw"):
        assert firm.get(f"/requests/{number}{path}").status_code == 404
    assert staff.get(f"/staff/requests/{number}").status_code == 404


def test_staff_see_what_was_handed_in_to_their_programme_and_no_draft(app, world):
    draft, handed_in = full_request(world), full_request(world, RequestState.SUBMITTED)
    for person in (world.operator, world.ministry, world.auditor):
        browser = sign_in(app.test_client(), person)
        assert browser.get(f"/staff/requests/{handed_in.id}").status_code == 200
        assert browser.get(f"/staff/requests/{draft.id}").status_code == 404
        listed = browser.get("/staff/requests").text
        assert handed_in.reference in listed
        assert draft.reference not in listed
    other = sign_in(app.test_client(), world.other_operator)
    assert other.get(f"/staff/requests/{handed_in.id}").status_code == 404
    assert handed_in.reference not in other.get("/staff/requests").text


def test_a_firm_sees_only_its_own_requests(app, world):
    request = full_request(world)
    browser = sign_in(app.test_client(), world.stranger)
    for path in ("", "/edit", "/withdraw"):
        assert browser.get(f"/requests/{request.id}{path}").status_code == 404
    assert request.reference not in browser.get("/requests").text


def test_the_ministry_reads_the_check_but_has_no_buttons(app, world):
    request = full_request(world, RequestState.CHECKING)
    browser = sign_in(app.test_client(), world.ministry)
    assert 'value="eligible"' not in browser.get(f"/staff/requests/{request.id}").text
    assert browser.post(f"/staff/requests/{request.id}/decide", data={"do": "eligible"}).status_code == 403


def test_a_decision_without_reason_keeps_the_notes_that_were_typed(staff, world):
    request = full_request(world, RequestState.CHECKING)
    data = dict.fromkeys(FINE, "ok") | {"brn_note": "등록증을 봄", "do": "ineligible"}
    answer = staff.post(f"/staff/requests/{request.id}/decide", data=data)
    assert answer.status_code == 422
    assert 'value="등록증을 봄"' in answer.text
    assert 'id="reason-error"' in answer.text


def test_an_objection_and_its_answer_go_through_the_pages(firm, staff, world):
    request = full_request(world, RequestState.CHECKING)
    actions.find_ineligible(request, FINE, "휴업 중입니다.", by=world.operator)
    assert "이의신청 내용" in firm.get(f"/requests/{request.id}").text
    assert firm.post(f"/requests/{request.id}/object", data={"text": " "}).status_code == 422
    assert firm.post(f"/requests/{request.id}/object", data={"text": "휴업이 아닙니다."}).status_code == 303
    assert "휴업이 아닙니다." in staff.get(f"/staff/requests/{request.id}").text
    staff.post(f"/staff/requests/{request.id}/objection", data={"text": "증빙이 없습니다.", "do": "uphold"})
    assert fresh(request).state == RequestState.INELIGIBLE
    assert "증빙이 없습니다." in firm.get(f"/requests/{request.id}").text


def test_a_check_that_a_colleague_decided_first_says_so_and_keeps_what_was_typed(firm, staff, world):
    request = full_request(world, RequestState.CHECKING)
    actions.find_ineligible(request, FINE, "휴업 중입니다.", by=world.operator)
    data = dict.fromkeys(FINE, "ok") | {
        "brn_note": "등록증을 봄",
        "reason": "서류가 모자랍니다.",
        "do": "return",
    }
    answer = staff.post(f"/staff/requests/{request.id}/decide", data=data)
    assert answer.status_code == 409
    for words in ("처리할 수 없습니다", "먼저 처리된 내용", "등록증을 봄", "서류가 모자랍니다."):
        assert words in answer.text
    firm.post(f"/requests/{request.id}/object", data={"text": "휴업이 아닙니다."})
    for _ in range(2):
        data = {"text": "증빙이 모두 없습니다.", "do": "uphold"}
        answer = staff.post(f"/staff/requests/{request.id}/objection", data=data)
    assert answer.status_code == 409
    assert answer.text.count("증빙이 모두 없습니다.") > 1  # the decision, and what was typed
    answer = firm.post(f"/requests/{request.id}/object", data={"text": "다시 말씀드립니다."})
    assert answer.status_code in (409, 422)
    assert "다시 말씀드립니다." in answer.text


def test_the_queue_shows_what_waits_for_somebody_before_what_is_over(staff, world):
    now = utcnow()
    for number, (state, days) in enumerate(
        [("eligible", 30), ("returned", 20), ("ineligible", 25), ("submitted", 3), ("checking", 9)]
    ):
        request = factories.request(factories.company(), world.programme, RequestState(state))
        request.reference, request.entered_at = f"순서-{number}", now - timedelta(days=days)
        factories.save(request)
    shown = staff.get("/staff/requests").text
    assert re.findall(r"순서-\d", shown) == ["순서-4", "순서-3", "순서-1", "순서-0", "순서-2"]
    assert [int(days) for days in re.findall(r"(\d+)일째", shown)] == [10, 4, 21]


def test_a_request_is_taken_back_after_one_more_question(firm, world):
    request = full_request(world, RequestState.SUBMITTED)
    assert "되돌릴 수 없습니다" in firm.get(f"/requests/{request.id}/withdraw").text
    assert firm.post(f"/requests/{request.id}/withdraw", data={}).status_code == 303
    assert fresh(request).state == RequestState.WITHDRAWN


def test_where_a_request_stands_names_its_place_and_the_usual_time(firm, world):
    assert world.programme.check_days == 7
    for days in (2, 4, 9):
        full_request(
            world,
            RequestState.ELIGIBLE,
            submitted_at=utcnow() - timedelta(days=days + 1),
            decided_at=utcnow() - timedelta(days=1),
            decided_by_id=world.operator.id,
        )
    other = factories.company()
    factories.request(
        other, world.programme, RequestState.SUBMITTED, submitted_at=utcnow() - timedelta(hours=1)
    )
    request = full_request(world, RequestState.SUBMITTED)
    page = firm.get(f"/requests/{request.id}").text
    assert "2번째" in page


def test_the_usual_time_is_unknown_before_the_first_decision(firm, world):
    request = full_request(world, RequestState.SUBMITTED)
    assert "자료 없음" in firm.get(f"/requests/{request.id}").text


def test_late_requests_are_counted_in_the_tabs_and_can_be_singled_out(staff, world):
    late = full_request(world, RequestState.SUBMITTED, check_due_at=utcnow() - timedelta(days=1))
    fine = full_request(world, RequestState.SUBMITTED, check_due_at=utcnow() + timedelta(days=1))
    page = staff.get("/staff/requests?tab=submitted&late=1").text
    assert "지연 1" in page
    assert late.reference in page
    assert fine.reference not in page


@pytest.mark.parametrize("words", ["한빛도금", "R-", "사출"])
def test_the_queue_is_searched_by_firm_number_and_title(staff, world, words):
    request = full_request(world, RequestState.SUBMITTED, title="사출 불량")
    hidden = factories.request(
        factories.company(name="다른회사"),
        world.programme,
        RequestState.SUBMITTED,
        title="도장 불량",
        reference="Z-1",
    )
    page = staff.get("/staff/requests", query_string={"q": words}).text
    assert request.reference in page
    assert hidden.reference not in page


def test_neighbours_in_the_queue_are_one_step_away(staff, world):
    made = [
        full_request(world, RequestState.SUBMITTED, entered_at=utcnow() - timedelta(days=days))
        for days in (3, 2, 1)
    ]
    page = staff.get(f"/staff/requests/{made[1].id}").text
    assert re.search(rf'data-queue-previous href="/staff/requests/{made[0].id}"', page)
    assert re.search(rf'data-queue-next href="/staff/requests/{made[2].id}"', page)


def test_what_waits_is_in_the_list_of_the_one_who_must_act(app, world):
    with app.test_request_context():
        assert firm_todos(world.person) == operator_todos(world.operator) == []
        draft = full_request(world)
        for _ in range(2):
            full_request(world, RequestState.SUBMITTED)
        full_request(world, RequestState.RETURNED, answer_due_at=utcnow() + timedelta(days=3))
        full_request(world, RequestState.INELIGIBLE, answer_due_at=utcnow() - timedelta(days=1))
        todos = firm_todos(world.person)
        assert todos[0].url == f"/requests/{draft.id}/edit"
        assert len(todos) == 2  # the objection came too late
        assert [(todo.count, todo.url) for todo in operator_todos(world.operator)] == [
            (2, "/staff/requests?tab=submitted")
        ]
        assert operator_todos(world.ministry) == firm_todos(world.operator) == []


def test_a_value_that_is_not_on_a_list_is_answered_with_what_to_do(firm, world):
    request = full_request(world)
    sent = {"kpis-0-code": "X99", "months": "여럿", "tier_id": "999999", "mode": "공중", "declarations": "x"}
    errors = firm.post(f"/requests/{request.id}/autosave", data=sent).json["errors"]
    assert set(errors) == set(sent)
    for said in errors.values():
        assert said == ["목록에 없는 값입니다. 목록에 있는 것을 다시 골라 주십시오."]


def test_the_check_writes_days_as_the_rest_of_the_site_does(staff, world):
    request = full_request(world, RequestState.CHECKING)
    text = staff.get(f"/staff/requests/{request.id}").text
    assert "2026. 1. 2. ~ 2099. 12. 31." in text
    assert "2026-01-02" not in text


def test_a_page_that_a_colleague_overtook_says_so(app, firm, world):
    request = full_request(world)
    colleague = sign_in(app.test_client(), factories.user(Role.COMPANY, world.firm.organisation))
    opened = {"version": request.version, "do": "save"}
    assert (
        colleague.post(
            f"/requests/{request.id}/edit", data={**opened, "page": "a", "title": "먼저"}
        ).status_code
        == 303
    )
    late = firm.post(f"/requests/{request.id}/edit", data={**opened, "page": "b", "title": "나중"})
    assert late.status_code == 409
    assert "다른 분이 이 내용을 먼저 저장했습니다" in late.text
    assert fresh(request).title == "먼저"


def test_a_version_that_is_no_number_does_not_write_over_what_is_newer(firm, world):
    request = full_request(world)
    late = firm.post(
        f"/requests/{request.id}/autosave", data={"version": "abc", "page": "b", "title": "덮어씀"}
    )
    assert late.status_code == 409
    assert late.json["saved"] is False
    assert fresh(request).title != "덮어씀"
