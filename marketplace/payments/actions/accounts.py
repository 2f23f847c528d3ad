"""Where an expert's pay goes."""

from __future__ import annotations

import re
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.models import locked
from marketplace.payments.models import BankAccount, masked

_NUMBER = re.compile(r"[0-9]{8,20}")


def save_account(expert: Expert, bank: str, number: str, holder: str, *, by: Any) -> None:
    """Note the account to which the expert's pay goes from the next order on. The record keeps it masked."""
    require(by, Permission.EDIT_PROFILE, expert)
    digits = re.sub(r"[\s-]", "", number)
    if not _NUMBER.fullmatch(digits):
        raise RuleBroken(N_("계좌번호는 숫자 8~20자리로 적어 주십시오."), field="number")
    if "".join(holder.split()) != "".join(expert.name.split()):
        raise RuleBroken(N_("예금주는 전문가 본인이어야 합니다."), field="holder")
    with recorded(by, Event.BANK_ACCOUNT_SAVED, expert, bank=bank, account=masked(digits)):
        expert = locked(Expert, expert.id)
        account = BankAccount.of(expert.id) or BankAccount(expert_id=expert.id)
        account.bank, account.number, account.holder = bank, digits, expert.name
        db.session.add(account)
