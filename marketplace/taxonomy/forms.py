"""Forms for the taxonomy. Lists are typed one entry a line."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms.validators import Regexp, ValidationError

from marketplace.web.fields import ChoiceField, LongTextField, Needed, TextField

NEEDED = [Needed()]
LONGEST = 80


class LinesField(LongTextField):
    """One entry a line; ``entries`` gives them without blanks and repetitions."""

    def process_data(self, value: Any) -> None:
        self.data = "\n".join(value) if isinstance(value, list) else value

    @property
    def entries(self) -> list[str]:
        return list(dict.fromkeys(line.strip() for line in (self.data or "").split("\n") if line.strip()))


def _short_lines(form: Any, field: LinesField) -> None:
    for entry in field.entries:
        if len(entry) > LONGEST * 2:
            raise ValidationError(
                _("한 줄은 %(limit)d자 이내로 줄여 주십시오: %(entry)s", limit=LONGEST * 2, entry=entry[:30])
            )


class TermForm(FlaskForm):
    """Names, synonyms, symptoms and methods of a term."""

    name_ko = TextField(_("이름 (한국어)"), NEEDED, limit=80)
    name_en = TextField(_("이름 (영어)"), NEEDED, limit=80)
    synonyms = LinesField(_("같은 뜻의 낱말"), [_short_lines], description=_("한 줄에 하나씩 적습니다."))
    symptoms_ko = LinesField(
        _("기업이 하는 말"),
        [_short_lines],
        limit=8000,
        description=_("이 도움이 필요한 기업이 쓰는 표현을 한 줄에 하나씩 적습니다."),
    )
    symptoms_en = LinesField(_("기업이 하는 말 (영어)"), [_short_lines], limit=8000)
    methods_ko = LinesField(
        _("전문가가 쓰는 말"),
        [_short_lines],
        limit=8000,
        description=_("이 일을 하는 전문가가 경력에 쓰는 방법, 도구, 규격입니다."),
    )

    LISTS = ("synonyms", "symptoms_ko", "symptoms_en", "methods_ko")

    def values(self) -> dict[str, Any]:
        """The content as the model keeps it."""
        lists = {name: self[name].entries for name in self.LISTS}
        return {"name_ko": self.name_ko.data, "name_en": self.name_en.data, **lists}


class NewTermForm(TermForm):
    """A new term: also its id and group."""

    code = TextField(
        _("코드"),
        [*NEEDED, Regexp(r"^[A-Z]{3}-\d{2,3}$", message=_("QUA-12와 같은 꼴로 입력해 주십시오."))],
        limit=10,
    )
    group_code = ChoiceField(_("분야"))

    def values(self) -> dict[str, Any]:
        return {**super().values(), "group_code": self.group_code.data}


class ReplaceForm(FlaskForm):
    """Which term stands for this one from now on."""

    replacement = ChoiceField(_("대신 쓸 용어"))
