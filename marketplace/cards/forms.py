"""Forms of the cards."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from marketplace.cards.models import FIELDS
from marketplace.web.fields import ChoicesField, LongTextField, Needed, TextField


class CardForm(FlaskForm):
    """What a card says; nothing must be filled in before it is handed in."""

    title = TextField(_l("한 줄 요약"), limit=120)
    problem = LongTextField(_l("문제"), limit=2000)
    cause = LongTextField(_l("원인"), limit=2000)
    action = LongTextField(_l("한 일"), limit=2000)
    cost = TextField(_l("든 비용과 시간"), limit=300)
    result = LongTextField(_l("결과"), limit=2000)
    failed = LongTextField(_l("해 보았으나 안 된 것"), limit=2000)

    def written(self) -> dict[str, str]:
        """The fields that hold something."""
        return {name: self[name].data or "" for name, _, _ in FIELDS}


class PublishForm(CardForm):
    """The text that others will read, and by which terms it is found."""

    terms = ChoicesField(_l("찾을 때 쓸 분야"), choices=[])


class ReasonForm(FlaskForm):
    """Why a card goes back."""

    reason = LongTextField(_l("사유"), [Needed(_l("사유를 적어 주십시오."))], limit=2000)
