"""Forms for regions, industries and indicators."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import Optional, Regexp

from marketplace.web.fields import ChoiceField, DayField, Needed, TextField, options

NEEDED = [Needed()]
DIGITS = Regexp(r"^\d{2}$", message=_("두 자리 숫자 코드를 입력해 주십시오."))


class RegionForm(FlaskForm):
    """A region with the days between which it exists."""

    code = TextField(_("코드"), [*NEEDED, DIGITS], limit=5)
    name_ko = TextField(_("이름 (한국어)"), NEEDED, limit=60)
    short_ko = TextField(_("약칭"), NEEDED, limit=20)
    name_en = TextField(_("이름 (영어)"), NEEDED, limit=60)
    valid_from = DayField(_("시작일"), [Optional()], description=_("처음부터 있었으면 비워 둡니다."))
    valid_to = DayField(_("종료일"), [Optional()], description=_("지금도 쓰이면 비워 둡니다."))


class IndustryForm(FlaskForm):
    """The names of a division."""

    name_ko = TextField(_("이름 (한국어)"), NEEDED, limit=120)
    name_en = TextField(_("이름 (영어)"), NEEDED, limit=120)


class KpiForm(FlaskForm):
    """An indicator of the catalogue."""

    name_ko = TextField(_("이름 (한국어)"), NEEDED, limit=80)
    name_en = TextField(_("이름 (영어)"), NEEDED, limit=80)
    unit = TextField(_("단위"), NEEDED, limit=30)
    direction = ChoiceField(
        _("좋은 방향"), choices=options([("up", _("높을수록 좋음")), ("down", _("낮을수록 좋음"))])
    )
    formula = TextField(_("산식"), NEEDED, limit=300)
    retired = BooleanField(_("더 이상 쓰지 않음"))


class NewKpiForm(KpiForm):
    """A new indicator: also its code and field."""

    code = TextField(
        _("코드"),
        [*NEEDED, Regexp(r"^[PQCDSEB]\d{1,2}$", message=_("Q8과 같은 꼴로 입력해 주십시오."))],
        limit=5,
    )
