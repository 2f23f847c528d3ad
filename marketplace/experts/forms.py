"""What is typed about an expert. Shape only; the rules are in the actions."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from marketplace import brn
from marketplace.experts.states import FIRM_SIZES, INTEREST_LABELS, MODES, SKILL_LEVELS, InterestOfExpert
from marketplace.experts.verification import CHECKS
from marketplace.web.fields import DayField, LongTextField, TextField, WholeNumberField

_MONTH = re.compile(r"(\d{4})[-./]?(\d{1,2})\.?")


class Needed:
    """A value must be given, and not only spaces; the sentence says what to do."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors:  # what was typed could not be read, and the field says so already
            raise StopValidation
        if field.data is None or field.data == "":
            raise StopValidation(self.sentence)


def named(labels: Mapping[Any, str]) -> list[SelectChoice]:
    """Choices from values and msgids, translated when shown."""
    return [SelectChoice(str(value), _l(label)) for value, label in labels.items()]


class MonthOrDayField(DayField):
    """A day, or a month (198503, 1985-03) that stands for its first day, or its last with ``ends``."""

    widget = TextInput()
    data: Any

    def __init__(
        self, label: Any = None, validators: Any = None, *, ends: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(
            label, validators, render_kw={"inputmode": "numeric", "autocomplete": "off"}, **kwargs
        )
        self.ends = ends

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", valuelist[0]).replace(" ", "") if valuelist else ""
        month = _MONTH.fullmatch(text)
        if month and 1 <= int(month[2]) <= 12 and 1900 <= int(month[1]) < 2200:
            year, number = int(month[1]), int(month[2])
            self.data = date(year, number, calendar.monthrange(year, number)[1] if self.ends else 1)
        else:
            super().process_formdata(valuelist)


class ChoicesField(SelectMultipleField):
    """Several of some choices, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {value for value, *_ in self.iter_choices()}
        if any(value not in known for value in self.data or ()):
            raise ValidationError(_l("목록에 있는 항목만 고를 수 있습니다. 새로 고친 뒤 다시 골라 주십시오."))


class OneOfField(RadioField):
    """One of some choices, as radio buttons; nothing chosen is None."""

    def __init__(self, label: Any = None, *, missing: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self.missing = missing
        if missing is not None:
            self.flags.required = True

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist and valuelist[0] else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None and self.missing is None:
            return
        if str(self.data) not in {str(value) for value, *_ in self.iter_choices()}:
            raise ValidationError(self.missing or _l("목록에 있는 항목 가운데 하나를 골라 주십시오."))


class VersionedForm(FlaskForm):
    """A form that knows which version of the profile it shows."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was shown; 0 for a profile that did not exist yet, -1 for nonsense."""
        text = str(self.version.data or "0")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class BrnMixin:
    """Checks a business number and takes it in its plain form."""

    @staticmethod
    def check(field: Any) -> None:
        if field.data:
            if not brn.is_valid(field.data):
                raise ValidationError(_l("사업자등록번호 10자리를 확인해 주십시오. 모르면 비워 두십시오."))
            field.data = brn.normalise(field.data)


class BasicsForm(VersionedForm):
    """기본: who the expert is."""

    headline = TextField(
        _l("한 줄 소개"),
        limit=120,
        description=_l("예: 자동차 부품 도금 품질 30년, 불량 원인 분석과 공정 안정화"),
    )
    bio = LongTextField(
        _l("경력 소개"),
        limit=4000,
        description=_l(
            "빈 줄로 나누어 적은 문단은 경력이나 과제 하나로 읽습니다. "
            "어떤 문제를 어떻게 풀었는지 적어 주십시오. 연락처는 적지 마십시오."
        ),
    )
    years = WholeNumberField(_l("총 경력 연수"), least=0, most=70)


class CareerForm(VersionedForm, BrnMixin):
    """경력 한 건."""

    employer = TextField(_l("직장"), [Needed(_l("직장 이름을 입력해 주십시오."))], limit=120)
    employer_brn = TextField(
        _l("직장의 사업자등록번호"),
        limit=20,
        description=_l("아시는 경우에만 적습니다. 이해관계를 정확히 확인하는 데 씁니다."),
    )
    title = TextField(
        _l("직위와 맡은 분야"),
        [Needed(_l("직위를 입력해 주십시오."))],
        limit=120,
        description=_l("예: 품질보증부장"),
    )
    since = MonthOrDayField(
        _l("입사한 날"),
        [Needed(_l("입사한 달을 198503처럼 입력해 주십시오."))],
        description=_l("예: 198503 또는 1985-03-02. 날을 모르면 연월만 적습니다."),
    )
    until = MonthOrDayField(_l("퇴직한 날"), ends=True, description=_l("재직 중이면 비워 둡니다."))
    text = LongTextField(
        _l("맡은 일과 성과"),
        limit=4000,
        description=_l("예: 도금 3개 라인의 불량률을 2년 동안 4.1%에서 0.8%로 낮췄습니다."),
    )

    def validate_employer_brn(self, field: Any) -> None:
        self.check(field)


class SkillForm(VersionedForm):
    """기술 하나: words that are typed, or a term that is chosen from ``term.choices``."""

    term = OneOfField(_l("목록에서 고르기"), choices=[])
    words = TextField(_l("기술 이름"), limit=120, description=_l("예: 사출 조건 최적화, SMED, 설비 예방보전"))
    level = OneOfField(
        _l("수준"),
        missing=_l("수준을 하나 골라 주십시오."),
        choices=named(SKILL_LEVELS),
    )
    years = WholeNumberField(_l("사용한 햇수"), least=0, most=70)
    last_used = WholeNumberField(_l("마지막으로 쓴 해"), least=1950, most=2100, description=_l("예: 2023"))
    evidence = TextField(
        _l("근거"),
        limit=300,
        description=_l(
            "자격증, 과제명, 수상처럼 확인할 수 있는 것. 예: 품질경영기사, 2019년 분임조 대통령상"
        ),
    )

    def validate_last_used(self, field: Any) -> None:
        if field.data is not None and field.data > self.this_year:
            raise ValidationError(_l("올해나 그 전의 해를 입력해 주십시오."))

    this_year = 2100  # set by the view, whose day is Seoul's


class FieldsForm(VersionedForm):
    """분야: where the expert can help."""

    industries = ChoicesField(
        _l("업종"),
        choices=[],
        description=_l("일했거나 지도해 본 업종을 모두 고릅니다. 제조업이 아니어도 됩니다."),
    )
    mode = OneOfField(_l("지원 방식"), choices=named(MODES))
    regions = ChoicesField(
        _l("활동 지역"), choices=[], description=_l("대면으로 갈 수 있는 지역을 모두 고릅니다.")
    )
    firm_sizes = ChoicesField(_l("함께 일해 본 기업의 규모"), choices=named(FIRM_SIZES))
    small_firm_projects = WholeNumberField(
        _l("중소기업을 지도하거나 자문한 횟수"), least=0, most=999, description=_l("없으면 0을 적습니다.")
    )


class AvailabilityForm(VersionedForm):
    """가능 시간."""

    available_from = DayField(_l("활동 시작일"))
    available_until = DayField(_l("활동 종료일"), description=_l("정해진 날이 없으면 비워 둡니다."))
    capacity = WholeNumberField(
        _l("동시에 맡을 수 있는 기업 수"),
        [Needed(_l("1에서 10 사이의 수를 입력해 주십시오."))],
        least=1,
        most=10,
    )
    days_per_week = WholeNumberField(
        _l("한 주에 일할 수 있는 날"), [Needed(_l("1에서 5 사이의 수를 입력해 주십시오."))], least=1, most=5
    )


class ReasonForm(FlaskForm):
    """A reason for a pause."""

    reason = LongTextField(_l("사유"), [Needed(_l("사유를 입력해 주십시오."))], limit=500)


class InterestForm(VersionedForm, BrnMixin):
    """이해관계 한 건."""

    kind = OneOfField(
        _l("관계"),
        missing=_l("관계를 하나 골라 주십시오."),
        choices=[choice for choice in named(INTEREST_LABELS) if choice.value != InterestOfExpert.EMPLOYER],
    )
    organisation = TextField(
        _l("기업 또는 기관"), [Needed(_l("기업이나 기관의 이름을 입력해 주십시오."))], limit=120
    )
    brn = TextField(_l("사업자등록번호"), limit=20, description=_l("아시는 경우에만 적습니다."))
    until = MonthOrDayField(
        _l("끝난 날"), ends=True, description=_l("관계가 이어지고 있으면 비워 둡니다. 예: 202412")
    )
    note = TextField(_l("설명"), limit=300, description=_l("예: 배우자가 대표로 있는 회사입니다."))

    def validate_brn(self, field: Any) -> None:
        self.check(field)


class NoInterestsForm(VersionedForm):
    """The declaration of having none."""

    none = BooleanField(_l("신고할 이해관계가 없습니다"))


class DecisionForm(VersionedForm):
    """What staff decide about a profile."""

    decision = OneOfField(_l("처리"), missing=_l("처리를 하나 골라 주십시오."), choices=[])
    checks = ChoicesField(_l("확인한 내용"), choices=named(CHECKS))
    skills = ChoicesField(_l("확인한 기술"), choices=[])
    reason = LongTextField(
        _l("사유"),
        limit=2000,
        description=_l("보완요청과 확인 취소에는 반드시 적습니다. 전문가에게 그대로 전달됩니다."),
    )

    @property
    def skill_ids(self) -> list[int]:
        """The skills that were ticked; only numbers that the page offered get this far."""
        return [int(text) for text in self.skills.data or ()]

    def validate_reason(self, field: Any) -> None:
        if self.decision.data in ("return", "suspend") and not field.data:
            raise ValidationError(_l("무엇을 고치면 되는지 전문가가 알 수 있게 사유를 적어 주십시오."))


class SeveralForm(FlaskForm):
    """The confirmation of several experts at once; the ids and versions stand in the page."""

    checks = ChoicesField(_l("선택한 전문가마다 확인한 내용"), choices=named(CHECKS))
    skills = BooleanField(
        _l("위 표에 적힌 기술의 수준, 햇수, 근거를 모두 확인했습니다."),
        description=_l(
            "표시하지 않으면 기술은 기업에 ‘미확인’으로 보입니다. 기술마다 따로 확인하려면 한 명씩 처리합니다."
        ),
    )
