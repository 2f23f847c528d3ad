"""The steps of a story, each as a person does it on the pages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.site import Person


def take_up(operator: Person, firm: str) -> None:
    """Find the request in 나의 할 일 and begin its check."""
    operator.start_from_todo("요건검토")
    row = operator.page.get_by_role("row").filter(has_text=firm)
    row.get_by_role("link").first.click()
    operator.press("요건검토 시작")
    expect(operator.main.get_by_role("button", name="적격으로 판정", exact=True)).to_be_visible()


def find_eligible(operator: Person) -> None:
    """An imported firm has not said whom it deals with, which the operator has to account for."""
    if operator.main.get_by_text("기업이 밝히지 않아 이해충돌을 대조할 수 없습니다").count():
        operator.main.get_by_label("거래 관계 메모").fill("기업에 전화로 물어 거래처를 확인하고 있습니다.")
    operator.press("적격으로 판정")
    operator.sees("저장했습니다.")


def release_best(operator: Person, firm: str, count: int) -> list[str]:
    """Open the case from 나의 할 일 and propose the best of the ranking; their names, best first."""
    operator.start_from_todo("전문가 후보 추천")
    operator.follow(firm)
    operator.follow("후보 추천")
    boxes = operator.main.get_by_role("checkbox", name=re.compile("추천"))
    expect(boxes.nth(count - 1)).to_be_attached()
    names = []
    for box in boxes.all()[:count]:
        label = operator.page.locator(f"label[for='{box.get_attribute('id')}']").inner_text()
        names.append(label.split(" 추천")[0].strip())
        assert_reasons_are_shown(operator, names[-1])
        operator.tick(box)
    operator.press("기업에 추천")
    operator.sees("후보를 기업에 추천했습니다.")
    return names


def assert_reasons_are_shown(reader: Person, name: str) -> None:
    """The card of a candidate: a score of a hundred, its parts, and for each need whether it is covered."""
    card = reader.candidate(name)
    expect(card.get_by_text(re.compile(r"^\d+점")).first).to_be_visible()
    parts = card.get_by_role("table", name=f"{name}의 점수 구성").get_by_role("row").all_inner_texts()
    points = [re.search(r"(\d+\.\d) / (\d+)|근거 부족", part) for part in parts]
    assert sum(found is not None for found in points) >= 5, parts
    needs = card.locator("ul.coverage li").all_inner_texts()
    assert needs and all(re.search("충족|미충족|근거 부족", need) for need in needs), needs
    evidence = card.locator("ul.coverage .coverage-evidence").all_inner_texts()
    assert len(evidence) == len(needs)


def state_preferences(firm: Person, reference: str, names: list[str]) -> None:
    """Read the candidates from 나의 할 일 on, and put them in this order."""
    firm.start_from_todo(f"신청서 {reference} 추천 후보 비교")
    for name in names:
        assert_reasons_are_shown(firm, name)
    for place, name in enumerate(names, 1):
        firm.choose(f"{place}순위", name)


def submit_preferences(firm: Person) -> None:
    firm.press("희망순위 제출")
    firm.sees("희망순위를 제출했습니다. 1순위 전문가에게 제안했습니다.")


def open_offer(expert: Person, firm: str) -> None:
    """Find the offer in 나의 할 일 and read why it came."""
    expert.start_from_todo(f"{firm}의 멘토링 제안에 회신")
    expect(expert.main.get_by_role("heading", name="추천 이유")).to_be_visible()
    assert expert.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def accept_offer(expert: Person) -> None:
    expert.press("수락")
    expert.sees("수락했습니다. 운영기관과 중소벤처기업부의 승인을 거쳐 확정됩니다.")


def open_case_to_approve(official: Person, firm: str, word: str) -> None:
    """Find the case in 나의 할 일 and read what was checked."""
    official.start_from_todo(word)
    official.follow(firm)
    official.sees("승인할 수 있습니다")


def approve(official: Person, firm: str, word: str) -> None:
    official.press(word)
    official.sees(f"{firm}: {word}했습니다.")


def assert_firm_sees_approval(firm: Person, reference: str, expert: str) -> None:
    """On the request's page every step is done, and the notice names the expert."""
    firm.open("나의 신청")
    firm.follow(reference)
    last = firm.page.get_by_role("list", name="신청의 진행").get_by_role("listitem").last
    expect(last).to_contain_text(re.compile("최종 승인.*완료", re.DOTALL))
    firm.open("나의 할 일")
    firm.sees(f"{expert} 전문가와의 매칭이 최종 승인되었습니다.")


def assert_expert_sees_approval(expert: Person, firm: str) -> None:
    expert.open("받은 제안")
    expert.follow(firm)
    expert.sees("최종 승인되었습니다. 협약 절차는 운영기관이 안내해 드립니다.")
