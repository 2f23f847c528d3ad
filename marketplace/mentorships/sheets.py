"""The list of mentorships as rows for a file, with the filters of its page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.accounts.models import User
from marketplace.civil import SEOUL
from marketplace.database import page_of
from marketplace.errors import N_
from marketplace.mentorships import queries, showing
from marketplace.mentorships.states import STATE_LABELS
from marketplace.mentorships.views_course import wanted_of_page

EVERYTHING = 10**6
COLUMNS = (
    N_("신청번호"),
    N_("상태"),
    N_("기업명"),
    N_("제목"),
    N_("전문가"),
    N_("처리 담당"),
    N_("시작일"),
    N_("종료일"),
    N_("방문 횟수"),
    N_("총사업비"),
    N_("정부지원금"),
    N_("출연금"),
    N_("지자체 지원금"),
    N_("기업부담금"),
    N_("현재 단계 시작"),
    N_("처리 기한"),
    N_("사유"),
)


def rows(user: User) -> list[list[Any]]:
    """Every mentorship that the page would list, amounts in won."""
    found = page_of(queries.mentorships(user, wanted_of_page()), 1, EVERYTHING).items
    return [
        [
            mentorship.request.reference,
            gettext(STATE_LABELS[mentorship.state]),
            mentorship.request.company.name,
            mentorship.request.title,
            mentorship.expert.name,
            showing.holder(mentorship),
            mentorship.since,
            mentorship.last_day,
            mentorship.visits,
            mentorship.total,
            *(mentorship.shares[source] for source in showing.SOURCES),
            _local(mentorship.entered_at),
            _local(mentorship.due_at),
            mentorship.reason,
        ]
        for mentorship in found
    ]


def _local(moment: Any) -> Any:
    return moment.astimezone(SEOUL).replace(tzinfo=None) if moment else None
