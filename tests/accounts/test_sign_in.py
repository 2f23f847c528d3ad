"""Signing in with e-mail and password, and out again; and attacks on it."""

import re

import pytest
from sqlalchemy import event, select

from marketplace.access import Role
from marketplace.accounts import actions_admin, actions_password
from marketplace.accounts.models import SignInAttempt, SignInSession
from marketplace.application import create_app
from marketplace.audit import AuditEntry
from marketplace.database import db, utcnow
from tests import factories
from tests.accounts.people import PASSWORD, events, person, same_text, send
from tests.conftest import settings_for, sign_in

pytestmark = pytest.mark.both_databases


def cookie_of(client):
    return client.get_cookie("session").value


def copy_cookie(app, client):
    """Another browser with the same cookie."""
    other = app.test_client()
    other.set_cookie("session", cookie_of(client))
    return other


def test_a_person_signs_in_and_out(app, client):
    user = person()
    answer = send(client, user.email.upper())
    assert (answer.status_code, answer.location) == (303, "/todo")
    assert user.name in client.get("/todo").text
    assert client.post("/sign-out").status_code == 303
    assert client.get("/todo").location.startswith("/sign-in")
    assert events() == ["signed_in", "signed_out"]
    assert db.session.scalars(select(SignInAttempt)).all() == []


def test_the_form_keeps_the_address_and_never_the_password(app, client):
    user = person()
    answer = send(client, user.email, "틀린 비밀번호입니다")
    assert answer.status_code == 422
    assert user.email in answer.text
    assert "틀린 비밀번호입니다" not in answer.text
    assert events() == ["sign_in_failed"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"email": "a@example.com"},
        {"email": "누구", "password": "x"},
        {"email": "a" * 10_000 + "@example.com", "password": "x"},
        {"email": "a\x00@example.com", "password": "x" * 10_000},
        {"email": "😀@example.com", "password": "\x00"},
    ],
)
def test_bad_input_is_answered_with_the_form(app, client, data):
    assert client.post("/sign-in", data=data).status_code == 422


@pytest.mark.parametrize(
    "facts, sentence",
    [
        ({"confirmed_at": None}, "이메일 확인이 끝나지 않았습니다"),
        ({"disabled_at": utcnow()}, "사용이 중지된 계정입니다"),
    ],
)
def test_an_account_that_cannot_be_used_says_so_only_to_who_knows_the_password(app, client, facts, sentence):
    user = person(**facts)
    assert sentence in send(client, user.email).text
    assert sentence not in send(client, user.email, "틀린 비밀번호입니다").text
    assert db.session.scalars(select(SignInSession)).all() == []
    assert events() == ["sign_in_failed", "sign_in_failed"]


def test_a_sign_in_is_one_entry_of_the_record_by_the_person(app, client):
    user = person()
    send(client, user.email)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event != "reference_loaded")).one()
    assert (entry.event, entry.actor_id, entry.thing_type, entry.thing_id) == (
        "signed_in",
        user.id,
        "users",
        user.id,
    )


def test_a_password_that_waits_for_another_step_is_one_entry_as_well(app, client):
    user = person(Role.EXPERT)
    send(client, user.email)
    assert events() == ["password_checked"]
    assert db.session.scalars(select(SignInAttempt)).all() == []


def statements(app, client, email):
    seen = []

    def see(conn, cursor, statement, *_):
        seen.append(statement.split()[0])

    event.listen(db.engine, "before_cursor_execute", see)
    try:
        answer = send(client, email, "틀린 비밀번호입니다")
    finally:
        event.remove(db.engine, "before_cursor_execute", see)
    return answer, seen


def test_unknown_and_known_addresses_get_the_same_answer_by_the_same_steps(app, client):
    known = person(email="known@example.com")
    answer, steps = statements(app, client, known.email)
    other, other_steps = statements(app, client, "other@example.com")
    assert answer.status_code == other.status_code == 422
    assert same_text(answer, known.email) == same_text(other, "other@example.com")
    assert steps == other_steps


def test_an_unknown_address_costs_a_hash_as_well(app, client, monkeypatch):
    from marketplace.accounts import passwords

    checked = []
    whole = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type(
            "Spy",
            (),
            {
                "verify": staticmethod(lambda kept, given: checked.append(kept) or whole(kept, given)),
                "hash": staticmethod(passwords._hasher.hash),
            },
        ),
    )
    send(client, "nobody@example.com")
    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$")


def test_the_eleventh_try_is_refused_on_any_worker_even_with_the_right_password(app, client, database_url):
    user = person()
    second = create_app(settings_for(database_url))
    second.config["WTF_CSRF_ENABLED"] = False
    with second.app_context():
        engine = db.engine
    browsers = [client, second.test_client()]
    for number in range(10):
        browser = browsers[number % 2]
        browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        db.session.rollback()
        assert send(browser, user.email, "틀린 비밀번호입니다").status_code == 422
    for browser in browsers:
        browser.environ_base["REMOTE_ADDR"] = "192.0.2.99"
        db.session.rollback()
        refused = send(browser, user.email)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "300"
        assert "5분 뒤에" in refused.text
    assert db.session.scalars(select(SignInSession)).all() == []
    engine.dispose()


def test_one_network_address_cannot_try_many_accounts(app, client):
    for number in range(10):
        assert send(client, f"person{number}@example.com").status_code == 422
    user = person()
    assert send(client, user.email).status_code == 429
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert send(client, user.email).status_code == 303


def test_tries_older_than_five_minutes_do_not_count(app, client):
    from datetime import timedelta

    from marketplace.accounts.throttle import key_of

    user = person()
    old = utcnow() - timedelta(minutes=5, seconds=1)
    factories.save(*(SignInAttempt(key=key_of("account", user.email), created_at=old) for _ in range(20)))
    assert send(client, user.email).status_code == 303


def test_signing_in_rightly_uses_up_no_tries(app, client):
    user = person()
    for _ in range(12):
        assert send(client, user.email).status_code == 303


def test_a_copied_cookie_is_dead_after_signing_out(app, client):
    send(client, person().email)
    thief = copy_cookie(app, client)
    assert thief.get("/todo").status_code == 200
    client.post("/sign-out")
    assert thief.get("/todo").status_code == 302


def test_a_copied_cookie_is_dead_after_a_change_of_password_and_the_owner_stays(app, client):
    send(client, person().email)
    thief = copy_cookie(app, client)
    new = "푸른 바다 위의 배"
    form = {"old": PASSWORD, "password": new, "repeated": new}
    assert client.post("/account/password", data=form).status_code == 303
    assert thief.get("/todo").status_code == 302
    assert client.get("/todo").status_code == 200


def test_a_copied_cookie_is_dead_after_a_reset(app, client):
    user = person()
    send(client, user.email)
    from marketplace import tokens

    actions_password.reset_password(
        token=tokens.sign("reset", user.id, user.link_stamp), password="푸른 바다 위의 배"
    )
    assert client.get("/todo").status_code == 302


def test_a_copied_cookie_is_dead_after_the_account_is_stopped_and_stays_dead(app, client):
    admin, user = person(Role.ADMIN), person()
    send(client, user.email)
    actions_admin.disable(user, by=admin)
    assert client.get("/todo").status_code == 302
    actions_admin.enable(user, by=admin)
    assert client.get("/todo").status_code == 302


def test_signing_in_gives_a_new_cookie_and_drops_what_was_planted(app, client):
    with client.session_transaction() as session:
        session["sign_in"] = "planted-by-somebody-else"
        session["other"] = "planted"
    before = cookie_of(client)
    send(client, person().email)
    assert cookie_of(client) != before
    with client.session_transaction() as session:
        assert session["sign_in"] != "planted-by-somebody-else"
        assert "other" not in session


def test_the_database_holds_only_the_hash_of_the_cookies_token(app, client):
    send(client, person().email)
    with client.session_transaction() as session:
        token = session["sign_in"]
    row = db.session.scalars(select(SignInSession)).one()
    assert token not in (row.token_hash, row.agent)
    assert re.fullmatch(r"[0-9a-f]{64}", row.token_hash)


def test_a_session_ends_by_itself(app, client):
    user = sign_in(client, person())
    row = db.session.scalars(select(SignInSession)).one()
    row.ends_at = utcnow()
    factories.save(row)
    assert user.get("/todo").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_next_never_leads_away(app, client, target):
    user = person()
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={"email": user.email, "password": PASSWORD}
    )
    assert (answer.status_code, answer.location) == (303, "/todo")


def test_next_leads_back_to_where_the_person_was(app, client):
    away = client.get("/account?from=mail")
    assert away.location == "/sign-in?next=/account?from%3Dmail"
    user = person()
    answer = client.post(away.location, data={"email": user.email, "password": PASSWORD})
    assert answer.location == "/account?from=mail"


def test_without_the_token_against_forged_requests_nothing_is_signed_in(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    user = person()
    assert send(client, user.email).status_code == 400
    assert events() == []


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://localhost/account?from=mail", "/sign-in?next=/account?from%3Dmail"),
        ("http://localhost/sign-out", "/sign-in"),  # cannot be opened
        ("http://localhost/none-such", "/sign-in"),
        ("https://evil.example/account", "/sign-in"),
        ("", "/sign-in"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client, page, back):
    answer = client.post("/account", data={"name": "새 이름"}, headers={"Referer": page} if page else {})
    assert (answer.status_code, answer.location) == (302, back)
    assert "로그인이 만료되어 처리하지 못했습니다." in client.get(answer.location).text


def test_a_draft_that_saves_itself_leaves_no_message_behind(client):
    answer = client.post("/account", headers={"X-Autosave": "1"})
    assert answer.status_code == 302
    assert "로그인이 만료되어" not in client.get("/sign-in").text


def test_a_form_whose_token_went_with_the_session_leads_to_the_sign_in(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(
        "/account", data={"name": "새 이름"}, headers={"Referer": "http://localhost/account"}
    )
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account")
    assert client.post("/reset", data={"email": "a@example.com"}).status_code == 400


def test_the_right_password_is_no_session_while_consents_are_missing(app, client):
    user = person(Role.EXPERT)
    answer = send(client, user.email, query="?next=/account")
    assert answer.location == "/sign-in/consents?next=/account"
    assert client.get("/todo").status_code == 302
    page = client.get(answer.location)
    assert "서약" in page.text
    ticks = re.findall(r'name="consents" value="(\d+)"', page.text)
    assert len(ticks) == 4
    refused = client.post(answer.location, data={"consents": ticks[1:]})
    assert refused.status_code == 422
    assert "모두 동의해 주십시오" in refused.text
    given = client.post(answer.location, data={"consents": ticks})
    assert (given.status_code, given.location) == (303, "/account")
    client.post("/sign-out")
    assert send(client, user.email).location == "/todo"


def test_a_new_version_of_a_text_is_asked_at_the_next_sign_in(app, client):
    from marketplace.accounts.models import Consent, ConsentText, civil_today
    from tests.accounts.people import texts

    user = person(Role.SPONSOR)
    factories.save(*(Consent(user_id=user.id, text_id=text_id) for text_id in texts(Role.SPONSOR)))
    assert send(client, user.email).location == "/todo"
    facts = {"valid_from": civil_today(), "required": True, "roles": ["sponsor"]}
    words = {"title_ko": "약관 2", "title_en": "Terms 2", "body_ko": "둘째 판", "body_en": "Second"}
    factories.save(ConsentText(kind="terms", version=2, **facts, **words))
    client.post("/sign-out")
    answer = send(client, user.email)
    assert answer.location == "/sign-in/consents"
    page = client.get(answer.location).text
    assert "둘째 판" in page
    assert page.count('name="consents"') == 1


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/enrol", "/sign-in/consents"])
def test_a_later_step_without_the_first_leads_back_to_it(app, client, path):
    assert client.get(path).location == "/sign-in"
    assert client.post(path, data={"code": "123456"}).location == "/sign-in"


def test_half_a_sign_in_ends_when_the_password_changes(app, client):
    user = person(Role.EXPERT)
    send(client, user.email)
    assert client.get("/sign-in/consents").status_code == 200
    user.use_link()
    factories.save(user)
    assert client.get("/sign-in/consents").location == "/sign-in"


def test_a_signed_in_person_is_not_shown_the_form_again(app, client):
    sign_in(client, person())
    assert client.get("/sign-in").location == "/todo"
