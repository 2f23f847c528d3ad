"""One's own careers, skills and interests, added, changed and removed one at a time."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from wtforms import SelectChoice

from marketplace.access import Permission
from marketplace.experts import actions_parts, frame, queries
from marketplace.experts.blueprint import blueprint
from marketplace.experts.forms import CareerForm, InterestForm, NoInterestsForm, SkillForm
from marketplace.experts.models import CareerEntry, Expert, ExpertInterest, ExpertSkill
from marketplace.experts.proposals import proposals_for
from marketplace.experts.queries import profile_of
from marketplace.experts.states import SKILL_LEVELS
from marketplace.taxonomy.actions import choices
from marketplace.web.page import me, page, submitted, text_arg, to


@blueprint.get("/expert/careers")
@page(Permission.EDIT_PROFILE)
def careers() -> Any:
    """경력."""
    return frame.step("experts/careers.html", "careers", profile_of(me()))


@blueprint.route("/expert/careers/new", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def new_career() -> Any:
    """Add a position."""
    return _career(None, profile_of(me()))


@blueprint.route("/expert/careers/<int:entry_id>", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def career(entry_id: int) -> Any:
    """Correct a position."""
    entry = queries.own_career(me(), entry_id)
    return _career(entry, entry.expert)


def _career(entry: CareerEntry | None, expert: Expert) -> Any:
    form: Any = CareerForm(obj=entry, version=expert.version or 0)
    if submitted(
        form,
        lambda: actions_parts.save_career(
            career=entry,
            employer=form.employer.data,
            employer_brn=form.employer_brn.data,
            title=form.title.data,
            since=form.since.data,
            until=form.until.data,
            text=form.text.data,
            today=frame.today(),
            version=form.seen,
            by=me(),
        ),
    ):
        return to(url_for("experts.careers"))
    return frame.step("experts/career.html", "careers", expert, form=form, entry=entry)


@blueprint.route("/expert/careers/<int:entry_id>/remove", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def remove_career(entry_id: int) -> Any:
    """Take a position out, after one more question."""
    entry = queries.own_career(me(), entry_id)
    if request.method == "POST":
        actions_parts.remove_career(career=entry, by=me())
        return to(url_for("experts.careers"))
    what = f"{entry.employer} {entry.title}"
    return frame.step("experts/remove.html", "careers", entry.expert, what=what, verified_fact=True)


@blueprint.get("/expert/skills")
@page(Permission.EDIT_PROFILE)
def skills() -> Any:
    """기술."""
    return frame.step(
        "experts/skills.html", "skills", profile_of(me()), labels=frame.labels(), levels=SKILL_LEVELS
    )


@blueprint.route("/expert/skills/new", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def new_skill() -> Any:
    """Add a skill, by one's own words or from a group of the list."""
    return _skill(None, profile_of(me()))


@blueprint.route("/expert/skills/<int:entry_id>", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def skill(entry_id: int) -> Any:
    """Correct a skill."""
    entry = queries.own_skill(me(), entry_id)
    return _skill(entry, entry.expert)


def _skill(entry: ExpertSkill | None, expert: Expert) -> Any:
    names = frame.labels()
    form: Any = SkillForm(obj=entry, version=expert.version or 0)
    form.this_year = names.on.year
    group = "" if entry else text_arg("group", 5)
    groups = frame.filters(names)["groups"]
    form.term.choices = [
        SelectChoice(term.id, term.label(names.language))
        for term in names.vocabulary.terms.values()
        if term.group == group and not term.replaced_by
    ]
    if submitted(
        form,
        lambda: actions_parts.save_skill(
            skill=entry,
            term=form.term.data if group else None,
            words=form.words.data,
            level=int(form.level.data),
            years=form.years.data,
            last_used=form.last_used.data,
            evidence=form.evidence.data,
            version=form.seen,
            by=me(),
        ),
    ):
        return to(url_for("experts.skills"))
    known = [name for _, terms in choices() for _, ko, en in terms for name in (ko, en)]
    return frame.step(
        "experts/skill.html",
        "skills",
        expert,
        form=form,
        entry=entry,
        groups=groups,
        group=group,
        known=known,
    )


@blueprint.route("/expert/skills/<int:entry_id>/remove", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def remove_skill(entry_id: int) -> Any:
    """Take a skill out, after one more question."""
    entry = queries.own_skill(me(), entry_id)
    if request.method == "POST":
        actions_parts.remove_skill(skill=entry, by=me())
        return to(url_for("experts.skills"))
    return frame.step("experts/remove.html", "skills", entry.expert, what=frame.labels().skill(entry))


@blueprint.route("/expert/skills/proposals", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def skill_proposals() -> Any:
    """Skills that my own text names, to be accepted one by one."""
    expert, names = profile_of(me()), frame.labels()
    form: Any = SkillForm(version=expert.version or 0)
    form.this_year = names.on.year
    form.term.choices = [SelectChoice(term.id) for term in names.vocabulary.terms.values()]
    if submitted(
        form,
        lambda: actions_parts.save_skill(
            skill=None,
            term=form.term.data,
            words=None,
            level=int(form.level.data),
            years=None,
            last_used=None,
            evidence=None,
            version=None,
            by=me(),
        ),
    ):
        return to(url_for("experts.skill_proposals"))
    found = proposals_for(expert, names.vocabulary)
    return frame.step(
        "experts/proposals.html",
        "skills",
        expert,
        form=form,
        labels=names,
        proposals=found,
        levels=SKILL_LEVELS,
    )


@blueprint.route("/expert/interests", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def interests() -> Any:
    """이해관계, with the declaration of having none."""
    expert = profile_of(me())
    form: Any = NoInterestsForm(none=expert.no_interests_declared, version=expert.version or 0)
    if submitted(
        form, lambda: actions_parts.declare_interests(none=form.none.data, version=form.seen, by=me())
    ):
        return to(frame.after("interests"))
    return frame.step("experts/interests.html", "interests", expert, form=form)


@blueprint.route("/expert/interests/new", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def new_interest() -> Any:
    """Declare a tie."""
    return _interest(None, profile_of(me()))


@blueprint.route("/expert/interests/<int:entry_id>", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def interest(entry_id: int) -> Any:
    """Correct a tie."""
    entry = queries.own_interest(me(), entry_id)
    return _interest(entry, entry.expert)


def _interest(entry: ExpertInterest | None, expert: Expert) -> Any:
    form: Any = InterestForm(obj=entry, version=expert.version or 0)
    if submitted(
        form,
        lambda: actions_parts.save_interest(
            interest=entry,
            kind=form.kind.data,
            organisation=form.organisation.data,
            brn=form.brn.data,
            until=form.until.data,
            note=form.note.data,
            version=form.seen,
            by=me(),
        ),
    ):
        return to(url_for("experts.interests"))
    return frame.step("experts/interest.html", "interests", expert, form=form, entry=entry)


@blueprint.route("/expert/interests/<int:entry_id>/remove", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def remove_interest(entry_id: int) -> Any:
    """Take a tie back, after one more question."""
    entry = queries.own_interest(me(), entry_id)
    if request.method == "POST":
        actions_parts.remove_interest(interest=entry, by=me())
        return to(url_for("experts.interests"))
    return frame.step(
        "experts/remove.html", "interests", entry.expert, what=entry.organisation, verified_fact=True
    )
