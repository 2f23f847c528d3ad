"""The pages of payments: the way of a claim by the buttons, the files, and what a firm is not shown."""

from __future__ import annotations

import csv
import io
import re

import pytest

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.events import Event
from marketplace.ledger.actions import Payment, enter_receipt, enter_recovered, order_recovery
from marketplace.ledger.states import Source
from marketplace.mentorships import actions as mentorships
from marketplace.mentorships.actions.money import reserve
from marketplace.mentorships.models import Mentorship
from marketplace.notifications import notices_of
from marketplace.payments import actions
from marketplace.payments.models import BankAccount
from marketplace.payments.states import ClaimState
from tests import factories
from tests.conftest import sign_in
from tests.matching.test_page_costs import statements
from tests.payments.world import REASON, World, fresh
from tests.visits.world import World as Visits

S = ClaimState


@pytest.fixture
def world(app):
    return World()


def test_a_claim_goes_from_the_queue_to_paid_by_the_buttons(client, world):
    claim = world.claim()
    number = claim.id
    here = f"/payments/{number}"
    client = sign_in(client, world.payer)
    assert f'name="claim" value="{number}"' in client.get("/payments").text
    assert "승인할 수 있는 청구 1건" in client.get(f"/payments/approve?claim={number}").text
    assert client.post("/payments/approve", data={"claim": number}).status_code == 303
    answer = client.post("/payments/orders", data={"claim": number})
    assert answer.location.endswith(f"/payments/orders/{fresh(claim).order_id}")
    assert "319,200" in client.get(answer.location).text
    assert client.post(f"{here}/paid", data={"paid_on": "2001-01-01"}).status_code == 422
    assert client.post(f"{here}/paid", data={"paid_on": today().isoformat()}).status_code == 303
    assert fresh(claim).state == S.PAID


def test_holding_without_a_reason_is_said_at_the_field(client, world):
    claim = world.claim()
    client = sign_in(client, world.payer)
    assert client.post(f"/payments/{claim.id}/hold", data={"reason": ""}).status_code == 422
    assert client.post(f"/payments/{claim.id}/hold", data={"reason": REASON}).status_code == 303
    assert REASON in client.get(f"/payments/{claim.id}").text


def test_the_preview_says_why_the_reviewer_cannot_approve(client, world):
    claim = world.claim()
    page = sign_in(client, world.operator).get(f"/payments/approve?claim={claim.id}").text
    assert "승인할 수 없는 청구 1건" in page
    assert "다른 담당자가 승인해 주십시오" in page


def test_the_files_of_an_order_say_what_its_claims_say(client, world):
    claim = world.claim(S.ORDERED)
    client = sign_in(client, world.payer)
    found = []
    for name in ("payment-order", "payment-order-sources"):
        answer = client.post(f"/exports/{name}?order={claim.order_id}", data={"format": "csv"})
        assert answer.status_code == 200
        found.append(list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))))
    (bank,), sources = found
    assert bank["계좌번호"].strip("'") == "12345678901"
    assert (bank["지급액"], bank["소득세"], bank["지방소득세"], bank["실지급액"]) == (
        "350000", "28000", "2800", "319200",
    )  # fmt: skip
    assert [row["재원"] for row in sources] == ["국비", "참여 대기업 출연금", "지방비", "기업부담금"]
    for column in ("지급액", "소득세", "지방소득세", "실지급액"):
        assert sum(int(row[column]) for row in sources) == int(bank[column])


def test_the_file_for_the_bank_is_for_those_alone_who_move_money(client, world):
    claim = world.claim(S.ORDERED)
    for person in (world.official, factories.user(Role.AUDITOR), factories.user(Role.OPERATOR)):
        browser = sign_in(client, person)
        answer = browser.post(f"/exports/payment-order?order={claim.order_id}", data={"format": "csv"})
        assert answer.status_code in (403, 404)


def test_a_firm_sees_the_price_and_not_what_is_kept_from_the_expert(client, world):
    claim = world.claim(S.PAID)
    client = sign_in(client, world.firm)
    settlement = f"/mentorships/{claim.mentorship_id}/settlement"
    for path, part in (
        ("/payments", "350,000"),
        (f"/payments/{claim.id}", "350,000"),
        (settlement, "35,000"),
    ):
        page = client.get(path).text
        assert part in page and "원천징수액" not in page
        assert "319,200" not in page and "30,800" not in page


def test_an_expert_sees_the_net_pay_and_the_account_but_for_its_last_digits(client, world):
    claim = world.claim(S.PAID)
    client = sign_in(client, world.writer)
    assert "319,200" in client.get(f"/payments/{claim.id}").text
    page = client.get("/payments/account").text
    assert "*******8901" in page and "12345678901" not in page
    typed = {"bank": "농협은행", "number": "9876-5432-10", "holder": world.writer.name}
    assert client.post("/payments/account", data=typed).status_code == 303
    assert BankAccount.of(world.expert.id).number == "9876543210"


def test_the_deposit_of_a_firm_counts_once_however_often_it_is_sent(client, world):
    here = f"/mentorships/{world.mentorship.id}"
    client = sign_in(client, world.payer)
    before = world.holds("reserved")
    form = {"amount": "1000", "memo": "이체", "key": "0" * 32}
    for _ in range(2):
        client.post(f"{here}/deposit", data=form)
    assert world.holds("reserved") in (before, before + 1000)


def test_the_lists_take_as_many_statements_for_many_claims_as_for_one(client, app):
    few, many = World(), World()
    few.claim(S.ORDERED)
    for _ in range(5):
        many.claim(S.ORDERED)
    people = few.payer.id, many.payer.id
    for path in ("/payments?tab=all", "/payments/orders"):
        one, more = (statements(client, db.session.get_one(User, person), path) for person in people)
        assert one == more


def test_a_paid_claim_leads_staff_to_its_transactions_and_to_its_recovery(app, world):
    claim = world.claim(S.PAID)
    page = sign_in(app.test_client(), world.payer).get(f"/payments/{claim.id}").text
    links = re.findall(rf"/finance/{world.programme.id}/transactions/\d+/recovery", page)
    assert len(links) == 1
    assert sign_in(app.test_client(), world.payer).get(links[0]).status_code == 200
    official = sign_in(app.test_client(), factories.user(Role.MINISTRY, world.programme.ministry))
    seen = official.get(f"/payments/{claim.id}").text
    assert "원장의 거래" in seen
    assert "/recovery" not in seen
    for outsider in (world.firm, world.expert.user):
        assert "원장의 거래" not in sign_in(app.test_client(), outsider).get(f"/payments/{claim.id}").text


def test_who_reviewed_the_visit_is_told_beforehand_that_another_must_approve(app, world):
    claim = world.claim(S.CLAIMED)
    reviewer = db.session.get_one(User, claim.accepted_by_id)
    page = sign_in(app.test_client(), reviewer).get(f"/payments/{claim.id}").text
    assert "다른 담당자가 승인해 주십시오" in page and f"/payments/{claim.id}/approve" not in page
    page = sign_in(app.test_client(), world.payer).get(f"/payments/{claim.id}").text
    assert f"/payments/{claim.id}/approve" in page


def test_whoever_stopped_a_mentorship_is_told_when_its_rest_can_be_freed(client, world):
    claim = world.claim()
    number, staff = world.mentorship.id, (world.operator, world.payer)
    mentorships.stop(db.session.get_one(Mentorship, number), REASON, by=world.operator)
    firm = db.session.get_one(Mentorship, number).request.company.name
    waits = f"중단된 {firm} 멘토링의 잔액 배정 해제"
    client = sign_in(client, staff[0])
    assert "배정된 잔액을 해제합니다." in client.get(f"/mentorships/{number}").text
    assert waits not in client.get("/todo").text
    actions.refuse(fresh(claim), REASON, by=world.payer)
    todo = client.get("/todo").text
    assert waits in todo
    assert f'href="/mentorships/{number}/settlement"' in todo
    assert client.post(f"/mentorships/{number}/settlement").status_code == 303
    assert waits not in client.get("/todo").text
    assert "더 진행하지 않습니다." in client.get(f"/mentorships/{number}").text


def test_a_deposit_is_offered_for_as_long_as_the_firm_owes_any(app):
    deposit = "기업부담금 입금 등록"
    owing = Visits()
    factories.funded(owing.programme)
    with recorded(None, Event.AGREEMENT_SIGNED, owing.mentorship):
        reserve(owing.mentorship)
    client = sign_in(app.test_client(), owing.operator)
    assert deposit in client.get(f"/mentorships/{owing.mentorship.id}/settlement").text
    enter_receipt(
        owing.programme,
        Payment(
            Source.FIRM, owing.mentorship.shares["firm"], "이체", "b" * 32, mentorship_id=owing.mentorship.id
        ),
        by=owing.operator,
    )
    assert deposit not in client.get(f"/mentorships/{owing.mentorship.id}/settlement").text


@pytest.mark.both_databases
def test_the_expert_sees_what_of_the_pay_is_to_come_back_and_why(app, world):
    claim = world.claim(S.PAID)
    number, key = claim.id, "c" * 32
    for _ in range(2):  # the form was sent twice
        order_recovery(world.programme, number, 319_200, "방문하지 않은 날의 방문일지", key, by=world.payer)
    enter_recovered(world.programme, number, 100_000, "2026-11-28 이체", "d" * 32, False, by=world.payer)
    told = [
        (notice.event, notice.facts["amount"])
        for notice in notices_of(world.writer)
        if "amount" in notice.facts
    ]
    assert sorted(told) == [("recovery_ordered", "319,200"), ("recovery_received", "100,000")]
    page = sign_in(app.test_client(), world.writer).get(f"/payments/{number}").text
    assert re.search(r"환수 결정액.*319,200원.*환수된 금액.*100,000원", page, re.S)
    assert "방문하지 않은 날의 방문일지" in page
    seen = sign_in(app.test_client(), world.firm).get(f"/payments/{number}").text
    assert "319,200" not in seen
    assert "방문하지 않은 날의 방문일지" not in seen
