"""Forms of a step, made for its kind and the side that answers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from marketplace.course.models import FIELDS, MOST_SAID, CourseStep
from marketplace.course.states import DECISION_LABELS, StepKind
from marketplace.mentorships.states import Party
from marketplace.web.fields import LongTextField, Needed, RadiosField, options


class DecisionForm(FlaskForm):
    """What the operator decides, and why."""

    decision = RadiosField(
        _l("결정"),
        choices=options((key, _l(label)) for key, label in DECISION_LABELS.items()),
        validate_choice=False,
    )
    reason = LongTextField(_l("의견과 조건"), limit=2000)


class ReturnForm(FlaskForm):
    """Why a step goes back."""

    reason = LongTextField(_l("보완할 점"), [Needed(_l("사유를 적어 주십시오."))], limit=2000)


def answer_form(step: CourseStep, party: Party) -> Any:
    """The form of one side's answer, filled with what the step proposes."""
    fields = {
        name: LongTextField(_l(label), limit=MOST_SAID)
        for name, label, _ in FIELDS[StepKind(step.kind)][party]
    }
    return type("AnswerForm", (FlaskForm,), fields)(data=step.draft.get(str(party), {}))


def said_in(form: Any, step: CourseStep, party: Party) -> dict[str, str]:
    """The answer by field."""
    return {name: form[name].data or "" for name, _, _ in FIELDS[StepKind(step.kind)][party]}
