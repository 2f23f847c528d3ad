"""What the pages show of the end of a mentorship."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.codes.actions import kpis
from marketplace.completion.models import FIELDS, QUESTIONS, CompletionReport
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import PARTY_LABELS, Party
from marketplace.outcomes.queries import measurements_of
from marketplace.outcomes.showing import Series, series_of

__all__ = ["FIELDS", "QUESTIONS"]  # for the template


def goals_of(mentorship: Mentorship) -> list[Series]:
    """The goals with the values that were entered."""
    catalogue = {row.code: row for row in kpis(retired=True)}
    values = measurements_of(mentorship)
    return [series_of(goal, values[goal.id], catalogue) for goal in mentorship.goals]


def shows_rating(report: CompletionReport, reports: dict[Party, CompletionReport], user: Any) -> bool:
    """Whether the reader sees how this side rates the other: its own people and staff, the rated side in exchange."""
    if user.is_staff or report.belongs_to(user):
        return True
    return all(one.submitted_at for one in reports.values())


def texts(report: CompletionReport) -> list[tuple[str, str]]:
    """The fields of a report with their labels."""
    return [(gettext(label), report.written.get(name, "")) for name, label in FIELDS[Party(report.party)]]


def rating_facts(report: CompletionReport) -> list[tuple[str, str | None]]:
    """The questions of a report with their scores, and their mean."""
    questions = QUESTIONS[Party(report.party)]
    rows = [(gettext(label), _points(report.scores.get(name))) for name, label in questions]
    mean = None if report.rating is None else f"{report.rating:.1f}"
    return [*rows, (gettext("평균"), mean)]


def _points(score: int | None) -> str | None:
    return None if score is None else gettext("%(score)d점", score=score)


def party(report: CompletionReport) -> str:
    """Which side a report is of, in words."""
    return str(gettext(PARTY_LABELS[Party(report.party)]))
