"""The page of the full request. A draft is never refused: what is not well formed is kept as it was typed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import request as sent
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.companies import choices
from marketplace.companies.drafting import Draft
from marketplace.companies.eligibility import DECLARATIONS, Missing
from marketplace.companies.forms import id_or_none, offer, open_choice, opened_version, or_none
from marketplace.companies.levels import LEVELS, QUESTIONS
from marketplace.companies.models import MODES, MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.web.fields import (
    ChoicesField,
    DayField,
    LongTextField,
    Pointed,
    RadiosField,
    TextField,
    normal,
    options,
)
from marketplace.web.numbers import ungrouped

KPI_ROWS = 5
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")


class NumberTextField(TextField):
    """A decimal number kept as text, such as 3.2; separators of thousands are dropped."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label, [Optional(), self._shape], limit=30, render_kw={"inputmode": "decimal"}, **kwargs
        )

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = ungrouped(self.data)

    @staticmethod
    def _shape(form: Any, field: Any) -> None:
        if field.data and not _DECIMAL.fullmatch(field.data):
            raise ValidationError(gettext("숫자만 적어 주십시오. 예: 3.2. 모르면 비워 두십시오."))
        if field.data:
            field.data = f"{Decimal(field.data):f}"


class KpiForm(Form):
    """One goal in figures; both values may be unknown."""

    code = open_choice(_l("지표"))
    baseline = NumberTextField(_l("기존값"))
    target = NumberTextField(_l("목표값"))

    def validate_code(self, field: Any) -> None:
        if not field.data and (self.baseline.data or self.target.data):
            raise ValidationError(gettext("지표를 먼저 골라 주십시오."))


def whole_or_none(text: Any) -> int | None:
    """Coerce for whole numbers among choices."""
    return int(text) if text not in (None, "") else None


class DraftForm(FlaskForm):
    """The whole request, section by section."""

    needs_errors: Sequence[str] = ()  # what is wrong with the needs, which are rows and no field

    version = HiddenField()
    page = HiddenField()
    answer = LongTextField(
        _l("보완 사유에 대한 답"),
        limit=2000,
        description=_l("무엇을 어떻게 고쳤는지 적습니다. 고칠 것이 없으면 그 까닭을 적습니다."),
    )
    title = TextField(
        _l("제목"), limit=120, description=_l("한 줄로 적습니다. 예: 도금 박리 불량의 원인을 찾고 싶습니다.")
    )
    problem = LongTextField(_l("무엇이 가장 불편하십니까?"), limit=4000)
    goal = LongTextField(_l("무엇을 이루고 싶으십니까?"), limit=2000)
    kpis = FieldList(FormField(KpiForm), min_entries=KPI_ROWS, max_entries=KPI_ROWS)
    term = open_choice(_l("목록에서 고르기"), validate_choice=False)
    own_words = TextField(_l("직접 입력"), limit=120, description=_l("예: 도금 두께 관리"))
    tier_id = RadiosField(_l("지원유형"), [Optional()], coerce=id_or_none)
    months = open_choice(_l("기간"), coerce=whole_or_none)
    start_on = DayField(_l("희망 시작일"), [Optional()])
    mode = RadiosField(_l("지원방식"), [Optional()], coerce=or_none)
    region = open_choice(_l("멘토링을 받을 지역"))
    place = TextField(_l("주소"), limit=200, description=_l("전문가가 찾아갈 공장의 주소를 적습니다."))
    level = RadiosField(
        _l("현재 수준"),
        [Optional()],
        coerce=or_none,
        choices=[SelectChoice(name, _l(name)) for name in LEVELS],
    )
    declarations = ChoicesField(
        _l("해당하지 않는 항목에 표시"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    SIMPLE = (
        "answer",
        "title",
        "problem",
        "goal",
        "tier_id",
        "months",
        "start_on",
        "mode",
        "region",
        "place",
        "level",
        "declarations",
    )

    @classmethod
    def of(cls, request: MentoringRequest) -> DraftForm:
        """The form with what is stored and what was typed but could not be, unless something was sent."""
        stored = {name: getattr(request, name) for name in cls.SIMPLE}
        stored |= {f"check_{key}": answer for key, answer in request.self_check.items()}
        form = cls(data={**stored, "kpis": request.kpi_goals, "page": secrets.token_hex(8)})
        if request.state != RequestState.RETURNED:
            del form.answer
        units = choices.kpi_choices()
        for row in form.kpis:
            offer(row.form.code, units)
        form.term.choices = [
            choice for group, terms in choices.term_choices().items() for choice in options(terms, group)
        ]
        offer(form.months, [(str(n), gettext("%(months)d개월", months=n)) for n in range(3, 7)])
        offer(form.region, choices.region_choices(request.region))
        form.tier_id.choices = options(choices.tier_choices(request.programme))
        form.mode.choices = options(choices.labelled(MODES))
        form.declarations.choices = options(choices.labelled(DECLARATIONS))
        if not form.is_submitted():
            form._recall(request.unfinished)
            form.version.data = request.version
        return form

    def _plain_fields(self) -> dict[str, Any]:
        """Every field that holds one value, by the name of its input."""
        rows = [inner for row in self.kpis for inner in row.form]
        own = [field for field in self if field.name not in ("kpis", "version", "page", "term", "csrf_token")]
        return {field.name: field for field in [*own, *rows]}

    def _recall(self, unfinished: dict[str, str]) -> None:
        """Show what was typed but could not be stored, with what is wrong with it."""
        fields = self._plain_fields()
        for name, text in unfinished.items():
            if name in fields:
                fields[name].process(MultiDict({name: text}))
                fields[name].validate(self)

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """True for whatever was sent: faults are shown at their fields but keep nothing from being saved."""
        self.validate(extra_validators)
        return bool(self.is_submitted())

    @property
    def pressed(self) -> tuple[str, str]:
        """The button that was pressed: its verb and, after a colon, what it is for."""
        verb, _, thing = sent.form.get("do", "").partition(":")
        return verb, thing

    def draft(self) -> Draft:
        """What was sent, sorted into what can be stored and what can not."""
        fields = self._plain_fields()
        unfinished = {
            name: normal(field.raw_data[0], lines=True) or ""
            for name, field in fields.items()
            if field.errors and field.raw_data and name != "own_words"
        }
        values = {name: self[name].data for name in self.SIMPLE if name in self and not self[name].errors}
        answers = {question.key: self[f"check_{question.key}"] for question in QUESTIONS}
        values["self_check"] = {
            key: field.data for key, field in answers.items() if field.data is not None and not field.errors
        }
        values["kpi_goals"] = self._kpi_goals()
        verb, thing = self.pressed
        words = None if self.own_words.errors else self.own_words.data
        typed = verb in ("save", "submit")
        return Draft(
            values=values,
            unfinished=unfinished,
            version=opened_version(self.version.data),
            page="".join(c for c in str(self.page.data or "") if c.isascii() and c.isalnum())[:32] or None,
            priorities={
                int(name[9:]): int(value)
                for name, value in sent.form.items()
                if name.startswith("priority-") and _number(name[9:]) and value in ("1", "2", "3")
            },
            add=[thing]
            if verb == "add"
            else [self.term.data]
            if self.term.data and (typed or verb == "term")
            else [],
            words=words if typed or verb == "words" else None,
            dismiss=[thing] if verb == "dismiss" else [],
            remove=[int(thing)] if verb == "remove" and _number(thing) else [],
        )

    def _kpi_goals(self) -> list[dict[str, Any]]:
        units = choices.kpi_units()
        return [
            {
                "code": row.form.code.data,
                "baseline": None if row.form.baseline.errors else row.form.baseline.data,
                "target": None if row.form.target.errors else row.form.target.data,
                "unit": units.get(row.form.code.data, ""),
            }
            for row in self.kpis
            if row.form.code.data and not row.form.code.errors
        ]

    @property
    def faults(self) -> dict[str, list[str]]:
        """What is wrong with what was typed, by the name of the input."""
        found = {
            name: [str(e) for e in field.errors]
            for name, field in self._plain_fields().items()
            if field.errors
        }
        return found | ({"": [str(error) for error in self.form_errors]} if self.form_errors else {})

    @property
    def has_faults(self) -> bool:
        return bool(self.faults)

    def answers(self) -> dict[str, int]:
        """The answers of the self-check that were given."""
        given = {question.key: self[f"check_{question.key}"].data for question in QUESTIONS}
        return {key: answer for key, answer in given.items() if answer is not None}

    def flag(self, missing: list[Missing], firm_url: str) -> bool:
        """Write at each field what is still missing; whether there was anything.

        What has no field here is written above the form and leads to its place: the firm's data at
        ``firm_url``, the needs in their own section.
        """
        for part in missing:
            sentence = gettext(part.sentence, **part.facts)
            field = None if part.of_firm else self._plain_fields().get(part.field)
            if field is None:
                place = f"{firm_url}#{part.field}" if part.of_firm else f"#{part.field}"
                self.form_errors.append(Pointed(sentence, place))
                if part.field == "needs":
                    self.needs_errors = [sentence]
            elif not field.errors:
                field.errors = [sentence]
        return bool(missing)


for _question in QUESTIONS:
    setattr(
        DraftForm,
        f"check_{_question.key}",
        RadiosField(
            _l(_question.text),
            [Optional()],
            coerce=whole_or_none,
            choices=[SelectChoice(value, _l(answer)) for value, answer in enumerate(_question.answers)],
        ),
    )


def _number(text: Any) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
