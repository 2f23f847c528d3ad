"""The address in a mail by which one person confirms one version of one visit, once, without a password.

The token names the person, the visit, the version of its log and the person's own stamp. It is worth something
only while the firm's answer to that very version is awaited, so that using it, correcting the log or withdrawing it
makes it void without anything being kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace import tokens
from marketplace.access import Permission, may
from marketplace.accounts.models import User
from marketplace.database import db
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState

PURPOSE = "visit"
MAIL_PATH = "/confirm-visit/{token}"


@dataclass(frozen=True)
class Link:
    """What an address leads to: the visit, the version it showed, and who may confirm by it."""

    visit: Visit
    edition: int
    person: User

    @property
    def is_open(self) -> bool:
        """Whether the firm's answer to this version is still awaited, and from somebody of the firm."""
        return (
            self.visit.state == VisitState.LOGGED
            and self.visit.edition == self.edition
            and may(self.person, Permission.CONFIRM_VISIT, self.visit)
        )


def stamp_for(visit: Visit, user: User) -> str:
    """What the token says besides the person: visit, version, and the stamp that voids all links of a person."""
    return f"{visit.id}.{visit.edition}.{user.link_stamp}"


def read_link(token: str) -> Link | None:
    """What a token leads to; None when it is forged, broken, too old, or its person's links were made void."""
    found = tokens.read(PURPOSE, token)
    if found is None:
        return None
    user_id, stamp = found
    number, _, rest = stamp.partition(".")
    edition, _, own = rest.partition(".")
    if not (number.isdecimal() and edition.isdecimal()):
        return None
    visit, person = db.session.get(Visit, int(number)), db.session.get(User, user_id)
    if visit is None or person is None or person.link_stamp != own:
        return None
    return Link(visit, int(edition), person)
