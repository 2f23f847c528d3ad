"""The pages of agreement and mentorship: what is typed stays, faults stand at their field, one page to sign."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from marketplace.access import Role
from marketplace.database import db
from marketplace.mentorships import actions, showing
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.web.todo import todos_of
from tests import factories
from tests.conftest import sign_in
from tests.mentorships.world import REASON, World, fresh, official, sign, text_hash

S = MentorshipState
INPUT = re.compile(r"<(?:input|textarea|select)\b[^>]*>")


@pytest.fixture
def world(app):
    return World()


def sent(page: str) -> dict[str, str]:
    """What a browser would send of the draft's form."""
    form = page[page.index("data-once") :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") not in ("checkbox", "radio", "submit") and given.get("name"):
            found.setdefault(given["name"], unescape(given.get("value", "")))
    for name, body in re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = unescape(body).strip()
    for name, body in re.findall(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = unescape(chosen[1]) if chosen else ""
    found.pop("csrf_token", None)
    return found


def edit(mentorship) -> str:
    return f"/mentorships/{mentorship.id}/agreement/edit"


GOAL = {"kpi": "Q1|%", "baseline": "4", "target": "1", "weight": "100", "method": "성적서", "period": "석 달", "evidence": "사진"}  # fmt: skip


def with_goal(data: dict[str, str], **changes: str) -> dict[str, str]:
    return {**data, **{f"goals-0-{name}": value for name, value in {**GOAL, **changes}.items()}}


def test_the_operator_writes_proposes_and_all_three_sign_on_the_pages(app, world):
    factories.funded(world.programme)
    mentorship = world.opened()
    client = sign_in(app.test_client(), world.operator)
    data = sent(client.get(edit(mentorship)).text)
    assert len([name for name in data if re.fullmatch(r"plan-\d+-on", name)]) == 24
    answer = client.post(
        edit(mentorship), data={**with_goal(data), "withholding": "business", "do": "propose"}
    )
    assert answer.status_code == 303, re.findall(r"field-error.*?</div>", answer.text, re.S)
    assert fresh(mentorship).state == S.SIGNING
    for party in Party:
        person = sign_in(app.test_client(), world.person(mentorship, party))
        read = person.get(f"/mentorships/{mentorship.id}/agreement")
        assert text_hash(mentorship) in read.text
        assert "사업소득 3.3%" in read.text
        answer = person.post(
            f"/mentorships/{mentorship.id}/sign", data={"seen": text_hash(mentorship), "read": "y"}
        )
        assert answer.status_code == 303
    assert fresh(mentorship).state == S.RUNNING


def test_the_page_sends_the_hash_of_the_text_that_it_shows_and_no_other(app, world):
    mentorship = world.mentorship(S.SIGNING)
    client = sign_in(app.test_client(), mentorship.expert.user)
    page = client.get(f"/mentorships/{mentorship.id}/agreement").text
    tags = [tag for tag in re.findall(r"<input\b[^>]*>", page) if 'name="seen"' in tag]
    assert [re.findall(r'value="([^"]*)"', tag) for tag in tags] == [[text_hash(mentorship)]]
    stale = client.post(f"/mentorships/{mentorship.id}/sign", data={"seen": "0" * 64, "read": "y"})
    assert stale.status_code == 409
    assert text_hash(mentorship) in re.findall(r'name="seen"[^>]*value="([^"]*)"', stale.text)


@pytest.mark.parametrize("part", ["tasks", "goals", "plan"])
def test_rows_are_added_and_removed_without_losing_what_was_typed_and_nothing_is_stored(app, world, part):
    mentorship = world.written()
    client = sign_in(app.test_client(), mentorship.expert.user)
    data = {**sent(client.get(edit(mentorship)).text), "purpose": "아직 저장하지 않은 글"}
    page = client.post(edit(mentorship), data={**data, "do": f"add:{part}"})
    assert page.status_code == 200
    more = sent(page.text)
    assert {name: more[name] for name in data} == data
    assert len(more) > len(data)
    less = sent(client.post(edit(mentorship), data={**data, "do": f"remove:{part}-0"}).text)
    assert less["purpose"] == "아직 저장하지 않은 글"
    assert len([n for n in less if n.startswith(part)]) < len([n for n in data if n.startswith(part)])
    assert fresh(mentorship).purpose != "아직 저장하지 않은 글"


def test_a_removed_task_takes_its_number_out_of_the_plan(app, world):
    mentorship = world.written()
    client = sign_in(app.test_client(), world.operator)
    data = {**sent(client.get(edit(mentorship)).text), "tasks-1-title": "둘째", "tasks-1-term": ""}
    data |= {"plan-0-task": "1", "plan-1-task": "2"}
    less = sent(client.post(edit(mentorship), data={**data, "do": "remove:tasks-0"}).text)
    assert (less["plan-0-task"], less["plan-1-task"]) == ("", "1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("goals-0-kpi", "ZZ9"),
        ("goals-0-baseline", "모름"),
        ("goals-0-baseline", "1.23456"),
        ("goals-0-target", ""),
        ("goals-0-target", "9"),
        ("goals-0-weight", "0"),
        ("goals-0-weight", "100.05"),
        ("goals-0-weight", "101"),
        ("goals-0-method", ""),
        ("goals-0-evidence", "가" * 501),
        ("tasks-0-title", "가" * 201),
        ("plan-0-on", "2027-02-31"),
        ("plan-0-on", "2030-01-01"),
        ("plan-0-content", ""),
        ("since", ""),
        ("withholding", "none"),
        ("purpose", "가" * 2001),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(app, world, field, value):
    mentorship = world.opened()
    client = sign_in(app.test_client(), world.operator)
    data = {**with_goal(sent(client.get(edit(mentorship)).text)), field: value}
    answer = client.post(edit(mentorship), data={**data, "do": "save"})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    again = sent(answer.text)
    kept = {name: again.get(name) for name in data if name not in (field, "version")}
    assert kept == {name: data[name] for name in kept}
    if field not in ("goals-0-kpi", "withholding"):
        assert again[field] == value
    assert fresh(mentorship).goals == []


def test_the_faults_of_rows_are_told_above_the_form_with_the_row_in_which_they_stand(app, world):
    mentorship = world.opened()
    client = sign_in(app.test_client(), world.operator)
    data = with_goal(sent(client.get(edit(mentorship)).text), baseline="2,4")
    answer = client.post(edit(mentorship), data={**data, "plan-4-content": "", "do": "save"})
    summary = re.search(r'class="error-summary".*?</ul>', answer.text, re.DOTALL)
    assert summary is not None
    told = re.findall(r'<a href="#([^"]+)">([^:<]+): ', summary.group())
    assert told == [("goals-0-baseline", "목표 1 · 기존값"), ("plan-4-content", "방문 계획 5 · 내용")]


def test_everything_that_a_proposal_lacks_is_said_above_the_form_or_at_its_field(app, world):
    mentorship = world.opened()
    client = sign_in(app.test_client(), world.operator)
    data = {**sent(client.get(edit(mentorship)).text), "purpose": ""}
    answer = client.post(
        edit(mentorship),
        data={**data, "plan-0-on": "", "plan-0-content": "", "plan-0-task": "", "do": "propose"},
    )
    assert answer.status_code == 422
    assert 'id="purpose-error"' in answer.text
    for part in ("goals", "plan"):
        assert f'href="#{part}"' in answer.text
        assert f'id="{part}"' in answer.text
    assert fresh(mentorship).state == S.DRAFTING


def test_firm_and_expert_see_but_do_not_set_what_is_the_operators(app, world):
    mentorship = world.written()
    for party in (Party.FIRM, Party.EXPERT):
        client = sign_in(app.test_client(), world.person(mentorship, party))
        page = client.get(edit(mentorship)).text
        data = sent(page)
        assert "since" not in data and "withholding" not in data
        assert "저장하고 서명 요청" not in page
        answer = client.post(edit(mentorship), data={**data, "withholding": "business", "do": "propose"})
        assert answer.status_code in (303, 403)
        assert fresh(mentorship).state == S.DRAFTING
        assert fresh(mentorship).withholding == "other"


def test_a_page_of_the_draft_that_another_one_overtook_keeps_what_was_typed(app, world):
    mentorship = world.written()
    first, second = (sign_in(app.test_client(), p) for p in (world.operator, mentorship.expert.user))
    old = sent(first.get(edit(mentorship)).text)
    newer = sent(second.get(edit(mentorship)).text)
    assert (
        second.post(edit(mentorship), data={**newer, "purpose": "먼저 저장", "do": "save"}).status_code == 303
    )
    answer = first.post(edit(mentorship), data={**old, "purpose": "늦은 화면", "do": "save"})
    assert answer.status_code == 409
    assert sent(answer.text)["purpose"] == "늦은 화면"
    assert first.post(edit(mentorship), data={**sent(answer.text), "do": "save"}).status_code == 303
    assert fresh(mentorship).purpose == "늦은 화면"


def test_a_signature_without_the_tick_is_asked_for_it(app, world):
    mentorship = world.mentorship(S.SIGNING)
    client = sign_in(app.test_client(), mentorship.expert.user)
    answer = client.post(f"/mentorships/{mentorship.id}/sign", data={"seen": text_hash(mentorship)})
    assert answer.status_code == 422
    assert 'id="read-error"' in answer.text


def test_a_refusal_of_a_signature_needs_its_reason_at_the_field(app, world):
    mentorship = world.mentorship(S.SIGNING)
    client = sign_in(app.test_client(), mentorship.expert.user)
    path = f"/mentorships/{mentorship.id}/decline"
    answer = client.post(path, data={"reason": "짧음"})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text and "짧음" in answer.text
    assert client.post(path, data={"reason": REASON}).status_code == 303
    assert REASON in client.get(edit(mentorship)).text


def test_the_ministry_and_the_auditor_read_but_are_offered_nothing_to_do(app, world):
    mentorship = world.mentorship(S.SIGNING)
    for person in (official(mentorship), factories.user(Role.AUDITOR)):
        client = sign_in(app.test_client(), person)
        for path in ("", "/agreement"):
            page = client.get(f"/mentorships/{mentorship.id}{path}").text
            assert mentorship.expert.name in page
            assert '<form method="post"' not in page[page.index("<main") :]
        assert client.get(edit(mentorship)).status_code == 403


def test_each_party_finds_what_it_has_to_do_in_each_state(app, world):
    def waiting(person) -> list[str]:
        with app.test_request_context():
            return [todo.url for todo in todos_of(person) if "mentorships" in todo.url]

    mentorship = world.opened()
    firm, expert, operator = (world.person(mentorship, party) for party in Party)
    assert waiting(firm) == waiting(expert) == [edit(mentorship)]
    assert waiting(operator) == ["/mentorships?tab=drafting"]
    mentorship = world.mentorship(S.SIGNING)
    actions.stop(fresh(world.opened()), REASON, by=operator)
    firm = world.person(mentorship, Party.FIRM)
    assert waiting(firm) == [f"/mentorships/{mentorship.id}/agreement"]
    sign(mentorship, firm)
    assert waiting(firm) == []
    sign(mentorship, operator)
    assert "/mentorships?tab=signing" not in waiting(operator)
    sign(mentorship, mentorship.expert.user)
    actions.pause(fresh(mentorship), REASON, by=operator)
    assert "/mentorships?tab=paused" in waiting(operator)


def test_after_a_refusal_who_had_signed_finds_the_draft_to_write_again(app, world):
    mentorship = world.mentorship(S.SIGNING)
    firm = world.person(mentorship, Party.FIRM)
    sign(mentorship, firm)
    actions.decline(fresh(mentorship), REASON, by=mentorship.expert.user)
    with app.test_request_context():
        assert edit(mentorship) in [todo.url for todo in todos_of(firm)]


@pytest.mark.parametrize("state", S, ids=str)
def test_the_page_of_a_mentorship_says_where_it_stands_and_what_comes_next(app, world, state):
    mentorship = world.mentorship(state)
    for party in Party:
        page = sign_in(app.test_client(), world.person(mentorship, party)).get(
            f"/mentorships/{mentorship.id}"
        )
        assert page.status_code == 200
        assert "진행 단계" in page.text and "이력" in page.text


def test_a_step_is_due_on_the_day_in_korea(app, world):
    mentorship = world.mentorship(S.SIGNING)
    mentorship.due_at = datetime(2027, 1, 11, 15, 30, tzinfo=UTC)  # half an hour past midnight in Seoul
    with app.test_request_context():
        (due,) = [step["due"] for step in showing.steps(mentorship) if step["due"]]
    assert due == "2027. 1. 12."


def test_the_operator_pauses_resumes_and_stops_on_the_pages(app, world):
    mentorship = world.mentorship(S.RUNNING)
    client = sign_in(app.test_client(), world.operator)
    path = f"/mentorships/{mentorship.id}"
    assert client.get(f"{path}/pause").status_code == 200
    assert client.post(f"{path}/pause", data={"reason": ""}).status_code == 422
    assert client.post(f"{path}/pause", data={"reason": REASON}).status_code == 303
    assert client.get(f"{path}/pause").status_code == 409
    page = client.get(path).get_data(as_text=True)
    assert 'class="step step-paused" aria-current="step"' in page
    assert "step-current" not in page
    assert client.post(f"{path}/resume").status_code == 303
    assert client.post(f"{path}/stop", data={"reason": REASON}).status_code == 303
    assert fresh(mentorship).state == S.STOPPED
    assert REASON in sign_in(app.test_client(), official(mentorship)).get(path).text
    db.session.rollback()


def test_staff_narrow_the_list_by_state_name_and_lateness(app, world):
    drafting, running = world.opened(), world.mentorship(S.RUNNING)
    client = sign_in(app.test_client(), world.operator)
    names = {m: m.request.company.name for m in (drafting, running)}

    def listed(query: str) -> set[str]:
        page = client.get(f"/mentorships{query}").text
        return {name for name in names.values() if f">{name}</a>" in page}

    assert listed("") == set(names.values())
    assert listed("?tab=running") == {names[running]}
    assert listed(f"?q={names[drafting]}") >= {names[drafting]}
    assert listed("?late=1") == set()
    assert listed("?sort=-ends&page=9") == set(names.values())
