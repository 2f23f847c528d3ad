"""The form of a message."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from marketplace.files.forms import FilesField
from marketplace.web.fields import KeyField, LongTextField

MOST_FILES = 5


class MessageForm(FlaskForm):
    """A text, files, or both."""

    body = LongTextField(_("메시지"), limit=4000)
    files = FilesField(_("파일"), most=MOST_FILES)
    key = KeyField(default=lambda: str(uuid.uuid4()))
