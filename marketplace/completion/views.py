"""Pages of the end of a mentorship: 완료보고, 인계 점검표, 최종점검."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission, Role, may
from marketplace.completion import actions, forms, queries, showing
from marketplace.completion.models import CompletionReport, Handover
from marketplace.completion.printing import completion_pdf
from marketplace.errors import N_, NotFound
from marketplace.mentorships.queries import Tally, tallies
from marketplace.mentorships.showing import state_badge
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.web.page import me, page, show, submitted, to
from marketplace.web.todo import Todo, todo_source

blueprint = Blueprint("completion", __name__)
blueprints = [blueprint]


@todo_source
def report_todos(user: Any) -> list[Todo]:
    """Reports that the user's side owes."""
    if not may(user, Permission.REPORT_COMPLETION):
        return []
    party = Party.FIRM if Role(user.role) is Role.COMPANY else Party.EXPERT
    return [
        Todo(
            N_("%(firm)s 멘토링의 완료보고 제출"),
            url_for("completion.completion", mentorship_id=mentorship.id),
            since=mentorship.entered_at,
            due=mentorship.due_at,
            facts={"firm": mentorship.request.company.name},
        )
        for mentorship in queries.unreported(user, party)
    ]


@todo_source
def check_todos(user: Any) -> list[Todo]:
    """Reports that wait for the operator's final check."""
    if not may(user, Permission.RUN_MENTORSHIP):
        return []
    found = tallies(user).get(MentorshipState.CHECKING, Tally())
    if not found.count or found.since is None:
        return []
    url = url_for("mentorships.index", tab=str(MentorshipState.CHECKING))
    sentence = N_("완료보고 %(count)d건 최종점검")
    return [
        Todo(sentence, url, since=found.since, due=found.due, count=found.count, facts={"count": found.count})
    ]


def _own(reports: dict[Party, CompletionReport]) -> CompletionReport | None:
    """The report of the reader's side while it can be written."""
    for report in reports.values():
        if report.belongs_to(me()) and report.submitted_at is None:
            return report if report.mentorship.state == MentorshipState.REPORTING else None
    return None


@blueprint.get("/mentorships/<int:mentorship_id>/completion")
@page(Permission.SEE_MENTORSHIP)
def completion(mentorship_id: int) -> Response:
    """완료보고: what was done, what each side says of it, and what comes next."""
    return _completion(mentorship_id)


def _completion(mentorship_id: int, **given: Any) -> Response:
    mentorship, reports = queries.ended(me(), mentorship_id)
    rows = Handover.of(mentorship.id)
    own = _own(reports)
    checks = may(me(), Permission.RUN_MENTORSHIP, mentorship) and mentorship.state == MentorshipState.CHECKING
    return show(
        "completion/completion.html",
        mentorship=mentorship,
        badge=state_badge(mentorship.state),
        course=queries.course_of(mentorship),
        goals=showing.goals_of(mentorship),
        reports=[
            (report, showing.shows_rating(report, reports, me()))
            for report in reports.values()
            if report.submitted_at is not None or me().is_staff
        ],
        own=own,
        form=given.get("form") or (forms.report_form(own) if own else None),
        rows=rows,
        handover=given.get("handover")
        or (forms.handover_form(rows) if own and own.party == Party.FIRM else None),
        reason=given.get("reason") or (forms.ReasonForm(formdata=None) if checks else None),
        checks=checks,
        refused=given.get("refused"),
        showing=showing,
    )


@blueprint.post("/mentorships/<int:mentorship_id>/completion")
@page(Permission.REPORT_COMPLETION)
def report(mentorship_id: int) -> Response:
    """Keep the report of one's own side, or hand it in."""
    _, reports = queries.ended(me(), mentorship_id)
    own = next((one for one in reports.values() if one.belongs_to(me())), None)
    if own is None:
        raise NotFound(mentorship_id)
    form, hands_in = forms.report_form(own), request.form.get("do") == "submit"
    act = actions.submit_report if hands_in else actions.save_report
    if submitted(
        form,
        lambda: act(
            own, forms.written_in(form, own), forms.scores_in(form, own), form["comment"].data or "", by=me()
        ),
    ):
        flash(gettext("완료보고를 제출했습니다.") if hands_in else gettext("저장했습니다."), "success")
        return to(url_for("completion.completion", mentorship_id=mentorship_id))
    return _completion(mentorship_id, form=form, refused=form)


@blueprint.post("/mentorships/<int:mentorship_id>/completion/handover")
@page(Permission.REPORT_COMPLETION)
def handover(mentorship_id: int) -> Response:
    """Keep the hand-over as the firm has it."""
    mentorship, _ = queries.ended(me(), mentorship_id)
    rows = Handover.of(mentorship.id)
    form = forms.handover_form(rows)
    if submitted(form, lambda: actions.save_handover(mentorship, forms.taken_in(form, rows), by=me())):
        flash(gettext("인계 점검표를 저장했습니다."), "success")
        return to(url_for("completion.completion", mentorship_id=mentorship_id) + "#handover")
    return _completion(mentorship_id, handover=form, refused=form)


@blueprint.post("/mentorships/<int:mentorship_id>/completion/return")
@page(Permission.RUN_MENTORSHIP)
def send_back(mentorship_id: int) -> Response:
    """보완요청."""
    mentorship, _ = queries.ended(me(), mentorship_id)
    form = forms.ReasonForm()
    if submitted(form, lambda: actions.return_report(mentorship, form.reason.data, by=me())):
        flash(gettext("완료보고의 보완을 요청했습니다."), "success")
        return to(url_for("completion.completion", mentorship_id=mentorship_id))
    return _completion(mentorship_id, reason=form, refused=form)


@blueprint.post("/mentorships/<int:mentorship_id>/completion/pass")
@page(Permission.RUN_MENTORSHIP)
def pass_check(mentorship_id: int) -> Response:
    """최종점검 완료."""
    mentorship, _ = queries.ended(me(), mentorship_id)
    form = FlaskForm()
    if submitted(form, lambda: actions.pass_check(mentorship, by=me())):
        flash(gettext("최종점검을 마쳤습니다. 이제 정산합니다."), "success")
        return to(url_for("completion.completion", mentorship_id=mentorship_id))
    return _completion(mentorship_id, refused=form)


@blueprint.get("/mentorships/<int:mentorship_id>/completion.pdf")
@page(Permission.SEE_MENTORSHIP)
def paper(mentorship_id: int) -> Response:
    """완료보고서, once both sides have handed in."""
    mentorship, reports = queries.ended(me(), mentorship_id)
    if any(one.submitted_at is None for one in reports.values()):
        raise NotFound(mentorship_id)
    answer = make_response(completion_pdf(mentorship, reports))
    answer.headers["Content-Type"] = "application/pdf"
    name = f"completion-{mentorship.request.reference}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
