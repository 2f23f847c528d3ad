"""Pages of the course: the steps of a mentorship, one step, its answer and its decision."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, Role, may
from marketplace.companies.showing import days_left
from marketplace.course import actions, forms, queries, showing
from marketplace.course.models import DECIDED, CourseStep
from marketplace.course.states import KIND_LABELS, STATE_LABELS, StepKind, StepState
from marketplace.database import page_of
from marketplace.errors import N_, NotAllowed
from marketplace.mentorships.queries import seen_mentorship
from marketplace.mentorships.states import Party
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to
from marketplace.web.todo import Todo, todo_source

EMPTY = {
    StepState.ANSWERED: N_("확인을 기다리는 것이 없습니다."),
    StepState.OPEN: N_("답변을 기다리는 것이 없습니다."),
    StepState.CLOSED: N_("마친 것이 없습니다."),
}
blueprint = Blueprint("course", __name__)
blueprints = [blueprint]
menu(36, N_("진행 점검"), "course.waiting", lambda user: may(user, Permission.SEE_QUEUE))


@todo_source
def own_todos(user: Any) -> list[Todo]:
    """Steps that the user's side owes an answer."""
    if not may(user, Permission.ANSWER_STEP):
        return []
    party = Party.FIRM if Role(user.role) is Role.COMPANY else Party.EXPERT
    return [
        Todo(
            N_("%(firm)s 멘토링의 ‘%(step)s’ 답하기"),
            url_for("course.step", mentorship_id=step.mentorship_id, step_id=step.id),
            since=step.entered_at,
            due=step.due_at,
            facts={"firm": step.mentorship.request.company.name, "step": KIND_LABELS[StepKind(step.kind)]},
        )
        for step in queries.owed_by(user, party)
    ]


@todo_source
def operator_todos(user: Any) -> list[Todo]:
    """Steps that wait for the operator."""
    if not may(user, Permission.RUN_MENTORSHIP):
        return []
    waiting = queries.waiting_in(user, StepState.ANSWERED)
    if waiting.since is None:
        return []
    return [
        Todo(
            N_("중간점검·월간보고 %(count)d건 확인"),
            url_for("course.waiting"),
            since=waiting.since,
            due=waiting.due,
            count=waiting.count,
            facts={"count": waiting.count},
        )
    ]


def state_of_page() -> StepState:
    """The state that the address names; what waits for the operator when it names none."""
    tab = text_arg("tab", 10)
    return StepState(tab) if tab in list(StepState) else StepState.ANSWERED


@blueprint.get("/course")
@page(Permission.SEE_QUEUE)
def waiting() -> Response:
    """중간점검과 사후관리: what waits for the operator, and what the sides owe, over all mentorships in reach."""
    state = state_of_page()
    return show(
        "course/waiting.html",
        page_=page_of(queries.in_state(me(), state), number_arg("page")),
        tabs=[
            {
                "label": gettext(STATE_LABELS[one]),
                "url": url_for("course.waiting", tab=str(one)),
                "current": one == state,
                "count": queries.waiting_in(me(), one).count,
            }
            for one in (StepState.ANSWERED, StepState.OPEN, StepState.CLOSED)
        ],
        empty=EMPTY[state],
        showing=showing,
        days_left=days_left,
    )


@blueprint.get("/mentorships/<int:mentorship_id>/course")
@page(Permission.SEE_MENTORSHIP)
def course(mentorship_id: int) -> Response:
    """진행 점검: every step with its date, who has to answer, and what was decided."""
    mentorship = seen_mentorship(me(), mentorship_id)
    steps = CourseStep.of(mentorship.id)
    return show("course/course.html", mentorship=mentorship, rows=steps, showing=showing, days_left=days_left)


@blueprint.get("/mentorships/<int:mentorship_id>/course/<int:step_id>")
@page(Permission.SEE_MENTORSHIP)
def step(mentorship_id: int, step_id: int) -> Response:
    """One step."""
    return _step(mentorship_id, step_id)


def _step(mentorship_id: int, step_id: int, **given: Any) -> Response:
    found = queries.seen_step(me(), mentorship_id, step_id)
    party = found.mentorship.party_of(me())
    answers = party in found.waits_for and may(me(), Permission.ANSWER_STEP, found)
    decides = found.state == StepState.ANSWERED and may(me(), Permission.RUN_MENTORSHIP, found)
    return show(
        "course/step.html",
        step=found,
        mentorship=found.mentorship,
        form=given.get("form") or (forms.answer_form(found, party) if answers and party else None),
        answers=answers,
        decides=decides,
        is_decided=found.kind in DECIDED,
        decision=given.get("decision") or (forms.DecisionForm(formdata=None) if decides else None),
        back=given.get("back") or (forms.ReturnForm(formdata=None) if decides else None),
        refused=given.get("form") or given.get("decision") or given.get("back"),
        showing=showing,
        days_left=days_left,
    )


@blueprint.post("/mentorships/<int:mentorship_id>/course/<int:step_id>")
@page(Permission.ANSWER_STEP)
def answer(mentorship_id: int, step_id: int) -> Response:
    """답변 제출."""
    found = queries.seen_step(me(), mentorship_id, step_id)
    party = found.mentorship.party_of(me())
    if party is None or party not in found.asked:
        raise NotAllowed("answer")
    form = forms.answer_form(found, party)
    if submitted(form, lambda: actions.answer(found, forms.said_in(form, found, party), by=me())):
        flash(gettext("제출했습니다."), "success")
        return to(url_for("course.course", mentorship_id=mentorship_id))
    return _step(mentorship_id, step_id, form=form)


@blueprint.post("/mentorships/<int:mentorship_id>/course/<int:step_id>/decide")
@page(Permission.RUN_MENTORSHIP)
def decide(mentorship_id: int, step_id: int) -> Response:
    """결정."""
    found, form = queries.seen_step(me(), mentorship_id, step_id), forms.DecisionForm()
    if submitted(form, lambda: actions.decide(found, form.decision.data or "", form.reason.data, by=me())):
        flash(gettext("처리했습니다."), "success")
        return to(url_for("course.course", mentorship_id=mentorship_id))
    return _step(mentorship_id, step_id, decision=form)


@blueprint.post("/mentorships/<int:mentorship_id>/course/<int:step_id>/return")
@page(Permission.RUN_MENTORSHIP)
def send_back(mentorship_id: int, step_id: int) -> Response:
    """보완요청."""
    found, form = queries.seen_step(me(), mentorship_id, step_id), forms.ReturnForm()
    if submitted(form, lambda: actions.send_back(found, form.reason.data, by=me())):
        flash(gettext("보완을 요청했습니다."), "success")
        return to(url_for("course.course", mentorship_id=mentorship_id))
    return _step(mentorship_id, step_id, back=form)
