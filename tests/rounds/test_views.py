"""The pages of a round: what they show, what they keep, and how many statements they need."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.rounds.actions_publish import pairs_hash
from marketplace.rounds.models import Round
from marketplace.rounds.queries import changes_of
from marketplace.rounds.states import RoundState
from tests import factories
from tests.architecture.test_statements import statements
from tests.conftest import sign_in
from tests.rounds.world import WHY, Market, fresh

PAGES = ("", "/loads", "/gaps", "/fairness", "/what-if", "/replay", "/publish", "/edit")


def operator(app, market: Market):
    return sign_in(app.test_client(), market.operator)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def filled(**more: object) -> dict[str, object]:
    weights = {
        f"w_{p}": 10
        for p in ("needs", "words", "letters", "symptoms", "related", "industry", "level", "size", "region")
    }
    base = {
        "name": "봄 회차",
        "scope": "all",
        "objective": "score",
        "keep": 98,
        "bonus": 10,
        "team": "0",
        **weights,
    }
    return {**base, **more}


@pytest.mark.parametrize(
    "language, words", [("ko", "목록에 없는 값입니다"), ("en", "This is not on the list")]
)
def test_what_a_page_never_sends_is_refused_in_the_readers_language(app, language, words):
    client = operator(app, Market(requests=1))
    client.set_cookie("language", language)
    for wrong in ({"objective": "x"}, {"scope": "x"}, {"team": "9"}):
        answer = client.post("/rounds/new", data=filled(**wrong))
        assert answer.status_code == 422
        shown = text_of(answer)
        assert words in shown
        assert "valid choice" not in shown
    long = text_of(client.post("/rounds/new", data=filled(version="9" * 13)))
    assert "longer than" not in long


def test_an_operator_makes_a_round_and_finds_it_while_it_runs_and_afterwards(app):
    from marketplace import jobs

    market = Market(requests=3)
    client = operator(app, market)
    answer = client.post("/rounds/new", data=filled(then="run"))
    assert answer.status_code == 303
    address = answer.headers["Location"]
    running = text_of(client.get(address))
    assert "계산 중입니다" in running and "every 2s" in running and "새로 고침" in running
    part = client.get(address, headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    jobs.run_due()
    over = client.get(address, headers={"HX-Request": "true"})
    assert (over.status_code, over.headers["HX-Refresh"]) == (204, "true")
    assert "3 / 3건" in text_of(client.get(address))
    assert "봄 회차" in text_of(client.get("/rounds?q=봄&state=solved"))
    assert "매칭 회차 1건의 결과 확인과 추천" in text_of(client.get("/todo"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "회차 이름을 적어 주십시오."),
        ("most", "많이", "숫자만 입력해 주십시오."),
        ("region_exceptions", "경남 셋", "‘경남 셋’을(를)"),
        ("region_exceptions", "없는곳: 3", "‘없는곳’은(는) 없는 소재지입니다."),
        ("employer_exceptions", "삼성전자", "‘삼성전자’을(를)"),
        ("least", "5", "최소 건수를 최대 건수 이하로"),
    ],
)
def test_the_form_says_at_the_field_what_to_do_and_keeps_what_was_typed(app, field, value, message):
    market = Market(requests=1)
    given = filled(employer_most="7", **({"most": "2"} if field == "least" else {}))
    answer = operator(app, market).post("/rounds/new", data={**given, field: value})
    assert answer.status_code == 422
    shown = text_of(answer)
    assert message in shown and f'id="{field}-error"' in shown
    assert 'value="7"' in shown and (not value or value in shown)
    assert db.session.scalar(select(func.count()).select_from(Round)) == 0


def test_without_any_weight_and_without_any_request_the_form_says_so(app):
    market = Market(requests=1)
    client = operator(app, market)
    nothing = {name: 0 for name in filled() if name.startswith("w_")}
    assert "가중치 가운데 하나는" in text_of(client.post("/rounds/new", data=filled(**nothing)))
    answer = client.post("/rounds/new", data=filled(scope="chosen"))
    assert answer.status_code == 422 and 'id="cases-error"' in text_of(answer)


def test_a_saved_round_shows_its_settings_in_the_form_again(app):
    market = Market(requests=2)
    client = operator(app, market)
    client.post("/rounds/new", data=filled(region_exceptions="경남: 3", team="2", most="4"))
    shown = text_of(client.get("/rounds/1/edit"))
    assert "경남: 3" in shown and 'value="4"' in shown
    assert re.search(r'value="2" checked', shown)


@pytest.mark.parametrize("state", RoundState, ids=str)
def test_every_state_has_a_page_for_all_who_may_see_it(app, state):
    market = Market(requests=2)
    round_ = market.in_state(state)
    for person in (market.operator, market.official, market.auditor):
        client = sign_in(app.test_client(), person)
        shown = text_of(client.get(f"/rounds/{round_.id}"))
        assert round_.name in shown
        assert ("설정 고치기" in shown) == (
            person is market.operator and state in (RoundState.DRAFT, RoundState.SOLVED, RoundState.FAILED)
        )


def test_a_change_by_hand_shows_old_and_new_total_and_its_record(app):
    market = Market(requests=2, places=2)
    round_ = market.solved()
    request, expert, _ = round_.pairs[0]
    case = next(c for c in market.cases if c.request.reference == request)
    other = next(e for e in market.experts if str(e.id) != expert)
    client, address = operator(app, market), f"/rounds/{round_.id}/requests/{case.id}"
    assert client.post(address, data={"verb": "give", "expert": other.id, "reason": WHY}).status_code == 303
    shown = text_of(client.get(address))
    assert "점수의 합" in shown and "→" in shown and WHY in shown and "고정" in shown
    assert changes_of(fresh(round_))[0].verb == "give"
    refused = client.post(address, data={"verb": "unserve", "reason": "짧음"})
    assert refused.status_code == 422 and "짧음" in text_of(refused)
    assert client.post(address, data={"verb": "steal", "reason": WHY}).status_code == 404


def test_a_pin_that_made_a_run_fail_is_released_on_the_page_of_its_request(app):
    market = Market(requests=1)
    round_ = market.solved()
    case, client = market.cases[0], operator(app, market)
    address = f"/rounds/{round_.id}/requests/{case.id}"
    client.post(address, data={"verb": "pin", "reason": WHY})
    failed = fresh(round_)
    failed.state, failed.reason = RoundState.FAILED, WHY
    factories.save(failed)
    assert f'href="{address}"' in text_of(client.get(f"/rounds/{round_.id}"))
    shown = text_of(client.get(address))
    assert "고정·금지·제외 해제" in shown and shown.count('name="verb"') == 1
    assert client.post(address, data={"verb": "free", "reason": WHY}).status_code == 303


def test_what_if_shows_both_columns_and_touches_nothing(app):
    market = Market(requests=4, places=2)
    round_ = market.solved()
    count = select(func.count()).select_from(AuditEntry)
    before = (db.session.scalar(count), round_.units, round_.version)
    query = "&".join(f"{key}={value}" for key, value in filled(most=1, budget=9_000_000).items())
    shown = text_of(operator(app, market).get(f"/rounds/{round_.id}/what-if?try=1&{query}"))
    assert "지금의 배정과 바꾼 설정" in shown and "예산으로 신청 1건까지" in shown
    row = re.search(r"지원하는 신청</th>(.*?)</tr>", shown)
    assert re.findall(r">([+-]?\d+)</td>", row[1]) == ["4", "1", "-3"]
    again = fresh(round_)
    assert (db.session.scalar(count), again.units, again.version) == before
    wrong = text_of(
        operator(app, market).get(
            f"/rounds/{round_.id}/what-if?try=1&{query}&least=많이".replace("most=1", "most=x")
        )
    )
    assert "숫자만 입력해 주십시오." in wrong


def test_publishing_from_the_page_needs_a_mark_for_each_that_fails(app):
    market = Market(requests=2, experts=2, places=1)
    round_ = market.solved()
    tied = next(e for e in market.experts if str(e.id) == round_.pairs[0][1])
    tied.paused_at = tied.created_at
    factories.save(tied)
    case = next(c for c in market.cases if c.request.reference == round_.pairs[0][0])
    client, address = operator(app, market), f"/rounds/{round_.id}/publish"
    shown = text_of(client.get(address))
    assert "전문가가 활동을 쉬고 있습니다." in shown
    assert re.findall(r'name="seen"[^>]*value="(\w*)"', shown) == [pairs_hash(round_)]
    given = {"seen": pairs_hash(round_), "reason": WHY}
    refused = client.post(address, data=given)
    assert refused.status_code == 409 and WHY in text_of(refused)
    assert fresh(round_).state == RoundState.SOLVED
    assert client.post(address, data={**given, "leave_out": case.id}).status_code == 303
    assert fresh(round_).state == RoundState.PUBLISHED


@pytest.mark.parametrize(
    "name", ["rounds", "round-pairs", "round-loads", "round-employers", "round-unseen", "round-gaps"]
)
def test_every_list_of_a_round_can_be_had_as_a_file(app, name):
    market = Market(requests=3, experts=1, places=2)
    round_ = market.solved()
    client = operator(app, market)
    answer = client.post(f"/exports/{name}?round={round_.id}", data={"format": "xlsx"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert len(rows) > (0 if name in ("round-unseen", "round-gaps") else 1)
    csv = client.post(f"/exports/{name}?round={round_.id}", data={"format": "csv"})
    assert csv.data.startswith(b"\xef\xbb\xbf")
    stranger = sign_in(app.test_client(), Market(requests=0).operator)
    expected = 200 if name == "rounds" else 404
    assert stranger.post(f"/exports/{name}?round={round_.id}", data={"format": "csv"}).status_code == expected


def test_the_reasons_are_told_in_english_too(app):
    market = Market(requests=3, experts=1, places=2)
    round_ = market.solved()
    client = operator(app, market)
    client.set_cookie("language", "en")
    for page in PAGES:
        shown = text_of(client.get(f"/rounds/{round_.id}{page}"))
        assert 'lang="en"' in shown
    assert "All places of eligible experts" in text_of(client.get(f"/rounds/{round_.id}?only=unserved")) or (
        "unassigned" in text_of(client.get(f"/rounds/{round_.id}?only=unserved")).lower()
    )


def test_pages_of_a_round_need_as_many_statements_for_many_requests_as_for_few(app):
    few, many = Market(requests=3, experts=3), Market(requests=25, experts=20, places=3)
    counts = {}
    for market in (few, many):
        round_ = market.solved()
        market.round(), market.round()
        client = operator(app, market)
        case = market.cases[0].id
        for page in (*PAGES, f"/requests/{case}"):
            statements(client, f"/rounds/{round_.id}{page}")
            key = page if "requests" not in page else "pair"
            counts.setdefault(key, []).append(statements(client, f"/rounds/{round_.id}{page}"))
        for page in ("/rounds", "/rounds/new", "/todo"):
            statements(client, page)
            counts.setdefault(page, []).append(statements(client, page))
    assert {page: found for page, found in counts.items() if found[1] > found[0]} == {}
