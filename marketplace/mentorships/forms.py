"""Forms of an agreement: its draft with rows that come and go, its signature, and decisions with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import request as sent
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import Optional

from marketplace.companies import choices
from marketplace.companies.forms import id_or_none, offer, opened_version, or_none
from marketplace.mentorships.content import WITHHOLDING, per_cent, plain
from marketplace.mentorships.draft import (
    MOST_GOALS,
    MOST_TASKS,
    Draft,
    Fault,
    GoalRow,
    TaskRow,
    VisitRow,
)
from marketplace.mentorships.forms_rows import (
    GoalForm,
    Rows,
    TaskForm,
    VisitForm,
    choice_of,
    split_choice,
    unit_choices,
)
from marketplace.mentorships.models import Mentorship
from marketplace.web.fields import ChoiceField, DayField, LongTextField, Needed, Pointed
from marketplace.web.page import said

MOST_VISITS = 200
_NEEDED = Needed()
_TERM = re.compile(r"[A-Z]{2,4}-[0-9]{2}")


class AgreementForm(FlaskForm):
    """The whole draft. Start, withholding and contributor are asked of the operator alone."""

    version = HiddenField()
    since = DayField(_l("시작일"), [_NEEDED])
    withholding = ChoiceField(_l("원천징수"), coerce=or_none)
    sponsor_id = ChoiceField(_l("참여 대기업"), [Optional()], coerce=id_or_none)
    purpose = LongTextField(_l("목적"), limit=2000, description=_l("멘토링으로 무엇을 이루려는지 적습니다."))
    tasks = Rows(TaskForm, _l("과제"), MOST_TASKS)
    goals = Rows(GoalForm, _l("목표"), MOST_GOALS)
    plan = Rows(VisitForm, _l("방문 계획"), MOST_VISITS)

    OWN = ("since", "withholding", "sponsor_id")

    @classmethod
    def of(cls, mentorship: Mentorship, operator: bool) -> AgreementForm:
        """The form with what is stored, unless something was sent."""
        form = cls(data=_stored(mentorship))
        if not operator:
            for name in cls.OWN:
                del form[name]
        form.draw(mentorship)
        return form

    def draw(self, mentorship: Mentorship) -> None:
        """Set what can be chosen, in every row, also in those that were just added."""
        indicators = unit_choices()
        known = {code for code, _ in indicators}
        names = choices.kpi_names()
        older = {
            choice_of(goal.kpi, goal.unit): f"{names.get(goal.kpi, goal.kpi)} ({goal.unit})"
            for goal in mentorship.goals
            if choice_of(goal.kpi, goal.unit) not in known
        }
        for row in self.goals:
            offer(row.form.kpi, [*indicators, *older.items()])
        titles = [row.title.data or "" for row in self.tasks.filled()]
        numbered = [(str(number), f"{number}. {title}") for number, title in enumerate(titles, 1)]
        for row in self.plan:
            offer(row.form.task, numbered)
            if row.form.task.data and row.form.task.data > len(titles):
                row.form.task.data = None
        if "withholding" in self:
            self.withholding.choices = [(kind, f"{rate}%") for kind, rate in WITHHOLDING.items()]
            offer(
                self.sponsor_id,
                [(str(row.sponsor_id), row.sponsor.name) for row in mentorship.programme.contributions],
            )

    @property
    def pressed(self) -> tuple[str, str]:
        """The button that was pressed: its verb and, after a colon, what it is for."""
        verb, _, thing = sent.form.get("do", "").partition(":")
        return verb, thing

    def change_rows(self) -> bool:
        """Add or remove the row that a button names; False when the button was another one."""
        verb, thing = self.pressed
        part, _, place = thing.partition("-")
        if verb not in ("add", "remove") or part not in ("tasks", "goals", "plan"):
            return False
        if verb == "add":
            self[part].add()
        elif place.isascii() and place.isdigit() and len(place) < 4:
            if part == "tasks":
                self._forget_task(int(place))
            self[part].drop(int(place))
        return True

    def _forget_task(self, position: int) -> None:
        """Renumber the plan's tasks when one goes."""
        for row in self.plan:
            number = row.form.task.data
            if number == position + 1:
                row.form.task.data = None
            elif number and number > position + 1:
                row.form.task.data = number - 1

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field of the rows in use; rows left empty are no fault."""
        for part in (self.tasks, self.goals, self.plan):
            used = part.filled()
            part.entries = [row for row in part.entries if row.form in used]
        return bool(super().validate(extra_validators))

    def draft(self) -> Draft:
        """What was sent, once it is well formed."""
        own = {name: self[name].data for name in self.OWN if name in self}
        return Draft(
            purpose=self.purpose.data or "",
            tasks=[TaskRow(row.title.data, _term(row.term.data)) for row in self.tasks.filled()],
            goals=[
                GoalRow(
                    *split_choice(row.kpi.data),
                    row.baseline.value,
                    row.target.value,
                    int(row.weight.value * 10),
                    row.method.data,
                    row.period.data,
                    row.evidence.data,
                )
                for row in self.goals.filled()
            ],
            plan=[VisitRow(row.on.data, row.content.data, row.task.data) for row in self.plan.filled()],
            own=own,
            version=opened_version(self.version.data),
        )

    def flag(self, faults: Sequence[Fault]) -> bool:
        """Write each fault at its field, or above the form with a way to its part; whether there was any."""
        for fault in faults:
            sentence = said(fault.sentence, fault.facts)
            if fault.row is not None:
                field = self[fault.part].entries[fault.row].form[fault.name]
                field.errors = [*field.errors, sentence]
                self[fault.part].errors = [row.errors for row in self[fault.part].entries]
            elif fault.part in ("purpose", "since") and fault.part in self:
                self[fault.part].errors = [*self[fault.part].errors, sentence]
            else:
                self.form_errors.append(Pointed(sentence, f"#{fault.part}"))
        return bool(faults)


def _stored(mentorship: Mentorship) -> dict[str, Any]:
    return {
        "version": mentorship.version,
        "since": mentorship.since,
        "withholding": mentorship.withholding,
        "sponsor_id": mentorship.sponsor_id,
        "purpose": mentorship.purpose,
        "tasks": [{"title": task.title, "term": task.term} for task in mentorship.tasks],
        "goals": [
            {
                "kpi": choice_of(goal.kpi, goal.unit),
                "baseline": plain(goal.baseline),
                "target": plain(goal.target),
                "weight": per_cent(goal.weight),
                "method": goal.method,
                "period": goal.period,
                "evidence": goal.evidence,
            }
            for goal in mentorship.goals
        ],
        "plan": [
            {"on": v.on, "content": v.content, "task": v.task.number if v.task else None}
            for v in mentorship.plan
        ],
    }


def _term(text: str | None) -> str | None:
    return text if text and _TERM.fullmatch(text) else None


class SignForm(FlaskForm):
    """A signature: what was shown, and that it was read."""

    seen = HiddenField()
    read = BooleanField(_l("위 협약과 붙임의 내용을 모두 읽었고, 이에 동의합니다."))


class ReasonForm(FlaskForm):
    """A decision with its reason."""

    reason = LongTextField(_l("사유"), [Needed(_l("사유를 적어 주십시오."))], limit=2000)
