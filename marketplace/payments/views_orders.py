"""Pages of the orders to the bank."""

from __future__ import annotations

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.database import page_of
from marketplace.payments import actions, queries, showing
from marketplace.payments.blueprint import blueprint
from marketplace.payments.models import PaymentOrder
from marketplace.payments.states import ClaimState
from marketplace.web.page import me, number_arg, page, show, submitted, to


@blueprint.get("/payments/orders")
@page(Permission.SEE_LEDGER)
def orders() -> Response:
    """지급명세: every order in reach, the newest first."""
    return show("payments/orders.html", page_=page_of(queries.orders(me()), number_arg("page")))


@blueprint.post("/payments/orders")
@page(Permission.MOVE_MONEY)
def make_order() -> Response:
    """지급 요청: put the ticked claims into an order, all of them or none."""
    texts = sent.form.getlist("claim")
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]
    claims = queries.ticked(me(), numbers)
    if not claims:
        flash(gettext("지급할 청구를 하나 이상 골라 주십시오."), "warning")
        return to(url_for("payments.index", tab=str(ClaimState.APPROVED)))
    made: list[PaymentOrder] = []
    form = FlaskForm()
    programme = claims[0].mentorship.programme
    if submitted(form, lambda: made.append(actions.make_order(programme, [c.id for c in claims], by=me()))):
        flash(gettext("지급을 요청했습니다. 은행에 보낼 파일을 내려받아 주십시오."), "success")
        return to(url_for("payments.order", order_id=made[0].id))
    return show("payments/orders.html", page_=page_of(queries.orders(me()), 1), form=form)


@blueprint.get("/payments/orders/<int:order_id>")
@page(Permission.SEE_LEDGER)
def order(order_id: int) -> Response:
    """One order with its claims."""
    found = queries.order_for(me(), order_id)
    return show(
        "payments/order.html",
        order=found,
        claims=queries.claims_of(found),
        showing=showing,
        may_export=may(me(), Permission.MOVE_MONEY, found),
    )
