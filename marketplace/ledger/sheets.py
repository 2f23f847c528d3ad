"""The books as rows for a file, with the filters of their page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.accounts.models import User
from marketplace.civil import SEOUL
from marketplace.errors import N_
from marketplace.ledger.queries import TransactionFilter, find_ledger, positions, transactions_page
from marketplace.ledger.states import KIND_LABELS, SOURCE_LABELS, TRANSACTION_LABELS, AccountKind, Source
from marketplace.web.page import number_arg, text_arg

EVERYTHING = 10**6
Rows = list[list[Any]]
#: What the page and the file show of a source, after what came in.
SHOWN = (
    AccountKind.CASH,
    AccountKind.RESERVED,
    AccountKind.PAYABLE,
    AccountKind.PAID,
    AccountKind.WITHHELD,
    AccountKind.RECOVERY_DUE,
    AccountKind.RETURNED,
)

POSITIONS = (
    N_("재원"),
    N_("참여 대기업"),
    N_("약정·교부액"),
    N_("입금액"),
    *(KIND_LABELS[kind] for kind in SHOWN),
)
TRANSACTIONS = (
    N_("번호"),
    N_("시각"),
    N_("거래"),
    N_("재원"),
    N_("참여 대기업"),
    N_("계정"),
    N_("증감"),
    N_("멘토링"),
    N_("방문"),
    N_("청구"),
    N_("처리자"),
    N_("메모"),
)


def filter_of_page() -> TransactionFilter:
    """What the address asks for."""
    return TransactionFilter(text_arg("kind", 12), text_arg("source", 12), number_arg("mentorship", 0))


def position_rows(user: User) -> Rows:
    """One row for each source and company."""
    return [
        [
            gettext(SOURCE_LABELS[row.source]) if row.source else None,
            row.company,
            row.pledged,
            row.received,
            *(row.of(kind) for kind in SHOWN),
        ]
        for row in positions(find_ledger(number_arg("programme", 0), by=user))
    ]


def transaction_rows(user: User) -> Rows:
    """One row for each entry, newest transaction first."""
    programme = find_ledger(number_arg("programme", 0), by=user)
    return [
        [
            transaction.id,
            transaction.at.astimezone(SEOUL).replace(tzinfo=None),
            gettext(TRANSACTION_LABELS[transaction.kind]),
            gettext(SOURCE_LABELS[Source(entry.account.source)]),
            entry.account.organisation.name if entry.account.organisation else None,
            gettext(KIND_LABELS[AccountKind(entry.account.kind)]),
            entry.amount,
            transaction.mentorship_id,
            transaction.visit_id,
            transaction.claim_id,
            transaction.by.name if transaction.by else None,
            transaction.memo,
        ]
        for transaction in transactions_page(programme, filter_of_page(), 1, EVERYTHING).items
        for entry in transaction.entries
    ]


SHEETS = {
    "ledger-positions": (POSITIONS, position_rows),
    "ledger-transactions": (TRANSACTIONS, transaction_rows),
}
