"""Pages of the money: 재정 현황 for staff, the contribution for sponsors."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext

from marketplace.access import Permission, Role, may
from marketplace.errors import N_, NotFound
from marketplace.ledger import actions, queries
from marketplace.ledger.forms import ContributionForm, CorrectionForm, PaymentForm, RecoveryForm
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.sheets import SHOWN, filter_of_page
from marketplace.ledger.states import (
    KIND_LABELS,
    SOURCE_LABELS,
    TRANSACTION_LABELS,
    AccountKind,
    Source,
    TransactionKind,
)
from marketplace.ledger.verbs import CORRECTABLE
from marketplace.programmes.actions import find_programme
from marketplace.programmes.models import Programme
from marketplace.web.fields import options
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show, submitted, to
from marketplace.web.setup import won
from marketplace.web.todo import place_to_go

blueprint = Blueprint("ledger", __name__)
blueprints = [blueprint]
menu(65, N_("재정 현황"), "ledger.index", lambda user: may(user, Permission.SEE_LEDGER))
menu(10, N_("출연 현황"), "ledger.contribution", lambda user: user.role == Role.SPONSOR)
place_to_go(
    10,
    N_("출연 현황"),
    "ledger.contribution",
    N_("출연한 사업의 약정액과 진행 현황을 봅니다."),
    lambda user: user.role == Role.SPONSOR,
)


@blueprint.get("/finance")
@page(Permission.SEE_LEDGER)
def index() -> Any:
    """The programmes whose money the reader may see."""
    return show("ledger/index.html", ledgers=queries.ledgers_for(me()))


@blueprint.get("/finance/<int:programme_id>")
@page(Permission.SEE_LEDGER)
def detail(programme_id: int) -> Any:
    """Where the money of one programme is, by source, and what moved it."""
    programme = queries.find_ledger(programme_id, by=me())
    rows = queries.positions(programme)
    return show(
        "ledger/detail.html",
        programme=programme,
        positions=rows,
        whole=queries.total(rows),
        shown=SHOWN,
        transactions=queries.transactions_page(programme, filter_of_page(), number_arg("page")),
        kind_options=[(str(kind), gettext(label)) for kind, label in TRANSACTION_LABELS.items()],
        source_options=[(str(source), gettext(label)) for source, label in SOURCE_LABELS.items()],
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"kinds": KIND_LABELS, "sources": SOURCE_LABELS, "moves": TRANSACTION_LABELS}


def _form_page(programme: Programme, form: Any, heading: str, lead: str, back: str, **more: Any) -> Any:
    return show(
        "ledger/form.html", programme=programme, form=form, heading=heading, lead=lead, back=back, **more
    )


def _saved(sentence: str, back: str) -> Any:
    flash(sentence, "success")
    return to(back)


@blueprint.route("/finance/<int:programme_id>/receipts", methods=["GET", "POST"])
@page(Permission.MOVE_MONEY)
def receive(programme_id: int) -> Any:
    """Note money that came in."""
    programme = queries.find_ledger(programme_id, by=me())
    form = PaymentForm()
    form.giver.choices = options(
        [
            *((str(source), gettext(SOURCE_LABELS[source])) for source in (Source.GOVERNMENT, Source.LOCAL)),
            *((f"sponsor:{company.id}", company.name) for company in actions.contributors(programme)),
        ]
    )
    back = f"/finance/{programme.id}"
    if submitted(form, lambda: actions.enter_receipt(programme, form.payment(), by=me())):
        return _saved(gettext("입금을 등록했습니다."), back)
    lead = N_(
        "통장에서 확인한 입금을 등록합니다. 출연금은 약정한 대기업만 나옵니다. 잘못 등록한 입금은 거래에서 정정합니다."
    )
    return _form_page(programme, form, N_("입금 등록"), lead, back)


@blueprint.route("/finance/<int:programme_id>/returns", methods=["GET", "POST"])
@page(Permission.MOVE_MONEY)
def give_back(programme_id: int) -> Any:
    """Note free money that went back to its giver."""
    programme = queries.find_ledger(programme_id, by=me())
    form = PaymentForm()
    form.giver.choices = options((_giver(a), _free(a)) for a in queries.free_accounts(programme))
    back = f"/finance/{programme.id}"
    if submitted(form, lambda: actions.return_money(programme, form.payment(), by=me())):
        return _saved(gettext("반납을 등록했습니다."), back)
    lead = N_("협약에 배정되지 않은 가용액만 반납할 수 있습니다.")
    return _form_page(programme, form, N_("반납 등록"), lead, back)


def _giver(account: Any) -> str:
    number = account.organisation_id or account.mentorship_id
    return f"{account.source}:{number}" if number else str(account.source)


def _free(account: Any) -> str:
    name = account.organisation.name if account.organisation else gettext(SOURCE_LABELS[account.source])
    if account.mentorship_id:
        name = gettext("%(name)s, 멘토링 %(number)s", name=name, number=account.mentorship_id)
    return str(gettext("%(name)s (가용액 %(free)s)", name=name, free=won(account.balance)))


@blueprint.get("/finance/<int:programme_id>/transactions/<int:transaction_id>")
@page(Permission.SEE_LEDGER)
def transaction(programme_id: int, transaction_id: int) -> Any:
    """One transaction with its entries."""
    programme, found = _found(programme_id, transaction_id)
    return show(
        "ledger/transaction.html",
        programme=programme,
        transaction=found,
        correctable=found.kind in CORRECTABLE,
        correction=queries.correction_of(found),
        **_words(),
    )


def _found(programme_id: int, transaction_id: int) -> tuple[Programme, LedgerTransaction]:
    programme = queries.find_ledger(programme_id, by=me())
    return programme, queries.transaction_of(programme, transaction_id)


def _address(found: LedgerTransaction) -> str:
    return f"/finance/{found.programme_id}/transactions/{found.id}"


@blueprint.route(
    "/finance/<int:programme_id>/transactions/<int:transaction_id>/correction", methods=["GET", "POST"]
)
@page(Permission.MOVE_MONEY)
def correct(programme_id: int, transaction_id: int) -> Any:
    """Undo a receipt that was entered wrongly."""
    programme, found = _found(programme_id, transaction_id)
    if found.kind not in CORRECTABLE:
        raise NotFound(transaction_id)
    form = CorrectionForm()
    if submitted(form, lambda: actions.correct_receipt(found, form.reason.data or "", by=me())):
        return _saved(gettext("입금을 정정했습니다."), f"/finance/{programme.id}")
    lead = N_(
        "거래는 지워지지 않습니다. 같은 금액을 되돌리는 거래가 하나 더 남고, 바른 입금은 다시 등록합니다."
    )
    return _form_page(programme, form, N_("입금 정정"), lead, _address(found))


@blueprint.route(
    "/finance/<int:programme_id>/transactions/<int:transaction_id>/recovery", methods=["GET", "POST"]
)
@page(Permission.MOVE_MONEY)
def recover(programme_id: int, transaction_id: int) -> Any:
    """From a pay: order that so much of it is owed back. From such an order: note what came back."""
    programme, found = _found(programme_id, transaction_id)
    ordering = found.kind == TransactionKind.PAY
    if found.claim_id is None or not (ordering or found.kind == TransactionKind.RECOVERY):
        raise NotFound(transaction_id)
    form = RecoveryForm()
    claim, amount, reason = found.claim_id, form.amount.data or 0, form.reason.data or ""
    key = form.key.data or ""

    def act() -> None:
        if ordering:
            actions.order_recovery(programme, claim, amount, reason, key, by=me())
        else:
            actions.enter_recovered(programme, claim, amount, reason, key, False, by=me())

    if submitted(form, act):
        done = gettext("환수 결정을 등록했습니다.") if ordering else gettext("환수금 입금을 등록했습니다.")
        return _saved(done, f"/payments/{claim}")
    if ordering:
        heading, label, kind = N_("환수 결정"), gettext("환수할 수 있는 금액"), AccountKind.PAID
        lead = N_(
            "부정하게 쓰인 지급액을 전문가에게서 돌려받기로 한 결정을 등록합니다. 재원별로 나누어 적힙니다."
        )
    else:
        heading, label, kind = (
            N_("환수금 입금"),
            gettext("아직 들어오지 않은 환수금"),
            AccountKind.RECOVERY_DUE,
        )
        lead = N_(
            "환수 결정에 따라 들어온 돈을 등록합니다. 들어온 돈은 재원별 가용액이 되고, 이어서 반납할 수 있습니다."
        )
    facts = [(label, won(queries.left_of_claim(programme, claim, kind)))]
    return _form_page(programme, form, heading, lead, _address(found), claim=claim, facts=facts)


@blueprint.route("/programmes/<int:programme_id>/contributions", methods=["GET", "POST"])
@page(Permission.EDIT_PROGRAMME)
def contributions(programme_id: int) -> Any:
    """Note a pledge or a receipt."""
    programme = find_programme(programme_id, by=me())
    form = ContributionForm()
    form.sponsor_id.choices = options((sponsor.id, sponsor.name) for sponsor in actions.sponsors())
    if form.sponsor_id.data is None and form.sponsor_id.choices:
        form.sponsor_id.data = form.sponsor_id.choices[0].value
    saved = submitted(
        form,
        lambda: actions.save_contribution(
            programme, form.sponsor_id.data or 0, form.pledged.data or 0, form.received.data or 0, by=me()
        ),
    )
    if saved:
        return _saved(gettext("출연금을 등록했습니다."), f"/programmes/{programme.id}")
    return show("programmes/form.html", programme=programme, form=form, heading=N_("출연금 등록"))


@blueprint.get("/contribution")
@page(Permission.SEE_CONTRIBUTION)
def contribution() -> Any:
    """A sponsor's own contribution and where that money is."""
    return show("ledger/contribution.html", ways=queries.ways_of(me()), kinds=KIND_LABELS)
