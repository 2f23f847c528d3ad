"""The sheet of what the bank did: one row per claim of a payment order, paid on a day or failed for a reason.

The columns of the file for the bank (``payment-order``) are understood as they are; the result is filled in beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from marketplace.errors import N_
from marketplace.imports import cells
from marketplace.imports.columns import Column, Layout, Progress, Sheet, read_sheet
from marketplace.imports.limits import WEB, Limits

RESULTS = {"이체": True, "실패": False, "transferred": True, "failed": False}
_MOST = 2**31 - 1
#: Columns of the file for the bank that are for its readers; what is to be done goes by the numbers and the net pay.
_FOR_THE_BANK = (
    "전문가", "은행", "계좌번호", "예금주", "기업", "방문일", "지급액", "소득세", "지방소득세",
    "Expert", "Bank", "Account number", "Account holder", "Company", "Day of visit", "Paid", "Income tax",
    "Local income tax",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A checked row; ``number`` is its row in the file, ``net`` in won. ``is_paid`` False: the transfer failed."""

    number: int
    order: int
    claim: int
    net: int
    is_paid: bool
    paid_on: date | None
    reason: str


def payments_layout() -> Layout[PaymentRow]:
    """The columns of the sheet."""
    whole = cells.whole(1, _MOST)
    columns = (
        Column(
            "order",
            N_("지급명세 번호"),
            N_("은행 이체 파일의 번호"),
            whole,
            required=True,
            also=("Payment order number",),
        ),
        Column(
            "claim", N_("청구번호"), N_("은행 이체 파일의 번호"), whole, required=True, also=("Claim number",)
        ),
        Column(
            "net",
            N_("실지급액"),
            N_("은행이 이체할 금액(원)"),
            cells.whole(1, 10**12),
            required=True,
            also=("Net pay",),
        ),
        Column(
            "is_paid",
            N_("결과"),
            N_("이체 또는 실패"),
            cells.choice(RESULTS),
            required=True,
            also=("Result",),
        ),
        Column("paid_on", N_("지급일"), N_("이체한 날. 예: 2027-03-25"), cells.day, also=("Day of payment",)),
        Column(
            "reason",
            N_("사유"),
            N_("실패했을 때 은행의 사유"),
            cells.line(500),
            default="",
            also=("Reason",),
        ),
    )
    return Layout(columns, _build, lambda row: row.claim, "claim", beside=_FOR_THE_BANK)


def read_payments(
    stream: BinaryIO, name: str, *, limits: Limits = WEB, on_progress: Progress | None = None
) -> Sheet[PaymentRow]:
    """Read and check a file of results; nothing is raised, every fault is in the answer."""
    return read_sheet(stream, name, payments_layout(), limits, on_progress)


def _build(number: int, values: Mapping[str, Any], given: frozenset[str]) -> PaymentRow:
    return PaymentRow(number=number, **values)
