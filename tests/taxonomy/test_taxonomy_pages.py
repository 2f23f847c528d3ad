"""Staff change the taxonomy."""

import pytest

from marketplace.access import Role
from marketplace.taxonomy.actions import current_vocabulary, term_with
from tests import factories
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def operator(app, client):
    person = factories.user(Role.OPERATOR)
    sign_in(client, person)
    return person


def test_a_new_term_is_resolved_at_once(operator, client):
    data = {
        "code": "QUA-90",
        "group_code": "QUA",
        "name_ko": "냄새 시험",
        "name_en": "Odour test",
        "synonyms": "관능 냄새\n",
    }
    assert client.post("/taxonomy/new", data=data).status_code == 303
    assert current_vocabulary().resolve("관능냄새") == "QUA-90"


def test_a_synonym_of_another_term_is_refused_at_its_field(operator, client):
    data = {
        "code": "QUA-90",
        "group_code": "QUA",
        "name_ko": "냄새 시험",
        "name_en": "Odour",
        "synonyms": "MES",
    }
    answer = client.post("/taxonomy/new", data=data)
    assert answer.status_code == 422
    assert "SYS-01" in answer.text


def test_a_replaced_term_is_shown_with_its_successor(operator, client):
    assert client.post("/taxonomy/SYS-02/replace", data={"replacement": "SYS-01"}).status_code == 303
    assert term_with("SYS-02").replaced_by == "SYS-01"
    assert "SYS-01(으)로 대체" in client.get("/taxonomy").text


def test_a_term_that_does_not_exist_is_not_found(operator, client):
    assert client.get("/taxonomy/XXX-99").status_code == 404
    assert client.post("/taxonomy/XXX-99/replace", data={"replacement": "SYS-01"}).status_code == 404


def test_a_reader_of_english_sees_the_names_in_english(operator, client):
    term = term_with("QUA-01")
    client.set_cookie("language", "en")
    assert f">QUA-01 {term.name_en}</h1>" in client.get("/taxonomy/QUA-01").text
    listed = client.get("/taxonomy").text
    assert "Quality" in listed.split("<table")[0]


def test_a_group_that_is_not_on_the_list_is_answered_in_the_readers_language(operator, client):
    data = {"code": "QUA-90", "group_code": "NONE", "name_ko": "냄새", "name_en": "Odour"}
    assert "목록에 없는 값입니다" in client.post("/taxonomy/new", data=data).text
    client.set_cookie("language", "en")
    answer = client.post("/taxonomy/new", data=data).text
    assert "not on the list" in answer
