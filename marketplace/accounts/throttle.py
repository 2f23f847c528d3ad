"""Tries are counted in the database, so that all workers count together.

No more answers are given than there are tries: whoever is told whether a guess was right has been counted, or
found below the limit, in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete

from marketplace.accounts.models import SignInAttempt
from marketplace.audit import AuditHead
from marketplace.database import db, utcnow

LIMIT = 10
WINDOW = timedelta(minutes=5)


class TooManyTries(Exception):
    """The account or the network address has used up its tries (answered with 429)."""


def key_of(kind: str, value: object) -> str:
    """What a try is counted under; a hash, so that the counter holds no addresses."""
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "replace")).hexdigest()


def refuse_spent(keys: Iterable[str]) -> None:
    """Raise TooManyTries when a key has no try left. Only a look: nothing is locked, nothing is counted."""
    since = utcnow() - WINDOW
    if any(SignInAttempt.count_since(key, since) >= LIMIT for key in keys):
        raise TooManyTries


def hold_tries(keys: Iterable[str]) -> None:
    """Raise TooManyTries when a key has no try left, and let nobody else count until the transaction ends.

    The head of the record is what is locked: it makes two workers count one after the other, and the
    transaction needs that lock at its end anyway.
    """
    db.session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    refuse_spent(keys)


def count_try(keys: Iterable[str]) -> None:
    """Count one try under each key within the running transaction; raises TooManyTries at the limit."""
    keys = list(keys)
    hold_tries(keys)
    add_try(keys)


def add_try(keys: Iterable[str]) -> None:
    """Count one try under each key, after ``hold_tries`` let it pass."""
    db.session.add_all(SignInAttempt(key=key) for key in keys)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < utcnow() - timedelta(days=1)))
