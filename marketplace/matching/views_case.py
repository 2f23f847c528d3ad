"""One case for staff: why this match, what was checked, what happened, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.companies.limits import money_for
from marketplace.companies.showing import seen
from marketplace.matching import actions, queries, showing
from marketplace.matching.blueprint import blueprint
from marketplace.matching.bulk import verb_of
from marketplace.matching.checks import HOLDS_AGAINST, approval_fault, comparisons
from marketplace.matching.code_version import code_version
from marketplace.matching.forms import ApproveForm, OverrideForm, ReasonForm, ReleaseForm
from marketplace.matching.index import rank_case
from marketplace.matching.models import MatchCase
from marketplace.matching.opinions import returned_among
from marketplace.matching.periods import Step, coming_period
from marketplace.matching.snapshots import replay
from marketplace.matching.states import TRANSITIONS, CandidateState, CaseState, next_state
from marketplace.matching.telling import history, said_kinds, tie_ground
from marketplace.web.page import me, page, show, submitted, text_arg, to


@blueprint.get("/cases/<int:case_id>")
@page(Permission.SEE_QUEUE)
def case_page(case_id: int) -> Response:
    """The case with everything that a decision about it needs."""
    return _case_page(queries.staff_case(me(), case_id), ReasonForm())


def _case_page(case: MatchCase, form: FlaskForm, approval: ApproveForm | None = None) -> Response:
    before, after = queries.neighbours(me(), case)
    verb = verb_of(me())
    can_approve = verb is not None and verb in TRANSITIONS[CaseState(case.state)]
    held = queries.held_by([c.expert_id for c in case.candidates], HOLDS_AGAINST[Step.PROPOSE])
    about = case.chosen or case.offered
    return show(
        "matching/case.html",
        case=case,
        form=form,
        approval=approval or ApproveForm(formdata=None),
        owes_opinion=bool(returned_among([case])),
        money=money_for(case.request),
        about=about,
        cards={
            c.id: showing.card(c, case, _besides(case, held.get(c.expert_id, []))) for c in case.candidates
        },
        period=coming_period(case),
        unstated=said_kinds(unstated) if (unstated := case.request.company.unstated) else None,
        changed_relations=showing.changed_relations(case),
        comparisons=comparisons(about.expert, case) if about is not None else [],
        fault=approval_fault(case, verb, me()) if can_approve and verb is not None else None,
        verb=verb if can_approve else None,
        verbs=TRANSITIONS[CaseState(case.state)],
        tie_ground=tie_ground,
        case_holder=showing.holder(case),
        history=history(case),
        before=before,
        after=after,
        showing=showing,
        **{**seen(case.request), "badge": showing.case_badge(case.state)},
    )


def _besides(case: MatchCase, held: list[tuple[int, Any]]) -> list[Any]:
    return [period for case_id, period in held if case_id != case.id]


@blueprint.post("/cases/<int:case_id>/approve-first")
@page(Permission.APPROVE_FIRST)
def approve_first(case_id: int) -> Response:
    """1차 승인."""
    return _approve(case_id, actions.approve_first, gettext("1차 승인했습니다."))


@blueprint.post("/cases/<int:case_id>/approve-final")
@page(Permission.APPROVE_FINAL)
def approve_final(case_id: int) -> Response:
    """최종 승인."""
    return _approve(case_id, actions.approve_final, gettext("최종 승인했습니다."))


def _approve(case_id: int, approve: Callable[..., None], sentence: str) -> Response:
    case, form = queries.staff_case(me(), case_id), ApproveForm()
    _, after = queries.neighbours(me(), case)
    shown = request.form.get("candidate", type=int) or 0
    if submitted(form, lambda: approve(case, seen=shown, opinion=form.opinion.data, by=me())):
        flash(f"{case.request.company.name}: {sentence}", "success")
        return to(url_for("matching.case_page", case_id=after.id if after else case_id))
    return _case_page(queries.staff_case(me(), case_id), ReasonForm(formdata=None), form)


@blueprint.post("/cases/<int:case_id>/reject")
@page(Permission.APPROVE_FIRST)
def reject(case_id: int) -> Response:
    """반려 at the first approval."""
    return _with_reason(case_id, actions.reject, gettext("반려했습니다."))


@blueprint.post("/cases/<int:case_id>/reject-final")
@page(Permission.APPROVE_FINAL)
def reject_final(case_id: int) -> Response:
    """반려 at the final approval."""
    return _with_reason(case_id, actions.reject_final, gettext("반려했습니다."))


@blueprint.post("/cases/<int:case_id>/return")
@page(Permission.APPROVE_FINAL)
def send_back(case_id: int) -> Response:
    """Back to the operator's approval."""
    return _with_reason(case_id, actions.send_back, gettext("1차 승인 단계로 돌려보냈습니다."))


def _with_reason(case_id: int, act: Callable[..., None], sentence: str) -> Response:
    case, form = queries.staff_case(me(), case_id), ReasonForm()
    if submitted(form, lambda: act(case, form.reason.data, by=me())):
        flash(sentence, "success")
        return to(url_for("matching.case_page", case_id=case_id))
    return _case_page(queries.staff_case(me(), case_id), form)


@blueprint.route("/cases/<int:case_id>/stop", methods=["GET", "POST"])
@page(Permission.STOP_CASE)
def stop(case_id: int) -> Response:
    """중단: ask for the reason on a page of its own, then end the case with its request."""
    case, form = queries.staff_case(me(), case_id), ReasonForm()
    if request.method == "GET":
        next_state(case.state, "stop")
    if submitted(form, lambda: actions.stop(case, form.reason.data, by=me())):
        flash(gettext("매칭을 중단했습니다."), "success")
        return to(url_for("matching.case_page", case_id=case_id))
    return show("matching/stop.html", case=case, form=form, badge=showing.case_badge(case.state))


@blueprint.route("/cases/<int:case_id>/candidates", methods=["GET", "POST"])
@page(Permission.SEE_QUEUE)
def candidates(case_id: int) -> Response:
    """The present ranking with reasons; the operator ticks three to five and proposes them."""
    case, form = queries.staff_case(me(), case_id), ReleaseForm()
    if submitted(form, lambda: _release(case, form)):
        flash(gettext("후보를 기업에 추천했습니다."), "success")
        return to(url_for("matching.case_page", case_id=case_id))
    return _candidates_page(case_id, form, OverrideForm(formdata=None))


def _release(case: MatchCase, form: ReleaseForm) -> None:
    actions.release(
        case,
        form.experts.data or [],
        seen=form.seen.data or "",
        listed=form.listed.data or [],
        reason=form.reason.data,
        by=me(),
    )


@blueprint.post("/cases/<int:case_id>/override")
@page(Permission.OVERRIDE_MATCH)
def override(case_id: int) -> Response:
    """Ask an expert outside the firm's order, with a reason."""
    case, form = queries.staff_case(me(), case_id), OverrideForm()
    if submitted(form, lambda: actions.override(case, form.expert.data or 0, form.reason.data, by=me())):
        flash(gettext("전문가에게 제안했습니다."), "success")
        return to(url_for("matching.case_page", case_id=case_id))
    return _candidates_page(case_id, ReleaseForm(formdata=None), form)


def _candidates_page(case_id: int, form: ReleaseForm, override_form: OverrideForm) -> Response:
    case = queries.staff_case(me(), case_id)
    found = rank_case(case)
    ids = [int(row["expert"]) for row in found.result["experts"]]
    experts = queries.experts_with(ids)
    held = queries.held_by(ids, HOLDS_AGAINST[Step.PROPOSE])
    return show(
        "matching/ranking.html",
        case=case,
        form=form,
        override_form=override_form,
        seen=found.result_hash,
        listed=[candidate.id for candidate in case.in_state(CandidateState.LISTED)],
        period=coming_period(case),
        rows=[
            showing.ranked_card(
                row, experts[int(row["expert"])], case, _besides(case, held.get(int(row["expert"]), []))
            )
            for row in found.result["experts"]
        ],
        candidates={c.expert_id: c for c in case.candidates},
        excluded=found.result["excluded"],
        verbs=TRANSITIONS[CaseState(case.state)],
        badge=showing.case_badge(case.state),
        candidate_badge=showing.candidate_badge,
    )


@blueprint.get("/cases/<int:case_id>/excluded")
@page(Permission.SEE_QUEUE)
def excluded(case_id: int) -> Response:
    """Who was left out of the ranking and by which rule; searched by name or reason."""
    case = queries.staff_case(me(), case_id)
    kept = case.ranking.result if case.ranking is not None else rank_case(case).result
    experts = queries.experts_with([int(out["expert"]) for out in kept["excluded"]])
    wanted = text_arg("q").casefold()
    rows = []
    for out in sorted(kept["excluded"], key=lambda out: int(out["expert"])):
        expert = experts.get(int(out["expert"]))
        name = expert.name if expert is not None else out["expert"]
        reasons = [showing.exclusion(reason) for reason in out["reasons"]]
        if wanted in " ".join([name, *reasons]).casefold():
            rows.append({"name": name, "number": out["expert"], "reasons": reasons})
    return show("matching/excluded.html", case=case, rows=rows, kept=case.ranking is not None)


@blueprint.get("/cases/<int:case_id>/replay")
@page(Permission.SEE_QUEUE)
def replay_page(case_id: int) -> Response:
    """Rank again from what was kept and say whether the same list comes out."""
    case = queries.staff_case(me(), case_id)
    stored = case.ranking
    return show(
        "matching/replay.html",
        case=case,
        stored=stored,
        difference=replay(stored) if stored is not None else None,
        code_version=code_version(),
    )
