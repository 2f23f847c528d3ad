"""The secret addresses under which people take their visits into a calendar of their own."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, db


class CalendarFeed(Identified, Base):
    """That a person opened a feed, until when, and the SHA-256 of its key; the key itself is never kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (CheckConstraint("length(key_hash) = 64", name="hash_is_whole"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    key_hash: Mapped[str] = mapped_column(Text(64), unique=True)
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")

    @classmethod
    def open_of(cls, user: User) -> list[CalendarFeed]:
        """The person's feeds that have not been revoked."""
        return list(db.session.scalars(select(cls).where(cls.user_id == user.id, cls.ended_at.is_(None))))

    @classmethod
    def with_key(cls, key: str) -> CalendarFeed | None:
        """The feed behind an address; None when it was revoked, its person may not sign in, or it never was."""
        query = select(cls).where(cls.key_hash == hash_of(key), cls.ended_at.is_(None))
        found = db.session.scalar(query)
        return found if found is not None and found.user.is_active else None


def new_key() -> str:
    """A key that nobody guesses: 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
