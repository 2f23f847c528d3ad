"""Whom a message is told, and how."""

from __future__ import annotations

from marketplace.access import Role
from marketplace.errors import N_
from marketplace.events import Event
from marketplace.mentorships.wording import facts_of, people_of
from marketplace.messages.models import Message
from marketplace.notifications import tell_all

PAGE = "/mentorships/%d/messages#message-%d"
SENTENCE = N_("%(writer)s님이 %(firm)s 멘토링에 메시지를 남겼습니다.")
BODY = N_("%(said)s\n\n파일 %(files)d개. 답은 아래 주소에서 쓰실 수 있습니다.")


def announce(message: Message) -> None:
    """Tell firm and expert, but not the writer; the operator reads along and is not told of each message."""
    mentorship = message.mentorship
    people = [*people_of("firm", mentorship), *people_of("expert", mentorship)]
    tell_all(
        [person for person in people if person.id != message.by_id],
        Event.MESSAGE_WRITTEN,
        SENTENCE,
        PAGE % (mentorship.id, message.id),
        body=BODY,
        writer=message.by.name
        if Role(message.by.role) is not Role.OPERATOR
        else mentorship.programme.operator.name,
        said=message.body[:1000],
        files=len(message.files),
        **{"firm": facts_of(mentorship)["firm"]},
    )
