"""The form by which the operator chooses the next expert."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from marketplace.web.fields import LongTextField, Needed, RadiosField, options


class ReplaceForm(FlaskForm):
    """Who takes over, how his pay is taxed, and why."""

    expert = RadiosField(
        _l("이어받을 전문가"), [Needed(_l("전문가를 고르십시오."))], coerce=int, validate_choice=False
    )
    withholding = RadiosField(
        _l("원천징수"),
        [Needed(_l("원천징수 방식을 고르십시오."))],
        choices=options([("other", _l("기타소득 8.8%")), ("business", _l("사업소득 3.3%"))]),
        default="other",
    )
    reason = LongTextField(_l("교체 사유"), [Needed(_l("사유를 적어 주십시오."))], limit=2000)
