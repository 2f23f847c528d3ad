"""Forms of the match machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.matching.models import Candidate
from marketplace.web.fields import PAGE_TOO_OLD, LongTextField, Needed, WholeNumberField, options

REASON_LIMIT = 2000


def _number_or_none(text: Any) -> int | None:
    """An id as the browser sends it; anything that is none counts as not chosen."""
    value = str(text or "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


class Numbers(SelectMultipleField):
    """Ids that were ticked; whatever is not one is left out, and the action says what is missing."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [number for text in valuelist if (number := _number_or_none(text)) is not None]

    def pre_validate(self, form: Any) -> None:
        """The action knows who may be chosen."""


class ReasonForm(FlaskForm):
    """A decision with its reason."""

    reason = LongTextField(_l("사유"), [Needed(_l("사유를 적어 주십시오."))], limit=REASON_LIMIT)


class ApproveForm(FlaskForm):
    """An approval, with an opinion if there is one to give."""

    opinion = LongTextField(_l("승인 의견"), limit=REASON_LIMIT)


class RefuseForm(ReasonForm):
    """A firm wants none of the candidates that its page showed."""

    listed = Numbers(choices=[])


class ReleaseForm(FlaskForm):
    """Which experts of the ranking are proposed to the firm."""

    experts = Numbers(_l("추천할 전문가"), choices=[])
    reason = LongTextField(_l("적게 추천하는 사유"), limit=REASON_LIMIT)
    seen = HiddenField(validators=[Length(max=64, message=PAGE_TOO_OLD)])
    listed = Numbers(choices=[])


class OverrideForm(FlaskForm):
    """An expert outside the firm's order, and why."""

    expert = WholeNumberField(
        _l("전문가 번호"), [Needed(_l("전문가 번호를 적어 주십시오."))], least=1, most=2**31 - 1
    )
    reason = LongTextField(
        _l("예외로 제안하는 사유"), [Needed(_l("사유를 적어 주십시오."))], limit=REASON_LIMIT
    )


class PreferenceForm(FlaskForm):
    """The firm's order, one box for each place."""

    first = SelectField(_l("1순위"), coerce=_number_or_none, validate_choice=False)
    second = SelectField(_l("2순위"), [Optional()], coerce=_number_or_none, validate_choice=False)
    third = SelectField(_l("3순위"), [Optional()], coerce=_number_or_none, validate_choice=False)

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> PreferenceForm:
        """The form with these candidates to choose from."""
        form = cls()
        named = [(candidate.id, candidate.expert.name) for candidate in candidates]
        form.first.choices = options([("", gettext("고르십시오")), *named])
        form.second.choices = options([("", gettext("없음")), *named])
        form.third.choices = options([("", gettext("없음")), *named])
        return form

    def order(self) -> dict[int, int]:
        """Place to candidate number, empty places left out."""
        places = enumerate((self.first.data, self.second.data, self.third.data), 1)
        return {place: number for place, number in places if number is not None}


class DeclineForm(FlaskForm):
    """Why an expert declines, and whether he is unavailable from now on."""

    reason = LongTextField(_l("거절 사유"), [Needed(_l("사유를 적어 주십시오."))], limit=REASON_LIMIT)
    become_unavailable = BooleanField(_l("당분간 새 제안을 받지 않겠습니다. (활동 일시중지)"))
