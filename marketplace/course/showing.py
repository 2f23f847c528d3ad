"""What the pages show of the course, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext

from marketplace.course.models import FIELDS, CourseStep
from marketplace.course.states import (
    DECISION_LABELS,
    KIND_LABELS,
    STATE_LABELS,
    TONES,
    Decision,
    StepKind,
    StepState,
)
from marketplace.mentorships.states import PARTY_LABELS, Party
from marketplace.web.setup import day, moment


def title(step: CourseStep) -> str:
    """The step by name, with the month or the day that it is about."""
    kind = StepKind(step.kind)
    name = str(gettext(KIND_LABELS[kind]))
    if kind is StepKind.MONTHLY:
        return str(
            gettext(
                "%(year)d년 %(month)d월 %(name)s", year=step.period.year, month=step.period.month, name=name
            )
        )
    if kind is StepKind.FOLLOWUP:
        return f"{name} ({day(step.period)})"
    return name


def badge(step: CourseStep) -> tuple[str, str]:
    """The state's name and the tone of its badge; a step that nobody has to answer any more says so."""
    state = StepState(step.state)
    if state is StepState.OPEN and not step.waits_for:
        return gettext("답변 없이 끝남"), TONES[StepState.CLOSED]
    return gettext(STATE_LABELS[state]), TONES[state]


def decision(step: CourseStep) -> str | None:
    """What was decided, in words; a monthly report is read rather than decided."""
    if step.kind == StepKind.MONTHLY and step.decision == Decision.GO_ON:
        return str(gettext("확인함"))
    return gettext(DECISION_LABELS[Decision(step.decision)]) if step.decision else None


def parties(names: list[Party]) -> str:
    """Sides in words."""
    return ", ".join(gettext(PARTY_LABELS[party]) for party in names)


def answers(step: CourseStep) -> list[dict[str, Any]]:
    """Each side's answer with its labels, who gave it and when."""
    return [
        {
            "party": gettext(PARTY_LABELS[party]),
            "by": given["by"],
            "at": moment(datetime.fromisoformat(given["at"])),
            "texts": [
                (gettext(label), given.get(name) or "–")
                for name, label, _ in FIELDS[StepKind(step.kind)][party]
            ],
        }
        for party in step.asked
        if (given := step.answers.get(str(party))) is not None
    ]
