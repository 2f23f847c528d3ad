"""What people are told: a notice on the site and a mail in the outbox, in the same transaction as the event.

Nothing is sent here. The worker delivers the outbox (``mail.py``); links with a token are signed only then,
so that no valid token lies in the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import settings, tokens
from marketplace.audit import recorded
from marketplace.database import Base, Identified, Text, db, one_of, utcnow
from marketplace.events import Event
from marketplace.i18n import translate

MAX_ATTEMPTS = 8


class Notice(Identified, Base):
    """One line in a user's 알림; the sentence is kept as written and translated when shown."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_user_id_read_at", "user_id", "read_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    event: Mapped[str] = mapped_column(Text(60))
    sentence: Mapped[str] = mapped_column(Text(500))
    facts: Mapped[dict[str, Any]]
    path: Mapped[str] = mapped_column(Text(300))
    read_at: Mapped[datetime | None]


class MailState(StrEnum):
    """Where a mail stands; dead ones are shown to staff, who may send them again."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class OutboxMail(Identified, Base):
    """A mail that is to leave. ``path`` may hold {token}, signed at delivery from purpose and stamp."""

    __tablename__ = "outbox_mails"
    __table_args__ = (
        one_of("state", MailState),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_its_time"),
        Index("ix_outbox_mails_due", "state", "next_attempt_at"),
    )

    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recipient: Mapped[str] = mapped_column(Text(254))
    language: Mapped[str] = mapped_column(Text(2))
    subject: Mapped[str] = mapped_column(Text(300))
    body: Mapped[str] = mapped_column(Text(8000))
    path: Mapped[str] = mapped_column(Text(300))
    token_purpose: Mapped[str | None] = mapped_column(Text(20))
    token_stamp: Mapped[str | None] = mapped_column(Text(64))
    state: Mapped[MailState] = mapped_column(Text(10), default=MailState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_error: Mapped[str | None] = mapped_column(Text(500))
    sent_at: Mapped[datetime | None]

    def link(self) -> str:
        """The absolute address that the mail points to; empty when it points nowhere."""
        if not self.path:
            return ""
        path = self.path
        if self.token_purpose and self.user_id is not None:
            path = path.replace(
                "{token}", tokens.sign(self.token_purpose, self.user_id, self.token_stamp or "")
            )
        return settings.current().base_url.rstrip("/") + path

    def text(self) -> str:
        """The whole text of the mail as it is sent."""
        link = self.link()
        return f"{self.body}\n\n{link}\n" if link else f"{self.body}\n"


def tell(
    user: Any,
    event: Event,
    sentence: str,
    path: str,
    *,
    body: str = "",
    token_purpose: str | None = None,
    token_stamp: str | None = None,
    mail_path: str | None = None,
    **facts: Any,
) -> None:
    """Put a notice and a mail for ``user`` into the running transaction.

    ``sentence`` is the notice and the mail's subject, ``body`` (or the sentence) the mail's text; both are
    Korean sentences with %(name)s places. With ``token_purpose`` the path holds {token} and no notice is made,
    unless ``mail_path`` holds it instead: then the notice leads to ``path`` and the mail to ``mail_path``.
    ``token_stamp`` is what the token names besides the person; the person's own stamp when none is given.
    """
    if token_purpose is None or mail_path is not None:
        db.session.add(Notice(user_id=user.id, event=str(event), sentence=sentence, facts=facts, path=path))
    language = user.language
    db.session.add(
        OutboxMail(
            user_id=user.id,
            recipient=user.email,
            language=language,
            subject=translate(sentence, language, **facts).replace("\n", " ")[:300],
            body=translate(body or sentence, language, **facts)[:8000],
            path=mail_path or path,
            token_purpose=token_purpose,
            token_stamp=(token_stamp or user.link_stamp) if token_purpose else None,
        )
    )


def tell_all(
    users: Iterable[Any], event: Event, sentence: str, path: str, *, body: str = "", **facts: Any
) -> None:
    """``tell`` each of these people the same."""
    for user in users:
        tell(user, event, sentence, path, body=body, **facts)


def unread_count(user: Any) -> int:
    """How many notices the user has not opened."""
    query = (
        select(func.count()).select_from(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    )
    return db.session.scalar(query) or 0


def notices_of(user: Any, limit: int = 15) -> list[Notice]:
    """The newest notices of a user."""
    query = select(Notice).where(Notice.user_id == user.id).order_by(Notice.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def read_notices(*, by: Any) -> None:
    """Mark all notices of the actor as read."""
    with recorded(by, Event.NOTICE_READ, by):
        unread = select(Notice).where(Notice.user_id == by.id, Notice.read_at.is_(None))
        for notice in db.session.scalars(unread):
            notice.read_at = utcnow()
