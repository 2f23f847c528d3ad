"""Forms of visits: the log, the reasons, the recognised minutes."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField

from marketplace.files.forms import FilesField
from marketplace.files.kinds import PICTURE_ACCEPT
from marketplace.mentorships.models import Mentorship
from marketplace.visits.logs import MODE_LABELS, Log
from marketplace.visits.models import VisitVersion
from marketplace.visits.photos import MOST
from marketplace.web.fields import (
    ChoiceField,
    ChoicesField,
    ClockField,
    DayField,
    KeyField,
    LongTextField,
    Needed,
    RadiosField,
    TextField,
    WholeNumberField,
    options,
)


class _Edition(IntegerField):
    """The version that the page showed; nonsense counts as none, which is a conflict."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class LogForm(FlaskForm):
    """The log of a visit; only when, and what was done, have to be said."""

    on = DayField(_("방문한 날"), [Needed()])
    start = ClockField(_("시작 시각"), [Needed()])
    end = ClockField(_("끝난 시각"), [Needed()])
    done = LongTextField(_("한 일"), [Needed(_("무엇을 하셨는지 한두 줄로 적어 주십시오."))], limit=4000)
    mode = RadiosField(
        _("방식"), choices=options((mode, _(label)) for mode, label in MODE_LABELS.items()), default="onsite"
    )
    place = TextField(_("장소"), limit=200)
    attendees = TextField(_("참석자"), limit=500)
    task_id = ChoiceField(_("과제"), coerce=lambda value: int(value) if value else None)
    result = LongTextField(_("결과"), limit=2000)
    homework = LongTextField(_("다음 방문까지 기업이 할 일"), limit=2000)
    next_plan = LongTextField(_("다음 방문 계획"), limit=2000)
    photos = FilesField(_("사진"), most=MOST, accept=PICTURE_ACCEPT)

    def offer_tasks(self, mentorship: Mentorship) -> None:
        """Let the tasks of the agreement be chosen."""
        tasks = [(task.id, f"{task.number}. {task.title}") for task in mentorship.tasks]
        self.task_id.choices = options([("", _("고르지 않음")), *tasks])

    def log(self) -> Log:
        """What was typed, once it is well formed."""
        names = ("on", "start", "end", "done", "mode", "task_id")
        said: dict[str, Any] = {name: self[name].data for name in names}
        texts = ("place", "attendees", "result", "homework", "next_plan")
        return Log(**said | {name: self[name].data or "" for name in texts})

    @property
    def has_fault_among_optional(self) -> bool:
        """Whether the folded part has to be open, because something in it is to be mended."""
        return any(
            self[name].errors for name in ("place", "attendees", "task_id", "result", "homework", "next_plan")
        )


class NewLogForm(LogForm):
    """A log that was not handed in yet."""

    client_key = KeyField(default=lambda: str(uuid.uuid4()))


class CorrectionForm(LogForm):
    """Another version of a log; photos of the version before can be left out."""

    edition = _Edition(widget=HiddenField.widget)
    without = ChoicesField(_("뺄 사진"), coerce=int)

    def offer_photos(self, version: VisitVersion) -> None:
        """Let the photos of a version be left out."""
        self.without.choices = options(
            [(photo.file_id, _("%(number)d번 사진", number=photo.position)) for photo in version.photos]
        )


class ConfirmForm(FlaskForm):
    """One tap; the version is hidden in it."""

    edition = _Edition(widget=HiddenField.widget)


class DisputeForm(FlaskForm):
    """It was not so, and why."""

    reason = LongTextField(
        _("무엇이 사실과 다릅니까?"), [Needed(_("무엇이 다른지 적어 주십시오."))], limit=2000
    )
    edition = _Edition(widget=HiddenField.widget)


class AcceptForm(FlaskForm):
    """Recognised minutes."""

    minutes = WholeNumberField(_("인정 시간 (분)"), [Needed()], least=1, most=24 * 60)
    edition = _Edition(widget=HiddenField.widget)


class ReasonForm(FlaskForm):
    """Why staff return or refuse."""

    reason = LongTextField(_("사유"), [Needed()], limit=2000)


class ForFirmForm(FlaskForm):
    """How staff ascertained a visit to which the firm does not answer."""

    reason = LongTextField(_("확인한 방법"), [Needed()], limit=2000)
    edition = _Edition(widget=HiddenField.widget)
