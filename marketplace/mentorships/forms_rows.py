"""The rows of an agreement's draft: a task, a goal, a visit, and how rows come and go."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, HiddenField, ValidationError
from wtforms.validators import Optional

from marketplace.codes.actions import kpis
from marketplace.companies import choices
from marketplace.companies.forms import id_or_none, or_none
from marketplace.mentorships.draft import units_of
from marketplace.web.fields import ChoiceField, DayField, Needed, TextField
from marketplace.web.numbers import ungrouped

_DECIMAL = re.compile(r"[+-]?[0-9]{1,10}(\.[0-9]{1,4})?")
_NEEDED = Needed()


class FigureField(TextField):
    """A decimal figure with at most four places, such as 3.2; ``value`` is it, None while it is not one."""

    value: Decimal | None = None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        render = {"inputmode": "decimal", **kwargs.pop("render_kw", {})}
        super().__init__(label, [*(validators or []), self._shape], limit=30, render_kw=render, **kwargs)

    @staticmethod
    def _shape(form: Any, field: Any) -> None:
        text = ungrouped(field.data or "")
        if text and not _DECIMAL.fullmatch(text):
            raise ValidationError(
                gettext("숫자만 적어 주십시오. 소수점은 마침표로, 아래 넷째 자리까지 적습니다. 예: 3.2")
            )
        field.value = Decimal(text) if text else None


def choice_of(kpi: str, unit: str) -> str:
    """How a box names an indicator in a unit."""
    return f"{kpi}|{unit}"


def split_choice(choice: str) -> tuple[str, str]:
    """The indicator and the unit that a box named."""
    kpi, _, unit = choice.partition("|")
    return kpi, unit


def unit_choices() -> choices.Choices:
    """Every indicator of the catalogue, once for each unit in which it may be measured."""
    return [
        (choice_of(row.code, unit), f"{choices.named(row)} ({unit})")
        for row in kpis()
        for unit in units_of(row)
    ]


class TaskForm(Form):
    """One task."""

    term = HiddenField()
    title = TextField(_l("과제"), limit=200)


class GoalForm(Form):
    """One goal; a row of which nothing was filled in is left out."""

    kpi = ChoiceField(_l("지표"), [_NEEDED], coerce=or_none)
    baseline = FigureField(_l("기존값"), [_NEEDED])
    target = FigureField(_l("목표값"), [_NEEDED])
    weight = FigureField(_l("가중치 (%)"), [_NEEDED])
    method = TextField(_l("측정 방법"), [_NEEDED], limit=500)
    period = TextField(_l("측정 기간"), [_NEEDED], limit=200)
    evidence = TextField(_l("증빙"), [_NEEDED], limit=500)

    def validate_weight(self, field: Any) -> None:
        if field.value is not None and (
            field.value * 10 != int(field.value * 10) or not 0 < field.value <= 100
        ):
            raise ValidationError(gettext("0.1에서 100 사이로, 소수점 아래는 한 자리까지 적어 주십시오."))


class VisitForm(Form):
    """One visit of the plan; a row of which nothing was filled in is left out."""

    on = DayField(_l("날짜"), [_NEEDED])
    task = ChoiceField(_l("과제"), [Optional()], coerce=id_or_none)
    content = TextField(_l("내용"), [_NEEDED], limit=500)


class Rows(FieldList):
    """Rows that are added and removed by buttons; what was typed into the others stays."""

    def __init__(self, form: type[Form], label: Any, most: int, **kwargs: Any) -> None:
        super().__init__(FormField(form), label, max_entries=most, **kwargs)

    def add(self) -> None:
        """One more empty row at the end, unless there are as many as there may be."""
        if len(self.entries) < self.max_entries:
            self.append_entry()

    def drop(self, position: int) -> None:
        """Take the row at a position out."""
        if 0 <= position < len(self.entries):
            del self.entries[position]

    def filled(self) -> list[Any]:
        """The rows into which anything was typed or chosen."""
        return [row.form for row in self.entries if any(_typed(field) for field in row.form)]


def _typed(field: Any) -> bool:
    if field.short_name == "term":
        return False
    raw = field.raw_data[0] if field.raw_data else ""
    return bool(str(raw).strip() if field.raw_data is not None else field.data not in (None, ""))
