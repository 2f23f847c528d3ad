"""The place that a mentorship holds with its expert: the days of its case, which the hard rules count."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.audit import also_about
from marketplace.mentorships.models import Mentorship


def keep_place(mentorship: Mentorship, until: date | None = None) -> None:
    """Let the case hold the expert's place for the term of the agreement, or no longer than the day before ``until``.

    Within the running transaction, whose entry tells it as the case's history too.
    """
    case = mentorship.case
    since, ends = mentorship.since, mentorship.last_day + timedelta(days=1)
    if until is not None and until < ends:
        since, ends = min(since, until - timedelta(days=1)), until
    if (case.since, case.until) != (since, ends):
        case.since, case.until = since, ends
        also_about(case)
