"""Opening and revoking the secret address of a person's calendar."""

from __future__ import annotations

from typing import Any

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.visits.models_feed import CalendarFeed, hash_of, new_key


def open_feed(*, by: Any) -> str:
    """Open a feed for the person; its key, which is shown this once. An earlier address stops working."""
    require(by, Permission.SEE_MENTORSHIP)
    with recorded(by, Event.FEED_OPENED, None) as record:
        _end(by)
        key = new_key()
        feed = CalendarFeed(user_id=by.id, key_hash=hash_of(key))
        db.session.add(feed)
        db.session.flush()
        record.thing = feed
    return key


def close_feed(*, by: Any) -> None:
    """Revoke the person's address; RuleBroken when there is none."""
    require(by, Permission.SEE_MENTORSHIP)
    with recorded(by, Event.FEED_CLOSED, None) as record:
        ended = _end(by)
        if not ended:
            raise RuleBroken(N_("열려 있는 달력 주소가 없습니다."), conflict=True)
        record.thing = ended[0]


def _end(by: Any) -> list[CalendarFeed]:
    User.locked(by.id)  # so that two openings at once leave one address
    feeds = CalendarFeed.open_of(by)
    for feed in feeds:
        feed.ended_at = utcnow()
    return feeds
