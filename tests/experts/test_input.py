"""Bad input: said at the field, nothing lost, nothing saved; and two changes at once."""

import threading

import pytest

from marketplace.access import Role
from marketplace.database import db
from marketplace.experts.models import Expert, ExpertState
from tests import factories
from tests.conftest import sign_in
from tests.experts.conftest import complete

BASICS = {"headline": "도금", "bio": "소개", "years": "30"}
CAREER = {
    "employer": "한빛",
    "title": "부장",
    "since": "1990-01",
    "until": "2000-01",
    "text": "일",
    "employer_brn": "",
}
SKILL = {"words": "SMED", "level": "3", "years": "3", "last_used": "2020", "evidence": "자격증"}
FIELDS = {
    "industries": "C25",
    "regions": "48",
    "mode": "both",
    "firm_sizes": "small",
    "small_firm_projects": "1",
}
TIMES = {"available_from": "2026-12-01", "available_until": "", "capacity": "1", "days_per_week": "2"}
INTEREST = {"kind": "kin", "organisation": "동생정밀", "until": "", "note": "동생", "brn": ""}
FORMS = {
    "/expert/basics": BASICS,
    "/expert/careers/new": CAREER,
    "/expert/skills/new": SKILL,
    "/expert/skills/new?group=QUA": {**SKILL, "words": "", "term": "QUA-02"},
    "/expert/fields": FIELDS,
    "/expert/availability": TIMES,
    "/expert/interests/new": INTEREST,
    "/expert/pause": {"reason": "쉼"},
}
WILD = ["x" * 10_000, "가\x00나", "😀🏭", "31일", "-5", "1e9", "99999999999999999999", "<script>alert(1)</script>", "   ",
        "2026-02-31", "٣", "'; DROP TABLE experts; --", "\ud800".encode("utf-8", "surrogatepass")]  # fmt: skip


@pytest.mark.parametrize("path", list(FORMS))
def test_no_input_breaks_a_form(path, as_user):
    expert = complete()
    client = as_user(expert.user)
    for field in FORMS[path]:
        for value in WILD:
            response = client.post(
                path, data={**FORMS[path], field: value, "version": Expert.of(expert.user).version}
            )
            assert response.status_code in (303, 409, 422), (field, value)
            if response.status_code == 422:
                assert "field-error" in response.text or "error-summary" in response.text, (field, value)
            db.session.rollback()
            db.session.expire_all()


@pytest.mark.parametrize(
    ("path", "field", "value", "said"),
    [
        ("/expert/basics", "years", "서른", "숫자만 입력해"),
        ("/expert/basics", "years", "71", "0에서 70 사이"),
        ("/expert/basics", "headline", "가" * 121, "120자 이내로"),
        ("/expert/basics", "bio", "가" * 4001, "4000자 이내로"),
        ("/expert/careers/new", "employer", " ", "직장 이름을 입력해"),
        ("/expert/careers/new", "title", "", "직위를 입력해"),
        ("/expert/careers/new", "since", "", "입사한 달을"),
        ("/expert/careers/new", "since", "1990-13", "있는 날짜를"),
        ("/expert/careers/new", "since", "2026-02-31", "있는 날짜를"),
        ("/expert/careers/new", "since", "2199-01", "오늘이나 그 전의"),
        ("/expert/careers/new", "until", "2199-01", "퇴직일을 비워"),
        ("/expert/careers/new", "until", "1980-01", "입사일과 같거나 뒤"),
        ("/expert/careers/new", "employer_brn", "123-45-67890", "사업자등록번호 10자리를"),
        ("/expert/skills/new", "words", "", "기술의 이름을 적거나"),
        ("/expert/skills/new", "words", "···", "기술의 이름을 적거나"),
        ("/expert/skills/new", "level", "", "수준을 하나"),
        ("/expert/skills/new", "level", "9", "수준을 하나"),
        ("/expert/skills/new", "last_used", "2199", "올해나 그 전"),
        ("/expert/skills/new", "years", "-1", "0에서 70 사이"),
        ("/expert/skills/new?group=QUA", "term", "NO-99", "목록에 있는 항목"),
        ("/expert/fields", "industries", "C99", "목록에 있는 항목만"),
        ("/expert/fields", "regions", "29", "목록에 있는 항목만"),  # merged, no longer offered
        ("/expert/fields", "mode", "phone", "목록에 있는 항목"),
        ("/expert/availability", "available_until", "2026-11-30", "시작일과 같거나 뒤"),
        ("/expert/availability", "capacity", "0", "1에서 10 사이"),
        ("/expert/availability", "capacity", "", "1에서 10 사이"),
        ("/expert/availability", "days_per_week", "6", "1에서 5 사이"),
        ("/expert/interests/new", "kind", "employer", "관계를 하나"),
        ("/expert/interests/new", "organisation", "", "기업이나 기관의 이름"),
        ("/expert/interests/new", "brn", "1", "사업자등록번호 10자리를"),
        ("/expert/pause", "reason", "", "사유를 입력해"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(path, field, value, said, as_user):
    expert = complete()
    typed = {**FORMS[path], field: value}
    response = as_user(expert.user).post(path, data={**typed, "version": expert.version})
    assert response.status_code == 422 and said in response.text
    for name, text in typed.items():
        if name != field and text:
            assert text in response.text, name
    if value.strip() and field not in ("level", "term", "kind", "industries", "regions", "mode"):
        assert value in response.text
    assert Expert.of(expert.user).version == expert.version


def test_an_expert_states_industries_outside_manufacturing_which_open_their_fold(as_user):
    expert = complete()
    client = as_user(expert.user)
    page = client.get("/expert/fields").text
    assert page.index("식료품 제조업 (C10)") < page.index("제조업 밖의 업종") < page.index("농업 (A01)")
    assert '<p class="choices-group">정보통신업</p>' in page and '<details class="fold">' in page
    typed = {**FIELDS, "industries": ["C25", "J62", "M70"], "version": expert.version}
    refused = client.post("/expert/fields", data={**typed, "small_firm_projects": "많이"})
    assert refused.status_code == 422 and '<details class="fold" open>' in refused.text
    for code in ("C25", "J62", "M70"):
        assert f'value="{code}" checked' in refused.text
    assert client.post("/expert/fields", data=typed).status_code == 303
    db.session.expire_all()
    assert Expert.of(expert.user).industries == ["C25", "J62", "M70"]
    assert '<details class="fold" open>' in client.get("/expert/fields").text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "path",
    ["/expert/basics", "/expert/fields", "/expert/availability", "/expert/careers/", "/expert/skills/"],
)
def test_the_second_of_two_edits_is_refused_keeps_what_was_typed_and_can_be_saved_then(path, as_user):
    expert = complete()
    client, seen = as_user(expert.user), expert.version
    if path == "/expert/careers/":
        path, typed = f"{path}{expert.careers[0].id}", {**CAREER, "text": "둘째 화면에서 적은 글"}
    elif path == "/expert/skills/":
        path, typed = f"{path}{expert.skills[0].id}", {**SKILL, "evidence": "둘째 화면에서 적은 글"}
    else:
        typed = {**FORMS[path]}
        typed |= {"headline": "둘째 화면에서 적은 글"} if "headline" in typed else {}
    assert client.post("/expert/pause", data={"reason": "첫째 화면"}).status_code == 303
    response = client.post(path, data={**typed, "version": seen})
    assert response.status_code == 409 and "그 사이에 다른 화면에서" in response.text
    for text in typed.values():
        assert text in response.text
    db.session.expire_all()
    now = Expert.of(expert.user).version
    assert f'name="version" type="hidden" value="{now}"' in response.text
    assert client.post(path, data={**typed, "version": now}).status_code == 303


@pytest.mark.both_databases
def test_of_edits_at_the_very_same_time_one_is_saved_and_the_others_are_told(app):
    expert = complete()
    clients = [sign_in(app.test_client(), expert.user) for _ in range(4)]
    seen, person, answers = expert.version, expert.user_id, []
    db.session.rollback()
    start = threading.Barrier(len(clients))

    def save(number, client):
        start.wait()
        data = {**BASICS, "headline": f"제목 {number}", "version": seen}
        answers.append(client.post("/expert/basics", data=data).status_code)

    threads = [threading.Thread(target=save, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409, 409, 409]
    db.session.expire_all()
    assert db.session.query(Expert).filter_by(user_id=person).one().version == seen + 1


@pytest.mark.both_databases
def test_of_two_first_steps_at_the_same_time_one_profile_remains(app, person):
    clients = [sign_in(app.test_client(), person) for _ in range(2)]
    answers, start = [], threading.Barrier(2)
    db.session.rollback()

    def save(client):
        start.wait()
        answers.append(client.post("/expert/basics", data={**BASICS, "version": 0}).status_code)

    threads = [threading.Thread(target=save, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    assert db.session.query(Expert).count() == 1


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30, "٣"])
def test_a_version_that_was_never_shown_saves_nothing(version, as_user):
    expert = complete()
    response = as_user(expert.user).post("/expert/basics", data={**BASICS, "version": version})
    assert response.status_code == 409
    db.session.expire_all()
    assert Expert.of(expert.user).headline == "도금 품질 전문가"


@pytest.mark.parametrize("role", [Role.EXPERT, Role.OPERATOR])
def test_what_waits_stands_in_the_list_of_things_to_do(role, as_user):
    expert = complete(ExpertState.SUBMITTED)
    user = expert.user if role is Role.EXPERT else factories.user(role)
    page = as_user(user).get("/todo").text
    assert ("전문가 1명의 자격 확인" in page) is (role is Role.OPERATOR)


def test_an_expert_is_told_what_to_do_next(person, as_user):
    client = as_user(person)
    assert "프로필을 작성해 주십시오" in client.get("/todo").text
    client.post("/expert/basics", data={**BASICS, "version": 0})
    assert "필수 항목이 6개 남았습니다" in client.get("/todo").text
    ready = complete()
    assert "작성한 프로필을 제출해 주십시오" in as_user(ready.user).get("/todo").text
    done = complete(ExpertState.VERIFIED)
    assert (
        "프로필"
        not in as_user(done.user).get("/todo").text.partition('class="todo"')[2].partition("</ol>")[0]
    )
