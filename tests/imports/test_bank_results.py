"""What the bank did with a payment order is taken in from a file: all of it or nothing, and twice does no harm."""

import csv
import io

import pytest

from marketplace.access import Role
from marketplace.audit import AuditEntry
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.imports.models import ImportState
from marketplace.notifications import Notice
from marketplace.payments import actions
from marketplace.payments.states import ClaimState as S
from tests import factories
from tests.conftest import sign_in
from tests.imports.test_import_pages import bring, newest, write
from tests.payments.world import World, fresh

pytestmark = pytest.mark.both_databases
BANK_SAYS = "예금주 불일치로 이체하지 못함"


@pytest.fixture
def world(app, client):
    made = World()
    sign_in(client, made.payer)
    return made


def ordered(world, count=3):
    claims = [world.claim(S.APPROVED) for _ in range(count)]
    order = actions.make_order(world.programme, [claim.id for claim in claims], by=world.payer)
    return order, [fresh(claim) for claim in claims]


def results(client, order, failed=(), **changes):
    """The file for the bank as the site hands it out, with the bank's results filled in."""
    sheet = client.post(f"/exports/payment-order?order={order.id}", data={"format": "csv"}).data
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    assert {row["결과"] for row in rows} == {""}
    for row in rows:
        if int(row["청구번호"]) in failed:
            row |= {"결과": "실패", "지급일": "", "사유": BANK_SAYS}
        else:
            row |= {"결과": "이체", "지급일": today().isoformat(), "사유": ""}
        row |= changes
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_the_file_for_the_bank_comes_back_with_its_results_and_every_claim_and_won_follows(world, client):
    order, (first, second, third) = ordered(world)
    payable = world.holds("payable")
    file = bring(client, results(client, order, failed=[second.id]), "bank.csv", kind="payments")
    assert (file.state, file.faults) == (ImportState.CHECKED, [])
    assert (file.summary["changed"], file.summary["same"], file.summary["warnings"]) == (3, 0, [])
    assert [fresh(claim).state for claim in (first, second, third)] == [S.ORDERED] * 3
    assert write(client, file).state == ImportState.WRITTEN
    assert [fresh(claim).state for claim in (first, second, third)] == [S.PAID, S.APPROVED, S.PAID]
    assert (fresh(first).paid_on, fresh(first).paid_by_id) == (today(), world.payer.id)
    assert fresh(second).reason == BANK_SAYS
    assert payable - world.holds("payable") == fresh(first).amount + fresh(third).amount
    entry = db.session.query(AuditEntry).filter_by(event="rows_imported").one()
    assert {("claims", claim.id) for claim in (first, second, third)} <= {
        (subject.thing_type, subject.thing_id) for subject in entry.subjects
    }


def test_an_expert_is_told_once_of_all_visits_that_were_paid_together_with_the_sum(world, client):
    order, claims = ordered(world)
    write(client, bring(client, results(client, order), "bank.csv", kind="payments"))
    told = [notice for notice in db.session.query(Notice) if "지급이 완료" in notice.sentence]
    net = sum(fresh(claim).net for claim in claims)
    assert [(one.user_id, one.facts["count"], one.facts["net"]) for one in told] == [
        (world.expert.user_id, 3, f"{net:,}")
    ]
    assert sign_in(client, world.expert.user).get(told[0].path).status_code == 200


def test_the_same_file_taken_in_again_changes_nothing(world, client):
    order, (first, second) = ordered(world, 2)
    content = results(client, order, failed=[second.id])
    write(client, bring(client, content, "bank.csv", kind="payments"))
    paid, payable = world.holds("paid"), world.holds("payable")
    again = bring(client, content, "bank.csv", kind="payments")
    assert (again.state, again.summary["changed"], again.summary["same"]) == (ImportState.CHECKED, 0, 2)
    assert write(client, again).state == ImportState.WRITTEN
    assert (world.holds("paid"), world.holds("payable")) == (paid, payable)
    assert (fresh(first).state, fresh(second).state) == (S.PAID, S.APPROVED)


def test_an_old_failure_does_not_undo_a_later_order(world, client):
    order, (claim,) = ordered(world, 1)
    content = results(client, order, failed=[claim.id])
    write(client, bring(client, content, "bank.csv", kind="payments"))
    actions.make_order(world.programme, [claim.id], by=world.payer)
    file = bring(client, content, "bank.csv", kind="payments")
    assert [fault["kind"] for fault in file.faults] == ["other_order"]
    assert fresh(claim).state == S.ORDERED


@pytest.mark.parametrize(
    "changes, kind, column",
    [
        ({"실지급액": "1"}, "other_net", "net"),
        ({"지급일": ""}, "no_day_of_payment", "paid_on"),
        ({"지급일": "2020-01-02"}, "other_day_of_payment", "paid_on"),
        ({"지급일": "2026-02-31"}, "no_such_day", "paid_on"),
        ({"결과": "실패"}, "no_reason", "reason"),
        ({"결과": "보류"}, "not_a_choice", "is_paid"),
        ({"청구번호": "999999"}, "unknown_claim", "claim"),
        ({"지급명세 번호": "77"}, "other_order", "order"),
    ],
)
def test_one_wrong_row_is_named_and_nothing_is_taken_in(world, client, changes, kind, column):
    order, (claim,) = ordered(world, 1)
    file = bring(client, results(client, order, **changes), "bank.csv", kind="payments")
    assert file.state == ImportState.FAULTY
    assert [(fault["kind"], fault["column"], fault["row"]) for fault in file.faults] == [(kind, column, 2)]
    assert client.get(f"/imports/{file.id}").status_code == 200
    assert client.post(f"/imports/{file.id}/write").status_code == 409
    assert fresh(claim).state == S.ORDERED


def test_a_claim_that_changed_between_check_and_writing_stops_the_whole_file(world, client):
    order, (first, second) = ordered(world, 2)
    file = bring(client, results(client, order), "bank.csv", kind="payments")
    actions.mark_failed(second, BANK_SAYS, by=world.payer)
    assert write(client, file).state == ImportState.FAULTY
    assert fresh(first).state == S.ORDERED


def test_claims_of_another_operator_are_as_if_they_were_not_there(app, world, client):
    order, (claim,) = ordered(world, 1)
    content = results(client, order)
    other = factories.user(Role.OPERATOR, factories.programme().operator)
    file = bring(sign_in(app.test_client(), other), content, "bank.csv", kind="payments")
    assert [fault["kind"] for fault in file.faults] == ["unknown_claim"]
    assert client.get(f"/imports/{newest().id}").status_code == 404
    assert fresh(claim).state == S.ORDERED


def test_the_file_in_english_comes_back_as_well(world, client):
    order, (claim,) = ordered(world, 1)
    client.get("/language/en")
    sheet = client.post(f"/exports/payment-order?order={order.id}", data={"format": "csv"}).data
    header, row = csv.reader(io.StringIO(sheet.decode("utf-8-sig")))
    assert "Claim number" in header
    row[header.index("Result")], row[header.index("Day of payment")] = "Transferred", today().isoformat()
    content = "\n".join(",".join(f'"{cell}"' for cell in line) for line in (header, row))
    file = bring(client, content, "bank.csv", kind="payments")
    assert file.summary["warnings"] == []
    write(client, file)
    assert fresh(claim).state == S.PAID
