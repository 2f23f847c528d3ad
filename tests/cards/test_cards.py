"""Cards are written by both sides, anonymised by staff, and found by the next firm in its own words."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.access import GRANTS, Role
from marketplace.audit import history_of
from marketplace.cards import actions, queries
from marketplace.cards.actions import MOST_TERMS
from marketplace.cards.anonymous import told_by
from marketplace.cards.models import Card
from marketplace.cards.states import (
    HOLDER,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TONES,
    TRANSITIONS,
    WHO,
    CardState,
    next_state,
)
from marketplace.cards.wording import WORDING
from marketplace.database import db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS
from marketplace.mentorships.states import MentorshipState
from marketplace.notifications import OutboxMail
from tests import factories
from tests.conftest import sign_in
from tests.outcomes.world import Running, running

WRITTEN = {
    "title": "도금 두께 편차를 잡음",
    "problem": "도금이 자꾸 벗겨져 반품이 들어왔습니다.",
    "cause": "전처리 탈지액 농도를 재지 않았습니다.",
    "action": "탈지액 농도를 하루 두 번 재고 관리도를 그렸습니다.",
    "result": "반품이 4건에서 1건으로 줄었습니다.",
}
TERMS = ["PRC-09"]


@pytest.fixture
def world(app: Any) -> Running:
    return running(MentorshipState.REPORTING)


def card(world: Running, state: CardState = CardState.DRAFT, **written: str) -> Card:
    """A card of the expert in this state."""
    row = actions.begin(world.mentorship, {**WRITTEN, **written}, by=world.expert)
    if state is not CardState.DRAFT:
        actions.submit(row, by=world.expert)
    if state is CardState.PUBLISHED:
        actions.publish(row, {**WRITTEN, **written}, TERMS, by=world.operator)
    return row


def test_the_tables_are_complete() -> None:
    used = {verb for row in TRANSITIONS.values() for verb in row}
    assert used == set(WHO) == set(RECORDED_AS) == set(TOLD) == set(actions.VERBS)
    assert set(TRANSITIONS) == set(STATE_LABELS) == set(TONES) == set(CardState)
    assert set(HOLDER) == {CardState.DRAFT, CardState.SUBMITTED}
    assert set(RECORDED_AS.values()) <= set(EVENT_LABELS)
    assert set(WORDING) == {(verb, audience) for verb, told in TOLD.items() for audience in told}


@pytest.mark.parametrize("state", list(CardState))
@pytest.mark.parametrize("verb", sorted(WHO))
@pytest.mark.parametrize("role", list(Role))
def test_every_verb_in_every_state_by_every_role(
    world: Running, state: CardState, verb: str, role: Role
) -> None:
    row = card(world, state)
    by = {
        Role.EXPERT: world.expert,
        Role.COMPANY: world.firm,
        Role.OPERATOR: world.operator,
        Role.MINISTRY: world.official,
    }.get(role) or factories.user(role)
    given: dict[str, tuple[Any, ...]] = {
        "save": ({**WRITTEN, "title": "새 제목"},),
        "submit": (),
        "publish": (WRITTEN, TERMS),
    }
    act = actions.VERBS[verb]

    def do() -> None:
        act(row, *given.get(verb, ("이름을 지워 주십시오.",)), by=by)  # type: ignore[operator]

    if WHO[verb] not in GRANTS[role]:
        with pytest.raises(NotAllowed):
            do()
    elif role is Role.COMPANY:  # the expert's card
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
        assert history_of(row)[-1].event == RECORDED_AS[verb]
        assert (row.published_at is not None) == (row.state == CardState.PUBLISHED)
        return
    db.session.refresh(row)
    assert row.state == state


def test_each_side_writes_at_most_three(world: Running) -> None:
    for _ in range(3):
        card(world)
    with pytest.raises(RuleBroken):
        card(world)
    actions.begin(world.mentorship, WRITTEN, by=world.firm)


def test_cards_are_written_at_the_end_only(app: Any) -> None:
    with pytest.raises(RuleBroken):
        card(running(MentorshipState.RUNNING))


def test_the_form_of_a_card_leads_back_with_a_word_while_it_is_too_early(app: Any, client: Any) -> None:
    world = running(MentorshipState.RUNNING)
    sign_in(client, world.expert)
    early = client.get(f"/mentorships/{world.mentorship.id}/cards/new")
    assert early.status_code == 303
    assert "완료보고를 할 때부터 쓸 수 있습니다" in client.get(early.location).text


@pytest.mark.parametrize("name", ["title", "problem", "cause", "action", "result"])
def test_what_a_card_must_say_is_asked_for_at_its_field(world: Running, name: str) -> None:
    row = card(world, **{name: ""})
    with pytest.raises(RuleBroken) as refused:
        actions.submit(row, by=world.expert)
    assert refused.value.field == name


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("연락은 hong@firm.co.kr 로", "hong@firm.co.kr"),
        ("010-1234-5678로 전화", "010-1234-5678"),
        ("사업자번호 124-81-00998", "124-81-00998"),
        ("구로구 디지털로 300에 있는 공장", "구로구 디지털로 300"),
        ("( 주 ) 한빛  정밀에서는", "㈜한빛정밀"),
    ],
)
def test_names_and_numbers_are_found_however_they_are_written(text: str, given: str) -> None:
    assert told_by(text, ["㈜한빛정밀"]) == [given]


def test_words_of_the_trade_are_not_taken_for_somebody() -> None:
    assert (
        told_by("두께를 3.5에서 2.1로 줄이고 교대로 3회, 평균으로 12시간마다 재었습니다.", ["한빛정밀"]) == []
    )


def test_a_card_that_names_the_firm_is_not_published(world: Running) -> None:
    row = card(world, CardState.SUBMITTED)
    named = {**WRITTEN, "action": f"{world.mentorship.request.company.name}의 탈지액을 재었습니다."}
    with pytest.raises(RuleBroken) as refused:
        actions.publish(row, named, TERMS, by=world.operator)
    assert refused.value.field == "action"
    db.session.refresh(row)
    assert row.state == CardState.SUBMITTED


def test_the_author_is_told_and_the_written_text_stays(world: Running) -> None:
    row = card(world, CardState.SUBMITTED)
    actions.publish(row, {**WRITTEN, "title": "도금 불량을 줄임"}, TERMS, by=world.operator)
    assert row.written["title"] == WRITTEN["title"]
    mails = db.session.query(OutboxMail).filter_by(user_id=world.expert.id).all()
    assert "공개되었습니다" in mails[-1].subject


def test_the_next_firm_finds_it_in_its_own_words_and_by_its_field(world: Running) -> None:
    row = card(world, CardState.PUBLISHED)
    term = row.terms[0]
    assert [found.card.id for found in queries.find("도금 두께가 들쭉날쭉하고 벗겨집니다")] == [row.id]
    assert [found.card.id for found in queries.find(term=term)] == [row.id]
    assert queries.find("회계 장부를 새로 쓰고 싶습니다") == []
    assert [found.card.id for found in queries.find()] == [row.id]


def test_only_published_cards_are_public(world: Running, client: Any) -> None:
    row, hidden = card(world, CardState.PUBLISHED), card(world)
    text = client.get("/cards").text
    assert text.count("도금 두께 편차를 잡음") == 1
    assert client.get(f"/cards/{row.id}").status_code == 200
    assert world.mentorship.request.company.name not in client.get(f"/cards/{row.id}").text
    assert client.get(f"/cards/{hidden.id}").status_code == 404
    actions.take_down(row, "회사를 알아볼 수 있습니다.", by=world.operator)
    assert client.get(f"/cards/{row.id}").status_code == 404
    assert "도금 두께" not in client.get("/cards").text


def test_a_firm_that_writes_of_the_same_trouble_is_shown_the_case(world: Running, client: Any) -> None:
    row = card(world, CardState.PUBLISHED)
    company = factories.company()
    request = factories.request(
        company, world.mentorship.programme, title="도금 불량", problem="도금이 벗겨져 반품이 들어옵니다."
    )
    sign_in(client, factories.person_of(company))
    text = client.get(f"/requests/{request.id}/edit").text
    assert "비슷한 문제를 푼 사례" in text
    assert f"/cards/{row.id}" in text


def test_the_way_of_a_card_on_its_pages(world: Running, client: Any) -> None:
    sign_in(client, world.firm)
    base = f"/mentorships/{world.mentorship.id}/cards"
    made = client.post(f"{base}/new", data={**WRITTEN, "cause": ""})
    assert made.status_code == 303
    url = made.location
    unfinished = client.post(f"{url}/submit")
    assert (unfinished.status_code, "원인 항목을 적어" in unfinished.text) == (422, True)
    assert client.post(f"{url}/edit", data=WRITTEN).status_code == 303
    assert client.post(f"{url}/submit").status_code == 303
    sign_in(client, world.expert)
    assert client.get(url).status_code == 404  # the other side's
    assert "작성한 사례" not in client.get(base).text
    sign_in(client, world.operator)
    assert "사례 1건 공개 검토" in client.get("/todo").text
    page = client.get(url).text
    read, others = page.split("다른 분야에서 고르기")
    assert "글에서 읽은 분야" in read
    assert (
        0 < read.count('name="terms"') == page.count(" checked") <= MOST_TERMS < others.count('name="terms"')
    )
    twice = client.post(
        f"{url}/publish", data={**WRITTEN, "title": world.firm.name, "result": world.firm.name, "terms": []}
    ).text
    assert twice.count("알아볼 수 있는 내용") >= 2
    assert "1개에서 6개까지 골라" in twice
    named = client.post(f"{url}/publish", data={**WRITTEN, "title": world.firm.name, "terms": TERMS})
    assert (named.status_code, "알아볼 수 있는 내용" in named.text) == (422, True)
    assert client.post(f"{url}/return", data={"reason": "결과에 숫자를 더해 주십시오."}).status_code == 303
    sign_in(client, world.firm)
    assert "보완요청된 사례 고치기" in client.get("/todo").text
    assert client.post(f"{url}/submit").status_code == 303
    sign_in(client, world.operator)
    assert client.post(f"{url}/publish", data={**WRITTEN, "terms": TERMS}).status_code == 303
    assert client.get("/staff/cards").status_code == 200
    row = db.session.query(Card).one()
    db.session.refresh(row)
    assert row.state == CardState.PUBLISHED
    assert row.published_at is not None
    assert row.published_at <= utcnow()
