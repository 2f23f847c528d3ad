"""Who is in the middle of signing in: kept in the signed cookie for ten minutes, good for nothing else."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import session

from marketplace.accounts.models import User
from marketplace.database import db

KEY = "signing_in"
LIFE = 600  # seconds


@dataclass(frozen=True)
class Pending:
    """A person whose password was right; ``second`` tells whether the second factor was given as well."""

    user: User
    second: bool


def keep(user: User, second: bool = False) -> None:
    """Remember in this browser how far the sign-in got, dropping whatever the cookie held before."""
    session.clear()
    session[KEY] = [user.id, user.link_stamp, int(time.time()), second]


def pending() -> Pending | None:
    """The sign-in that this browser began; None when it is too old or the password changed since."""
    kept = session.get(KEY)
    if not isinstance(kept, list) or len(kept) != 4 or time.time() - kept[2] > LIFE:
        return None
    user = db.session.get(User, kept[0])
    if user is None or not user.is_active or user.link_stamp != kept[1]:
        return None
    return Pending(user, bool(kept[3]))
