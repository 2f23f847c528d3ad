"""A mentorship's money: what a firm paid in, what each source bore, and the settlement."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.errors import N_, NotFound
from marketplace.ledger.actions import Payment, enter_receipt
from marketplace.ledger.queries import takes_deposit
from marketplace.ledger.states import SOURCE_LABELS, Source
from marketplace.mentorships.states import MentorshipState
from marketplace.payments import actions, queries
from marketplace.payments.actions.settling import open_points
from marketplace.payments.blueprint import blueprint
from marketplace.payments.forms import DepositForm
from marketplace.payments.printing import statement_pdf
from marketplace.payments.showing import sees_taxes
from marketplace.web.page import me, page, show, submitted, to
from marketplace.web.todo import Todo, todo_source


@todo_source
def release_todos(user: Any) -> list[Todo]:
    """Stopped mentorships whose rest waits to be freed."""
    if not may(user, Permission.RUN_MENTORSHIP):
        return []
    return [
        Todo(
            N_("중단된 %(firm)s 멘토링의 잔액 배정 해제"),
            url_for("payments.settlement", mentorship_id=mentorship.id),
            since=mentorship.entered_at,
            facts={"firm": mentorship.request.company.name},
        )
        for mentorship in queries.releasable(user)
    ]


@blueprint.get("/mentorships/<int:mentorship_id>/settlement")
@page(Permission.SEE_PAYMENT)
def settlement(mentorship_id: int) -> Response:
    """재원별 집행과 정산."""
    return _settlement(mentorship_id)


def _settlement(mentorship_id: int, form: FlaskForm | None = None) -> Response:
    mentorship = queries.mentorship_for(me(), Permission.SEE_PAYMENT, mentorship_id)
    runs = may(me(), Permission.RUN_MENTORSHIP, mentorship)
    flows = queries.flows_of(mentorship)
    left = sum(flow.reserved - flow.drawn - flow.released for flow in flows)
    return show(
        "payments/settlement.html",
        mentorship=mentorship,
        flows=flows,
        sources=SOURCE_LABELS,
        taxes=sees_taxes(me()),
        paid=queries.experts_paid(me(), mentorship) if sees_taxes(me()) else [],
        open_=open_points(mentorship),
        can_settle=runs and mentorship.state == MentorshipState.SETTLING,
        can_release=runs and mentorship.state == MentorshipState.STOPPED and left > 0,
        can_deposit=may(me(), Permission.MOVE_MONEY, mentorship)
        and takes_deposit(mentorship.programme.id, mentorship.id),
        form=form,
    )


@blueprint.get("/mentorships/<int:mentorship_id>/payments/<int:expert_id>.pdf")
@page(Permission.SEE_PAYMENT)
def statement(mentorship_id: int, expert_id: int) -> Response:
    """지급내역서 of an expert; a firm has no business with what is kept from his pay."""
    mentorship = queries.mentorship_for(me(), Permission.SEE_PAYMENT, mentorship_id)
    claims = queries.claims_of_expert(me(), mentorship, expert_id)
    if not claims or not sees_taxes(me()):
        raise NotFound(expert_id)
    answer = make_response(statement_pdf(mentorship, claims))
    answer.headers["Content-Type"] = "application/pdf"
    name = f"payments-{mentorship.request.reference}-{expert_id}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/mentorships/<int:mentorship_id>/settlement")
@page(Permission.RUN_MENTORSHIP)
def settle(mentorship_id: int) -> Response:
    """정산 완료; of a stopped mentorship, what is left is freed."""
    mentorship = queries.mentorship_for(me(), Permission.RUN_MENTORSHIP, mentorship_id)
    stopped, form = mentorship.state == MentorshipState.STOPPED, FlaskForm()
    do = actions.release_rest if stopped else actions.settle
    if submitted(form, lambda: do(mentorship, by=me())):
        flash(gettext("잔액의 배정을 해제했습니다.") if stopped else gettext("정산을 마쳤습니다."), "success")
        return to(url_for("payments.settlement", mentorship_id=mentorship_id))
    return _settlement(mentorship_id, form)


@blueprint.route("/mentorships/<int:mentorship_id>/deposit", methods=["GET", "POST"])
@page(Permission.MOVE_MONEY)
def deposit(mentorship_id: int) -> Response:
    """기업부담금 입금 등록."""
    mentorship = queries.mentorship_for(me(), Permission.MOVE_MONEY, mentorship_id)
    form = DepositForm()

    def enter() -> None:
        amount, memo = form.amount.data or 0, form.memo.data or ""
        payment = Payment(Source.FIRM, amount, memo, form.key.data or "", mentorship_id=mentorship.id)
        enter_receipt(mentorship.programme, payment, by=me())

    if submitted(form, enter):
        flash(gettext("기업부담금 입금을 등록했습니다."), "success")
        return to(url_for("payments.settlement", mentorship_id=mentorship_id))
    return show("payments/deposit.html", mentorship=mentorship, form=form)
