"""A payment order as rows for a file: what the bank is to pay, and from which source each claim is paid."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.civil import day_of
from marketplace.database import page_of
from marketplace.errors import N_
from marketplace.ledger.states import SOURCE_LABELS, Source
from marketplace.payments.models import Claim
from marketplace.payments.queries import claims_of, listed, order_for
from marketplace.payments.showing import sees_taxes
from marketplace.payments.states import STATE_LABELS, ClaimState
from marketplace.programmes.sharing import spread
from marketplace.web.page import number_arg, text_arg

EVERYTHING = 10**6
_LINE = (N_("지급명세 번호"), N_("청구번호"))
_MONEY = (N_("지급액"), N_("소득세"), N_("지방소득세"), N_("실지급액"))
ORDER = (
    *_LINE,
    N_("전문가"),
    N_("은행"),
    N_("계좌번호"),
    N_("예금주"),
    N_("기업"),
    N_("방문일"),
    *_MONEY,
    N_("결과"),
    N_("지급일"),
    N_("사유"),
)  # the last three are for the bank's answer
SOURCES = (*_LINE, N_("재원"), N_("전문가"), N_("기업"), N_("방문일"), *_MONEY)


def _claims(user: User) -> tuple[int, list[Claim]]:
    order = order_for(user, number_arg("order", 0))
    require(user, Permission.MOVE_MONEY, order)
    return order.number, claims_of(order)


def order_rows(user: User) -> list[list[Any]]:
    """One row for each claim, as the bank needs it."""
    number, claims = _claims(user)
    return [
        [
            number,
            claim.id,
            claim.expert.name,
            claim.bank,
            claim.bank_number,
            claim.holder,
            claim.mentorship.request.company.name,
            day_of(claim.visit.starts_at),
            claim.amount,
            claim.income_tax,
            claim.local_tax,
            claim.net,
            gettext("이체") if claim.paid_on else None,
            claim.paid_on,
            None,
        ]
        for claim in claims
    ]


def source_rows(user: User) -> list[list[Any]]:
    """One row for each claim and source; a source that pays nothing stands with nothing.

    The taxes together are spread over the sources as the ledger spreads them; the local tax is what is left of that.
    """
    number, claims = _claims(user)
    rows = []
    for claim in claims:
        firm, on = claim.mentorship.request.company.name, day_of(claim.visit.starts_at)
        for source, (gross, income, local) in lines_of(claim).items():
            label = gettext(SOURCE_LABELS[source])
            money = [gross, income, local, gross - income - local]
            rows.append([number, claim.id, label, claim.expert.name, firm, on, *money])
    return rows


def lines_of(claim: Claim) -> dict[Source, tuple[int, int, int]]:
    """What each source pays of a claim in an order, and the income and local tax kept from it."""
    grosses = [of for _, of in claim.parts.items()]
    income, local = claim.income_tax or 0, claim.local_tax or 0
    kept = spread(income + local, grosses)
    incomes = spread(income, kept)
    return {
        Source(name): (gross, tax, whole - tax)
        for (name, gross), whole, tax in zip(claim.parts.items(), kept, incomes, strict=True)
    }


CLAIMS = (
    N_("청구번호"),
    N_("신청번호"),
    N_("기업"),
    N_("전문가"),
    N_("방문일"),
    N_("상태"),
    *_MONEY,
    N_("지급일"),
    N_("사유"),
)


def claim_rows(user: User) -> list[list[Any]]:
    """Every claim that the list would show; what is kept from the pay only for those who may know it."""
    taxes = sees_taxes(user)
    tab = text_arg("tab", 20)
    state = ClaimState(tab) if tab in list(ClaimState) else None
    return [
        [
            claim.id,
            claim.mentorship.request.reference,
            claim.mentorship.request.company.name,
            claim.expert.name,
            day_of(claim.visit.starts_at),
            gettext(STATE_LABELS[ClaimState(claim.state)]),
            claim.amount,
            *((claim.income_tax, claim.local_tax, claim.net) if taxes else (None, None, None)),
            claim.paid_on,
            claim.reason if taxes else None,
        ]
        for claim in page_of(listed(user, state, text_arg("q")), 1, EVERYTHING).items
    ]


SHEETS = {"payment-order": (ORDER, order_rows), "payment-order-sources": (SOURCES, source_rows)}
