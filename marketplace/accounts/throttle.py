"""Tries are counted in the database before anything is checked, so that all workers count together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, select

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


def count_try(keys: Iterable[str]) -> None:
    """Count one try under each key within the running transaction; raises TooManyTries at the limit.

    The head of the record is locked first: it makes two workers count one after the other, and the
    transaction needs that lock at its end anyway.
    """
    db.session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    keys = list(keys)
    since = utcnow() - WINDOW
    if any(SignInAttempt.count_since(key, since) >= LIMIT for key in keys):
        raise TooManyTries
    db.session.add_all(SignInAttempt(key=key) for key in keys)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.created_at < utcnow() - timedelta(days=1)))


def forgive_try(keys: Iterable[str]) -> None:
    """A try that turned out right was no guess: take the newest one of each key back."""
    for key in keys:
        newest = (
            select(SignInAttempt).where(SignInAttempt.key == key).order_by(SignInAttempt.id.desc()).limit(1)
        )
        if (attempt := db.session.scalar(newest)) is not None:
            db.session.delete(attempt)
