"""The steps of the course as rows for a file, in the state that the page shows."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.civil import day_of
from marketplace.course import queries, showing
from marketplace.course.views import state_of_page
from marketplace.database import page_of
from marketplace.errors import N_

EVERYTHING = 10**6
COLUMNS = (
    N_("신청번호"),
    N_("기업명"),
    N_("전문가"),
    N_("단계"),
    N_("상태"),
    N_("답하지 않은 쪽"),
    N_("결정"),
    N_("열린 날"),
    N_("기한"),
)


def rows(user: User) -> list[list[Any]]:
    """Every step that the page would list."""
    return [
        [
            step.mentorship.request.reference,
            step.mentorship.request.company.name,
            step.mentorship.expert.name,
            showing.title(step),
            showing.badge(step)[0],
            showing.parties(step.waits_for) or None,
            showing.decision(step),
            day_of(step.created_at),
            day_of(step.due_at) if step.due_at else None,
        ]
        for step in page_of(queries.in_state(user, state_of_page()), 1, EVERYTHING).items
    ]
