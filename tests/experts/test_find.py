"""Finding experts: what staff and firms find, and what firms never see."""

import pytest
from sqlalchemy import event

from marketplace.access import Role
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.experts import card
from marketplace.experts.labels import masked_email, masked_phone, without_contacts
from marketplace.experts.models import ExpertState
from tests import factories
from tests.experts.conftest import LEFT, complete, searching_person

pytestmark = pytest.mark.both_databases


@pytest.fixture
def firm(as_user):
    return as_user(searching_person())


@pytest.fixture
def staff(as_user):
    return as_user(factories.user(Role.OPERATOR))


def test_a_firm_finds_only_experts_who_are_verified_active_and_not_paused(firm):
    seen = complete(ExpertState.VERIFIED, name="보이는사람")
    hidden = [
        complete(state, name=f"숨은{state}") for state in ExpertState if state is not ExpertState.VERIFIED
    ]
    hidden.append(complete(ExpertState.VERIFIED, name="쉬는사람", paused_at=factories.utcnow()))
    gone = factories.user(Role.EXPERT, name="떠난사람", disabled_at=factories.utcnow())
    hidden.append(complete(ExpertState.VERIFIED, user=gone))
    page = firm.get("/experts").text
    assert "보이는사람" in page and "총 1개 항목" in page
    assert firm.get(f"/experts/{seen.id}").status_code == 200
    for expert in hidden:
        assert expert.name not in page
        assert firm.get(f"/experts/{expert.id}").status_code == 404


def test_a_firm_sees_no_address_no_number_and_no_tie(firm):
    expert = complete(
        ExpertState.VERIFIED,
        headline="문의 010-9876-5432",
        bio="메일은 kim.do@naver.com 입니다.\n\n도금 불량을 잡았습니다.",
        interests=(("shares", "비밀지분회사"),),
        user=factories.user(Role.EXPERT, name="김도현", phone="010-1111-2222", email="secret@example.com"),
    )
    for path in ("/experts", f"/experts/{expert.id}"):
        page = firm.get(path).text
        assert "김도현" in page and "한빛전자" in page
        for secret in ("9876", "kim.do", "1111-2222", "secret@", "비밀지분회사"):
            assert secret not in page
    assert "도금 불량을 잡았습니다." in firm.get(f"/experts/{expert.id}").text


@pytest.mark.parametrize("query", ["q=김찾음", "q=한빛", "q=SMED", "q=품종교체", "q=도금 한빛", "industry=C26", "region=12",
                                   "group=PRD", "q=smed&region=12&industry=C26&group=PRD"])  # fmt: skip
def test_lists_are_narrowed_by_words_and_by_codes(query, firm, staff):
    complete(
        ExpertState.VERIFIED,
        name="김찾음",
        skills=(("PRD-08", 3),),
        headline="도금 30년",
        industries=["C26"],
        regions=["29"],  # the old code of a region that has merged since
    )
    other = complete(
        ExpertState.VERIFIED, name="박다름", careers=(("서해제강", None, LEFT),), headline="용접"
    )
    assert other.industries == ["C25"]
    for client, path in (
        (firm, "/experts"),
        (staff, "/staff/experts"),
        (staff, "/staff/experts?tab=verified"),
    ):
        page = client.get(f"{path}{'&' if '?' in path else '?'}{query}").text
        assert "김찾음" in page and "박다름" not in page


def test_lists_are_narrowed_to_any_industry_manufacturing_first(firm):
    complete(ExpertState.VERIFIED, name="김찾음", industries=["C26", "J62"])
    complete(ExpertState.VERIFIED, name="박다름")
    page = firm.get("/experts?industry=J62").text
    assert "김찾음" in page and "박다름" not in page
    assert page.index('<optgroup label="제조업">') < page.index('<optgroup label="농업, 임업 및 어업">')
    assert '<option value="J62" selected>' in page


def test_signs_of_a_pattern_are_searched_as_they_are(staff):
    complete(ExpertState.VERIFIED, name="김하나")
    for word in ("%25", "_", "%5C"):
        assert "김하나" not in staff.get(f"/staff/experts?q={word}").text


def test_tabs_count_each_state_and_the_list_is_sorted(staff):
    complete(ExpertState.SUBMITTED, name="가나다", years=10)
    complete(ExpertState.SUBMITTED, name="라마바", years=20)
    complete(ExpertState.VERIFIED, name="사아자")
    page = staff.get("/staff/experts?tab=submitted&sort=-years").text
    assert page.index("라마바") < page.index("가나다") and "사아자" not in page
    page = staff.get("/staff/experts?tab=submitted&sort=years").text
    assert page.index("가나다") < page.index("라마바")


@pytest.mark.parametrize("path", ["/experts", "/staff/experts", "/staff/experts?tab=verified"])
def test_a_list_asks_no_more_of_the_database_when_it_is_longer(path, app, firm, staff):
    client = firm if path == "/experts" else staff
    complete(ExpertState.VERIFIED)

    def statements():
        seen = []
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
            assert client.get(path).status_code == 200
        return len(seen)

    few = statements()
    for _ in range(12):
        complete(ExpertState.VERIFIED, interests=(("kin", "가"),))
    # Listeners stay on the engine; each call counts with its own list.
    assert statements() == few


def test_a_firm_without_an_open_case_is_told_when_it_may_look(as_user):
    expert = complete(ExpertState.VERIFIED, name="보이는사람")
    firm = factories.company()
    client = as_user(factories.person_of(firm))
    for _ in range(2):
        for path in ("/experts", "/experts?q=보이는", f"/experts/{expert.id}", "/experts/999999"):
            answer = client.get(path)
            assert answer.status_code == 403 and "언제 열립니까" in answer.text, path
            assert "보이는사람" not in answer.text
        factories.request(firm, state=RequestState.SUBMITTED)


def test_another_firms_open_case_opens_nothing(as_user):
    searching_person()
    other = as_user(factories.person_of(factories.company()))
    assert other.get("/experts").status_code == 403


def test_slices_above_add_what_a_firm_can_do_with_an_expert(firm, monkeypatch):
    expert, other = complete(ExpertState.VERIFIED), complete(ExpertState.VERIFIED)
    link = card.CandidateLink("이 전문가를 후보로", "/somewhere")
    monkeypatch.setattr(card, "candidate_actions", [lambda user, e: link if e.id == expert.id else None])
    assert 'href="/somewhere"' in firm.get(f"/experts/{expert.id}").text
    assert "이 전문가를 후보로" not in firm.get(f"/experts/{other.id}").text


def test_the_card_puts_the_latest_career_and_the_strongest_skill_first(app):
    from datetime import date

    from marketplace.experts.labels import Labels

    expert = complete(
        careers=(("첫직장", date(1980, 1, 1), date(1990, 1, 1)), ("지금직장", date(2020, 1, 1), None),
                 ("둘째직장", date(1990, 1, 1), date(2019, 1, 1)), ("모름", None, None)),
        skills=(("QUA-01", 1), ("PRD-08", 4)),
    )  # fmt: skip
    made = card.card_of(expert, expert.name, Labels("ko", date(2026, 11, 22)))
    assert [c.employer for c in made.careers] == ["지금직장", "둘째직장", "첫직장", "모름"]
    assert [s.level for s in made.skills] == [4, 1]
    assert card.card_of(expert, "x", Labels("en", date(2026, 11, 22))).regions == ("Gyeongnam",)


@pytest.mark.parametrize(
    "text",
    ["hong@naver.com", "a.b+c@sub.example.co.kr", "010-1234-5678", "010 1234 5678", "01012345678", "+82 10-1234-5678",
     "02-123-4567", "051)123-4567"],
)  # fmt: skip
def test_contacts_that_somebody_typed_in_are_hidden(text):
    assert without_contacts(f"연락은 {text} 으로") == "연락은 ●●● 으로"


@pytest.mark.parametrize(
    "text", ["2014-2020년 불량률 4.1%", "ISO 9001:2015", "8D, 6시그마 100-200 ppm", "1995.03.01"]
)
def test_dates_and_figures_stay_as_they_are(text):
    assert without_contacts(text) == text


def test_masks_leave_too_little_to_call_or_write():
    assert (masked_phone("010-1234-5678"), masked_phone(None), masked_phone("1234")) == (
        "010-****-5678",
        "",
        "****",
    )
    assert masked_email("hong@example.com") == "ho***@example.com"
