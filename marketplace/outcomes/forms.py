"""Forms of the outcomes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.widgets import TextInput

from marketplace.files.forms import FilesField
from marketplace.outcomes.actions import Stating
from marketplace.web.fields import ChoiceField, DayField, LongTextField, Needed, TextField, WholeNumberField
from marketplace.web.numbers import ungrouped

_NUMBER = re.compile(r"[-−]?\d{1,13}(\.\d{1,4})?")


MOST_FILES = 5
T = TypeVar("T")


def known(value: T | None) -> T:
    """What a field that needs an answer holds once the form was found valid."""
    if value is None:
        raise ValueError("asked of a form that is not valid")
    return value


class FigureField(Field):
    """A decimal number with at most four places; thousands separators and full-width digits are taken."""

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.data: Decimal | None = None
        self.typed: str | None = None
        self.render_kw = {"inputmode": "decimal", **(kwargs.get("render_kw") or {})}

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else f"{self.data.normalize():f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, self.typed = None, (valuelist[0] if valuelist else "")
        text = ungrouped(self.typed)
        if not text:
            return
        if not _NUMBER.fullmatch(text):
            raise ValueError(
                _l("숫자로 입력해 주십시오. 소수점은 마침표로, 아래 넷째 자리까지 씁니다. 예: 3.25")
            )
        self.data = Decimal(text.replace("−", "-"))


class StatingForm(FlaskForm):
    """Period, source and evidence of a value."""

    starts_on = DayField(_l("측정 기간 시작"), [Needed(_l("측정을 시작한 날을 입력해 주십시오."))])
    ends_on = DayField(_l("측정 기간 끝"), [Needed(_l("측정이 끝난 날을 입력해 주십시오."))])
    source = TextField(
        _l("자료 출처"), [Needed(_l("어디에서 얻은 값인지 적어 주십시오. 예: 공정 일보"))], limit=200
    )
    evidence = TextField(_l("증빙"), [Needed(_l("증빙 자료의 이름과 위치를 적어 주십시오."))], limit=500)
    files = FilesField(_l("증빙 파일"), most=MOST_FILES)
    explanation = LongTextField(_l("값에 대한 설명"), limit=2000)

    def stating(self) -> Stating:
        """What the fields say."""
        return Stating(
            known(self.starts_on.data),
            known(self.ends_on.data),
            self.source.data or "",
            self.evidence.data or "",
            self.explanation.data or "",
            self.files.prepared(),
        )


class MeasurementForm(StatingForm):
    """A value of a goal's figure."""

    value = FigureField(_l("측정값"))
    sample = WholeNumberField(
        _l("표본 수"), [Needed(_l("표본 수를 적어 주십시오. 측정하지 못했으면 0입니다."))], most=10**9
    )
    method = TextField(_l("측정 방법"), [Needed(_l("어떻게 측정했는지 적어 주십시오."))], limit=500)


class EffectForm(StatingForm):
    """What happened to the firm's business."""

    kpi = ChoiceField(_l("경영성과 지표"), choices=[])
    before = FigureField(_l("멘토링 전 값"), [Needed(_l("멘토링 전 값을 입력해 주십시오."))])
    after = FigureField(_l("멘토링 후 값"), [Needed(_l("멘토링 후 값을 입력해 주십시오."))])


class SayForm(FlaskForm):
    """A question, an answer or a reason."""

    reason = LongTextField(_l("내용"), [Needed(_l("내용을 적어 주십시오."))], limit=2000)
