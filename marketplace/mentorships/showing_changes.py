"""What the pages show of a request to change an agreement, in words."""

from __future__ import annotations

from flask_babel import gettext

from marketplace.companies.choices import kpi_names
from marketplace.mentorships.models import ChangeRequest, Mentorship
from marketplace.mentorships.showing import iso_day
from marketplace.mentorships.states import CHANGE_LABELS, ChangeState

_TONES = {
    ChangeState.REQUESTED: "information",
    ChangeState.AGREED: "primary",
    ChangeState.APPROVED: "success",
    ChangeState.REJECTED: "danger",
    ChangeState.WITHDRAWN: "gray",
}


def change_badge(state: str) -> tuple[str, str]:
    """The state's name and the tone of its badge."""
    return gettext(CHANGE_LABELS[ChangeState(state)]), _TONES[ChangeState(state)]


def changed_rows(mentorship: Mentorship, change: ChangeRequest) -> list[tuple[str, str, str]]:
    """What changes, before and after, one row for each day, figure and visit."""
    rows: list[tuple[str, str, str]] = []
    labels = {"since": gettext("시작일"), "last_day": gettext("종료일")}
    for name, label in labels.items():
        if name in change.changes:
            before, after = change.changes[name]
            rows.append((label, iso_day(before), iso_day(after)))
    names, goals = kpi_names(), {str(goal.number): goal for goal in mentorship.goals}
    for number, (before, after) in change.changes.get("targets", {}).items():
        goal = goals.get(number)
        name = names.get(goal.kpi, goal.kpi) if goal else number
        rows.append((gettext("목표값: %(name)s", name=name), before, after))
    before_plan, after_plan = change.changes.get("plan", [[], []])
    for place in range(max(len(before_plan), len(after_plan))):
        old, new = (plan[place] if place < len(plan) else None for plan in (before_plan, after_plan))
        if old != new:
            words = [f"{iso_day(row[0])} {row[1]}" if row else "–" for row in (old, new)]
            rows.append((gettext("%(number)d회차", number=place + 1), words[0], words[1]))
    return rows
