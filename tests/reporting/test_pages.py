"""The landing page, the pages of the record, and the exports."""

import csv
import io

import pytest
from sqlalchemy import text

from marketplace.access import Role
from marketplace.audit import AuditEntry, recorded
from marketplace.companies.limits import money_for
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.events import Event
from marketplace.notifications import tell
from marketplace.reporting.exports import EXPORTS
from tests import factories
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases


def test_the_landing_page_counts_what_is_there_and_says_what_it_counts(app, client):
    factories.expert()
    factories.programme(name_ko="도금 사업", budget=1_234_000_000)
    page = client.get("/").text
    assert "1명" in page
    assert "자격 확인을 마치고 활동을 쉬지 않는 전문가 수입니다." in page
    assert "1,234,000,000원" in page


def test_the_budget_that_is_left_is_the_one_that_the_check_of_a_request_sees(app, client):
    programme = factories.programme(name_ko="도금 사업", budget=1_234_000_000)
    tier = programme.tiers[0]
    factories.request(programme_=programme, state=RequestState.ELIGIBLE, tier_id=tier.id)
    checked = factories.request(programme_=programme, state=RequestState.CHECKING, tier_id=tier.id)
    left = f"{programme.budget - tier.total:,}"
    assert money_for(checked).facts()["left"] == left
    assert f"{left}원" in client.get("/").text


def test_a_figure_without_data_says_so_and_is_not_zero(app, client):
    assert "자료 없음" in client.get("/").text


def test_whoever_is_signed_in_starts_with_the_own_list(app, client):
    sign_in(client, factories.user(Role.AUDITOR))
    assert client.get("/").headers["Location"] == "/todo"
    assert client.get("/about").status_code == 200


def test_the_record_can_be_narrowed_to_one_thing(app, client):
    auditor = factories.user(Role.AUDITOR)
    with recorded(auditor, Event.ACCOUNT_EDITED, auditor, note="찾을 것"):
        pass
    sign_in(client, auditor)
    assert "찾을 것" in client.get(f"/audit?thing=users {auditor.id}").text
    assert "찾을 것" not in client.get("/audit?thing=users 999").text


def test_the_whole_record_can_be_turned_page_by_page(app, client):
    auditor = factories.user(Role.AUDITOR)
    for number in range(120):
        with recorded(auditor, Event.ACCOUNT_EDITED, auditor, note=f"기록 {number:03}"):
            pass
    sign_in(client, auditor)
    last = db.session.scalar(text("SELECT count(*) FROM audit_entries")) // 50 + 1
    newest, oldest = client.get("/audit").text, client.get(f"/audit?page={last}").text
    assert "기록 119" in newest
    assert "page=2" in newest
    assert "기록 000" not in newest
    assert "기록 000" in oldest
    assert "기록 119" not in oldest


def test_the_record_reads_as_words_and_leads_to_all_about_a_thing(app, client):
    auditor = factories.user(Role.AUDITOR)
    compared = {"ties": [["employer", "포스코"], ["kin", "형제기업"]], "met": []}
    with recorded(auditor, Event.ACCOUNT_EDITED, auditor, compared=compared, paused=True):
        pass
    sign_in(client, auditor)
    shown = client.get("/audit").text
    assert f'href="/audit?thing=users+{auditor.id}">계정 {auditor.id}</a>' in shown
    assert "employer · 포스코, kin · 형제기업; 겹치는 곳: 없음" in shown
    assert "paused: 예" in shown
    assert "[[" not in shown


def test_the_administrator_finds_the_jobs_in_the_menu(app, client):
    assert 'href="/jobs"' in sign_in(client, factories.user(Role.ADMIN)).get("/todo").text


def test_a_tampered_record_is_shown_as_broken(app, client):
    auditor = factories.user(Role.AUDITOR)
    with recorded(auditor, Event.ACCOUNT_EDITED, auditor):
        pass
    sign_in(client, auditor)
    assert "이상이 없습니다" in client.get("/audit/chain").text
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE audit_entries SET actor_name = '다른 사람' WHERE event = 'account_edited'")
        )
    assert "기록이 손상되었습니다" in client.get("/audit/chain").text


def test_the_demo_shows_its_mails_with_their_links(app, client):
    person = factories.user(Role.COMPANY)
    with recorded(None, Event.REQUEST_SUBMITTED, person):
        tell(person, Event.REQUEST_SUBMITTED, "신청이 접수되었습니다.", "/requests/7")
    sign_in(client, factories.user(Role.ADMIN))
    assert "신청이 접수되었습니다." in client.get("/mails").text
    assert "http://localhost/requests/7" in client.get("/mails/1").text


#: The lists of a round ask for one; tests/rounds/test_views.py takes each of them along.
LISTS = sorted(name for name in EXPORTS if not name.startswith("round-"))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_taken_along_and_that_is_recorded(app, client, name, kind):
    programme = factories.programme()
    factories.request(programme_=programme, state=RequestState.SUBMITTED)
    factories.expert()
    allowed = next(
        role
        for role in (Role.OPERATOR, Role.ADMIN, Role.AUDITOR)
        if all(factories.may(role, p) for p in ("export_lists", EXPORTS[name].permission))
    )
    sign_in(client, factories.user(allowed, programme.operator if allowed is Role.OPERATOR else None))
    answer = client.post(f"/exports/{name}?q=", data={"format": kind})
    assert answer.status_code == 200
    assert f"filename={name}-" in answer.headers["Content-Disposition"]
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert len(rows[0]) == len(EXPORTS[name].columns)
        assert all(len(row) == len(rows[0]) for row in rows)
    else:
        assert answer.data[:2] == b"PK"
    entry = db.session.query(AuditEntry).filter_by(event="list_exported").one()
    assert entry.facts["list"] == name


def test_a_list_beyond_ones_permission_cannot_be_exported(app, client):
    programme = factories.programme()
    sign_in(client, factories.user(Role.OPERATOR, programme.operator))
    assert client.post("/exports/accounts", data={"format": "csv"}).status_code == 403
    assert client.post("/exports/none-such", data={"format": "csv"}).status_code == 404


def test_an_export_holds_no_live_formula(app, client):
    programme = factories.programme()
    factories.request(programme_=programme, state=RequestState.SUBMITTED, title='=HYPERLINK("x")')
    sign_in(client, factories.user(Role.OPERATOR, programme.operator))
    text_ = client.post("/exports/requests", data={"format": "csv"}).data.decode("utf-8-sig")
    assert "'=HYPERLINK" in text_
