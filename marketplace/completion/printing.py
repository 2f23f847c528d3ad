"""완료보고서 as a PDF: what was done, what came of it, what both sides say, and what the firm took over.

How the sides rate each other is not printed: it is between them and the staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.codes.actions import kpis
from marketplace.completion.models import FIELDS, CompletionReport, Handover
from marketplace.completion.queries import course_of
from marketplace.mentorships.content import day, plain
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.mentorships.states import PARTY_LABELS, Party
from marketplace.outcomes.models import Measurement
from marketplace.outcomes.queries import effects_of, measurements_of
from marketplace.outcomes.rates import points, relative_change
from marketplace.printing import moment, pdf_of, picture_of

LAYOUT = "completion"
NOTHING = "–"
_TENTH = Decimal("0.1")


def completion_pdf(mentorship: Mentorship, reports: Mapping[Party, CompletionReport]) -> bytes:
    """The report of both sides; each was handed in."""
    return pdf_of(LAYOUT, print_data(mentorship, reports), _made(reports))


def completion_picture(mentorship: Mentorship, reports: Mapping[Party, CompletionReport]) -> bytes:
    """Its first page as a PNG, to be looked at."""
    return picture_of(LAYOUT, print_data(mentorship, reports), _made(reports))


def print_data(mentorship: Mentorship, reports: Mapping[Party, CompletionReport]) -> dict[str, Any]:
    """Everything the layout sets, as text. Only verified values stand as results."""
    request, course = mentorship.request, course_of(mentorship)
    values, catalogue = measurements_of(mentorship), {row.code: row for row in kpis(retired=True)}
    return {
        "title": "멘토링 완료보고서",
        "operator": mentorship.programme.operator.name,
        "footer": f"{request.reference} · 완료보고서",
        "parties": [
            ["사업", mentorship.programme.name_ko],
            ["신청번호", request.reference],
            ["제목", request.title or NOTHING],
            ["기업", request.company.name],
            ["전문가", mentorship.expert.name],
            ["기간", f"{day(mentorship.since.isoformat())} ~ {day(mentorship.last_day.isoformat())}"],
            ["방문", f"{course.accepted}회 인정 (협약 {mentorship.visits}회), {course.hours:g}시간"],
        ],
        "purpose": mentorship.purpose or NOTHING,
        "tasks": [task.title for task in mentorship.tasks],
        "goals": [_goal(goal, catalogue[goal.kpi].name_ko, values[goal.id]) for goal in mentorship.goals],
        "effects": [
            [
                catalogue[one.kpi].name_ko,
                f"{plain(one.before)} {one.unit}",
                f"{plain(one.after)} {one.unit}",
                f"{day(one.starts_on.isoformat())} ~ {day(one.ends_on.isoformat())}",
            ]
            for one in effects_of(mentorship)
            if one.counts
        ],
        "reports": [
            {
                "title": f"{PARTY_LABELS[party]}의 보고",
                "fields": [[label, report.written.get(name, "")] for name, label in FIELDS[party]],
                "signed": f"{report.submitted_by.name if report.submitted_by else NOTHING},"
                f" {moment(report.submitted_at) if report.submitted_at else NOTHING}",
            }
            for party, report in sorted(reports.items(), key=lambda pair: pair[0] != Party.FIRM)
        ],
        "handovers": [
            [row.task.title, row.who, row.document, day(row.done_on.isoformat()) if row.done_on else NOTHING]
            for row in Handover.of(mentorship.id)
        ],
    }


def _goal(goal: Goal, name: str, values: list[Measurement]) -> list[str]:
    verified = [row for row in values if row.counts and row.value is not None]
    before, target = f"{plain(goal.baseline)} {goal.unit}", f"{plain(goal.target)} {goal.unit}"
    if not verified or (value := verified[-1].value) is None:
        return [f"{name} ({goal.kpi})", before, target, "미수집", NOTHING, NOTHING]
    change, moved = relative_change(goal.baseline, value), points(goal.unit, goal.baseline, value)
    said = "산출 불가 (기존값 0)" if change is None else f"{plain(change.quantize(_TENTH))}%"
    reached = verified[-1].achievement
    return [
        f"{name} ({goal.kpi})",
        before,
        target,
        f"{plain(value)} {goal.unit}",
        said if moved is None else f"{said} ({plain(moved)}%p)",
        NOTHING if reached is None else f"{reached:.1f}%",
    ]


def _made(reports: Mapping[Party, CompletionReport]) -> datetime:
    return max(report.submitted_at for report in reports.values() if report.submitted_at is not None)
