"""The landing page, the pages of the record, and the exports."""

import ast
import csv
import io
import re
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from marketplace.access import Role
from marketplace.audit import AuditEntry, history_of, recorded
from marketplace.companies.limits import money_for
from marketplace.companies.states import RequestState
from marketplace.database import clock_at, db, utcnow
from marketplace.events import Event
from marketplace.jobs import Job, JobState, run_due, sweeps
from marketplace.notifications import tell
from marketplace.reporting import records
from marketplace.reporting.exports import EXPORTS
from marketplace.reporting.fact_labels import FACTS
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
    assert "전 직장 · 포스코, 친족 관계 · 형제기업; 겹치는 곳: 없음" in shown
    assert "활동 일시중지: 예" in shown
    assert "[[" not in shown
    assert "계정 변경" in client.get(f"/audit?thing=계정 {auditor.id}").text


def test_the_codes_in_the_record_are_said_in_words_and_kept_as_they_are(app, client):
    auditor = factories.user(Role.AUDITOR)
    facts = {
        "compared": {
            "ties": [["vendor", "vendor"]],
            "relations": [["self", "정우고무", "kept"], ["contributor", "포스코", "added"]],
            "met": [["shares", "포스코", "출연 기업"]],
        },
        "period": ["2027-01-11", "2027-04-10"],
        "due": "2026-11-23T01:51:31+00:00",
        "checks": {"budget": {"result": "fault", "note": "모자람"}, "brn": {"result": "ok", "note": ""}},
        "changed": {"closes_on": ["2026-01-05", "2026-02-05"], "conflicts": [{"kin": ["self"]}, {"kin": []}]},
        "step": "remind_operator",
        "opened": {"relations": [{"kind": "customer", "name": "현대모비스", "brn": None}]},
        "role": ["company", "expert"],
        "terms": ["QUA-01"],
        "in_other_cases": {"12": {"expert": 7}},
        "consents": ["privacy 1"],
    }
    with recorded(auditor, Event.ACCOUNT_EDITED, auditor, **facts):
        pass
    sign_in(client, auditor)
    shown = client.get("/audit?event=account_edited").text
    for words in (
        "공급기업과의 관계 · vendor",
        "신청 기업 · 정우고무 · 변동 없음, 출연 기업 · 포스코 · 매칭 시작 후 추가됨",
        "겹치는 곳: 지분 보유 · 포스코 · 출연 기업",
        "지원 기간: 2027. 1. 11. ~ 2027. 4. 10.",
        "처리 기한: 2026. 11. 23. 오전 10:51",
        "예산: 부적합 (모자람); 사업자등록번호: 적합",
        "접수 마감일: 2026. 1. 5. → 2026. 2. 5.",
        "이해충돌: 친족 관계: 신청 기업 → 친족 관계: 없음",
        "단계: 운영기관의 1차 승인",
        "고객사 · 현대모비스",
        "역할: 기업, 전문가",
        "매칭 12: 전문가: 7",
        "개인정보 수집·이용 동의 1",
    ):
        assert words in shown, words
    assert "QUA-01" not in shown
    kept = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "account_edited")).one()
    assert kept.facts == facts


def test_a_ministry_reads_what_the_record_says_of_its_own_programmes_and_an_auditor_everything(app, client):
    ours, theirs = factories.programme(), factories.programme()
    firm = factories.user(Role.COMPANY)
    with recorded(firm, Event.ACCOUNT_EDITED, firm, note="어느 사업의 일도 아님"):
        pass
    for programme, note in ((ours, "우리 사업의 일"), (theirs, "남의 사업의 일")):
        case = factories.case(factories.request(programme_=programme))
        with recorded(None, Event.OFFER_REMINDED, case, note=note):
            pass
    official = factories.user(Role.MINISTRY, organisation=ours.ministry)
    sign_in(client, official)
    lists = [client.get(path).text for path in ("/audit", "/audit?thing=match_cases")]
    for shown in (*lists, client.post("/exports/audit", data={"format": "csv"}).data.decode("utf-8-sig")):
        assert "우리 사업의 일" in shown
        assert "남의 사업의 일" not in shown and "어느 사업의 일도 아님" not in shown
    everything = sign_in(client, factories.user(Role.AUDITOR)).get("/audit").text
    assert all(note in everything for note in ("우리 사업의 일", "남의 사업의 일", "어느 사업의 일도 아님"))


def test_every_fact_that_is_recorded_has_a_word():
    root = Path(__file__).parents[2] / "marketplace"
    names = set()
    for path in root.rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) in ("recorded", "also_about", "record.facts.update"):
                names |= {word.arg for word in call.keywords if word.arg}
    assert len(names) > 50
    assert sorted(names - set(FACTS)) == []


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


def test_where_mails_are_only_kept_none_is_said_to_wait(app, client, monkeypatch):
    person = factories.user(Role.COMPANY)
    with recorded(None, Event.REQUEST_SUBMITTED, person):
        tell(person, Event.REQUEST_SUBMITTED, "신청이 접수되었습니다.", "/requests/7")
    sign_in(client, factories.user(Role.ADMIN))
    for path in ("/mails", "/mails/1"):
        page = client.get(path).text
        assert "지금은 메일을 발송하지 않습니다" in page
        assert "보관됨 · 발송하지 않음" in page
        assert ">대기<" not in page
    monkeypatch.setattr(app.config["SETTINGS"], "mail", "smtp")
    for path in ("/mails", "/mails/1"):
        page = client.get(path).text
        assert "발송하지 않" not in page
        assert "대기" in page


#: The lists of a round, a ledger or a payment order ask for one; tests/rounds/test_views.py, tests/ledger/test_pages.py
#: and tests/payments/test_pages.py take each of them along.
LISTS = sorted(name for name in EXPORTS if not name.startswith(("round-", "ledger-", "payment-")))


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


def given_up(**facts):
    facts = {
        "payload": {},
        "state": JobState.FAILED,
        "attempts": 5,
        "last_error": "OSError: 디스크 없음",
        **facts,
    }
    return factories.save(Job(kind="none", key="none-1", **facts))


def test_the_administrator_sees_how_jobs_and_sweeps_stand(app, client):
    given_up(created_at=utcnow() - timedelta(hours=3))
    sign_in(client, factories.user(Role.ADMIN))
    before = client.get("/jobs").text
    assert "작업 처리기가 멈춘 것 같습니다" in before  # no worker has been here
    for words in ("none-1", "실패", "3시간 전", "OSError: 디스크 없음", "메일 발송", "아직 없음"):
        assert words in before, words
    run_due()
    after = client.get("/jobs").text
    assert "작업 처리기가 멈춘 것 같습니다" not in after
    assert "아직 없음" not in after
    assert "none-1" not in client.get("/jobs?state=done").text
    with clock_at(utcnow() + timedelta(hours=1)):
        assert "작업 처리기가 멈춘 것 같습니다" in client.get("/jobs").text


def test_the_administrator_runs_a_job_again_that_was_given_up_and_the_record_says_so(app, client):
    job = given_up()
    admin = factories.user(Role.ADMIN)
    sign_in(client, admin)
    assert "다시 실행" in client.get("/jobs").text
    assert client.post(f"/jobs/{job.id}/again").status_code == 303
    db.session.refresh(job)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert [(entry.event, entry.actor_id) for entry in history_of(job)] == [("job_retried", admin.id)]


def test_a_site_that_starts_knows_every_sweep_of_the_code():
    root = Path(__file__).parents[2] / "marketplace"
    written = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(
                re.match(r"(jobs\.)?every\b", ast.unparse(one)) for one in node.decorator_list
            ):
                module = ".".join(path.relative_to(root).with_suffix("").parts)
                written.add(f"sweep-{module}.{node.name}")
    script = (
        "import sys; from marketplace.application import create_app; from tests.conftest import settings_for;"
        "create_app(settings_for(f'sqlite:///{sys.argv[1]}'));"
        "from marketplace.jobs import sweeps; print(*sweeps.names())"
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", script, f"{folder}/site.sqlite3"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root.parent)
    assert len(written) > 8
    assert set(answer.stdout.split()) == written


def test_every_sweep_has_words_for_what_it_does():
    assert set(sweeps.names()) - set(records.SWEEP_LABELS) == set()
