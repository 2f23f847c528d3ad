"""Pages of payments: the list and one claim, and what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission, Role, may
from marketplace.database import page_of, utcnow
from marketplace.errors import N_
from marketplace.ledger.states import TRANSACTION_LABELS
from marketplace.payments import (
    actions,
    bulk,
    hooks,  # noqa: F401 - it registers itself
    queries,
    showing,
    views_orders,  # noqa: F401 - it registers itself
    views_settling,  # noqa: F401 - it registers itself
)
from marketplace.payments.actions.claiming import approval_fault
from marketplace.payments.blueprint import blueprint
from marketplace.payments.forms import AccountForm, PaidForm, ReasonForm
from marketplace.payments.states import STATE_LABELS, TRANSITIONS, ClaimState
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show, submitted, text_arg, to
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprints = [blueprint]
menu(60, N_("지급"), "payments.index", lambda user: may(user, Permission.SEE_PAYMENT))
place_to_go(
    45,
    N_("지급"),
    "payments.index",
    N_("인정된 방문의 청구, 지급 승인, 지급 요청과 지급을 봅니다."),
    lambda user: may(user, Permission.SEE_PAYMENT) and user.is_staff,
)
_WAITING = {
    ClaimState.CLAIMED: N_("지급 청구 %(count)d건 승인"),
    ClaimState.HELD: N_("보류한 지급 %(count)d건 살피기"),
    ClaimState.APPROVED: N_("승인한 지급 %(count)d건 지급 요청"),
    ClaimState.ORDERED: N_("지급 요청한 %(count)d건의 이체 결과 등록"),
}


@todo_source
def operator_todos(user: Any) -> list[Todo]:
    """Claims that wait for the operator, each state as one line with its count."""
    if user.role != Role.OPERATOR or not may(user, Permission.APPROVE_PAYMENT):
        return []
    counts = queries.tallies(user)
    return [
        Todo(
            sentence,
            url_for("payments.index", tab=str(state)),
            counts[state].since or utcnow(),
            count=counts[state].count,
            facts={"count": counts[state].count},
        )
        for state, sentence in _WAITING.items()
        if state in counts
    ]


@todo_source
def expert_todos(user: Any) -> list[Todo]:
    """The account that is missing while pay waits."""
    if user.role != Role.EXPERT or not may(user, Permission.SEE_PAYMENT):
        return []
    counts = queries.tallies(user)
    waiting = [counts[state] for state in (ClaimState.CLAIMED, ClaimState.APPROVED) if state in counts]
    if not waiting or queries.account_of(queries.own_expert(user)) is not None:
        return []
    since = min(found.since for found in waiting if found.since is not None)
    return [Todo(N_("지급받을 계좌 등록"), url_for("payments.account"), since)]


def _tab() -> ClaimState | None:
    tab = text_arg("tab", 20)
    if not tab and me().role == Role.OPERATOR:
        return ClaimState.CLAIMED
    return ClaimState(tab) if tab in list(ClaimState) else None


@blueprint.get("/payments")
@page(Permission.SEE_PAYMENT)
def index() -> Response:
    """지급: by state for staff, those longest in it first; 나의 지급 내역 for an expert, a firm's own for the firm."""
    state, counts = _tab(), queries.tallies(me())
    tabs = [
        {
            "label": gettext(STATE_LABELS[of]),
            "url": url_for("payments.index", tab=str(of)),
            "current": state == of,
            "count": counts[of].count if of in counts else 0,
        }
        for of in ClaimState
    ]
    everything = {
        "label": gettext("전체"),
        "url": url_for("payments.index", tab="all"),
        "current": state is None,
        "count": sum(found.count for found in counts.values()),
    }
    return show(
        "payments/index.html",
        page_=page_of(queries.listed(me(), state, text_arg("q")), number_arg("page")),
        tabs=[*tabs, everything],
        tab=str(state) if state else "all",
        showing=showing,
        taxes=showing.sees_taxes(me()),
        approvable=state == ClaimState.CLAIMED and may(me(), Permission.APPROVE_PAYMENT),
        orderable=state == ClaimState.APPROVED and may(me(), Permission.MOVE_MONEY),
    )


@blueprint.get("/payments/<int:claim_id>")
@page(Permission.SEE_PAYMENT)
def claim(claim_id: int) -> Response:
    """One claim: where its money is, by whom and when."""
    return _claim_page(claim_id)


def _claim_page(
    claim_id: int, reason: ReasonForm | None = None, paid: PaidForm | None = None, **more: Any
) -> Response:
    found = queries.claim_for(me(), Permission.SEE_PAYMENT, claim_id)
    verbs = set(TRANSITIONS[ClaimState(found.state)]) - {"order"}  # is done to several, from the list
    if not may(me(), Permission.APPROVE_PAYMENT, found):
        verbs -= {"approve", "hold", "resume", "refuse"}
    if not may(me(), Permission.MOVE_MONEY, found):
        verbs -= {"pay", "fail"}
    return show(
        "payments/claim.html",
        claim=found,
        verbs=verbs,
        fault=approval_fault(found, me()) if "approve" in verbs else None,
        booked=queries.booked(found) if may(me(), Permission.SEE_LEDGER, found.mentorship.programme) else [],
        booked_as=TRANSACTION_LABELS,
        may_recover=may(me(), Permission.MOVE_MONEY, found.mentorship.programme),
        showing=showing,
        taxes=showing.sees_taxes(me()),
        reason=reason or ReasonForm(formdata=None),
        paid=paid or PaidForm(formdata=None),
        refused=reason or paid or more.get("form"),
    )


def _acted(claim_id: int, form: Any, act: Callable[[Any], object], sentence: str, **shown: Any) -> Response:
    found = queries.claim_for(me(), Permission.SEE_PAYMENT, claim_id)
    if submitted(form, lambda: act(found)):
        flash(sentence, "success")
        return to(url_for("payments.claim", claim_id=claim_id))
    return _claim_page(claim_id, **(shown or {"form": form}))


@blueprint.post("/payments/<int:claim_id>/approve")
@page(Permission.APPROVE_PAYMENT)
def approve(claim_id: int) -> Response:
    """지급 승인."""
    return _acted(
        claim_id, FlaskForm(), lambda c: actions.approve(c, by=me()), gettext("지급을 승인했습니다.")
    )


@blueprint.post("/payments/<int:claim_id>/hold")
@page(Permission.APPROVE_PAYMENT)
def hold(claim_id: int) -> Response:
    """지급 보류."""
    form = ReasonForm()
    done = gettext("지급을 보류했습니다.")
    return _acted(claim_id, form, lambda c: actions.hold(c, form.reason.data, by=me()), done, reason=form)


@blueprint.post("/payments/<int:claim_id>/resume")
@page(Permission.APPROVE_PAYMENT)
def resume(claim_id: int) -> Response:
    """지급 보류 해제."""
    return _acted(
        claim_id, FlaskForm(), lambda c: actions.resume(c, by=me()), gettext("보류를 해제했습니다.")
    )


@blueprint.post("/payments/<int:claim_id>/refuse")
@page(Permission.APPROVE_PAYMENT)
def refuse(claim_id: int) -> Response:
    """지급 불승인."""
    form = ReasonForm()
    done = gettext("지급을 승인하지 않았습니다.")
    return _acted(claim_id, form, lambda c: actions.refuse(c, form.reason.data, by=me()), done, reason=form)


@blueprint.post("/payments/<int:claim_id>/paid")
@page(Permission.MOVE_MONEY)
def paid(claim_id: int) -> Response:
    """지급 완료."""
    form = PaidForm()
    done = gettext("지급을 등록했습니다.")
    return _acted(claim_id, form, lambda c: actions.mark_paid(c, form.day(), by=me()), done, paid=form)


@blueprint.post("/payments/<int:claim_id>/failed")
@page(Permission.MOVE_MONEY)
def failed(claim_id: int) -> Response:
    """이체 실패."""
    form = ReasonForm()
    done = gettext("이체 실패를 등록했습니다. 다시 지급을 요청할 수 있습니다.")
    return _acted(
        claim_id, form, lambda c: actions.mark_failed(c, form.reason.data, by=me()), done, reason=form
    )


@blueprint.get("/payments/approve")
@page(Permission.APPROVE_PAYMENT)
def preview_approval() -> Response:
    """Which of the ticked claims can be approved, which cannot, and why; nothing is changed yet."""
    return _outcomes(bulk.preview(queries.ticked(me(), ticked(sent.args)), me()), done=False)


@blueprint.post("/payments/approve")
@page(Permission.APPROVE_PAYMENT)
def approve_several() -> Response:
    """Approve the claims that were previewed, each on its own."""
    outcomes = bulk.approve_each(queries.ticked(me(), ticked(sent.form)), by=me())
    refused = [outcome for outcome in outcomes if outcome.fault is not None]
    count = len(outcomes) - len(refused)
    if count:
        flash(ngettext("지급 %(num)d건을 승인했습니다.", "지급 %(num)d건을 승인했습니다.", count), "success")
    return _outcomes(refused, done=True) if refused else to(url_for("payments.index"))


def ticked(values: Any) -> list[int]:
    """The numbers of the claims that were ticked on a list."""
    texts = values.getlist("claim")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]


def _outcomes(outcomes: list[bulk.Outcome], done: bool) -> Response:
    return show(
        "payments/bulk.html",
        clean=[outcome.claim for outcome in outcomes if outcome.fault is None],
        faults=[(outcome.claim, outcome.fault) for outcome in outcomes if outcome.fault is not None],
        done=done,
        showing=showing,
    )


@blueprint.route("/payments/account", methods=["GET", "POST"])
@page(Permission.EDIT_PROFILE)
def account() -> Response:
    """지급 계좌 of the expert who is signed in; the number that is kept is shown masked."""
    expert = queries.own_expert(me())
    kept, form = queries.account_of(expert), AccountForm()
    if submitted(
        form,
        lambda: actions.save_account(
            expert, form.bank.data or "", form.number.data or "", form.holder.data or "", by=me()
        ),
    ):
        flash(gettext("지급 계좌를 저장했습니다."), "success")
        return to(url_for("payments.account"))
    return show("payments/account.html", form=form, kept=kept)
