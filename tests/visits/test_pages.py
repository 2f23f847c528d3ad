"""The pages of visits: prefilled, faults at their fields in both languages, nothing typed lost, few statements."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from marketplace.access import Role
from marketplace.database import db, utcnow
from marketplace.mentorships.states import MentorshipState
from marketplace.visits import actions
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.matching.test_page_costs import statements
from tests.visits.world import LONG_REASON, World, days_ago, key, log, mentorship, today, typed


@pytest.fixture
def world(app):
    return World()


def value(page: str, name: str) -> str:
    """What a field of a page holds."""
    tag = re.search(rf"<input[^>]*\bname=\"{name}\"[^>]*>", page)
    found = re.search(r'value="([^"]*)"', tag[0]) if tag else None
    return found[1] if found else ""


def test_the_log_is_filled_in_from_the_plan_and_the_agreement(client, world):
    page = sign_in(client, world.writer).get(f"/visits/log/{world.mentorship.id}").text
    assert value(page, "on") == days_ago(36).isoformat()
    assert "계획한 1회차 방문" in page
    assert value(page, "place") == "창원시 성산구 공단로 1"
    assert value(page, "attendees") == f"{world.firm.name}, {world.writer.name}"
    task = world.mentorship.plan[0].task
    assert re.search(rf'<option selected value="{task.id}">', page)
    assert (value(page, "start"), value(page, "end")) == ("", "")
    assert len(value(page, "client_key")) == 36


def test_the_next_log_takes_the_usual_times_from_the_one_before(client, world):
    actions.log_visit(
        world.mentorship, log(36, "13:30", "17:00", attendees="김 부장"), client_key=key(), by=world.writer
    )
    page = sign_in(client, world.writer).get(f"/visits/log/{world.mentorship.id}").text
    assert "계획한 2회차 방문" in page
    assert [value(page, name) for name in ("start", "end", "attendees")] == ["13:30", "17:00", "김 부장"]


def test_a_planned_visit_that_lies_ahead_is_not_taken_for_today(client, app):
    world = World(since=today() - timedelta(days=1))
    page = sign_in(client, world.writer).get(f"/visits/log/{world.mentorship.id}").text
    assert value(page, "on") == today().isoformat()


def test_the_page_that_a_phone_keeps_names_nobody_else(client, world):
    actions.log_visit(world.mentorship, log(36, attendees="김 부장"), client_key=key(), by=world.writer)
    page = sign_in(client, world.writer).get(f"/visits/log/{world.mentorship.id}?shell=1").text
    assert world.firm.name not in page
    assert "김 부장" not in page
    assert value(page, "client_key") == ""


def test_a_log_with_only_the_required_parts_is_handed_in(client, world):
    sign_in(client, world.writer)
    said = {
        name: text
        for name, text in typed(log(1)).items()
        if name in ("on", "start", "end", "done", "client_key", "mode")
    }
    answer = client.post(f"/visits/log/{world.mentorship.id}", data=said)
    visit = db.session.query(Visit).one()
    assert answer.headers["Location"] == f"/visits/{visit.id}"
    assert "제출했습니다" in client.get(f"/visits/{visit.id}").text


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "ko",
            ("끝난 시각은 시작한 시각보다 뒤여야 합니다", "한두 줄로 적어 주십시오", "있는 시각을 14:30처럼"),
        ),
        ("en", ("must be later than", "in a line or two", "such as 14:30")),
    ],
)
def test_a_fault_stands_at_its_field_in_the_readers_language_and_nothing_typed_is_lost(
    client, world, language, sentences
):
    sign_in(client, world.writer).get(f"/language/{language}")
    address = f"/visits/log/{world.mentorship.id}"
    said = typed(log(1, "12:00", "10:00", homework="기록지를 쓰기", attendees="박 과장"))
    page = client.post(address, data=said)
    assert page.status_code == 422
    at = re.search(r'id="end-error">(.*?)</div>', page.text, re.S)
    assert sentences[0] in at[1]
    for kept in ("도금조 3호기 온도 기록을 함께 보았습니다.", "기록지를 쓰기", "박 과장", said["client_key"]):
        assert kept in page.text
    empty = client.post(address, data={**said, "done": " ", "start": "언젠가"})
    assert sentences[1] in re.search(r'id="done-error">(.*?)</div>', empty.text, re.S)[1]
    assert sentences[2] in re.search(r'id="start-error">(.*?)</div>', empty.text, re.S)[1]
    assert 'value="언젠가"' in empty.text
    assert db.session.query(Visit).count() == 0


@pytest.mark.parametrize(("text", "clock"), [("14:00", "14:00"), ("1400", "14:00"), ("오후 2시 30분", "14:30"), ("２시", "02:00"), ("오전 12:10", "00:10")])  # fmt: skip
def test_a_time_may_be_typed_as_people_write_it(app, text, clock):
    from werkzeug.datastructures import MultiDict

    from marketplace.visits.forms import LogForm

    with app.test_request_context():
        form = LogForm(MultiDict({"start": text}))
        assert f"{form.start.data:%H:%M}" == clock


def test_a_device_is_told_in_json_where_the_visit_is_or_what_to_mend(client, world):
    sign_in(client, world.writer)
    address, header = f"/visits/log/{world.mentorship.id}", {"X-Visit-Send": "later"}
    said = typed(log(1))
    first = client.post(address, data=said, headers=header)
    again = client.post(address, data=said, headers=header)
    assert first.json == again.json == {"url": f"/visits/{db.session.query(Visit).one().id}"}
    refused = client.post(address, data=typed(log(1, "11:00", "13:00")), headers=header)
    assert refused.status_code == 422
    assert list(refused.json["fields"]) == ["start"]
    broken = client.post(address, data={**typed(log(2)), "client_key": "x"}, headers=header)
    assert broken.json["form"]


def test_the_firm_confirms_in_one_tap_or_says_why_not(client, world):
    visit, other = world.visit(), world.visit()
    page = sign_in(client, world.firm).get(f"/visits/{visit.id}").text
    assert "방문 확인</button>" in page
    assert client.post(f"/visits/{visit.id}/confirm", data={"edition": "1"}).status_code == 303
    refused = client.post(f"/visits/{other.id}/dispute", data={"edition": "1", "reason": ""})
    assert refused.status_code == 422
    client.post(f"/visits/{other.id}/dispute", data={"edition": "1", "reason": "오지 않았습니다."})
    db.session.expire_all()
    assert [db.session.get_one(Visit, v.id).state for v in (visit, other)] == [
        VisitState.CONFIRMED,
        VisitState.DISPUTED,
    ]


def test_a_firm_that_looked_at_an_older_version_sees_the_new_one_and_confirms_nothing(client, world):
    visit = world.visit()
    actions.correct(visit, log(visit.starts_at.date(), "10:00", "13:00"), seen=1, by=world.writer)
    answer = sign_in(client, world.firm).post(f"/visits/{visit.id}/confirm", data={"edition": "1"})
    assert answer.status_code == 409
    assert "고쳐졌습니다" in answer.text
    assert "13:00" in answer.text


def test_the_page_of_a_visit_shows_its_versions_side_by_side_with_what_changed(client, world):
    visit = actions.log_visit(world.mentorship, log(1), client_key=key(), by=world.writer)
    actions.correct(visit, log(1, "10:00", "13:00"), seen=1, by=world.writer)
    for reader in (world.firm, world.writer, world.operator, world.official, factories.user(Role.AUDITOR)):
        page = sign_in(client, reader).get(f"/visits/{visit.id}").text
        assert re.search(r"12:00\s*</td>", page)
        assert re.search(r"13:00 <span[^>]*>고침", page)
        assert "고친 항목: 끝" in page


def test_the_expert_corrects_a_returned_log_from_what_it_said(client, world):
    visit = world.visit(VisitState.RETURNED)
    page = sign_in(client, world.writer).get(f"/visits/{visit.id}/edit").text
    assert LONG_REASON in page
    assert value(page, "start") == "10:00"
    said = typed(log(visit.starts_at.date(), "10:00", "12:00", done="더 자세히 적었습니다."), edition="1")
    assert client.post(f"/visits/{visit.id}/edit", data=said).status_code == 303
    conflict = client.post(f"/visits/{visit.id}/edit", data=said)
    assert conflict.status_code == 409
    assert "더 자세히 적었습니다." in conflict.text


def test_the_operator_accepts_returns_and_refuses_with_what_that_needs(client, world):
    first, second, third = (world.visit(VisitState.CONFIRMED) for _ in range(3))
    sign_in(client, world.operator)
    wrong = client.post(f"/visits/{first.id}/accept", data={"edition": "1", "minutes": "500"})
    assert wrong.status_code == 422
    assert "1분에서 120분" in wrong.text
    assert (
        client.post(f"/visits/{first.id}/accept", data={"edition": "1", "minutes": "90"}).status_code == 303
    )
    short = client.post(f"/visits/{second.id}/return", data={"reason": "짧다"})
    assert short.status_code == 422
    assert "짧다" in short.text
    assert client.post(f"/visits/{second.id}/return", data={"reason": LONG_REASON}).status_code == 303
    assert client.post(f"/visits/{third.id}/refuse", data={"reason": LONG_REASON}).status_code == 303
    db.session.expire_all()
    found = [db.session.get_one(Visit, v.id).state for v in (first, second, third)]
    assert found == [VisitState.ACCEPTED, VisitState.RETURNED, VisitState.REFUSED]


def test_several_visits_are_accepted_after_a_preview_and_what_needs_a_look_is_left(client, world):
    clean, changed, waiting = (
        world.visit(VisitState.CONFIRMED),
        world.visit(VisitState.CONFIRMED),
        world.visit(),
    )
    looked_at = world.visit(VisitState.CONFIRMED, reason=LONG_REASON)
    visits = (clean, changed, waiting, looked_at)
    address = "/visits/accept?" + "&".join(f"visit={visit.id}" for visit in visits)
    page = sign_in(client, world.operator).get(address).text
    assert "인정할 수 있는 방문 2건" in page
    assert "이의나 보완요청이 있었던 방문입니다" in page
    data = {"visit": [visit.id for visit in visits], f"edition-{clean.id}": "1", f"edition-{changed.id}": "7"}
    answer = client.post("/visits/accept", data=data)
    assert "인정할 수 없는 방문 3건" in answer.text
    db.session.expire_all()
    states = [db.session.get_one(Visit, visit.id).state for visit in visits]
    assert states == [VisitState.ACCEPTED, VisitState.CONFIRMED, VisitState.LOGGED, VisitState.CONFIRMED]
    assert db.session.get_one(Visit, clean.id).minutes == 120


def test_the_queue_is_searched_filtered_and_sorted_by_its_address(client, world):
    other = World(programme={"operator_id": world.programme.operator_id})
    mine, theirs = world.visit(VisitState.CONFIRMED), other.visit(VisitState.CONFIRMED, log=log(20))
    elsewhere = World().visit(VisitState.CONFIRMED)
    sign_in(client, world.operator)

    def found(query: str) -> list[int]:
        page = client.get(f"/visits/queue?{query}").text
        return [int(number) for number in re.findall(r'href="/visits/(\d+)" data-open', page)]

    assert set(found("")) == {mine.id, theirs.id}
    assert found("sort=visited") == [theirs.id, mine.id]
    assert found("sort=-visited") == [mine.id, theirs.id]
    assert found(f"q={world.company.name}") == [mine.id]
    assert found(f"q={other.writer.name}") == [theirs.id]
    assert found(f"programme={other.programme.id}") == [theirs.id]
    assert found(f"from={days_ago(5)}&until={days_ago(0)}") == [mine.id]
    assert elsewhere.id not in found("tab=all")
    assert found("tab=logged") == []


def test_what_waits_stands_in_the_list_of_things_to_do(client, world):
    visit = world.visit(planned_number=1)
    returned = world.visit(VisitState.RETURNED)
    confirmed = world.visit(VisitState.CONFIRMED)
    page = sign_in(client, world.firm).get("/todo").text
    assert f'href="/visits/{visit.id}"' in page
    page = sign_in(client, world.writer).get("/todo").text
    assert f'href="/visits/{returned.id}"' in page
    assert f'href="/visits/log/{world.mentorship.id}"' in page
    assert "방문 1건 검토" in sign_in(client, world.operator).get("/todo").text
    assert confirmed.id


@pytest.mark.parametrize(
    "name", ["queue", "bulk", "firm", "expert", "mentorship", "todo", "todo-firm", "log-index"]
)
def test_a_page_of_visits_takes_the_same_number_of_statements_for_many_rows(app, client, name):
    world = World(programme={"monthly_visits": 31})
    counts = []
    for more in (2, 6):
        confirmed = [world.visit(VisitState.CONFIRMED) for _ in range(more)]
        for state in (VisitState.LOGGED, VisitState.RETURNED):
            assert [world.visit(state, due_at=utcnow()) for _ in range(more)]
        assert [mentorship(world.programme, expert=world.expert) for _ in range(more)]
        person, url = {
            "queue": (world.operator, "/visits/queue?tab=all"),
            "bulk": (world.operator, "/visits/accept?" + "&".join(f"visit={v.id}" for v in confirmed)),
            "firm": (world.firm, "/visits/"),
            "expert": (world.writer, "/visits/"),
            "mentorship": (world.writer, f"/mentorships/{world.mentorship.id}/visits"),
            "todo": (world.writer, "/todo"),
            "todo-firm": (world.firm, "/todo"),
            "log-index": (world.writer, "/visits/log/"),
        }[name]
        counts.append(statements(client, person, url))
    assert counts[0] == counts[1]


def test_a_paused_mentorships_log_says_why_and_has_nothing_to_hand_it_in_with(app):
    world = World(state=MentorshipState.PAUSED, reason="공장 이전으로 두 주 쉽니다.")
    page = sign_in(app.test_client(), world.writer).get(f"/visits/log/{world.mentorship.id}").text
    assert "지금은 방문일지를 제출할 수 없습니다" in page
    assert "사유: 공장 이전으로 두 주 쉽니다." in page
    form = page[page.index("data-visit-log") :]
    assert 'type="submit"' not in form[: form.index("</form>")]
