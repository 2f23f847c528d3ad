"""Pages of the outcomes: a mentorship's figures and effects, entering them, and what waits for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission, may, require
from marketplace.codes.actions import kpis
from marketplace.database import page_of
from marketplace.errors import N_
from marketplace.outcomes import actions, queries, views_totals  # noqa: F401 - views_totals registers its pages
from marketplace.outcomes.blueprint import blueprint
from marketplace.outcomes.forms import EffectForm, MeasurementForm, SayForm, known
from marketplace.outcomes.models import BUSINESS, Measurement, Value
from marketplace.outcomes.showing import (
    badge_of,
    change_of,
    name_of,
    overall_of,
    period_of,
    series_of,
    signed,
)
from marketplace.outcomes.states import TRANSITIONS, ValueState
from marketplace.web.fields import options
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show, submitted, to
from marketplace.web.todo import Todo, todo_source

blueprints = [blueprint]
menu(45, N_("성과 확인"), "outcomes.waiting", lambda user: may(user, Permission.VERIFY_OUTCOME))


DOUBT_NAMES = {
    "unit_slip": N_("단위가 다를 수 있음"),
    "too_good": N_("개선 폭이 매우 큼"),
    "much_worse": N_("크게 나빠짐"),
    "out_of_range": N_("0에서 100 사이가 아님"),  # of values entered before such were refused
}


@todo_source
def outcome_todos(user: Any) -> list[Todo]:
    """Values to verify, and questions about one's own."""
    found = []
    if may(user, Permission.VERIFY_OUTCOME):
        waiting = queries.waiting_for_staff(user)
        if waiting.count:
            found.append(
                Todo(
                    N_("성과값 %(count)s건 확인"),
                    url_for("outcomes.waiting"),
                    waiting.since,
                    count=waiting.count,
                    facts={"count": waiting.count},
                )
            )
    if may(user, Permission.ENTER_OUTCOME):
        for mentorship_id, since in queries.asked_of(user):
            url = url_for("outcomes.of_mentorship", mentorship_id=mentorship_id)
            found.append(Todo(N_("입력한 성과값에 대한 질문에 답변"), url, since))
    return found


@blueprint.get("/mentorships/<int:mentorship_id>/outcomes")
@page(Permission.SEE_MENTORSHIP)
def of_mentorship(mentorship_id: int) -> Response:
    """성과: each goal with its chart and table, and the effects on the business beside them."""
    mentorship = queries.mentorship_with_goals(me(), mentorship_id)
    known = {kpi.code: kpi for kpi in kpis(retired=True)}
    values = queries.measurements_of(mentorship)
    series = [series_of(goal, values[goal.id], known) for goal in mentorship.goals]
    effects = [
        {
            "row": row,
            "name": name_of(known[row.kpi]),
            "change": signed(row.change),
            "rate": change_of(row.before, row.after),
            "badge": badge_of(row.state),
        }
        for row in queries.effects_of(mentorship)
    ]
    rate, share = overall_of(series)
    return show(
        "outcomes/of_mentorship.html",
        mentorship=mentorship,
        series=series,
        effects=effects,
        rate=rate,
        share=share,
        period_of=period_of,
        open_=mentorship.state in actions.OPEN_FOR_VALUES,
    )


@blueprint.route("/mentorships/<int:mentorship_id>/outcomes/<int:goal_id>", methods=["GET", "POST"])
@page(Permission.ENTER_OUTCOME)
def measure(mentorship_id: int, goal_id: int) -> Response:
    """A new value of a goal's figure."""
    goal = queries.goal_of(me(), mentorship_id, goal_id)
    require(me(), Permission.ENTER_OUTCOME, goal.mentorship)
    form = MeasurementForm()
    if submitted(
        form,
        lambda: actions.enter_measurement(
            goal,
            value=form.value.data,
            sample=known(form.sample.data),
            method=known(form.method.data),
            stating=form.stating(),
            by=me(),
        ),
    ):
        return _entered(mentorship_id)
    kpi = next(kpi for kpi in kpis(retired=True) if kpi.code == goal.kpi)
    return show(
        "outcomes/measure.html", form=form, goal=goal, mentorship=goal.mentorship, kpi=kpi, name=name_of(kpi)
    )


@blueprint.route("/mentorships/<int:mentorship_id>/outcomes/effects", methods=["GET", "POST"])
@page(Permission.ENTER_OUTCOME)
def effect(mentorship_id: int) -> Response:
    """A new effect on the firm's business."""
    mentorship = queries.mentorship_with_goals(me(), mentorship_id)
    require(me(), Permission.ENTER_OUTCOME, mentorship)
    form = EffectForm()
    business = [kpi for kpi in kpis() if kpi.field == BUSINESS]
    form.kpi.choices = options((kpi.code, f"{name_of(kpi)} ({kpi.unit})") for kpi in business)
    if submitted(
        form,
        lambda: actions.enter_effect(
            mentorship,
            kpi=form.kpi.data,
            before=known(form.before.data),
            after=known(form.after.data),
            stating=form.stating(),
            by=me(),
        ),
    ):
        return _entered(mentorship_id)
    return show("outcomes/effect.html", form=form, mentorship=mentorship)


@blueprint.get("/outcomes")
@page(Permission.VERIFY_OUTCOME)
def waiting() -> Response:
    """성과 확인: values that wait for the operator, the longest waiting first."""
    return show(
        "outcomes/waiting.html",
        found=page_of(queries.waiting(me()), number_arg("page")),
        effects=queries.waiting_effects(me()),
        names={kpi.code: name_of(kpi) for kpi in kpis(retired=True)},
        period_of=period_of,
    )


@blueprint.get("/outcomes/<kind>/<int:value_id>")
@page(Permission.SEE_MENTORSHIP)
def value(kind: str, value_id: int) -> Response:
    """One value with its evidence, what was asked about it, and the decision."""
    return _value_page(kind, queries.value_of(me(), kind, value_id), SayForm())


@blueprint.post("/outcomes/<kind>/<int:value_id>/verify")
@page(Permission.VERIFY_OUTCOME)
def verify(kind: str, value_id: int) -> Response:
    """확인."""
    row, form = queries.value_of(me(), kind, value_id), FlaskForm()
    if submitted(form, lambda: actions.verify(row, by=me())):
        return _decided(kind, value_id, gettext("성과값을 확인했습니다."))
    return _value_page(kind, queries.value_of(me(), kind, value_id), form)


@blueprint.post("/outcomes/<kind>/<int:value_id>/question")
@page(Permission.VERIFY_OUTCOME)
def question(kind: str, value_id: int) -> Response:
    """소명 요청."""
    return _say(kind, value_id, actions.question, gettext("소명을 요청했습니다."))


@blueprint.post("/outcomes/<kind>/<int:value_id>/refuse")
@page(Permission.VERIFY_OUTCOME)
def refuse(kind: str, value_id: int) -> Response:
    """불인정."""
    return _say(kind, value_id, actions.refuse, gettext("인정하지 않았습니다."))


@blueprint.post("/outcomes/<kind>/<int:value_id>/answer")
@page(Permission.ENTER_OUTCOME)
def answer(kind: str, value_id: int) -> Response:
    """소명."""
    return _say(kind, value_id, actions.answer, gettext("답변을 보냈습니다."))


def _entered(mentorship_id: int) -> Response:
    flash(gettext("성과값을 입력했습니다. 운영기관이 확인하면 합계에 들어갑니다."), "success")
    return to(url_for("outcomes.of_mentorship", mentorship_id=mentorship_id))


def _say(kind: str, value_id: int, act: Callable[..., None], sentence: str) -> Response:
    row, form = queries.value_of(me(), kind, value_id), SayForm()
    if submitted(form, lambda: act(row, form.reason.data, by=me())):
        return _decided(kind, value_id, sentence)
    return _value_page(kind, queries.value_of(me(), kind, value_id), form)


def _decided(kind: str, value_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return to(url_for("outcomes.value", kind=kind, value_id=value_id))


def _value_page(kind: str, row: Value, form: FlaskForm) -> Response:
    indicators = {kpi.code: kpi for kpi in kpis(retired=True)}
    return show(
        "outcomes/value.html",
        kind=kind,
        row=row,
        measured=isinstance(row, Measurement),
        mentorship=row.mentorship,
        name=name_of(indicators[row.goal.kpi if isinstance(row, Measurement) else row.kpi]),
        series=series_of(row.goal, [row], indicators) if isinstance(row, Measurement) else None,
        change=None if isinstance(row, Measurement) else change_of(row.before, row.after),
        badge=badge_of(row.state),
        verbs=TRANSITIONS[ValueState(row.state)],
        mine=row.author_id == me().id,
        period=period_of(row),
        doubts=[gettext(DOUBT_NAMES[doubt]) for doubt in row.doubts],
        form=form if isinstance(form, SayForm) else SayForm(formdata=None),
        refused=form,
    )
