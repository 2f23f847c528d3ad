"""Signing in with e-mail and password, and out again."""

import re

import pytest

from marketplace.access import Role
from marketplace.accounts import passwords
from marketplace.accounts.models import SignInAttempt, SignInSession, User
from marketplace.audit import AuditEntry
from marketplace.database import db, utcnow
from tests import factories

pytestmark = pytest.mark.both_databases
PASSWORD = "맑은 하늘 아래 공장"
HASH = passwords.hashed(PASSWORD)


def person(role=Role.AUDITOR, **facts):
    return factories.user(role, **{"password_hash": HASH, **facts})


def send(client, email, password=PASSWORD, query=""):
    return client.post(f"/sign-in{query}", data={"email": email, "password": password})


def events():
    found = list(db.session.scalars(db.select(AuditEntry.event).order_by(AuditEntry.id)))
    db.session.rollback()
    return found


def test_a_person_signs_in_and_out(app, client):
    user = person()
    answer = send(client, user.email.upper())
    assert (answer.status_code, answer.location) == (303, "/todo")
    page = client.get("/todo")
    assert page.status_code == 200
    assert user.name in page.text
    assert client.post("/sign-out").status_code == 303
    assert client.get("/todo").location.startswith("/sign-in")
