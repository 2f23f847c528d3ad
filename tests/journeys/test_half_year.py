"""Half a year of a mentorship, from three signatures to the follow-up, on the pages of everyone concerned."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from marketplace.audit import verify_chain
from marketplace.database import db
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.states import AccountKind, Source
from marketplace.mentorships import actions as mentorships
from marketplace.mentorships.models import Mentorship
from marketplace.payments.actions import save_account
from marketplace.payments.models import Claim
from marketplace.visits.models import Visit
from tests import factories
from tests.browser import PHONE
from tests.journeys.clock import Calendar
from tests.journeys.site import Person, Site, announces, link_in
from tests.mentorships.world import NOON, World

FIRST, SECOND = 12, 24  # visits of the first expert, and of both
PRICE, SHARES = (
    350_000,
    {"government": 500, "sponsor": 400, "local": 0},
)  # thousandths; the rest is the firm's
OTHER_TAX, BUSINESS_TAX = (
    28_000 + 2_800,
    10_500 + 1_050,
)  # of one visit, by the law's rates worked out by hand
REASON = "건강 문제로 더 방문하기 어렵다고 알려 왔습니다."


class Story:
    """The people and things of the half-year, by number."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        vars(self).update(calendar.do(self._found))

    @staticmethod
    def _found() -> dict[str, Any]:
        world = World(3)
        found = world.written()
        mentorships.propose(found, by=world.operator)
        for expert in world.experts:
            save_account(expert, "국민은행", "123-4567-8901", expert.name, by=expert.user)
        found = db.session.get_one(Mentorship, found.id)
        return {
            "id": found.id, "goal": found.goals[0].id, "firm": factories.person_of(found.request.company).id,
            "name": found.request.company.name, "mail": factories.person_of(found.request.company).email,
            "operator": world.operator.id, "payer": world.second_operator.id, "expert": found.expert.user.id,
            "expert_id": found.expert_id, "others": {e.id: e.user.id for e in world.experts if e.id != found.expert_id},
        }  # fmt: skip

    def here(self, path: str = "") -> str:
        return f"{self.calendar.site.address}/mentorships/{self.id}{path}"

    def state(self) -> str:
        return self.calendar.ask(lambda: str(db.session.get_one(Mentorship, self.id).state))

    def plan(self) -> list[date]:
        return self.calendar.ask(lambda: [visit.on for visit in db.session.get_one(Mentorship, self.id).plan])

    def newest_visit(self) -> int:
        return self.calendar.ask(
            lambda: db.session.query(Visit.id).order_by(Visit.id.desc()).limit(1).scalar()
        )

    def all_sign(self) -> None:
        for user in (self.firm, self.expert, self.operator):
            person = self.calendar.person(user)
            person.page.goto(self.here("/agreement"))
            person.tick(person.main.get_by_role("checkbox"))
            person.press("서명")
            person.sees("협약에 서명했습니다.")


def log_visit(story: Story, day: date, done: str, *, offline: bool = False) -> int:
    """The expert writes the log on a phone, without a network when that is asked."""
    person = story.calendar.person(story.expert, PHONE)
    page = person.page
    page.goto(f"{person.address}/visits/log/{story.id}")
    expect(page.locator("form[data-ready-offline]")).to_be_visible()
    if offline:
        page.context.set_offline(True)
    page.get_by_label("방문한 날").fill(day.isoformat())
    page.get_by_label("시작 시각").fill("09:00")
    page.get_by_label("끝난 시각").fill("11:00")
    page.get_by_label("한 일").fill(done)
    page.get_by_role("button", name="제출", exact=True).click()
    if offline:
        expect(page.locator("[data-kept-list] > li").first).to_contain_text(
            "기기에 저장됨, 아직 제출되지 않음"
        )
        page.context.set_offline(False)
        expect(page.locator('[data-log-state="sent"]')).to_have_count(1)
    else:
        expect(page.get_by_text("방문일지를 제출했습니다. 기업에 확인을 요청했습니다.")).to_be_visible()
    return story.newest_visit()


def confirm(story: Story, visit: int, *, by_mail: bool = False) -> None:
    """The firm confirms, signed in or by the link of the mail without a password."""
    if by_mail:
        story.calendar.work()
        mail = next(m for m in story.calendar.mails[story.mail] if announces(m, "방문일지를 제출했습니다."))
        link = re.search(r"https?://\S+/confirm-visit/\S+", mail.get_content())
        person = story.calendar.person(None, PHONE)
        person.page.goto(link.group() if link else link_in(mail))
        person.press("이 방문이 맞습니다. 확인")
        person.sees("방문을 확인했습니다. 감사합니다.")
        return
    person = story.calendar.person(story.firm)
    person.page.goto(f"{person.address}/visits/{visit}")
    person.press("방문 확인")
    expect(person.main.get_by_role("button", name="방문 확인", exact=True)).to_have_count(0)


def accept(story: Story, visit: int) -> None:
    """The operator reviews it."""
    person = story.calendar.person(story.operator)
    person.page.goto(f"{person.address}/visits/{visit}")
    person.press("인정")
    expect(person.main.get_by_role("button", name="인정", exact=True)).to_have_count(0)


def make_visits(story: Story, first: int, last: int) -> None:
    for number in range(first, last + 1):
        day = story.plan()[number - 1]
        story.calendar.at(day)
        visit = log_visit(story, day, f"{number}회차: 도금조 온도를 함께 재었습니다.", offline=number == 3)
        confirm(story, visit, by_mail=number == 1)
        accept(story, visit)


def pay_everything(story: Story, folder: Path) -> None:
    """Another of the operator's people approves, orders, and takes in what the bank did."""
    person = story.calendar.person(story.payer)
    for tab, button in (
        ("claimed", "선택한 청구 일괄 승인 (미리보기)"),
        ("approved", "선택한 청구 지급 요청"),
    ):
        person.page.goto(f"{person.address}/payments?tab={tab}")
        for box in person.main.get_by_role("checkbox").all():
            person.tick(box)
        person.press(button)
        if tab == "claimed":
            person.main.get_by_role("button", name=re.compile(r"건 승인$")).click()
            person.sees(re.compile("지급 .*건을 승인했습니다."))
    person.sees("지급을 요청했습니다.")
    with person.page.expect_download() as download:
        person.main.get_by_role("button", name="은행 이체 파일 CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    paid_on = story.calendar.now.date().isoformat()
    answered = folder / f"bank-{paid_on}.csv"
    with answered.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "결과": "이체", "지급일": paid_on} for row in rows)
    person.follow("이체 결과 올리기")
    person.page.get_by_label("파일").set_input_files(str(answered))
    person.press("올리고 점검")
    story.calendar.do(lambda: None)
    story.calendar.work()
    person.page.reload()
    person.press("저장")
    story.calendar.work()
    person.page.reload()
    person.sees("저장했습니다")


def change_the_term(story: Story) -> None:
    last = story.calendar.ask(lambda: db.session.get_one(Mentorship, story.id).last_day)
    firm = story.calendar.person(story.firm)
    firm.page.goto(story.here("/changes/new"))
    today = story.calendar.now.date()
    firm.page.get_by_label("변경 사유").fill("도금 설비의 정기 보수가 한 주 늦어졌습니다.")
    firm.page.get_by_label("사유가 생긴 날").fill(today.isoformat())
    firm.page.get_by_label("효력이 생기는 날").fill(today.isoformat())
    firm.page.get_by_label("종료일").fill((last + timedelta(days=7)).isoformat())
    firm.main.get_by_role("button", name="신청", exact=True).last.click()
    firm.page.wait_for_load_state()
    for user, button in ((story.expert, "동의"), (story.operator, "승인")):
        person = story.calendar.person(user)
        person.page.goto(f"{person.address}/todo")
        person.start_from_todo("협약변경")
        person.press(button)
        person.page.wait_for_load_state()
    assert story.calendar.ask(lambda: db.session.get_one(Mentorship, story.id).last_day) == last + timedelta(
        days=7
    )


def answer_step(story: Story, title: str, users: list[int]) -> None:
    for user in users:
        person = story.calendar.person(user, PHONE)
        person.start_from_todo(title)
        for box in person.main.get_by_role("textbox").all():
            if not box.input_value():
                box.fill("함께 살펴보고 다음 단계를 정했습니다.")
        person.press("제출")
        person.sees("제출했습니다.")


def replace_the_expert(story: Story) -> None:
    operator = story.calendar.person(story.operator)
    operator.page.goto(story.here())
    operator.follow("전문가 교체")
    operator.tick(operator.main.locator("input[name='expert']").first)
    operator.tick(operator.main.locator("input[name='withholding'][value='business']"))
    operator.page.get_by_label("교체 사유").fill(REASON)
    operator.press("전문가 교체와 서명 요청")
    operator.sees("전문가를 바꾸고 새 협약에 서명을 요청했습니다.")
    chosen = story.calendar.ask(lambda: db.session.get_one(Mentorship, story.id).expert_id)
    story.expert = story.others[chosen]
    story.all_sign()


def measure(story: Story) -> None:
    today = story.calendar.now.date()
    expert = story.calendar.person(story.expert)
    expert.page.goto(story.here(f"/outcomes/{story.goal}"))
    fields = {
        "측정값": "1", "표본 수": "1200", "측정 방법": "전수 검사", "측정 기간 시작": (today - timedelta(30)).isoformat(),
        "측정 기간 끝": (today - timedelta(1)).isoformat(), "자료 출처": "3월 검사 성적서", "증빙": "3월 검사 성적서 사본",
    }  # fmt: skip
    for label, text in fields.items():
        expert.page.get_by_label(re.compile(rf"^\s*{label}")).first.fill(text)
    expert.page.get_by_label("값에 대한 설명").fill("탈지액 농도를 하루 두 번 관리한 결과입니다.")
    expert.press("입력")
    expert.sees("-75% (-3%p)")
    operator = story.calendar.person(story.operator)
    operator.page.goto(f"{operator.address}/outcomes")
    operator.follow(story.name)
    operator.press("확인")
    firm = story.calendar.person(story.firm)
    firm.page.goto(story.here("/outcomes"))
    firm.sees("-75% (-3%p)")


def complete(story: Story) -> None:
    firm = story.calendar.person(story.firm)
    firm.start_from_todo("완료보고 제출")
    for label, text in (("맡은 사람", "김반장"), ("보고 하는 문서", "도금 작업표준서 3판")):
        for box in firm.main.get_by_label(label).all():
            box.fill(text)
    for box in firm.main.get_by_label("전문가 없이 처음 해 본 날").all():
        box.fill(story.calendar.now.date().isoformat())
    firm.press("인계 점검표 저장")
    firm.sees("인계 점검표를 저장했습니다.")
    report(firm)
    expert = story.calendar.person(story.expert, PHONE)
    expert.start_from_todo("완료보고 제출")
    report(expert)
    operator = story.calendar.person(story.operator)
    operator.page.goto(story.here("/completion"))
    operator.sees("-75% (-3%p)")
    operator.press("최종점검 완료")
    operator.sees("최종점검을 마쳤습니다.")


def report(person: Person) -> None:
    area = person.main.locator("#report")
    for box in area.get_by_role("textbox").all():
        box.fill("불량이 크게 줄었고 점검표로 이어 갑니다.")
    for radios in area.locator("input[type='radio'][value='5']").all():
        person.tick(radios)
    person.press("완료보고 제출")
    person.sees("완료보고를 제출했습니다.")


def publish_cards(story: Story) -> None:
    texts = {
        "한 줄 요약": "도금 두께 편차를 잡은 방법", "문제": "도금이 벗겨져 반품이 들어왔습니다.",
        "원인": "탈지액 농도를 재지 않았습니다.", "한 일": "농도를 하루 두 번 재고 관리도를 그렸습니다.",
        "결과": "불량이 4%에서 1%로 줄었습니다.",
    }  # fmt: skip
    for user in (story.firm, story.expert):
        author = story.calendar.person(user)
        author.page.goto(story.here("/cards/new"))
        for label, text in texts.items():
            author.page.get_by_label(re.compile(rf"^\s*{label}")).first.fill(text)
        author.press("저장")
        author.page.wait_for_load_state()
        author.press("제출")
        author.page.wait_for_load_state()
        operator = story.calendar.person(story.operator)
        operator.page.goto(f"{operator.address}/staff/cards")
        operator.main.get_by_role("link", name=texts["한 줄 요약"]).first.click()
        if not operator.main.locator("input[name='terms']:checked").count():
            operator.tick(operator.main.locator("input[name='terms']").first)
        operator.press("공개")
        operator.page.wait_for_load_state()
    reader = story.calendar.person(None, PHONE)
    reader.page.goto(f"{reader.address}/cards?q=도금이 벗겨집니다")
    expect(reader.main.get_by_role("link", name=texts["한 줄 요약"])).to_have_count(2)


def books(story: Story) -> dict[str, Any]:
    """What the ledger says of the mentorship, entry by entry, and what the visits say, each worked out by itself."""

    def read() -> dict[str, Any]:
        query = (
            db.session.query(LedgerAccount.kind, LedgerAccount.source, LedgerEntry.amount)
            .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
            .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
            .filter(LedgerTransaction.mentorship_id == story.id)
        )
        held: Counter[tuple[str, str]] = Counter()
        for kind, source, amount in query:
            held[str(kind), str(source)] += amount
        visits = [(visit.expert_id == story.expert_id, str(visit.state)) for visit in db.session.query(Visit)]
        claims = [(claim.net, str(claim.state)) for claim in db.session.query(Claim)]
        return {"held": dict(held), "visits": visits, "claims": claims, "chain": verify_chain()}

    return story.calendar.ask(read)


def assert_every_won_is_found(story: Story) -> None:
    found = books(story)
    held, kinds = found["held"], AccountKind
    assert Counter(found["visits"]) == {(True, "accepted"): FIRST, (False, "accepted"): SECOND - FIRST}
    by_source = {source: SECOND * (PRICE * share // 1000) for source, share in SHARES.items()}
    by_source["firm"] = SECOND * PRICE - sum(by_source.values())
    taxes = FIRST * OTHER_TAX + (SECOND - FIRST) * BUSINESS_TAX
    spent = {
        source: held.get((kinds.PAID, source), 0) + held.get((kinds.WITHHELD, source), 0)
        for source in by_source
    }
    assert spent == by_source
    assert sum(held.get((kinds.WITHHELD, source), 0) for source in by_source) == taxes
    assert sum(held.get((kinds.PAID, source), 0) for source in by_source) == SECOND * PRICE - taxes
    assert sum(net for net, _ in found["claims"]) == SECOND * PRICE - taxes
    assert all(
        held.get((kind, str(source)), 0) == 0 for kind in (kinds.RESERVED, kinds.PAYABLE) for source in Source
    )
    assert sum(held.values()) == 0
    assert found["chain"] is None


@pytest.mark.browser
@pytest.mark.xdist_group("journey_half_year")
def test_half_a_year_from_three_signatures_to_the_follow_up(bare_site: Site, tmp_path: Path) -> None:
    calendar = Calendar(bare_site, NOON)
    story = Story(calendar)
    story.all_sign()
    assert story.state() == "running"
    since, last = calendar.ask(
        lambda: (lambda m: (m.since, m.last_day))(db.session.get_one(Mentorship, story.id))
    )

    calendar.at(since)
    answer_step(story, "착수회의", [story.expert, story.firm])
    operator = calendar.person(story.payer)
    operator.page.goto(story.here("/deposit"))
    operator.page.get_by_label(re.compile("금액")).first.fill(str(SECOND * PRICE // 10))
    operator.page.get_by_label(re.compile("증빙")).first.fill("기업부담금 입금")
    operator.press("저장")
    operator.sees("기업부담금 입금을 등록했습니다.")

    make_visits(story, 1, 6)
    change_the_term(story)
    make_visits(story, 7, FIRST)
    calendar.at(calendar.now.date() + timedelta(days=1))
    answer_step(story, "중간점검", [story.expert, story.firm])
    decider = calendar.person(story.operator)
    decider.page.goto(story.here("/course"))
    decider.follow("중간점검")
    decider.tick(decider.main.get_by_role("radio", name="계속", exact=True))
    decider.press("결정")
    decider.sees("처리했습니다.")
    pay_everything(story, tmp_path)
    replace_the_expert(story)
    assert story.state() == "running"

    make_visits(story, FIRST + 1, SECOND)
    measure(story)
    calendar.at(calendar.now.date() + timedelta(days=1))
    assert story.state() == "reporting"
    complete(story)
    publish_cards(story)
    calendar.at(calendar.now.date() + timedelta(days=1))
    pay_everything(story, tmp_path)
    settler = calendar.person(story.operator)
    settler.page.goto(story.here("/settlement"))
    settler.press("정산 완료")
    settler.sees("정산을 마쳤습니다.")
    assert story.state() == "closed"
    assert_every_won_is_found(story)

    calendar.at(calendar.ask(lambda: db.session.get_one(Mentorship, story.id).last_day) + timedelta(days=100))
    assert any(announces(mail, "멘토링이 끝난 뒤의 사후관리입니다.") for mail in calendar.mails[story.mail])
    answer_step(story, "사후관리", [story.firm])
    assert last < calendar.now.date()
    offline = "ERR_INTERNET_DISCONNECTED"  # the phone says so of the one log that it kept
    assert [complaint for complaint in bare_site.complaints if offline not in complaint] == []
