"""Named queries of messages; each takes a constant number of statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.access import Permission, may
from marketplace.accounts.models import User
from marketplace.database import db
from marketplace.files.models import StoredFile
from marketplace.files.seeing import seen_by
from marketplace.mentorships.models import Mentorship
from marketplace.messages.models import Message, MessageFile


def messages_of(mentorship: Mentorship) -> Select[Any]:
    """The messages of a mentorship with writers and files, the newest first, ready for ``page_of``."""
    return (
        select(Message)
        .where(Message.mentorship_id == mentorship.id)
        .options(
            joinedload(Message.by).joinedload(User.organisation),
            selectinload(Message.files).joinedload(MessageFile.file),
        )
        .order_by(Message.id.desc())
    )


def files_of(mentorship: Mentorship) -> Select[Any]:
    """The files of a mentorship's messages with message and writer, the newest first, ready for ``page_of``."""
    return (
        select(MessageFile)
        .join(MessageFile.message)
        .join(MessageFile.file)
        .join(Message.by)
        .where(Message.mentorship_id == mentorship.id)
        .options(
            contains_eager(MessageFile.file), contains_eager(MessageFile.message).contains_eager(Message.by)
        )
        .order_by(Message.id.desc(), MessageFile.position)
    )


@seen_by
def _with_its_mentorship(file: StoredFile, user: Any) -> bool:
    """A file is seen by whoever may see a mentorship to which it was sent."""
    sent_to = select(Message.mentorship_id).join(Message.files).where(MessageFile.file_id == file.id)
    query = select(Mentorship).where(Mentorship.id.in_(sent_to))
    return any(may(user, Permission.SEE_MENTORSHIP, found) for found in db.session.scalars(query))
