"""The pages of the money: what each role sees, receipts, corrections, returns, recovery, files."""

import re

import pytest

from marketplace.access import Role
from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.ledger import verbs_claims
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.replaying import replay
from marketplace.ledger.states import Income
from tests import factories
from tests.architecture.test_statements import statements
from tests.conftest import sign_in
from tests.ledger.books import Books

KEY = "0123456789abcdef" * 2


@pytest.fixture
def books(app):
    return Books(name_ko="재정 시험 사업")


def operator(app, books):
    return sign_in(app.test_client(), factories.user(Role.OPERATOR, books.programme.operator))


def receipt(**changes):
    return {"key": KEY, "giver": "government", "amount": "1,000", "memo": "2026-07-01 이체", **changes}


def count():
    db.session.rollback()
    return db.session.query(LedgerTransaction).count()


@pytest.mark.both_databases
def test_the_page_shows_where_the_money_of_each_source_is(app, books):
    books.agree()
    books.claim()
    books.do(verbs_claims.post_pay, 1, Income.BUSINESS)
    page = operator(app, books).get(f"/finance/{books.programme.id}").text
    for shown in (
        "첫째전자",
        "둘째중공업",
        "5,800,000원",
        "20,000,000원",
        "338,450원",
        "입금 등록",
        "협약 배정",
    ):
        assert shown in page, shown
    assert "재정 시험 사업" in operator(app, books).get("/finance").text


@pytest.mark.parametrize(
    ("role", "enters"), [(Role.OPERATOR, True), (Role.MINISTRY, False), (Role.AUDITOR, False)]
)
def test_staff_read_the_books_and_the_operator_alone_enters_receipts(app, books, role, enters):
    of = {Role.OPERATOR: books.programme.operator, Role.MINISTRY: books.programme.ministry}.get(role)
    client = sign_in(app.test_client(), factories.user(role, of))
    address = f"/finance/{books.programme.id}"
    page = client.get(address)
    assert page.status_code == 200
    assert (f"{address}/receipts" in page.text) is enters
    assert client.get(f"{address}/receipts").status_code == (200 if enters else 403)


def test_another_operators_books_are_not_found(app, books):
    other = factories.programme()
    client = sign_in(app.test_client(), factories.user(Role.OPERATOR, other.operator))
    assert "재정 시험 사업" not in client.get("/finance").text
    number = LedgerTransaction.with_key(books.programme.id, "m1").id
    for path in (
        "",
        "/receipts",
        "/returns",
        f"/transactions/{number}",
        f"/transactions/{number}/correction",
    ):
        assert client.get(f"/finance/{books.programme.id}{path}").status_code == 404
    # Neither by way of a programme of one's own.
    assert client.get(f"/finance/{other.id}/transactions/{number}").status_code == 404
    before = count()
    assert client.post(f"/finance/{books.programme.id}/receipts", data=receipt()).status_code == 404
    assert (
        client.post(f"/finance/{other.id}/transactions/{number}/correction", data={"reason": "x"}).status_code
        == 404
    )
    answer = client.post(
        f"/exports/ledger-transactions?programme={books.programme.id}", data={"format": "csv"}
    )
    assert answer.status_code == 404
    assert count() == before


@pytest.mark.both_databases
def test_a_receipt_that_was_sent_twice_counts_once_and_leaves_one_entry(app, books):
    client, address = operator(app, books), f"/finance/{books.programme.id}/receipts"
    key = re.search(r'name="key"[^>]*value="([0-9a-f]{32})"', client.get(address).text)
    assert key is not None
    before, entries = count(), db.session.query(AuditEntry).count()
    for _ in range(2):
        assert client.post(address, data=receipt(key=key[1])).status_code == 303
    assert (count(), db.session.query(AuditEntry).count()) == (before + 1, entries + 1)
    assert books.holds("cash", "government") == 10_001_000


def test_a_receipt_beyond_the_match_is_refused_at_its_field_and_keeps_what_was_typed(app, books):
    client = operator(app, books)
    data = receipt(amount="99,000,000", memo="공문 제7호")
    answer = client.post(f"/finance/{books.programme.id}/receipts", data=data)
    assert answer.status_code == 422
    assert "지금 더 받을 수 있는 국비는 10,000,000원입니다" in answer.text
    assert "공문 제7호" in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    "wrong",
    [{"amount": ""}, {"amount": "0"}, {"amount": "-5"}, {"amount": "1.5"}, {"memo": ""}, {"giver": "firm"},
     {"giver": "sponsor:999"}, {"giver": ""}, {"amount": "99999999999999999999"}],
)  # fmt: skip
def test_a_receipt_that_makes_no_sense_is_refused(app, books, wrong):
    before = count()
    answer = operator(app, books).post(f"/finance/{books.programme.id}/receipts", data=receipt(**wrong))
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert count() == before


def test_a_company_pays_in_and_the_rules_page_shows_it(app, books):
    client = operator(app, books)
    data = receipt(giver=f"sponsor:{books.second.id}", amount="5000000")
    assert client.post(f"/finance/{books.programme.id}/receipts", data=data).status_code == 303
    assert "5,000,000원" in client.get(f"/programmes/{books.programme.id}").text
    assert replay(books.programme) == []


@pytest.mark.both_databases
def test_saving_a_contribution_posts_the_difference(app, books):
    client = sign_in(app.test_client(), factories.user(Role.MINISTRY, books.programme.ministry))
    address = f"/programmes/{books.programme.id}/contributions"

    def save(pledged, received):
        data = {"sponsor_id": str(books.first.id), "pledged": str(pledged), "received": str(received)}
        return client.post(address, data=data)

    for pledged, received in ((40_000_000, 25_000_000), (26_000_000, 26_000_000), (26_000_000, 12_000_000)):
        assert save(pledged, received).status_code == 303
        assert books.holds("cash", "sponsor") == received
        assert books.holds("pledged", "sponsor") == pledged - received + 5_000_000
    before = count()
    assert save(26_000_000, 12_000_000).status_code == 303
    assert count() == before, "nothing changed, nothing was posted"
    answer = save(26_000_000, 9_999_999)
    assert answer.status_code == 422
    assert "국비를 먼저 정정" in answer.text
    assert replay(books.programme) == []


def test_a_new_ratio_must_hold_for_what_came_in(app, books):
    from tests.programmes.test_programmes import rules

    client = sign_in(app.test_client(), factories.user(Role.MINISTRY, books.programme.ministry))
    address = f"/programmes/{books.programme.id}/edit"
    data = rules(books.programme, matching_government="1", matching_sponsor="3")
    answer = client.post(address, data=data)
    assert answer.status_code == 422
    assert "이미 받은 국비 10,000,000원, 출연금 20,000,000원에 맞지 않는 비율" in answer.text
    assert client.post(address, data={**data, "matching_sponsor": "2"}).status_code == 303


def test_a_wrong_receipt_is_corrected_with_a_reason(app, books):
    client = operator(app, books)
    number = LedgerTransaction.with_key(books.programme.id, "m1").id
    address = f"/finance/{books.programme.id}/transactions/{number}"
    assert "입금 정정" in client.get(address).text
    assert client.post(f"{address}/correction", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/correction", data={"reason": "다른 사업의 입금"}).status_code == 303
    assert "정정한 입금입니다" in client.get(address).text
    assert client.post(f"{address}/correction", data={"reason": "한 번 더"}).status_code == 409
    assert books.holds("cash", "government") == 0


def test_free_money_is_returned_and_what_is_not_free_is_not(app, books):
    client, address = operator(app, books), f"/finance/{books.programme.id}/returns"
    data = receipt(giver=f"sponsor:{books.first.id}", amount="3000000")
    assert client.post(address, data=data).status_code == 303
    assert books.holds("returned", "sponsor") == 3_000_000
    answer = client.post(address, data={**data, "key": "f" * 32, "amount": "17000001"})
    assert answer.status_code == 422
    assert "1원 부족해 반납할 수 없습니다" in answer.text
    sponsor = sign_in(app.test_client(), factories.user(Role.SPONSOR, books.first))
    page = sponsor.get("/contribution").text
    for shown in ("30,000,000원", "20,000,000원", "17,000,000원", "3,000,000원"):
        assert shown in page
    assert "둘째중공업" not in page


def test_pay_is_recovered_from_its_page_and_comes_back(app, books):
    books.agree()
    books.claim()
    paid = books.do(verbs_claims.post_pay, 1, Income.BUSINESS)
    client = operator(app, books)
    address = f"/finance/{books.programme.id}/transactions"
    data = {"key": KEY, "amount": "338450", "reason": "허위 방문"}
    assert "환수 결정" in client.get(f"{address}/{paid.id}").text
    form = client.get(f"{address}/{paid.id}/recovery").text
    assert "환수할 수 있는 금액" in form
    assert "338,450원" in form
    assert f'href="/payments/{paid.claim_id}"' in form
    assert client.post(f"{address}/{paid.id}/recovery", data={**data, "amount": "338451"}).status_code == 422
    assert client.post(f"{address}/{paid.id}/recovery", data=data).status_code == 303
    assert "환수 결정을 등록했습니다." in client.get("/finance").text
    ordered = LedgerTransaction.with_key(books.programme.id, KEY).id
    assert "환수금 입금" in client.get(f"{address}/{ordered}").text
    assert re.search(
        r"아직 들어오지 않은 환수금.*338,450원", client.get(f"{address}/{ordered}/recovery").text, re.S
    )
    back = {**data, "key": "a" * 32, "amount": "8450"}
    assert client.post(f"{address}/{ordered}/recovery", data=back).status_code == 303
    assert books.holds("recovery_due") == 330_000
    assert "330,000원" in client.get(f"{address}/{ordered}/recovery").text
    pledge = LedgerTransaction.with_key(books.programme.id, "p1").id
    assert client.get(f"{address}/{pledge}/recovery").status_code == 404
    assert client.get(f"{address}/{pledge}/correction").status_code == 404


def test_the_list_is_filtered_and_its_files_hold_the_same(app, books):
    books.agree()
    client = operator(app, books)
    page = client.get(f"/finance/{books.programme.id}?kind=reserve").text
    assert "총 1개 항목" in page
    assert "총 2개 항목" in client.get(f"/finance/{books.programme.id}?mentorship=71").text
    address = f"/exports/ledger-transactions?programme={books.programme.id}&kind=reserve"
    rows = client.post(address, data={"format": "csv"}).text.strip().splitlines()
    # The state and the large company: from free to reserved. The firm: what it owes.
    assert len(rows) == 1 + 6
    assert sum(int(row.split(",")[6]) for row in rows[1:]) == 0
    address = f"/exports/ledger-positions?programme={books.programme.id}"
    text = client.post(address, data={"format": "csv"}).text
    assert "국비,,10000000,10000000,5800000,4200000,0,0,0,0,0" in text
    assert client.post(address, data={"format": "xlsx"}).data[:2] == b"PK"


def test_a_page_of_many_transactions_needs_as_many_statements_as_one_of_few(app, books):
    client = operator(app, books)
    for number in range(3):
        books.agree(visits=1, mentorship=number + 1)
    address = f"/finance/{books.programme.id}"
    statements(client, address)
    few = statements(client, address), statements(client, "/finance")
    for number in range(3, 40):
        books.agree(visits=1, mentorship=number + 1)
    assert (statements(client, address), statements(client, "/finance")) == few
    assert 'aria-label="페이지"' in client.get(address).text


def test_the_pages_speak_english_too(app, books):
    client = operator(app, books)
    client.set_cookie("language", "en")
    page = client.get(f"/finance/{books.programme.id}").text
    assert "Finances" in page
    assert "By source" in page
    answer = client.post(f"/finance/{books.programme.id}/receipts", data=receipt(amount="99000000"))
    assert "At present it can give 10,000,000 won more" in answer.text
