"""Experts as staff see them: the list, everything about one, and the decisions."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext
from wtforms import SelectChoice

from marketplace.access import Permission, may
from marketplace.audit import history_of
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS
from marketplace.experts import frame, queries, verification
from marketplace.experts.blueprint import blueprint
from marketplace.experts.completeness import missing_parts
from marketplace.experts.forms import DecisionForm, SeveralForm, named
from marketplace.experts.labels import masked_email, masked_phone
from marketplace.experts.models import Expert
from marketplace.experts.states import EXPERT_STATE_LABELS, EXPERT_TRANSITIONS, SKILL_LEVELS, ExpertState
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to

DECISIONS = {
    "verify": N_("전문가 확인"),
    "return": N_("보완요청"),
    "confirm_skills": N_("기술 확인"),
    "suspend": N_("확인 취소"),
}


@blueprint.get("/staff/experts")
@page(Permission.SEE_EXPERT)
def staff_list() -> Any:
    """All experts, by state; those waiting longest first."""
    names, counts, tab = frame.labels(), queries.counts_by_state(), text_arg("tab", 12)
    tab = tab if tab in {*ExpertState, queries.SKILLS_TAB} else ""
    tabs = [{"label": gettext("전체"), "tab": "", "current": not tab, "count": sum(counts.values())}]
    tabs += [
        {
            "label": gettext(label),
            "tab": str(state),
            "current": tab == state,
            "count": counts.get(str(state), 0),
        }
        for state, label in EXPERT_STATE_LABELS.items()
        if state is not ExpertState.DRAFT
    ]
    waiting = queries.with_unconfirmed_skills()[0]
    skills_tab = {"label": gettext("기술 확인 필요"), "tab": queries.SKILLS_TAB, "count": waiting}
    tabs.append({**skills_tab, "current": tab == queries.SKILLS_TAB})
    found = queries.staff_list(tab, frame.search_of_page(), names, number_arg("page"))
    return show(
        "experts/staff_list.html",
        found=found,
        tabs=tabs,
        tab=tab,
        labels=names,
        choices=frame.filters(names),
        tones=frame.STATE_TONES,
        states=EXPERT_STATE_LABELS,
        can_verify=may(me(), Permission.VERIFY_EXPERT),
    )


@blueprint.get("/staff/experts/<int:expert_id>")
@page(Permission.SEE_EXPERT)
def staff_expert(expert_id: int) -> Any:
    """Everything about one expert."""
    expert = queries.expert_for(me(), expert_id)
    return _show_expert(expert, DecisionForm(version=expert.version))


@blueprint.post("/staff/experts/<int:expert_id>/decision")
@page(Permission.VERIFY_EXPERT)
def decide(expert_id: int) -> Any:
    """전문가 확인, 보완요청, 기술 확인, 확인 취소."""
    expert, form = queries.expert_for(me(), expert_id), DecisionForm()
    form.decision.choices = named(DECISIONS)  # what the state allows is the action's to say
    form.skills.choices = _skill_choices(expert)
    if submitted(form, lambda: _decide(expert, form)):
        return to(url_for("experts.staff_expert", expert_id=expert_id))
    return _show_expert(queries.expert_for(me(), expert_id), form)


def _decide(expert: Expert, form: Any) -> None:
    """Hand the decision to its action."""
    version = form.seen
    if form.decision.data == "verify":
        verification.verify(
            expert=expert, checks=form.checks.data, skills=form.skill_ids, version=version, by=me()
        )
    elif form.decision.data == "confirm_skills":
        verification.confirm_skills(expert=expert, skills=form.skill_ids, version=version, by=me())
    elif form.decision.data == "return":
        verification.send_back(expert=expert, reason=form.reason.data, version=version, by=me())
    else:
        verification.suspend(expert=expert, reason=form.reason.data, version=version, by=me())


@blueprint.post("/staff/experts/<int:expert_id>/contacts")
@page(Permission.SEE_EXPERT)
def see_contacts(expert_id: int) -> Any:
    """Show address and number, and put on record who looked."""
    expert = queries.expert_for(me(), expert_id)
    verification.see_contacts(expert=expert, by=me())
    form: Any = DecisionForm()
    form.version.data = str(expert.version)
    return _show_expert(expert, form, contacts=True)


def _show_expert(expert: Expert, form: Any, contacts: bool = False) -> Any:
    form.skills.choices = _skill_choices(expert)
    allowed = set(EXPERT_TRANSITIONS[ExpertState(expert.state)])
    if not form.skills.choices:
        allowed.discard("confirm_skills")
    form.decision.choices = [choice for choice in named(DECISIONS) if choice.value in allowed]
    if g.get("status") == 409:
        form.version.data = str(expert.version)
    user = expert.user
    return show(
        "experts/staff_expert.html",
        expert=expert,
        form=form,
        labels=frame.labels(),
        missing=missing_parts(expert),
        history=history_of(expert)[::-1],
        events=EVENT_LABELS,
        steps=frame.STEPS,
        tones=frame.STATE_TONES,
        levels=SKILL_LEVELS,
        states=EXPERT_STATE_LABELS,
        contacts_shown=contacts,
        email=user.email if contacts else masked_email(user.email),
        phone=user.phone if contacts else masked_phone(user.phone),
        can_decide=may(me(), Permission.VERIFY_EXPERT, expert) and bool(form.decision.choices),
    )


def _skill_choices(expert: Expert) -> list[SelectChoice]:
    """The skills that nobody confirmed, with all that there is to confirm."""
    names = frame.labels()
    return [
        SelectChoice(
            str(skill.id),
            " · ".join(
                [
                    names.skill(skill),
                    gettext(SKILL_LEVELS[skill.level]),
                    gettext("%(years)s년", years=skill.years)
                    if skill.years is not None
                    else gettext("햇수 모름"),
                    gettext("근거: %(evidence)s", evidence=skill.evidence)
                    if skill.evidence
                    else gettext("근거 없음"),
                ]
            ),
        )
        for skill in expert.skills
        if skill.verified_at is None
    ]


@blueprint.route("/staff/experts/verify", methods=["GET", "POST"])
@page(Permission.VERIFY_EXPERT)
def verify_several() -> Any:
    """A preview of several profiles to be verified at once, then the decision."""
    form, seen = SeveralForm(), frame.versions_arg("seen")
    refused: dict[int, Any] = {}
    if submitted(
        form,
        lambda: refused.update(
            verification.verify_several(
                versions=seen, checks=form.checks.data, skills=bool(form.skills.data), by=me()
            )
        ),
    ):
        if not refused:
            return to(url_for("experts.staff_list", tab="submitted"))
        g.status = 409
    experts = queries.submitted_with(list(seen) or frame.ids_arg("ids"))
    return show(
        "experts/verify_several.html",
        form=form,
        experts=experts,
        clean=[expert for expert in experts if not missing_parts(expert)],
        refused=refused,
        labels=frame.labels(),
        levels=SKILL_LEVELS,
    )
