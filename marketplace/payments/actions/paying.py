"""Orders to the bank, and what came of each transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.civil import day_of
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.errors import N_, NotAllowed, RuleBroken
from marketplace.events import Event
from marketplace.ledger.states import Income
from marketplace.ledger.verbs_claims import pay_of, post_pay
from marketplace.ledger.withholding import Withheld
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.payments.models import BankAccount, Claim, PaymentOrder, locked_claim
from marketplace.payments.wording import announce, announce_paid
from marketplace.programmes.models import Programme


def make_order(programme: Programme, claim_ids: Sequence[int], *, by: Any) -> PaymentOrder:
    """Ask the bank to pay these approved claims of the programme, all of them or none.

    Taxes are worked out and the experts' accounts noted now. Raises RuleBroken when an expert has none.
    """
    require(by, Permission.MOVE_MONEY, programme)
    if by is None:
        raise NotAllowed("order")
    with recorded(by, Event.PAYMENT_ORDERED) as record:
        programme = db.session.get_one(
            Programme,
            programme.id,
            with_for_update={"of": Programme, "key_share": True},
            populate_existing=True,
        )
        claims = [locked_claim(number) for number in sorted(set(claim_ids))]
        if not claims:
            raise RuleBroken(N_("지급할 청구를 하나 이상 골라 주십시오."))
        last = select(func.max(PaymentOrder.number)).where(PaymentOrder.programme_id == programme.id)
        order = PaymentOrder(
            programme_id=programme.id, number=(db.session.scalar(last) or 0) + 1, made_by_id=by.id
        )
        db.session.add(order)
        db.session.flush()
        for claim in claims:
            require(by, Permission.MOVE_MONEY, claim)
            _put_into(order, claim)
            record.subjects += [claim, claim.mentorship, claim.visit]
        record.thing = order
        net = sum(claim.net or 0 for claim in claims)
        gross = sum(claim.amount for claim in claims)
        record.facts.update(payment_order=order.number, claims=len(claims), gross=gross, net=net)
    return order


def _put_into(order: PaymentOrder, claim: Claim) -> None:
    if claim.mentorship.programme.id != order.programme_id:
        raise RuleBroken(N_("한 지급명세에는 같은 사업의 청구만 넣을 수 있습니다."))
    account = BankAccount.of(claim.expert_id)
    if account is None:
        raise RuleBroken(N_("%(name)s 전문가가 지급 계좌를 등록하지 않았습니다."), name=claim.expert.name)
    claim.move("order")
    kept = due_now(claim)
    claim.order_id, claim.income_tax, claim.local_tax = order.id, kept.income_tax, kept.local_tax
    claim.bank, claim.bank_number, claim.holder = account.bank, account.number, account.holder
    claim.reason = None


def mark_paid(claim: Claim, paid_on: date, *, by: Any) -> None:
    """The bank paid the expert, and the taxes are kept for the tax office.

    Raises RuleBroken when the day makes no sense, or when other taxes are due by now than the order says.
    """
    require(by, Permission.MOVE_MONEY, claim)
    if by is None:
        raise NotAllowed("pay")
    with recorded(by, Event.CLAIM_PAID, claim) as record:
        claim = locked_claim(claim.id)
        kept = _pay(claim, paid_on, by)
        announce("pay", claim, net=f"{kept.net:,}")
        record.facts.update(
            claim=claim.id, gross=claim.amount, withheld=kept.total, net=kept.net, paid_on=paid_on.isoformat()
        )


def _pay(claim: Claim, paid_on: date, by: Any) -> Withheld:
    claim.move("pay")
    if not is_day_of_payment(claim, paid_on):
        raise RuleBroken(N_("지급일은 지급을 요청한 날부터 오늘까지의 날이어야 합니다."), field="paid_on")
    kept = due_now(claim)
    if not is_as_ordered(claim):
        raise RuleBroken(
            N_("지급을 요청한 뒤 원천징수율이 바뀌었습니다. 이체 실패로 되돌린 뒤 다시 요청해 주십시오."),
            conflict=True,
        )
    claim.paid_on, claim.paid_by_id = paid_on, by.id
    also_about(claim, claim.mentorship, claim.visit)
    post_pay(claim.mentorship.programme, claim.id, Income(claim.withholding))
    return kept


def is_day_of_payment(claim: Claim, day: date) -> bool:
    """Whether an ordered claim can have been paid on this day: not before it was ordered, and not in the future."""
    return claim.order is not None and day_of(claim.order.created_at) <= day <= today()


def is_as_ordered(claim: Claim) -> bool:
    """Whether the taxes of an ordered claim are still those that the bank was told."""
    kept = due_now(claim)
    return (kept.income_tax, kept.local_tax) == (claim.income_tax, claim.local_tax)


def due_now(claim: Claim) -> Withheld:
    """What is kept from an approved claim, and what is left, by the rates of today."""
    return pay_of(claim.mentorship.programme, claim.id, Income(claim.withholding))


def mark_failed(claim: Claim, reason: str | None, *, by: Any) -> None:
    """The bank did not pay: the claim is approved still, and goes into another order."""
    require(by, Permission.MOVE_MONEY, claim)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.TRANSFER_FAILED, claim, reason=why) as record:
        claim = locked_claim(claim.id)
        if claim.order is not None:
            record.facts["payment_order"] = claim.order.number
        _fail(claim, why)


def _fail(claim: Claim, why: str) -> None:
    claim.move("fail")
    claim.order_id = claim.income_tax = claim.local_tax = None
    claim.bank = claim.bank_number = claim.holder = None
    claim.reason = why
    also_about(claim, claim.mentorship, claim.visit)
    announce("fail", claim, reason=why)


def take_results(paid: Mapping[int, date], failed: Mapping[int, str], *, by: Any) -> None:
    """What the bank did with many claims, within the running transaction: days of payment, reasons of failures.

    Both by the number of the claim. Raises RuleBroken as ``mark_paid`` and ``mark_failed`` do, and then nothing of it
    stands.
    """
    require(by, Permission.MOVE_MONEY)
    claims = {number: locked_claim(number) for number in sorted({*paid, *failed})}  # all before the ledger
    for claim in claims.values():
        require(by, Permission.MOVE_MONEY, claim)
    for number, reason in failed.items():
        _fail(claims[number], reason)
    kept = {claims[number]: _pay(claims[number], day, by) for number, day in paid.items()}
    for expert_id in dict.fromkeys(claim.expert_id for claim in kept):
        announce_paid({claim: of.net for claim, of in kept.items() if claim.expert_id == expert_id})
