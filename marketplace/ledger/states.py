"""Whose money it is, where it lies, and what moves it; with the Korean words for each."""

from __future__ import annotations

from enum import StrEnum

from marketplace.errors import N_


class Source(StrEnum):
    """Who bears a part of a mentorship."""

    GOVERNMENT = "government"
    SPONSOR = "sponsor"
    LOCAL = "local"
    FIRM = "firm"


class AccountKind(StrEnum):
    """Where money of a source lies. ``OUTSIDE`` is the giver's side and the only one below zero."""

    OUTSIDE = "outside"
    PLEDGED = "pledged"
    CASH = "cash"
    RESERVED = "reserved"
    PAYABLE = "payable"
    PAID = "paid"
    WITHHELD = "withheld"
    RETURNED = "returned"
    RECOVERY_DUE = "recovery_due"


class TransactionKind(StrEnum):
    """What moved money."""

    OPENING = "opening"
    PLEDGE = "pledge"
    UNPLEDGE = "unpledge"
    RECEIPT = "receipt"
    MATCHING = "matching"
    LOCAL = "local"
    DEPOSIT = "deposit"
    CORRECTION = "correction"
    RESERVE = "reserve"
    DRAW = "draw"
    PAY = "pay"
    RELEASE = "release"
    RETURN = "return"
    RECOVERY = "recovery"
    RECOVERED = "recovered"


class Income(StrEnum):
    """As what an expert's pay is taxed; chosen for each mentorship."""

    BUSINESS = "business"
    OTHER = "other"


SOURCE_LABELS = {
    Source.GOVERNMENT: N_("국비"),
    Source.SPONSOR: N_("참여 대기업 출연금"),
    Source.LOCAL: N_("지방비"),
    Source.FIRM: N_("기업부담금"),
}
KIND_LABELS = {
    AccountKind.OUTSIDE: N_("교부·출연 총액"),
    AccountKind.PLEDGED: N_("약정했으나 미입금"),
    AccountKind.CASH: N_("가용액"),
    AccountKind.RESERVED: N_("협약 배정액"),
    AccountKind.PAYABLE: N_("지급 대기"),
    AccountKind.PAID: N_("지급액"),
    AccountKind.WITHHELD: N_("원천징수액"),
    AccountKind.RETURNED: N_("반납액"),
    AccountKind.RECOVERY_DUE: N_("환수 대상"),
}
TRANSACTION_LABELS = {
    TransactionKind.OPENING: N_("기초 잔액"),
    TransactionKind.PLEDGE: N_("출연 약정"),
    TransactionKind.UNPLEDGE: N_("약정 감액"),
    TransactionKind.RECEIPT: N_("출연금 입금"),
    TransactionKind.MATCHING: N_("국비 입금"),
    TransactionKind.LOCAL: N_("지방비 입금"),
    TransactionKind.DEPOSIT: N_("기업부담금 입금"),
    TransactionKind.CORRECTION: N_("입금 정정"),
    TransactionKind.RESERVE: N_("협약 배정"),
    TransactionKind.DRAW: N_("지급 승인"),
    TransactionKind.PAY: N_("지급"),
    TransactionKind.RELEASE: N_("배정 해제"),
    TransactionKind.RETURN: N_("반납"),
    TransactionKind.RECOVERY: N_("환수 결정"),
    TransactionKind.RECOVERED: N_("환수금 입금"),
}
INCOME_LABELS = {Income.BUSINESS: N_("사업소득 (3.3%)"), Income.OTHER: N_("기타소득 (8.8%)")}
