"""An operator matches several requests at once, changes one by hand, tries other settings and publishes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from marketplace.access import Role
from marketplace.accounts.passwords import hashed
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.experts.models import Expert
from marketplace.matching.models import Candidate, MatchCase
from marketplace.rounds.models import Round, RoundChange
from tests import factories
from tests.journeys.site import Site

PASSWORD = "four-people-one-story"
FIRMS = ("가람도금", "다온정밀", "마루테크")
EXPERTS = ("가온길", "나래솔")
REASON = "기업이 가까운 곳의 전문가를 먼저 만나기를 바랍니다."


def found_world() -> None:
    """Three requests that wait, two experts with two places each, the operator, and a firm's person."""
    password = hashed(PASSWORD)
    programme = factories.programme()
    factories.user(
        Role.OPERATOR, programme.operator, email="operator@example.com", name="이운영", password_hash=password
    )
    for number, name in enumerate(FIRMS, 1):
        company = factories.company(name=name)
        factories.user(
            Role.COMPANY,
            company.organisation,
            email=f"firm{number}@example.com",
            name=f"김대표{number}",
            password_hash=password,
        )
        factories.case(
            factories.request(company, programme, RequestState.ELIGIBLE, title="도금이 벗겨집니다")
        )
    for number, name in enumerate(EXPERTS):
        person = factories.user(Role.EXPERT, name=name)
        factories.expert(user=person, skills=(("QUA-01", 4 - 2 * number),), capacity=2)


def states() -> dict[str, tuple[str, list[str]]]:
    """Where each firm's case stands, and who is proposed."""
    return {
        case.request.company.name: (str(case.state), [c.expert.name for c in case.candidates])
        for case in db.session.scalars(select(MatchCase))
    }


def change_kept() -> tuple[str, str, int]:
    made = db.session.scalars(select(RoundChange)).one()
    return made.verb, made.reason, made.units_after - made.units_before


def pairs() -> dict[str, str]:
    round_ = db.session.scalars(select(Round)).one()
    names = {str(c.id): c.user.name for c in db.session.scalars(select(Expert))}
    firms = {
        case.request.reference: case.request.company.name for case in db.session.scalars(select(MatchCase))
    }
    return {firms[request]: names[expert] for request, expert, _ in round_.pairs}


@pytest.mark.browser
@pytest.mark.xdist_group("journey_round")
def test_an_operator_matches_many_requests_at_once_and_a_firm_sees_the_proposal(bare_site: Site) -> None:
    site = bare_site
    site.aside(found_world)
    operator = site.person()
    operator.sign_in("operator@example.com", PASSWORD)
    operator.open("매칭 회차")
    operator.main.get_by_role("link", name="회차 만들기").first.click()
    operator.page.get_by_label("회차 이름").fill("겨울 회차")
    operator.press("저장하고 계산")
    operator.sees("계산 중입니다")
    site.work()  # the page looks again by itself
    expect(operator.main.get_by_text("3 / 3건")).to_be_visible()

    given = site.asked(pairs)
    firm = next(firm for firm in FIRMS if list(given.values()).count(given[firm]) == 2)
    other = next(name for name in EXPERTS if name != given[firm])
    operator.follow(firm)
    operator.sees("이 배정의 이유")
    operator.choose("전문가", other)
    operator.page.get_by_label(re.compile("사유")).fill(REASON)
    operator.press("전문가 변경")
    operator.sees(re.compile(r"바꾸었습니다\. 점수의 합 [\d.]+ → [\d.]+ \([+-][\d.]+점\)"))
    operator.sees(REASON)
    verb, reason, moved = site.asked(change_kept)
    assert (verb, reason) == ("give", REASON) and moved < 0

    operator.page.get_by_role("navigation", name="현재 경로").get_by_role("link", name="겨울 회차").click()
    operator.main.get_by_role("link", name="다른 설정과 비교").click()
    operator.page.get_by_label("전문가 한 명의 최대 건수").fill("1")
    operator.press("비교")
    table = operator.main.get_by_role("table", name="지금의 배정과 바꾼 설정")
    expect(table.get_by_role("row").filter(has_text="지원하는 신청")).to_contain_text("-1")
    assert site.asked(pairs)[firm] == other

    operator.main.get_by_role("link", name="배정", exact=True).click()
    operator.main.get_by_role("link", name="기업에 추천").click()
    operator.page.get_by_label(re.compile("추천 사유")).fill("겨울 회차의 전체 배정 결과입니다.")
    operator.press("기업에 추천")
    operator.sees("배정을 기업에 추천했습니다.")
    assert site.asked(states) == {
        name: ("proposed", [given[name] if name != firm else other]) for name in FIRMS
    }

    number = FIRMS.index(firm) + 1
    mails = site.delivered()
    assert f"firm{number}@example.com" in mails
    person = site.person()
    person.sign_in(f"firm{number}@example.com", PASSWORD)
    person.start_from_todo("추천 후보 비교와 희망순위 제출")
    expect(person.candidate(other)).to_be_visible()
    site.assert_the_record_is_whole()
    site.assert_browsers_complained_of_nothing()
    assert site.asked(lambda: db.session.scalar(select(Candidate.source).limit(1))) == "ranking"
