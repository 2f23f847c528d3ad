"""Four people take a firm's words to an approved match, in the world that `make demo` serves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from marketplace.accounts.models import civil_today
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.demo.people import FRESH_FIRM, OFFICIALS, OPERATORS, PASSWORD, address
from marketplace.matching.models import Candidate, MatchCase
from tests.browser import PHONE
from tests.journeys import steps
from tests.journeys.site import Person, Site, announces, picture

START = civil_today() + timedelta(days=43)
ACCOUNT, PERSON, FIRM, _ = FRESH_FIRM
WORDS = (
    "도금한 부품이 벗겨져서 반품이 자꾸 들어옵니다. 어느 공정에서 생기는지 몰라 작업일보를 손으로 뒤지고 있습니다. "
    "원인을 찾아 불량을 줄이고 싶습니다."
)


def say_what_hurts(firm: Person) -> str:
    """참여의향: the firm's words, and the terms that the site reads out of them; the request's reference."""
    firm.open("나의 신청")
    firm.follow("참여의향 작성")
    firm.choose("소재지 (시·도)", "경상남도")
    firm.choose("업종", "C25")
    firm.choose("기업규모", "소기업")
    firm.main.get_by_label("무엇이 가장 불편하십니까?").fill(WORDS)
    proposed = firm.main.get_by_role("group", name="이런 분야가 필요해 보입니다")
    plating = proposed.get_by_role("checkbox", name="도금", exact=False).first
    expect(plating).to_be_visible()
    expect(plating).to_have_accessible_description(re.compile("적으신 말.*‘도금’"))
    firm.tick(plating)
    firm.press("참여의향 제출")
    firm.sees("참여의향을 저장했습니다. 이어서 신청서를 채워 제출하십시오.")
    return re.search(r"\d{4}-\d{5}", firm.main.inner_text()).group()  # type: ignore[union-attr]


def settle_needs(firm: Person) -> None:
    """The need that was ticked stands with its words; one more proposal is taken over."""
    row = firm.page.get_by_role("row").filter(
        has=firm.page.get_by_role("button", name=re.compile("도금.* 빼기"))
    )
    expect(row).to_contain_text("‘도금")
    firm.press("공정불량 저감 더하기")
    expect(firm.main.get_by_role("button", name="공정불량 저감 빼기")).to_be_visible()


def state_firm(firm: Person) -> None:
    """The number of employees, which the request says is missing."""
    firm.main.get_by_text("제출하려면 남은 항목").click()
    firm.main.get_by_role("link", name="기업정보에 상시근로자 수를 적어 주십시오.").click()
    firm.main.get_by_label("상시근로자").fill("38")
    firm.main.get_by_role("textbox", name="주요 고객사").fill("현대모비스")
    firm.tick(firm.main.get_by_role("checkbox", name="경쟁사 없음"))
    firm.tick(firm.main.get_by_role("checkbox", name="거래 중이거나 검토 중인 공급기업 없음"))
    firm.press("저장")
    firm.sees("기업정보를 저장했습니다.")


def complete_request(firm: Person, reference: str) -> None:
    """Fill in the whole request and hand it in."""
    firm.start_from_todo(reference)
    firm.main.get_by_label("제목").fill("도금 박리 불량의 원인을 찾고 싶습니다")
    firm.main.get_by_label("무엇을 이루고 싶으십니까?").fill(
        "반품을 절반으로 줄이고 원인을 기록으로 남깁니다."
    )
    firm.tick(firm.main.get_by_role("radio", name="기본 (3개월 24회)"))
    firm.choose("기간", "3개월")
    firm.main.get_by_label("희망 시작일").fill(START.isoformat())
    firm.tick(firm.main.get_by_role("group", name="지원방식").get_by_role("radio", name="대면", exact=True))
    firm.choose("멘토링을 받을 지역", "경상남도")
    firm.main.get_by_label("주소", exact=True).fill("경남 창원시 성산구 공단로 1")
    firm.tick(firm.main.get_by_role("group", name="현재 수준").get_by_role("radio", name="기초", exact=True))
    for promise in (
        firm.main.get_by_role("group", name="해당하지 않는 항목에 표시").get_by_role("checkbox").all()
    ):
        firm.tick(promise)
    expect(firm.main.get_by_text("저장됨")).to_be_visible()
    firm.press("제출")
    firm.sees("신청서를 제출했습니다.")


def email_of_expert(name: str, case_id: int) -> str:
    """The sign-in of a candidate of the case."""
    query = select(Candidate).where(Candidate.case_id == case_id)
    return next(found.expert.user.email for found in db.session.scalars(query) if found.expert.name == name)


def case_of(reference: str) -> tuple[int, int]:
    """The numbers of a request and its case."""
    query = select(MatchCase.request_id, MatchCase.id).join(MatchCase.request)
    request_id, case_id = db.session.execute(query.where(MentoringRequest.reference == reference)).one()
    return request_id, case_id


@pytest.mark.browser
@pytest.mark.xdist_group("journey_demo")
def test_four_people_take_a_firms_words_to_an_approved_match_in_the_demo_world(demo_site: Site) -> None:
    site = demo_site
    firm, operator, ministry, expert = site.person(), site.person(), site.person(), site.person(PHONE)
    firm_mail, operator_mail, ministry_mail = address(ACCOUNT), address("operator"), address("ministry")
    firm.sign_in(firm_mail, PASSWORD)
    operator.sign_in(operator_mail, PASSWORD)
    ministry.sign_in(ministry_mail, PASSWORD)

    reference = say_what_hurts(firm)
    settle_needs(firm)
    state_firm(firm)
    complete_request(firm, reference)
    mails = site.delivered()
    assert {firm_mail, operator_mail, address("operator2")} == mails.keys()
    assert announces(mails[operator_mail][0], f"{FIRM}의 신청서 {reference} 접수")

    steps.take_up(operator, FIRM)
    assert announces(site.delivered()[firm_mail][0], f"신청서 {reference}의 요건검토를 시작했습니다.")
    steps.find_eligible(operator)
    mails = site.delivered()
    assert announces(mails[firm_mail][0], "적격으로 판정되었습니다")
    assert announces(mails[operator_mail][0], "전문가 후보를 추천해 주십시오")

    best = steps.release_best(operator, FIRM, 3)
    assert announces(site.delivered()[firm_mail][0], "전문가 후보 3명이 추천되었습니다")
    order = [best[1], best[0], best[2]]
    steps.state_preferences(firm, reference, order)
    picture(firm.page, "candidates", firm.candidate(best[0]))
    steps.submit_preferences(firm)
    request_id, case_id = site.asked(lambda: case_of(reference))
    expert_mail = site.asked(lambda: email_of_expert(order[0], case_id))
    mails = site.delivered()
    assert mails.keys() == {expert_mail}
    assert announces(mails[expert_mail][0], f"{FIRM}의 멘토링 제안이 도착했습니다")

    expert.sign_in(expert_mail, PASSWORD)
    steps.open_offer(expert, FIRM)
    picture(expert.page, "offer", expert.main.get_by_role("heading", level=1))
    steps.accept_offer(expert)
    mails = site.delivered()
    assert {firm_mail, operator_mail, address("operator2")} == mails.keys()
    assert announces(mails[firm_mail][0], f"{order[0]} 전문가가 수락했습니다.")

    steps.open_case_to_approve(operator, FIRM, "1차 승인")
    steps.approve(operator, FIRM, "1차 승인")
    mails = site.delivered()
    assert mails.keys() == {ministry_mail, address("ministry2")}
    assert announces(mails[ministry_mail][0], "최종 승인을 기다립니다")

    steps.open_case_to_approve(ministry, FIRM, "최종 승인")
    picture(ministry.page, "case", ministry.main.get_by_role("heading", level=1))
    steps.approve(ministry, FIRM, "최종 승인")
    mails = site.delivered()
    assert mails.keys() == {firm_mail, expert_mail, operator_mail, address("operator2")}
    assert announces(mails[firm_mail][0], f"{order[0]} 전문가와의 매칭이 최종 승인되었습니다.")
    steps.assert_firm_sees_approval(firm, reference, order[0])
    steps.assert_expert_sees_approval(expert, FIRM)

    operator_name, official = OPERATORS[0][1], OFFICIALS[0][1]
    assert site.record_of(MentoringRequest, request_id) == [
        ("interest_expressed", PERSON),
        ("request_saved", PERSON),
        ("request_submitted", PERSON),
        ("request_taken", operator_name),
        ("request_eligible", operator_name),
    ]
    assert site.record_of(MatchCase, case_id) == [
        ("request_eligible", operator_name),
        ("candidates_released", operator_name),
        ("preferences_stated", PERSON),
        ("offer_accepted", order[0]),
        ("match_approved_first", operator_name),
        ("match_approved", official),
    ]
    site.assert_the_record_is_whole()
    site.assert_browsers_complained_of_nothing()
