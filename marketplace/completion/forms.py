"""Forms of the report and of the hand-over, made for the side and for the tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from marketplace.completion.actions import Taken
from marketplace.completion.models import FIELDS, HIGHEST, LOWEST, QUESTIONS, CompletionReport, Handover
from marketplace.mentorships.states import Party
from marketplace.web.fields import DayField, LongTextField, Needed, RadiosField, TextField, options


class ReasonForm(FlaskForm):
    """Why a report goes back."""

    reason = LongTextField(_l("사유"), [Needed(_l("사유를 적어 주십시오."))], limit=2000)


def report_form(report: CompletionReport) -> Any:
    """The form of one side's report, filled with what was kept; ``written``, ``scores`` read it."""
    party = Party(report.party)
    fields: dict[str, Any] = {name: LongTextField(_l(label), limit=2000) for name, label in FIELDS[party]}
    for name, label in QUESTIONS[party]:
        fields[f"score_{name}"] = RadiosField(
            _l(label),
            choices=options((score, str(score)) for score in range(LOWEST, HIGHEST + 1)),
            coerce=int,
            validate_choice=False,
        )
    fields["comment"] = LongTextField(_l("덧붙일 말"), limit=2000)
    kept = {
        **report.written,
        **{f"score_{name}": value for name, value in report.scores.items()},
        "comment": report.comment,
    }
    return type("ReportForm", (FlaskForm,), fields)(data=kept)


def written_in(form: Any, report: CompletionReport) -> dict[str, str]:
    """The texts of the form by field."""
    return {name: form[name].data or "" for name, _ in FIELDS[Party(report.party)]}


def scores_in(form: Any, report: CompletionReport) -> dict[str, int]:
    """The scores that were given, by question."""
    given = {name: form[f"score_{name}"].data for name, _ in QUESTIONS[Party(report.party)]}
    return {name: score for name, score in given.items() if score is not None}


def handover_form(rows: Sequence[Handover]) -> Any:
    """The form of the hand-over with three fields for each task; ``taken_in`` reads it."""
    fields: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for row in rows:
        fields[f"who_{row.id}"] = TextField(_l("맡은 사람"), limit=120)
        fields[f"document_{row.id}"] = TextField(_l("보고 하는 문서"), limit=300)
        fields[f"done_on_{row.id}"] = DayField(_l("전문가 없이 처음 해 본 날"))
        kept |= {
            f"who_{row.id}": row.who,
            f"document_{row.id}": row.document,
            f"done_on_{row.id}": row.done_on,
        }
    return type("HandoverForm", (FlaskForm,), fields)(data=kept)


def taken_in(form: Any, rows: Sequence[Handover]) -> dict[int, Taken]:
    """The tasks as the form has them, by row."""
    return {
        row.id: Taken(
            form[f"who_{row.id}"].data or "",
            form[f"document_{row.id}"].data or "",
            form[f"done_on_{row.id}"].data,
        )
        for row in rows
    }
