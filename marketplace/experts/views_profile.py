"""One's own profile: the overview, the steps with one form each, the preview and submitting."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_wtf import FlaskForm
from wtforms import SelectChoice

from marketplace.access import Permission
from marketplace.codes.actions import regions
from marketplace.experts import actions, frame, verification
from marketplace.experts.blueprint import blueprint
from marketplace.experts.card import card_of
from marketplace.experts.completeness import missing_parts, parts_of
from marketplace.experts.forms import AvailabilityForm, BasicsForm, FieldsForm, ReasonForm
from marketplace.experts.queries import profile_of
from marketplace.web.page import me, page, submitted, to


@blueprint.get("/expert")
@page(Permission.EDIT_PROFILE)
def overview() -> Any:
    """Where my profile stands, what is missing and what comes next."""
    expert = profile_of(me())
    parts = parts_of(expert)
    return frame.step("experts/overview.html", "overview", expert, parts=parts, missing=missing_parts(expert))


@blueprint.route("/expert/basics", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def basics() -> Any:
    """기본."""
    expert = profile_of(me())
    form: Any = BasicsForm(obj=expert)
    if submitted(
        form,
        lambda: actions.save_basics(
            headline=form.headline.data,
            bio=form.bio.data,
            years=form.years.data,
            version=form.seen,
            by=me(),
        ),
    ):
        return to(frame.after("basics"))
    return frame.step("experts/basics.html", "basics", expert, form=form)


@blueprint.route("/expert/fields", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def fields() -> Any:
    """분야."""
    expert, names = profile_of(me()), frame.labels()
    form: Any = FieldsForm(obj=expert)
    form.industries.choices = [
        SelectChoice(code, name, optgroup=section)
        for section, rows in names.industries_by_section().items()
        for code, name in rows
    ]
    form.regions.choices = [SelectChoice(row.code, names.region(row.code)) for row in regions(names.on)]
    if not form.is_submitted():
        form.regions.data = [names.region_today(code) for code in expert.regions]
    if submitted(
        form,
        lambda: actions.save_fields(
            industries=form.industries.data,
            regions=form.regions.data,
            mode=form.mode.data,
            firm_sizes=form.firm_sizes.data,
            small_firm_projects=form.small_firm_projects.data,
            version=form.seen,
            by=me(),
        ),
    ):
        return to(frame.after("fields"))
    return frame.step("experts/fields.html", "fields", expert, form=form)


@blueprint.route("/expert/availability", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def availability() -> Any:
    """가능 시간."""
    expert = profile_of(me())
    form: Any = AvailabilityForm(obj=expert)
    if submitted(
        form,
        lambda: actions.save_availability(
            available_from=form.available_from.data,
            available_until=form.available_until.data,
            capacity=form.capacity.data,
            days_per_week=form.days_per_week.data,
            version=form.seen,
            by=me(),
        ),
    ):
        return to(frame.after("availability"))
    return frame.step("experts/availability.html", "availability", expert, form=form)


@blueprint.route("/expert/pause", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def pause() -> Any:
    """Take no new work for the time being."""
    form: Any = ReasonForm()
    if submitted(form, lambda: actions.pause(reason=form.reason.data, by=me())):
        return to(url_for("experts.availability"))
    return frame.step("experts/pause.html", "availability", profile_of(me()), form=form)


@blueprint.post("/expert/resume")
@page(Permission.EDIT_PROFILE)
def resume() -> Any:
    """Take work again."""
    actions.resume(by=me())
    return to(url_for("experts.availability"))


@blueprint.get("/expert/preview")
@page(Permission.EDIT_PROFILE)
def preview() -> Any:
    """미리보기: what a firm sees of me."""
    expert = profile_of(me())
    card = card_of(expert, me().name, frame.labels())
    return frame.step("experts/preview.html", "preview", expert, card=card)


@blueprint.route("/expert/submit", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def submit_profile() -> Any:
    """제출."""
    form: Any = FlaskForm()
    if submitted(form, lambda: verification.submit(by=me())):
        return to(url_for("experts.overview"))
    expert = profile_of(me())
    return frame.step(
        "experts/submit.html", "submit_profile", expert, form=form, missing=missing_parts(expert)
    )
