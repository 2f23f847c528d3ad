"""Forgotten and changed passwords."""

import pytest

from marketplace.access import Role
from marketplace.accounts import passwords
from marketplace.accounts.models import User
from marketplace.database import db, utcnow
from marketplace.errors import RuleBroken
from tests.accounts.people import PASSWORD, events, link_of, mails, person, same_text, send
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases
NEW = "푸른 바다 위의 배"


def set_new(client, link, password=NEW):
    return client.post(link, data={"password": password, "repeated": password})


def ask(client, email):
    return client.post("/reset", data={"email": email})


def test_a_forgotten_password_is_replaced_by_a_mailed_link(app, client):
    user = person()
    assert ask(client, user.email).location == "/mail-sent"
    link = link_of(mails(user.id)[0])
    assert client.get(link).status_code == 200
    assert set_new(client, link).location == "/sign-in"
    assert send(client, user.email).status_code == 422
    assert send(client, user.email, NEW).location == "/todo"
    assert events() == ["reset_asked", "password_set", "sign_in_failed", "signed_in"]
    assert mails(user.id)[-1].subject == "비밀번호가 바뀌었습니다"


def test_the_answer_is_the_same_for_everybody(app, client):
    known, stopped = person(), person(disabled_at=utcnow())
    pages = []
    for email in (known.email, stopped.email, "nobody@example.com"):
        answer = ask(client, email)
        pages.append((answer.status_code, answer.location, same_text(answer)))
    assert pages[0] == pages[1] == pages[2]
    assert [mail.user_id for mail in mails()] == [known.id]


def test_one_used_link_makes_all_others_worthless(app, client):
    user = person()
    ask(client, user.email)
    ask(client, user.email)
    first, second = (link_of(mail) for mail in mails(user.id))
    assert set_new(client, first).status_code == 303
    for link in (first, second):
        assert set_new(client, link, "또 다른 비밀번호").status_code == 422
    assert send(client, user.email, NEW).location == "/todo"


def test_a_link_survives_a_password_that_is_refused(app, client):
    user = person()
    ask(client, user.email)
    link = link_of(mails(user.id)[0])
    assert set_new(client, link, "password1234").status_code == 422
    assert set_new(client, link).status_code == 303


def test_asking_is_limited_per_address(app, client):
    user = person()
    for number in range(10):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert ask(client, user.email).status_code == 303
    client.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    assert ask(client, user.email).status_code == 429
    assert len(mails(user.id)) == 10


def test_a_change_needs_the_old_password(app, client):
    user = person()
    sign_in(client, user)
    answer = client.post("/account/password", data={"old": "틀린 것입니다", "password": NEW, "repeated": NEW})
    assert answer.status_code == 422
    assert "지금 쓰시는 비밀번호가 맞지 않습니다" in answer.text
    assert send(client, user.email).location == "/todo"


def test_the_old_password_cannot_be_tried_out_from_a_stolen_session(app, client):
    user = person()
    sign_in(client, user)
    form = {"old": "틀린 것입니다", "password": NEW, "repeated": NEW}
    assert [client.post("/account/password", data=form).status_code for _ in range(11)] == [422] * 10 + [429]


@pytest.mark.parametrize(
    "password, good",
    [
        ("아홉 글자입니다", False),
        ("꼭 열 글자입니다.", True),
        ("a b c d e f", True),
        ("x1" * 64, False),
        ("abcd" * 32, True),
        ("abcd" * 32 + "e", False),
        ("Qwerty12345", False),
        ("ME@example.com", False),
        ("aaaaaaaaaaab", False),
    ],
)
def test_the_rules_for_passwords(password, good):
    if good:
        passwords.check(password, "me@example.com")
    else:
        with pytest.raises(RuleBroken):
            passwords.check(password, "me@example.com")


def test_the_same_keys_give_the_same_password_on_every_system(app, client):
    import unicodedata

    user = person()
    assert send(client, user.email, unicodedata.normalize("NFD", PASSWORD)).location == "/todo"


def test_only_an_argon2id_hash_is_kept(app, client):
    user = person(Role.EXPERT)
    ask(client, user.email)
    set_new(client, link_of(mails(user.id)[0]))
    kept = db.session.get_one(User, user.id, populate_existing=True).password_hash
    assert kept.startswith("$argon2id$")
    assert NEW not in kept
