"""The same story on experts and requests that came as spreadsheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.accounts.passwords import hashed
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.experts.models import Expert, ExpertState
from marketplace.i18n import fitted
from marketplace.matching.models import MatchCase
from marketplace.programmes.models import Programme
from tests import factories
from tests.browser import PHONE
from tests.journeys import sheets, steps
from tests.journeys.site import Person, Site, announces, link_in

PASSWORD = "four-people-one-story"
OPERATOR, MINISTRY, ADMIN, FIRM_PERSON = (
    "operator@example.com",
    "ministry@example.com",
    "admin@example.com",
    "firm@example.com",
)
NAMES = {OPERATOR: "이운영", MINISTRY: "정최종", ADMIN: "서관리", FIRM_PERSON: "김대표"}
FIRM, NUMBER = sheets.FIRMS[0]
REFERENCE = sheets.REFERENCES[0]


def found_staff() -> None:
    """The people who are there before the story begins."""
    programme = Programme.open_now()[0]
    for email, role, home in (
        (OPERATOR, Role.OPERATOR, programme.operator),
        (MINISTRY, Role.MINISTRY, programme.ministry),
        (ADMIN, Role.ADMIN, None),
    ):
        factories.user(role, home, email=email, name=NAMES[email], password_hash=hashed(PASSWORD))


def bring_in(site: Site, operator: Person, kind: str, file: Path, rows: int) -> None:
    """Upload a file, have it checked, read the summary, and have it written."""
    operator.open("가져오기")
    operator.follow("파일 올리기")
    operator.tick(operator.main.get_by_role("radio", name=kind, exact=True))
    operator.main.get_by_label(re.compile("^파일")).set_input_files(file)
    if kind == "전문가":
        operator.tick(operator.main.get_by_role("checkbox", name="새 전문가에게 초대 메일 보내기"))
    operator.press("올리고 점검")
    operator.sees("화면을 떠나도 계속 처리합니다.")
    site.work()
    operator.sees("모든 행을 저장할 수 있습니다")
    operator.sees(re.compile(rf"새로 등록 {rows}행, 변경 0행"))
    operator.press("저장")
    operator.sees("화면을 떠나도 계속 처리합니다.")
    site.work()
    operator.sees("저장했습니다")


def verify_everybody(operator: Person) -> None:
    """One by one, because a spreadsheet holds no declaration of interests."""
    operator.start_from_todo(f"전문가 {len(sheets.EXPERTS)}명의 자격 확인")
    for left in range(len(sheets.EXPERTS), 0, -1):
        waiting = operator.main.get_by_role("table", name="전문가 목록").get_by_role("rowheader")
        expect(waiting).to_have_count(left)
        waiting.first.get_by_role("link").click()
        operator.tick(operator.main.get_by_role("radio", name="전문가 확인"))
        for check in operator.main.get_by_role("group", name="확인한 내용").get_by_role("checkbox").all():
            operator.tick(check)
        operator.press("처리")
        expect(operator.main.get_by_role("group", name="확인한 내용")).to_have_count(0)
        operator.open("전문가")
        operator.main.get_by_role("link", name=re.compile("^확인 대기")).click()
    operator.sees("확인을 기다리는 전문가가 없습니다.")


def invite_firm(admin: Person) -> None:
    """The administrator invites the person of the imported firm by its business number."""
    admin.open("계정 관리")
    admin.follow("계정 초대")
    admin.main.get_by_label("이름").fill(NAMES[FIRM_PERSON])
    admin.main.get_by_label("이메일").fill(FIRM_PERSON)
    admin.tick(admin.main.get_by_role("radio", name="기업", exact=True))
    admin.main.get_by_label("기업의 사업자등록번호").fill(NUMBER)
    admin.press("초대")
    admin.sees("초대 메일을 보냈습니다.")


def check_imported_request(operator: Person) -> None:
    """The site says what the sheet did not hold; the operator notes how it was checked instead."""
    steps.take_up(operator, FIRM)
    operator.press("적격으로 판정")
    operator.sees("확인이 필요한 항목이 있습니다.")
    operator.choose("지원 제외 사유 판단", "적합")
    operator.main.get_by_label("지원 제외 사유 메모").fill("서면 확인서로 확인함")
    steps.find_eligible(operator)


def numbers_of(reference: str) -> tuple[int, int]:
    query = select(MatchCase.request_id, MatchCase.id).join(MatchCase.request)
    request_id, case_id = db.session.execute(query.where(MentoringRequest.reference == reference)).one()
    return request_id, case_id


def states_of_experts() -> set[str]:
    return {str(state) for state in db.session.scalars(select(Expert.state))}


def email_of(name: str) -> str:
    return db.session.scalars(select(User.email).where(User.name == name)).one()


@pytest.mark.browser
@pytest.mark.xdist_group("journey_imported")
def test_the_same_story_on_experts_and_requests_imported_from_spreadsheets(
    bare_site: Site, tmp_path: Path
) -> None:
    site = bare_site
    site.aside(found_staff)
    operator, ministry, admin = site.person(), site.person(), site.person()
    firm, expert = site.person(), site.person(PHONE)
    operator.sign_in(OPERATOR, PASSWORD)
    ministry.sign_in(MINISTRY, PASSWORD)
    admin.sign_in(ADMIN, PASSWORD)

    sheets.write_experts(tmp_path / "전문가.xlsx")
    sheets.write_requests(tmp_path / "신청.csv")
    bring_in(site, operator, "전문가", tmp_path / "전문가.xlsx", len(sheets.EXPERTS))
    invitations = site.delivered()
    assert len(invitations) == len(sheets.EXPERTS) + 1  # and the operator hears that the file is in
    bring_in(site, operator, "신청", tmp_path / "신청.csv", 2)
    verify_everybody(operator)
    assert site.asked(states_of_experts) == {ExpertState.VERIFIED}

    for number in (1, 2, 3):  # the others leave their invitations lying and cannot be proposed
        expert.take_invitation(link_in(invitations[f"expert{number}@example.com"][0]), PASSWORD)
    invite_firm(admin)
    firm.take_invitation(link_in(site.delivered()[FIRM_PERSON][0]), PASSWORD)
    firm.sign_in(FIRM_PERSON, PASSWORD)
    firm.open("나의 신청")
    firm.sees(REFERENCE)

    check_imported_request(operator)
    mails = site.delivered()
    assert announces(mails[FIRM_PERSON][0], f"신청서 {REFERENCE}의 요건검토를 시작했습니다.")
    assert announces(
        mails[FIRM_PERSON][1],
        fitted("신청서 %(reference)s이(가) 적격으로 판정되었습니다.", {"reference": REFERENCE}),
    )
    assert announces(mails[OPERATOR][-1], f"{FIRM}의 전문가 후보를 추천해 주십시오.")

    best = steps.release_best(operator, FIRM, 3)
    assert set(best) == {"한도금", "유표면", "노품질"}
    assert best[2] == "노품질"
    assert announces(site.delivered()[FIRM_PERSON][0], "전문가 후보 3명이 추천되었습니다")
    steps.state_preferences(firm, REFERENCE, best)
    steps.submit_preferences(firm)
    expert_mail = site.asked(lambda: email_of(best[0]))
    mails = site.delivered()
    assert mails.keys() == {expert_mail}
    assert announces(mails[expert_mail][0], f"{FIRM}의 멘토링 제안이 도착했습니다")

    expert.sign_in(expert_mail, PASSWORD)
    steps.open_offer(expert, FIRM)
    steps.accept_offer(expert)
    assert site.delivered().keys() == {FIRM_PERSON, OPERATOR}
    steps.open_case_to_approve(operator, FIRM, "1차 승인")
    steps.approve(operator, FIRM, "1차 승인")
    assert site.delivered().keys() == {MINISTRY}
    steps.open_case_to_approve(ministry, FIRM, "최종 승인")
    steps.approve(ministry, FIRM, "최종 승인")
    assert site.delivered().keys() == {FIRM_PERSON, OPERATOR, expert_mail}
    steps.assert_firm_sees_approval(firm, REFERENCE, best[0])
    steps.assert_expert_sees_approval(expert, FIRM)

    request_id, case_id = site.asked(lambda: numbers_of(REFERENCE))
    assert site.record_of(MentoringRequest, request_id) == [
        ("request_taken", NAMES[OPERATOR]),
        ("request_eligible", NAMES[OPERATOR]),
    ]
    assert site.record_of(MatchCase, case_id) == [
        ("request_eligible", NAMES[OPERATOR]),
        ("candidates_released", NAMES[OPERATOR]),
        ("preferences_stated", NAMES[FIRM_PERSON]),
        ("offer_accepted", best[0]),
        ("match_approved_first", NAMES[OPERATOR]),
        ("match_approved", NAMES[MINISTRY]),
    ]
    site.assert_the_record_is_whole()
    site.assert_browsers_complained_of_nothing(but_refusals=(422,))
