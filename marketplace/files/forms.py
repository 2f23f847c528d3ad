"""The field by which a form takes several files."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField
from wtforms.validators import ValidationError

from marketplace.files.actions import Prepared, prepare
from marketplace.files.kinds import ACCEPT


class FilesField(MultipleFileField):
    """Up to ``most`` files; ``data`` are those that were really chosen. ``accept`` is what the chooser offers."""

    def __init__(self, label: Any = None, *, most: int, accept: str = ACCEPT, **kwargs: Any) -> None:
        super().__init__(label, [self._at_most], **kwargs)
        self.most = most
        self.render_kw: dict[str, Any] = {"accept": accept, **(kwargs.get("render_kw") or {})}

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]

    def _at_most(self, form: Any, field: Any) -> None:
        if len(self.data or []) > self.most:
            raise ValidationError(_("한 번에 %(most)d개까지 올릴 수 있습니다.", most=self.most))

    def prepared(self) -> list[Prepared]:
        """The files, judged and written, for the action that names them. RuleBroken at this field otherwise."""
        return [
            prepare(cast(BinaryIO, file.stream), file.filename, field=self.short_name)
            for file in self.data or []
        ]
