"""Values are entered by one, doubted, asked about, and verified by another; only verified ones count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from marketplace.access import GRANTS, Permission, Role
from marketplace.audit import history_of
from marketplace.codes.models import Kpi
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.mentorships.states import MentorshipState
from marketplace.notifications import OutboxMail
from marketplace.outcomes import actions
from marketplace.outcomes.states import (
    HOLDER,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TONES,
    TRANSITIONS,
    WHO,
    ValueState,
    next_state,
)
from marketplace.outcomes.wording import WORDING
from tests import factories
from tests.matching.test_views import sign_in
from tests.outcomes.world import PERIOD, Running, running


@pytest.fixture
def world(app: Any) -> Running:
    for code, field, name, unit, direction in (
        ("Q1", "Q", "공정불량률", "%", "down"),
        ("P4", "P", "제조리드타임", "h", "down"),
        ("B1", "B", "매출액", "백만원/년", "up"),
    ):
        if not db.session.query(Kpi).filter_by(code=code).count():
            factories.save(
                Kpi(
                    code=code,
                    field=field,
                    name_ko=name,
                    name_en=name,
                    unit=unit,
                    direction=direction,
                    formula="-",
                )
            )
    return running()


def test_the_tables_are_complete() -> None:
    used = {verb for row in TRANSITIONS.values() for verb in row} | {"enter"}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS)
    assert set(TRANSITIONS) == set(STATE_LABELS) == set(TONES) == set(ValueState)
    assert set(HOLDER) == {ValueState.ENTERED, ValueState.QUESTIONED}
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)
    assert set(WORDING) == {(verb, audience) for verb, told in TOLD.items() for audience in told}


@pytest.mark.parametrize("state", list(ValueState))
@pytest.mark.parametrize("verb", ["question", "answer", "verify", "refuse"])
@pytest.mark.parametrize("role", list(Role))
def test_every_verb_in_every_state_by_every_role(
    world: Running, state: ValueState, verb: str, role: Role
) -> None:
    row = world.measure()
    row.state = state
    row.question = "단위가 맞습니까?" if state is ValueState.QUESTIONED else None
    if state is ValueState.VERIFIED:
        row.decided_at, row.decided_by_id = row.entered_at, world.operator.id
    factories.save(row)
    by = {
        Role.EXPERT: world.expert,
        Role.COMPANY: world.firm,
        Role.OPERATOR: world.operator,
        Role.MINISTRY: world.official,
    }.get(role) or factories.user(role)
    act = actions.VERBS[verb]
    said = () if verb == "verify" else ("근거를 확인했습니다.",)

    def do() -> None:
        act(row, *said, by=by)  # type: ignore[operator]

    if WHO[verb] not in GRANTS[role]:
        with pytest.raises(NotAllowed):
            do()
    elif verb == "answer" and by is not world.expert:  # not the author
        with pytest.raises(NotFound):
            do()
    elif verb not in TRANSITIONS[state]:
        with pytest.raises(RuleBroken) as refused:
            do()
        assert refused.value.conflict
    else:
        do()
        db.session.refresh(row)
        assert row.state == next_state(state, verb)
        assert history_of(world.mentorship)[-1].event == RECORDED_AS[verb]
        return
    db.session.refresh(row)
    assert row.state == state


def test_who_entered_a_value_cannot_verify_it(world: Running) -> None:
    row = world.measure()
    row.author_id = world.operator.id
    factories.save(row)
    with pytest.raises(RuleBroken):
        actions.verify(row, by=world.operator)
    actions.verify(row, by=world.second_operator)


def test_people_of_another_firm_and_programme_find_nothing(world: Running) -> None:
    row, other = world.measure(), running()
    with pytest.raises(NotFound):
        world.measure(by=other.expert)
    with pytest.raises(NotFound):
        actions.verify(row, by=other.operator)


@pytest.mark.parametrize(("value", "sample", "field"), [(D("1.5"), 0, "sample"), (None, 20, "sample")])
def test_a_value_without_a_sample_and_a_sample_without_a_value_are_refused(
    world: Running, value: D | None, sample: int, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        actions.enter_measurement(
            world.goal, value=value, sample=sample, method="집계", stating=PERIOD, by=world.firm
        )
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("starts", "ends"), [(-1, -2), (-3, 1)], ids=["ends before it starts", "has not passed yet"]
)
def test_a_period_that_cannot_be_is_refused(world: Running, starts: int, ends: int) -> None:
    stating = replace(
        PERIOD, starts_on=today() + timedelta(days=starts), ends_on=today() + timedelta(days=ends)
    )
    with pytest.raises(RuleBroken) as refused:
        world.measure(stating=stating)
    assert refused.value.field == "ends_on"


def test_the_same_period_is_entered_once(world: Running) -> None:
    world.measure()
    with pytest.raises(RuleBroken):
        world.measure("1.4")


def test_an_implausible_value_is_asked_back_and_taken_with_an_explanation(world: Running) -> None:
    with pytest.raises(RuleBroken) as doubted:
        world.measure("0.04")
    assert doubted.value.field == "explanation"
    row = world.measure("0.04", stating=replace(PERIOD, explanation="라인을 새로 놓아 다시 측정했습니다."))
    assert set(row.doubts) == {"unit_slip", "too_good"}


def test_a_value_that_cannot_be_is_refused_whatever_the_explanation(world: Running) -> None:
    told = replace(PERIOD, explanation="측정 방법을 바꾸어 이렇게 나왔습니다.")
    for value in ("-3", "150"):
        with pytest.raises(RuleBroken) as refused:
            world.measure(value, stating=told)
        assert refused.value.field == "value"
    jobs = {"kpi": "B3", "before": D(40), "after": D(-3)}
    with pytest.raises(RuleBroken) as refused:
        actions.enter_effect(world.mentorship, **jobs, stating=told, by=world.firm)
    assert refused.value.field == "after"
    margin = {"kpi": "B2", "before": D(-4), "after": D("2.5")}
    assert actions.enter_effect(world.mentorship, **margin, stating=told, by=world.firm).before == -4


@pytest.mark.parametrize("state", list(MentorshipState))
def test_values_are_entered_from_the_signed_agreement_on(
    app: Any, world: Running, state: MentorshipState
) -> None:
    world.mentorship.state = state
    world.mentorship.reason = "사정"
    factories.save(world.mentorship)
    if state in actions.OPEN_FOR_VALUES:
        world.measure()
    else:
        with pytest.raises(RuleBroken):
            world.measure()


def test_a_question_stops_a_verified_value_from_counting_until_it_is_answered(world: Running) -> None:
    row = world.measure()
    actions.verify(row, by=world.operator)
    actions.question(row, "검사 수량의 근거를 알려 주십시오.", by=world.second_operator)
    assert not row.counts
    assert row.decided_at is None
    mail = db.session.query(OutboxMail).filter_by(user_id=world.expert.id).all()[-1]
    assert "검사 수량의 근거" in mail.body
    actions.answer(row, "일보 3장을 보냈습니다.", by=world.expert)
    actions.verify(row, by=world.operator)
    assert row.counts


def test_the_page_shows_rates_points_gaps_and_what_is_not_verified(world: Running, client: Any) -> None:
    row = world.measure("1")
    earlier = replace(PERIOD, starts_on=PERIOD.starts_on - timedelta(days=60), ends_on=PERIOD.starts_on)
    world.measure(None, stating=earlier)
    sign_in(client, world.firm)
    url = f"/mentorships/{world.mentorship.id}/outcomes"
    text = client.get(url).text
    assert "-75%" in text
    assert "-3%p" in text
    assert "미수집" in text
    assert "아직 확인된 값이 없음" in text
    actions.verify(row, by=world.operator)
    text = client.get(url).text
    assert "100.0%" in text
    assert "60%" in text  # of the weight has a verified value


def test_staff_verify_on_the_page_and_the_firm_answers_there(world: Running, client: Any) -> None:
    row = world.measure(by=world.firm)
    sign_in(client, world.operator)
    assert "성과값 1건 확인" in client.get("/todo").text
    assert world.mentorship.request.company.name in client.get("/outcomes").text
    url = f"/outcomes/goals/{row.id}"
    short = client.post(f"{url}/question", data={"reason": "왜"})
    assert (short.status_code, "5자 이상" in short.text, "왜</textarea>" in short.text) == (422, True, True)
    assert client.post(f"{url}/question", data={"reason": "근거를 알려 주십시오."}).status_code == 303
    sign_in(client, world.firm)
    assert "질문에 답변" in client.get("/todo").text
    assert client.post(f"{url}/answer", data={"reason": "일보를 올렸습니다."}).status_code == 303
    assert client.post(f"{url}/verify").status_code == 403
    sign_in(client, world.operator)
    assert client.post(f"{url}/verify").status_code == 303
    assert client.post(f"{url}/verify").status_code == 409
    db.session.refresh(row)
    assert row.counts


def test_values_are_entered_on_the_page_and_nothing_typed_is_lost(world: Running, client: Any) -> None:
    sign_in(client, world.expert)
    url = f"/mentorships/{world.mentorship.id}/outcomes/{world.goal.id}"
    typed = {
        "value": "0.04", "sample": "1,200", "method": "전수 검사", "source": "공정 일보", "evidence": "사본",
        "starts_on": PERIOD.starts_on.isoformat(), "ends_on": PERIOD.ends_on.isoformat(), "explanation": "",
    }  # fmt: skip
    asked = client.post(url, data=typed)
    assert asked.status_code == 422
    assert "단위가 협약서(%)와 같은지" in asked.text
    assert 'value="0.04"' in asked.text
    wrong = client.post(url, data={**typed, "value": "약 3"})
    assert (wrong.status_code, 'value="약 3"' in wrong.text) == (422, True)
    comma = client.post(url, data={**typed, "value": "2,4"})
    assert (comma.status_code, 'value="2,4"' in comma.text) == (422, True)
    assert "소수점은 마침표로" in comma.text
    assert client.post(url, data={**typed, "value": "１.２"}).status_code == 303
    effects = f"/mentorships/{world.mentorship.id}/outcomes/effects"
    sold = {**typed, "kpi": "B1", "before": "3,000", "after": "3,400"}
    assert client.post(effects, data=sold).status_code == 303
    assert client.post(effects, data={**sold, "kpi": "Q1"}).status_code == 422
    text = client.get(f"/mentorships/{world.mentorship.id}/outcomes").text
    assert "+400" in text
    assert "+13.3%" in text


def test_a_mentorship_out_of_reach_is_not_found(world: Running, client: Any) -> None:
    other = running()
    sign_in(client, other.firm)
    assert client.get(f"/mentorships/{world.mentorship.id}/outcomes").status_code == 404
    assert client.get(f"/outcomes/goals/{world.measure().id}").status_code == 404
    assert Permission.VERIFY_OUTCOME not in GRANTS[Role.EXPERT]
