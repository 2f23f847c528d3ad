"""An expert declines, another lets the time run out: the firm's next choice is asked each time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.accounts.passwords import hashed
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow, writing_allowed
from marketplace.experts.models import Expert
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import CandidateState, CaseState
from tests import factories
from tests.browser import PHONE
from tests.journeys import steps
from tests.journeys.site import Site, announces

PASSWORD = "four-people-one-story"
FIRM = "다온정밀"
EXPERTS = ("가온길", "나래솔", "다한결")
REASON = "병원 진료 때문에 당분간 현장에 나가기 어렵습니다."


def found_world() -> int:
    """An eligible request with its case, three verified experts who fit, and their people; the case's number."""
    password = hashed(PASSWORD)
    programme = factories.programme()
    factories.user(
        Role.OPERATOR, programme.operator, email="operator@example.com", name="이운영", password_hash=password
    )
    company = factories.company(name=FIRM)
    factories.user(
        Role.COMPANY, company.organisation, email="firm@example.com", name="김대표", password_hash=password
    )
    for number, name in enumerate(EXPERTS, 1):
        person = factories.user(
            Role.EXPERT, email=f"expert{number}@example.com", name=name, password_hash=password
        )
        factories.expert(user=person, skills=(("QUA-01", 5 - number),))
    request = factories.request(company, programme, RequestState.ELIGIBLE, reference="2026-00001")
    return int(factories.case(request).id)


def let_time_run_out(case_id: int) -> None:
    """The offer's last hour passes."""
    offer = db.session.scalars(
        select(Candidate).where(Candidate.case_id == case_id, Candidate.state == CandidateState.OFFERED)
    ).one()
    with writing_allowed():
        offer.expires_at = utcnow() - timedelta(minutes=1)
        db.session.commit()


def states(case_id: int) -> dict[str, str]:
    """Where each candidate stands, by the expert's name."""
    found = db.session.scalars(select(Candidate).where(Candidate.case_id == case_id))
    return {candidate.expert.name: str(candidate.state) for candidate in found}


def is_paused(name: str) -> bool:
    return (
        db.session.scalars(select(Expert).join(Expert.user).where(User.name == name)).one().paused_at
        is not None
    )


def state_of(case_id: int) -> str:
    return str(db.session.get_one(MatchCase, case_id).state)


@pytest.mark.browser
@pytest.mark.xdist_group("journey_declined")
def test_the_expert_declines_and_the_next_choice_is_asked(bare_site: Site) -> None:
    site = bare_site
    case_id = site.aside(found_world)
    operator, firm = site.person(), site.person()
    operator.sign_in("operator@example.com", PASSWORD)
    firm.sign_in("firm@example.com", PASSWORD)
    best = steps.release_best(operator, FIRM, 3)
    assert best == list(EXPERTS)
    steps.state_preferences(firm, "2026-00001", best)
    steps.submit_preferences(firm)
    site.delivered()

    first = site.person(PHONE)
    first.sign_in("expert1@example.com", PASSWORD)
    steps.open_offer(first, FIRM)
    first.press("거절")
    first.sees("사유를 적어 주십시오.")
    first.main.get_by_label("거절 사유").fill(REASON)
    first.tick(first.main.get_by_role("checkbox", name=re.compile("당분간 새 제안을 받지 않겠습니다.")))
    first.press("거절")
    first.sees("거절했습니다. 알려 주셔서 감사합니다.")
    first.has_nothing_to_do_about("멘토링 제안")
    assert site.asked(lambda: is_paused(EXPERTS[0]))
    assert site.asked(lambda: states(case_id)) == dict(
        zip(EXPERTS, ("declined", "offered", "listed"), strict=True)
    )
    mails = site.delivered()
    assert announces(mails["expert2@example.com"][0], f"{FIRM}의 멘토링 제안이 도착했습니다.")
    assert announces(mails["firm@example.com"][0], f"{EXPERTS[0]} 전문가가 사정상 함께하지 못합니다.")
    assert not any(REASON in mail.get_content() for mail in mails["firm@example.com"])

    second = site.person(PHONE)
    second.sign_in("expert2@example.com", PASSWORD)
    steps.open_offer(second, FIRM)
    site.aside(lambda: let_time_run_out(case_id))
    site.work()
    second.press("수락")
    second.sees("이미 처리되었거나 종료된 제안입니다.")
    second.has_nothing_to_do_about("멘토링 제안")
    assert site.asked(lambda: states(case_id)) == dict(
        zip(EXPERTS, ("declined", "expired", "offered"), strict=True)
    )
    mails = site.delivered()
    assert announces(mails["expert2@example.com"][0], f"{FIRM}의 제안은 회신 기한이 지나 종료되었습니다.")
    assert announces(mails["expert3@example.com"][0], f"{FIRM}의 멘토링 제안이 도착했습니다.")

    third = site.person(PHONE)
    third.sign_in("expert3@example.com", PASSWORD)
    steps.open_offer(third, FIRM)
    steps.accept_offer(third)
    assert site.asked(lambda: state_of(case_id)) == CaseState.ACCEPTED
    assert site.record_of(MatchCase, case_id) == [
        ("candidates_released", "이운영"),
        ("preferences_stated", "김대표"),
        ("offer_declined", EXPERTS[0]),
        ("offer_expired", "system"),
        ("offer_accepted", EXPERTS[2]),
    ]
    site.assert_the_record_is_whole()
    site.assert_browsers_complained_of_nothing(but_refusals=(422, 409))  # no reason given; answered too late
