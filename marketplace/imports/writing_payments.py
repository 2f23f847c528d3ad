"""What a file of the bank's results would do to the claims, and doing it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from marketplace.access import Permission, may
from marketplace.accounts.models import User
from marketplace.errors import N_
from marketplace.imports import kinds
from marketplace.imports.faults import Fault, Kind
from marketplace.imports.payments_sheet import PaymentRow
from marketplace.imports.writing import CHUNK, Plan
from marketplace.matching.handover import MIN_REASON
from marketplace.payments import actions
from marketplace.payments.models import Claim
from marketplace.payments.queries import claims_with
from marketplace.payments.states import ClaimState

_LABELS = {
    "claim": N_("청구번호"),
    "order": N_("지급명세 번호"),
    "net": N_("실지급액"),
    "paid_on": N_("지급일"),
    "reason": N_("사유"),
}


def payments_plan(rows: Sequence[PaymentRow], by: User) -> Plan:
    """Compare rows of results with the claims as they are; what was taken in already is the same."""
    plan = Plan()
    numbers = [row.claim for row in rows]
    known: dict[int, Claim] = {}
    for start in range(0, len(numbers), CHUNK):
        known |= {claim.id: claim for claim in claims_with(numbers[start : start + CHUNK])}
    paid: dict[int, date] = {}
    failed: dict[int, str] = {}
    for row in rows:
        claim = known.get(row.claim)
        if claim is None or not may(by, Permission.MOVE_MONEY, claim):
            plan.faults.append(_fault(row, "claim", kinds.UNKNOWN_CLAIM))
        elif _is_taken_in(row, claim):
            plan.same += 1
        elif (fault := _fault_of(row, claim)) is not None:
            plan.faults.append(fault)
        else:
            plan.changed += 1
            if row.is_paid and row.paid_on is not None:
                paid[claim.id] = row.paid_on
            else:
                failed[claim.id] = row.reason
    if paid or failed:
        plan.steps.append(partial(_take, paid, failed, by))
    return plan


def _take(paid: dict[int, date], failed: dict[int, str], by: User, *, invite: bool = False) -> None:
    actions.take_results(paid, failed, by=by)


def _is_taken_in(row: PaymentRow, claim: Claim) -> bool:
    """Whether the claim stands where the row would bring it, by this row or one like it."""
    if row.is_paid:
        in_order = claim.order is not None and claim.order.number == row.order
        return claim.state == ClaimState.PAID and in_order and claim.paid_on == row.paid_on
    return claim.state == ClaimState.APPROVED and claim.reason == row.reason != ""


def _fault_of(row: PaymentRow, claim: Claim) -> Fault | None:
    if claim.state != ClaimState.ORDERED or claim.order is None or claim.order.number != row.order:
        return _fault(row, "order", kinds.OTHER_ORDER)
    if not row.is_paid:
        if len(row.reason.strip()) < MIN_REASON:
            return _fault(row, "reason", kinds.NO_REASON, least=MIN_REASON)
        return None
    if claim.net != row.net:
        return _fault(row, "net", kinds.OTHER_NET, net=f"{claim.net:,}")
    if row.paid_on is None:
        return _fault(row, "paid_on", kinds.NO_DAY_OF_PAYMENT)
    if not actions.is_day_of_payment(claim, row.paid_on):
        return _fault(row, "paid_on", kinds.OTHER_DAY_OF_PAYMENT)
    if not actions.is_as_ordered(claim):
        return _fault(row, "claim", kinds.OTHER_TAXES)
    return None


def _fault(row: PaymentRow, column: str, kind: Kind, **params: Any) -> Fault:
    value = getattr(row, column)
    return Fault(
        kind,
        row=row.number,
        column=column,
        label=_LABELS[column],
        value="" if value is None else str(value),
        params={name: str(given) for name, given in params.items()},
    )
