"""The form that takes a file in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField
from wtforms.validators import InputRequired

from marketplace.imports.models import IMPORT_KIND_LABELS
from marketplace.web.fields import ChoiceField, RadiosField, options


class UploadForm(FlaskForm):
    """What is in the file, which programme it is for, and the file."""

    kind = RadiosField(
        _("자료 종류"),
        [InputRequired(_("자료 종류를 고르십시오."))],
        choices=options((kind, _(label)) for kind, label in IMPORT_KIND_LABELS.items()),
    )
    programme_id = ChoiceField(
        _("사업"), coerce=int, validate_choice=False, description=_("신청을 가져올 때만 쓰입니다.")
    )
    invite = BooleanField(
        _("새 전문가에게 초대 메일 보내기"),
        description=_("메일의 링크에서 비밀번호를 정하면 바로 로그인할 수 있습니다."),
    )
    file = FileField(
        _("파일"),
        [FileRequired(_("파일을 고르십시오."))],
        description=_("CSV(UTF-8 또는 CP949)나 XLSX 파일을 올려 주십시오. 저장하기 전에 먼저 점검합니다."),
    )
