"""The agreement: written on one page, read and signed on another."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.codes.actions import kpis
from marketplace.companies.eligibility import today
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.ledger.queries import shortfall
from marketplace.ledger.states import SOURCE_LABELS
from marketplace.mentorships import actions, printing, queries, showing
from marketplace.mentorships.actions.money import whole_parts
from marketplace.mentorships.blueprint import blueprint
from marketplace.mentorships.draft import faults_in, missing_in
from marketplace.mentorships.forms import AgreementForm, ReasonForm, SignForm
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import AGREEMENT, Document
from marketplace.mentorships.planning import term_from
from marketplace.mentorships.states import Party, next_state
from marketplace.web.page import me, page, said, show, submitted, to


@blueprint.route("/mentorships/<int:mentorship_id>/agreement/edit", methods=["GET", "POST"])
@page(Permission.EDIT_AGREEMENT)
def edit_agreement(mentorship_id: int) -> Response:
    """협약 작성: purpose, tasks, goals, plan; rows come and go without losing what was typed."""
    mentorship = queries.seen_mentorship(me(), mentorship_id)
    next_state(mentorship.state, "save")
    operator = mentorship.party_of(me()) is Party.OPERATOR
    form = AgreementForm.of(mentorship, operator)
    if form.is_submitted() and form.change_rows():
        form.draw(mentorship)
        return _editor(mentorship, form)
    if submitted(form, lambda: _save(mentorship, form)):
        if form.pressed[0] != "propose":
            flash(gettext("저장했습니다."), "success")
            return to(url_for("mentorships.edit_agreement", mentorship_id=mentorship_id))
        if form.flag(missing_in(queries.seen_mentorship(me(), mentorship_id), today())):
            g.status = 422
        elif submitted(form, lambda: actions.propose(mentorship, by=me())):
            flash(gettext("서명을 요청했습니다. 기업과 전문가에게 알렸습니다."), "success")
            return to(url_for("mentorships.agreement", mentorship_id=mentorship_id))
    return _editor(queries.seen_mentorship(me(), mentorship_id), form)


def _save(mentorship: Mentorship, form: AgreementForm) -> None:
    """Say every fault at its field; only a draft without one reaches the action."""
    draft = form.draft()
    since = draft.own.get("since") or mentorship.since
    moved = since != mentorship.since and [row.on for row in draft.plan] == [v.on for v in mentorship.plan]
    catalogue = {row.code: row for row in kpis(retired=True)}
    faults = faults_in(draft, catalogue, *term_from(since, mentorship.months))
    faults = [fault for fault in faults if not (moved and fault.part == "plan" and fault.name == "on")]
    if form.flag(faults):
        raise RuleBroken(N_("표시된 항목을 고친 뒤 다시 저장해 주십시오."))
    actions.save(mentorship, draft, by=me())


def _editor(mentorship: Mentorship, form: AgreementForm) -> Response:
    form.version.data = mentorship.version
    return show(
        "mentorships/edit.html",
        mentorship=mentorship,
        form=form,
        badge=showing.state_badge(mentorship.state),
        missing=[said(fault.sentence, fault.facts) for fault in missing_in(mentorship, today())],
        resting=showing.resting_days(mentorship),
        monthly=mentorship.programme.monthly_visits,
        operator="since" in form,
        showing=showing,
        lacking=_lacking(mentorship),
        can_propose=may(me(), Permission.PROPOSE_AGREEMENT, mentorship),
    )


def _lacking(mentorship: Mentorship) -> list[str]:
    """What the operator is warned of. The request to sign is not refused for it: contributions often come in during
    the weeks of signing, and the last signature is what the money has to be there for."""
    if not may(me(), Permission.PROPOSE_AGREEMENT, mentorship):
        return []
    sentence = N_("%(source)s 가용액이 %(missing)s원 부족합니다.")
    found = shortfall(mentorship.programme, whole_parts(mentorship))
    return [
        said(sentence, {"source": SOURCE_LABELS[source], "missing": f"{missing:,}"})
        for source, missing in found
    ]


@blueprint.get("/mentorships/<int:mentorship_id>/agreement")
@page(Permission.SEE_MENTORSHIP)
def agreement(mentorship_id: int) -> Response:
    """The whole agreement on one page, as it was put before the parties; below it, the signature."""
    return _reader(queries.seen_mentorship(me(), mentorship_id))


def _reader(
    mentorship: Mentorship, form: SignForm | None = None, refusal: ReasonForm | None = None
) -> Response:
    edition = showing.edition_for(mentorship)
    party = mentorship.party_of(me()) if may(me(), Permission.SIGN_AGREEMENT, mentorship) else None
    signing = edition is not None and mentorship.state == "signing" and party is not None
    form = form or SignForm(formdata=None)
    form.seen.data = edition.text_hash if edition else ""  # what this page shows
    context: dict[str, Any] = {
        "mentorship": mentorship,
        "edition": edition,
        "document": Document.of(mentorship.id, AGREEMENT, edition.edition) if edition else None,
        "badge": showing.state_badge(mentorship.state),
        "showing": showing,
        "signatures": showing.signatures(mentorship),
        "form": form,
        "refusal": refusal or ReasonForm(formdata=None),
        "may_sign": signing and party is not None and mentorship.signed_by(party) is None,
        "may_decline": signing,
    }
    return show("mentorships/agreement.html", **context)


@blueprint.get("/mentorships/<int:mentorship_id>/agreement.pdf")
@page(Permission.SEE_MENTORSHIP)
def agreement_pdf(mentorship_id: int) -> Response:
    """협약서: the paper that was kept, or, as long as there is none, printed from what was kept of the agreement."""
    mentorship = queries.seen_mentorship(me(), mentorship_id)
    edition = showing.edition_for(mentorship)
    if edition is None:
        raise NotFound(mentorship_id)
    kept = Document.of(mentorship.id, AGREEMENT, edition.edition)
    content = kept.content if kept else printing.agreement_pdf(mentorship, edition)
    name = f"agreement-{mentorship.request.reference}-{edition.edition}.pdf"
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/mentorships/<int:mentorship_id>/sign")
@page(Permission.SIGN_AGREEMENT)
def sign(mentorship_id: int) -> Response:
    """서명."""
    mentorship, form = queries.seen_mentorship(me(), mentorship_id), SignForm()
    if submitted(form, lambda: _sign(mentorship, form)):
        flash(gettext("협약에 서명했습니다."), "success")
        return to(url_for("mentorships.mentorship_page", mentorship_id=mentorship_id))
    return _reader(queries.seen_mentorship(me(), mentorship_id), form=form)


def _sign(mentorship: Mentorship, form: SignForm) -> None:
    actions.sign(mentorship, seen=form.seen.data or "", read=bool(form.read.data), by=me())


@blueprint.post("/mentorships/<int:mentorship_id>/decline")
@page(Permission.SIGN_AGREEMENT)
def decline(mentorship_id: int) -> Response:
    """서명 거절: back to writing."""
    mentorship, form = queries.seen_mentorship(me(), mentorship_id), ReasonForm()
    if submitted(form, lambda: actions.decline(mentorship, form.reason.data, by=me())):
        flash(gettext("서명을 거절했습니다. 협약 내용을 다시 고칠 수 있습니다."), "success")
        return to(url_for("mentorships.edit_agreement", mentorship_id=mentorship_id))
    return _reader(queries.seen_mentorship(me(), mentorship_id), refusal=form)
