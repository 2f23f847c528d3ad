"""Form fields that give text one normal form and say in Korean what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from flask_babel import lazy_gettext
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import StopValidation, ValidationError

from marketplace.web.numbers import ungrouped

NOT_ON_THE_LIST = lazy_gettext("목록에 없는 값입니다. 목록에 있는 것을 다시 골라 주십시오.")
PAGE_TOO_OLD = lazy_gettext("화면의 내용이 맞지 않습니다. 새로 고친 뒤 다시 해 주십시오.")
_BREAKS = re.compile(r"\r\n?")


def normal(text: str | None, *, lines: bool = False) -> str | None:
    """NFC, trimmed, without control characters (line breaks stay when ``lines``); None stays None.

    Full-width digits and Latin letters stay as typed; fields that need plain ones convert for themselves.
    """
    if text is None:
        return None
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    kept = (c for c in text if (lines and c in "\n\t") or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def options(pairs: Iterable[tuple[Any, Any]], group: str | None = None) -> list[SelectChoice]:
    """Choices of a box from pairs of value and label, under a heading when one is given."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]


class Pointed(str):
    """A message that leads to where it can be mended: ``url`` is a path of the site or the #name of a place."""

    url: str

    def __new__(cls, text: str, url: str) -> Pointed:
        made = super().__new__(cls, text)
        made.url = url
        return made


class Needed:
    """The field must hold something after normalising; zero is something, blanks and control signs are not."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads a plain dict

    def __init__(self, message: Any = None) -> None:
        self.message = message or lazy_gettext("입력해 주십시오.")

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is None or field.data in ("", []):
            if not field.errors:
                raise StopValidation(self.message)
            raise StopValidation()


class _Picked:
    """Mixin of choices: whatever is not on the list is answered with what to do."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]
        except ValueError as error:
            raise ValueError(NOT_ON_THE_LIST) from error

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValidationError as error:
            raise ValidationError(NOT_ON_THE_LIST) from error


class ChoiceField(_Picked, SelectField):
    """One of a list, in a box."""


class RadiosField(_Picked, RadioField):
    """One of a list, side by side."""


class ChoicesField(_Picked, SelectMultipleField):
    """Some of a list."""


class KeyField(HiddenField):
    """The key that a page drew, so that a form sent twice is one; what cannot be one says the page is too old."""

    _FORM = re.compile(r"[0-9A-Za-z-]{8,36}", re.ASCII)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if not self._FORM.fullmatch(self.data or ""):
            form.form_errors.append(PAGE_TOO_OLD)
            raise ValidationError(PAGE_TOO_OLD)


class TextField(StringField):
    """One line of text in normal form, at most ``limit`` characters; empty becomes None."""

    def __init__(self, label: Any = None, validators: Any = None, *, limit: int = 200, **kwargs: Any) -> None:
        super().__init__(label, [*(validators or []), _within], **kwargs)
        self.limit = limit
        self.render_kw: dict[str, Any] = {"maxlength": limit, **(kwargs.get("render_kw") or {})}

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = normal(valuelist[0]) or None


class LongTextField(TextAreaField):
    """Several lines of text in normal form, at most ``limit`` characters; empty becomes None."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, limit: int = 4000, **kwargs: Any
    ) -> None:
        super().__init__(label, [*(validators or []), _within], **kwargs)
        self.limit = limit
        self.render_kw: dict[str, Any] = {"data-limit": limit, **(kwargs.get("render_kw") or {})}

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = normal(valuelist[0], lines=True) or None


def _within(form: Any, field: Any) -> None:
    """The length limit, said with both numbers."""
    if field.data and len(field.data) > field.limit:
        raise ValidationError(
            lazy_gettext(
                "%(limit)d자 이내로 줄여 주십시오. 지금은 %(length)d자입니다.",
                limit=field.limit,
                length=len(field.data),
            )
        )


class WholeNumberField(IntegerField):
    """A whole number between ``least`` and ``most``; thousands separators and full-width digits are taken."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, least: int = 0, most: int = 10**9, **kwargs: Any
    ) -> None:
        super().__init__(label, [*(validators or []), self._between], **kwargs)
        self.least, self.most = least, most
        self.render_kw: dict[str, Any] = {"inputmode": "numeric", **(kwargs.get("render_kw") or {})}

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = ungrouped(valuelist[0]) if valuelist else ""
        if not text:
            return
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            raise ValueError(lazy_gettext("숫자만 입력해 주십시오. 예: 35"))
        self.data = int(text)

    def _between(self, form: Any, field: Any) -> None:
        if field.data is not None and not self.least <= field.data <= self.most:
            raise ValidationError(
                lazy_gettext(
                    "%(least)s에서 %(most)s 사이로 입력해 주십시오.",
                    least=f"{self.least:,}",
                    most=f"{self.most:,}",
                )
            )


class DayField(DateField):
    """A day, typed as 2026-07-01, 2026.7.1 or 20260701, between 1900 and 2199."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%Y.%m.%d", "%Y%m%d"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = unicodedata.normalize("NFKC", valuelist[0]).replace(" ", "").strip(".") if valuelist else ""
        if not text:
            return
        try:
            super().process_formdata([text])
        except ValueError:
            self.data = None
        if self.data is None or not 1900 <= self.data.year < 2200:
            self.data = None
            raise ValueError(lazy_gettext("있는 날짜를 2026-07-01처럼 입력해 주십시오."))


class ClockField(TimeField):
    """A time of day, typed as 14:00, 1400, 14시 or 오후 2:30; seconds are dropped."""

    _WRITTEN = re.compile(
        r"(?P<half>오전|오후|AM|PM)?(?P<hour>[0-9]{1,2})(?:시|:)?(?P<minute>[0-9]{2})?분?(?::[0-9]{2})?(?P<late>AM|PM)?",
        re.ASCII,
    )

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = unicodedata.normalize("NFKC", valuelist[0]).replace(" ", "").upper() if valuelist else ""
        if not text:
            return
        found = self._WRITTEN.fullmatch(text)
        hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (24, 0)
        half = (found["half"] or found["late"]) if found else None
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half in ("오후", "PM") else 0)
        if hour > 23 or minute > 59:
            raise ValueError(lazy_gettext("있는 시각을 14:30처럼 입력해 주십시오."))
        self.data = time(hour, minute)
