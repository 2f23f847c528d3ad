"""Writing a message, with files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.files.actions import Prepared
from marketplace.mentorships.models import Mentorship
from marketplace.messages.models import Message, MessageFile
from marketplace.messages.wording import announce


def write(
    mentorship: Mentorship, body: str | None, *, key: str, by: Any, files: Sequence[Prepared] = ()
) -> Message:
    """Write to the other sides of a mentorship, also after its end; one with the same key is given back unchanged.

    The record keeps that a message was written and how many files came with it, not what it says.
    Raises RuleBroken at ``body`` when there is neither text nor file.
    """
    require(by, Permission.WRITE_MESSAGE, mentorship)
    if not body and not files:
        raise RuleBroken(N_("보낼 내용을 적거나 파일을 골라 주십시오."), field="body")
    try:
        with recorded(by, Event.MESSAGE_WRITTEN, None) as record:
            if (known := _known(mentorship, key, by)) is not None:
                record.cancel()
                return known
            message = Message(mentorship_id=mentorship.id, by_id=by.id, key=key, body=body or "")
            rows = dict.fromkeys(file.row(by) for file in files)
            message.files = [MessageFile(file=file, position=number) for number, file in enumerate(rows, 1)]
            db.session.add(message)
            db.session.flush()
            record.thing, record.subjects = message, [mentorship]
            record.facts["files"] = len(rows)
            announce(message)
        return message
    except IntegrityError:
        # The page was sent twice at once; the other one was first.
        if (first := _known(mentorship, key, by)) is None:
            raise
        return first


def _known(mentorship: Mentorship, key: str, by: Any) -> Message | None:
    query = select(Message).where(
        Message.mentorship_id == mentorship.id, Message.by_id == by.id, Message.key == key
    )
    return db.session.scalar(query)
