"""The form of a request to change a signed agreement."""

from __future__ import annotations

from typing import Any

from flask import request as sent
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField
from wtforms.validators import Optional

from marketplace.companies.eligibility import today
from marketplace.companies.forms import offer
from marketplace.mentorships.actions.changing import Asked
from marketplace.mentorships.content import plain
from marketplace.mentorships.draft import MOST_GOALS, VisitRow
from marketplace.mentorships.forms_rows import FigureField, Rows, VisitForm
from marketplace.mentorships.models import Mentorship
from marketplace.web.fields import DayField, LongTextField, Needed

_NEEDED = Needed()


class TargetForm(Form):
    """The target of one goal."""

    target = FigureField(_l("목표값"), [_NEEDED])


class ChangeForm(FlaskForm):
    """What is to change and why; everything begins as it stands, and what stays so is no change."""

    cause = LongTextField(_l("변경 사유"), [_NEEDED], limit=2000)
    cause_on = DayField(_l("사유가 생긴 날"), [_NEEDED])
    effective_on = DayField(_l("효력이 생기는 날"), [_NEEDED])
    since = DayField(_l("시작일"), [Optional()])
    last_day = DayField(_l("종료일"), [_NEEDED])
    targets = FieldList(FormField(TargetForm), max_entries=MOST_GOALS)
    plan = Rows(VisitForm, _l("방문 계획"), 200)

    @classmethod
    def of(cls, mentorship: Mentorship) -> ChangeForm:
        """The form with the agreement as it stands, unless something was sent."""
        form = cls(
            data={
                "effective_on": today(),
                "since": mentorship.since,
                "last_day": mentorship.last_day,
                "targets": [{"target": plain(goal.target)} for goal in mentorship.goals],
                "plan": [
                    {"on": v.on, "content": v.content, "task": v.task.number if v.task else None}
                    for v in mentorship.plan
                ],
            }
        )
        if mentorship.since <= today():
            del form.since
        form.draw(mentorship)
        return form

    def draw(self, mentorship: Mentorship) -> None:
        """Set what can be chosen in each row of the plan."""
        tasks = [(str(task.number), f"{task.number}. {task.title}") for task in mentorship.tasks]
        for row in self.plan:
            offer(row.form.task, tasks)

    def change_rows(self) -> bool:
        """Add or remove the visit that a button names; False when the button was another one."""
        verb, _, thing = sent.form.get("do", "").partition(":")
        part, _, place = thing.partition("-")
        if verb not in ("add", "remove") or part != "plan":
            return False
        if verb == "add":
            self.plan.add()
        elif place.isascii() and place.isdigit() and len(place) < 4:
            self.plan.drop(int(place))
        return True

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field; rows left empty are no fault."""
        used = self.plan.filled()
        self.plan.entries = [row for row in self.plan.entries if row.form in used]
        return bool(super().validate(extra_validators))

    def asked(self, mentorship: Mentorship) -> Asked:
        """What was asked for, once it is well formed."""
        data: dict[str, Any] = self.data
        return Asked(
            cause=data["cause"],
            cause_on=data["cause_on"],
            effective_on=data["effective_on"],
            since=data.get("since") or mentorship.since,
            last_day=data["last_day"],
            targets={number: row.form.target.value for number, row in enumerate(self.targets, 1)},
            plan=[VisitRow(row.on.data, row.content.data, row.task.data) for row in self.plan.filled()],
        )
