"""The queue of visits as rows for a file, with the filters of its page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.accounts.models import User
from marketplace.civil import SEOUL, day_of
from marketplace.database import page_of
from marketplace.errors import N_
from marketplace.visits import queries
from marketplace.visits.logs import MODE_LABELS
from marketplace.visits.states import STATE_LABELS, VisitState
from marketplace.visits.views_staff import queue_filter

EVERYTHING = 10**6
COLUMNS = (
    N_("신청번호"),
    N_("기업명"),
    N_("전문가"),
    N_("방문한 날"),
    N_("시작"),
    N_("끝"),
    N_("방식"),
    N_("한 일"),
    N_("상태"),
    N_("인정 시간 (분)"),
    N_("기업 확인"),
    N_("대신 확인한 사유"),
    N_("운영기관 검토"),
    N_("처리 기한"),
)


def rows(user: User) -> list[list[Any]]:
    """Every visit that the page would list; moments by the clock of Seoul."""
    return [
        [
            visit.mentorship.request.reference,
            visit.mentorship.request.company.name,
            visit.expert.name,
            day_of(visit.starts_at),
            f"{visit.starts_at.astimezone(SEOUL):%H:%M}",
            f"{visit.ends_at.astimezone(SEOUL):%H:%M}",
            gettext(MODE_LABELS[visit.mode]),
            visit.done,
            gettext(STATE_LABELS[VisitState(visit.state)]),
            visit.minutes,
            _local(visit.confirmed_at),
            visit.confirmed_because,
            _local(visit.reviewed_at),
            _local(visit.due_at),
        ]
        for visit in page_of(queries.queue(user, queue_filter()), 1, EVERYTHING).items
    ]


def _local(moment: Any) -> Any:
    return moment.astimezone(SEOUL).replace(tzinfo=None) if moment else None
