"""The second factor: enrolment, codes, recovery codes; and attacks on it."""

import re
import time

import pyotp
import pytest
from sqlalchemy import select

from marketplace.access import Role
from marketplace.accounts import totp
from marketplace.accounts.models import RecoveryCode, SignInAttempt, SignInSession, User
from marketplace.database import db
from tests import factories
from tests.accounts.people import PASSWORD, events, person, send
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(step=0):
    return pyotp.TOTP(SECRET).generate_otp(int(time.time() // 30) + step)


def shown_secret(page):
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")


@pytest.fixture
def required(app, monkeypatch):
    monkeypatch.setattr(app.config["SETTINGS"], "staff_totp", "required")


def test_the_password_alone_opens_nothing_when_there_is_a_second_factor(app, client):
    user = person(totp_secret=SECRET)
    answer = send(client, user.email, query="?next=/account")
    assert answer.location == "/sign-in/code?next=/account"
    assert client.get("/todo").status_code == 302
    done = client.post(answer.location, data={"code": code()})
    assert (done.status_code, done.location) == (303, "/account")
    assert client.get("/todo").status_code == 200
    assert events() == ["password_checked", "signed_in"]  # each step is one entry
    assert db.session.scalars(select(SignInAttempt)).all() == []


def test_a_code_works_once(app, client):
    user = person(totp_secret=SECRET)
    used = code()
    send(client, user.email)
    assert client.post("/sign-in/code", data={"code": used}).status_code == 303
    other = app.test_client()
    send(other, user.email)
    refused = other.post("/sign-in/code", data={"code": used})
    assert refused.status_code == 422
    assert "이미 쓰였습니다" in refused.text
    assert other.get("/todo").status_code == 302


@pytest.mark.parametrize(
    "wrong", ["000000", "12345", "1234567", "abcdef", "１２３４５６", "", "9" * 5000, "\x00"]
)
def test_a_wrong_code_is_refused(app, client, wrong, monkeypatch):
    monkeypatch.setattr(pyotp.TOTP, "generate_otp", lambda self, step: "123456")
    user = person(totp_secret=SECRET)
    send(client, user.email)
    assert client.post("/sign-in/code", data={"code": wrong}).status_code == 422
    assert client.get("/todo").status_code == 302


def test_codes_cannot_be_tried_out(app, client, monkeypatch):
    monkeypatch.setattr(pyotp.TOTP, "generate_otp", lambda self, step: "123456")
    user = person(totp_secret=SECRET)
    for number in range(10):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        if number % 4 == 0:  # a fresh start gives no fresh tries
            send(client, user.email)
        assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    client.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    assert client.post("/sign-in/code", data={"code": "123456"}).status_code == 429


@pytest.mark.parametrize("step, taken", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_clock_error_is_allowed(step, taken):
    now = 1_800_000_015.0
    made = pyotp.TOTP(SECRET).generate_otp(int(now // 30) + step)
    assert (totp.matching_step(SECRET, made, None, now) is not None) is taken


def test_a_step_is_used_up_with_all_before_it():
    now = 1_800_000_015.0
    step = int(now // 30)
    assert totp.matching_step(SECRET, pyotp.TOTP(SECRET).generate_otp(step - 1), step, now) is None
    assert totp.matching_step(SECRET, pyotp.TOTP(SECRET).generate_otp(step + 1), step, now) == step + 1


def test_staff_without_second_factor_are_led_to_enrolment(app, client, required):
    user = person(Role.AUDITOR)
    answer = send(client, user.email)
    assert answer.location == "/sign-in/enrol"
    page = client.get(answer.location)
    assert "<svg" in page.text
    assert "style=" not in page.text
    secret = shown_secret(page)
    assert client.get("/todo").status_code == 302

    assert client.post(answer.location, data={"code": "12345"}).status_code == 422
    assert shown_secret(client.get(answer.location)) == secret

    done = client.post(answer.location, data={"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", done.text)
    assert len(set(codes)) == 10
    assert client.get("/todo").status_code == 302
    assert client.post("/sign-in/resume").location == "/todo"
    assert client.get("/todo").status_code == 200
    assert "totp_enrolled" in events()
    kept = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert not set(codes) & set(kept)


def test_going_on_without_enrolling_opens_nothing(app, client, required):
    send(client, person(Role.AUDITOR).email)
    assert client.post("/sign-in/resume").location == "/sign-in/enrol"
    assert client.get("/sign-in/consents").location == "/sign-in"
    assert db.session.scalars(select(SignInSession)).all() == []


def test_going_on_without_the_code_opens_nothing(app, client):
    send(client, person(totp_secret=SECRET).email)
    assert client.post("/sign-in/resume").location == "/sign-in/code"
    assert client.get("/sign-in/enrol").location == "/sign-in"
    assert client.get("/sign-in/consents").location == "/sign-in"
    assert db.session.scalars(select(SignInSession)).all() == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MINISTRY, Role.AUDITOR, Role.ADMIN])
def test_every_staff_role_must_enrol(app, client, required, role):
    assert send(client, person(role).email).location == "/sign-in/enrol"


@pytest.mark.parametrize("role", [Role.COMPANY, Role.EXPERT, Role.SPONSOR])
def test_others_need_no_second_factor(app, client, required, role):
    assert send(client, person(role).email).location == "/sign-in/consents"


def enrol(app, user):
    """Enrol of one's own accord; the secret and the recovery codes."""
    browser = sign_in(app.test_client(), user)
    secret = shown_secret(browser.get("/account/second-factor"))
    done = browser.post("/account/second-factor", data={"code": pyotp.TOTP(secret).now()})
    assert done.status_code == 200
    return secret, re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", done.text), browser


def test_a_recovery_code_works_once_however_it_is_typed(app, client):
    user = person()
    _, codes, _ = enrol(app, user)
    send(client, user.email)
    typed = codes[3].upper().replace("-", " ")
    assert client.post("/sign-in/code", data={"code": typed}).location == "/todo"
    again = app.test_client()
    send(again, user.email)
    assert again.post("/sign-in/code", data={"code": codes[3]}).status_code == 422
    assert again.post("/sign-in/code", data={"code": codes[4]}).status_code == 303


def test_a_recovery_code_of_somebody_else_is_refused(app, client):
    _, codes, _ = enrol(app, person())
    send(client, person(totp_secret=SECRET).email)
    assert client.post("/sign-in/code", data={"code": codes[0]}).status_code == 422


def test_removing_the_second_factor_needs_the_password_and_ends_other_sessions(app, client):
    user = person()
    _, _, owner = enrol(app, user)
    thief = sign_in(app.test_client(), user)
    assert thief.post("/account/second-factor/remove", data={"password": "틀린 비밀번호"}).status_code == 422
    assert owner.post("/account/second-factor/remove", data={"password": PASSWORD}).status_code == 303
    assert thief.get("/todo").status_code == 302
    assert owner.get("/todo").status_code == 200
    held = db.session.get_one(User, user.id, populate_existing=True)
    assert held.totp_secret is None
    assert db.session.scalars(select(RecoveryCode)).all() == []
    assert "totp_removed" in events()


def test_staff_cannot_remove_it_where_it_is_required(app, client, required):
    user = person(Role.AUDITOR, totp_secret=SECRET)
    sign_in(client, user)
    answer = client.post("/account/second-factor/remove", data={"password": PASSWORD})
    assert answer.status_code == 422
    assert db.session.get_one(User, user.id, populate_existing=True).totp_secret == SECRET


def test_a_second_factor_is_not_replaced_by_another_enrolment(app, client):
    user = person()
    sign_in(client, user)
    secret = shown_secret(client.get("/account/second-factor"))
    user.totp_secret = SECRET
    factories.save(user)
    answer = client.post("/account/second-factor", data={"code": pyotp.TOTP(secret).now()})
    assert answer.location == "/account"
    assert db.session.get_one(User, user.id, populate_existing=True).totp_secret == SECRET
