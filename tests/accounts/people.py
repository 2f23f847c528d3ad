"""What the tests of accounts share: people with a known password, the forms, the links in the mails."""

import re
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from sqlalchemy import select

from marketplace.access import Role
from marketplace.accounts.models import ConsentText, civil_today
from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.notifications import OutboxMail
from tests import factories

PASSWORD = "맑은 하늘 아래 공장"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def person(role=Role.AUDITOR, organisation=None, **facts):
    """An active person with PASSWORD. Auditors are asked for no consent."""
    return factories.user(role, organisation, **{"password_hash": HASH, **facts})


def send(client, email, password=PASSWORD, query=""):
    """Fill in the sign-in form."""
    return client.post(f"/sign-in{query}", data={"email": email, "password": password})


def events():
    """The events of the record since the reference data, oldest first."""
    query = select(AuditEntry.event).where(AuditEntry.event != "reference_loaded").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def same_text(page, *words):
    """A page without its token against forged requests and without some words, to compare it with another."""
    text = re.sub(r'(name="csrf_token" value|name="csrf-token" content)="[^"]+"', "", page.text)
    for word in words:
        text = text.replace(word, "")
    return text


def mails(user_id=None):
    """The mails of the outbox, oldest first."""
    query = select(OutboxMail).order_by(OutboxMail.id)
    return list(db.session.scalars(query.where(OutboxMail.user_id == user_id) if user_id else query))


def link_of(mail):
    """The path of the link in a mail, as it is signed at delivery."""
    return urlsplit(mail.link()).path


def texts(role):
    """The ids of the consent texts in force for a role."""
    return [text.id for text in ConsentText.in_force(role, civil_today())]
