"""What may happen to a mentorship's money after the agreement: claims, pay, what is left, and recovery.

As in ``verbs``: within a running ``recorded``, refused before anything is written, harmless when repeated.
"""

from __future__ import annotations

from sqlalchemy import func, select

from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from marketplace.ledger.posting import Books, post, transfer
from marketplace.ledger.states import AccountKind, Income, Source, TransactionKind
from marketplace.ledger.verbs import lacking, whole
from marketplace.ledger.withholding import Rates, Withheld, withheld_from
from marketplace.programmes.models import Programme
from marketplace.programmes.sharing import Parts, spread

_A, _S, _T = AccountKind, Source, TransactionKind
_NOT_RESERVED = N_("협약에 배정된 %(source)s이(가) %(missing)s원 부족해 지급을 승인할 수 없습니다.")
_NOT_DEPOSITED = N_(
    "%(source)s이(가) %(missing)s원 덜 입금되어 지급을 승인할 수 없습니다. 기업의 입금을 먼저 확인해 주십시오."
)


def post_draw(
    programme: Programme,
    mentorship_id: int,
    claim_id: int,
    parts: Parts,
    *,
    visit_id: int | None = None,
    memo: str = "",
) -> LedgerTransaction:
    """A claim is approved: the visit's price becomes payable, from each source its part, once per claim.

    Refused when the firm has not paid in its part, or when what was set aside does not do.
    """
    books = Books(programme, mentorship_id)
    key = f"draw:{claim_id}"
    if earlier := books.earlier(key, _T.DRAW, whole(parts.total), claim_id):
        return earlier
    moves = []
    for name, wanted in parts.items():
        left, source = wanted, Source(name)
        for reserved in books.all(_A.RESERVED, source):
            taken = min(left, reserved.balance)
            moves.append((reserved, books.account(_A.PAYABLE, source, reserved.organisation_id), taken))
            left -= taken
        if left:
            raise lacking(source, left, _NOT_DEPOSITED if source is _S.FIRM else _NOT_RESERVED)
    return post(books, _T.DRAW, key, transfer(*moves), memo=memo, visit_id=visit_id, claim_id=claim_id)


def pay_of(programme: Programme, claim_id: int, income: Income) -> Withheld:
    """What paying an approved claim will withhold and leave. Raises RuleBroken when it was not approved."""
    return withheld_from(_draw_of(programme, claim_id).amount, income, Rates.of(programme))


def post_pay(programme: Programme, claim_id: int, income: Income, *, memo: str = "") -> LedgerTransaction:
    """An approved claim is paid: what goes to the expert, and the taxes kept from it, each source its part, once."""
    draw = _draw_of(programme, claim_id)
    books = Books(programme, draw.mentorship_id)
    key = f"pay:{claim_id}"
    if earlier := books.earlier(key, _T.PAY, claim_id=claim_id):
        return earlier
    payable = [pair for pair in _of_claim(books, claim_id, _A.PAYABLE) if pair[1] > 0]
    gross = sum(amount for _, amount in payable)
    kept = spread(withheld_from(gross, income, Rates.of(programme)).total, [amount for _, amount in payable])
    moves = []
    for (account, amount), tax in zip(payable, kept, strict=True):
        paid = books.account(_A.PAID, Source(account.source), account.organisation_id)
        withheld = books.account(_A.WITHHELD, Source(account.source), account.organisation_id)
        moves += [(account, paid, amount - tax), (account, withheld, tax)]
    return post(books, _T.PAY, key, transfer(*moves), memo=memo, visit_id=draw.visit_id, claim_id=claim_id)


def post_release(
    programme: Programme, mentorship_id: int, *, key: str | None = None, memo: str = ""
) -> LedgerTransaction | None:
    """A mentorship is over: what was set aside and not drawn is free again, and the firm owes nothing more.

    None when nothing was left.
    """
    books = Books(programme, mentorship_id)
    key = key or f"release:{mentorship_id}"
    if earlier := books.earlier(key, _T.RELEASE):
        return earlier
    moves = [
        (account, books.account(_A.CASH, Source(account.source), account.organisation_id), account.balance)
        for account in books.all(_A.RESERVED)
    ]
    owed = books.account(_A.PLEDGED, _S.FIRM)
    moves.append((owed, books.account(_A.OUTSIDE, _S.FIRM), owed.balance))
    lines = transfer(*moves)
    return post(books, _T.RELEASE, key, lines, memo=memo) if lines else None


def post_return(
    programme: Programme,
    source: Source,
    amount: int,
    *,
    key: str,
    sponsor_id: int | None = None,
    mentorship_id: int | None = None,
    memo: str = "",
) -> LedgerTransaction:
    """Free money goes back to where it came from: ``sponsor_id`` for a company, ``mentorship_id`` for a firm."""
    books = Books(programme, mentorship_id if source is _S.FIRM else None)
    if earlier := books.earlier(key, _T.RETURN, whole(amount)):
        return earlier
    cash = books.account(_A.CASH, source, sponsor_id)
    if cash.balance < amount:
        raise lacking(
            source, amount - cash.balance, N_("%(source)s 가용액이 %(missing)s원 부족해 반납할 수 없습니다.")
        )
    returned = books.account(_A.RETURNED, source, sponsor_id)
    return post(books, _T.RETURN, key, transfer((cash, returned, amount)), memo=memo)


def post_recovery(
    programme: Programme, claim_id: int, amount: int, *, key: str, memo: str = ""
) -> LedgerTransaction:
    """After misuse the expert owes back so much of what a claim paid out, each source its part."""
    return _between(
        programme,
        claim_id,
        amount,
        (_A.PAID, _A.RECOVERY_DUE),
        (_T.RECOVERY, key, memo),
        N_("이 지급에서 환수할 수 있는 금액은 %(most)s원입니다."),
    )


def post_recovered(
    programme: Programme,
    claim_id: int,
    amount: int,
    *,
    key: str,
    to: AccountKind = AccountKind.CASH,
    memo: str = "",
) -> LedgerTransaction:
    """What was owed back has come in: free again, or returned to the givers at once (``to`` CASH or RETURNED)."""
    if to not in (_A.CASH, _A.RETURNED):
        raise ValueError(to)
    return _between(
        programme,
        claim_id,
        amount,
        (_A.RECOVERY_DUE, to),
        (_T.RECOVERED, key, memo),
        N_("아직 들어오지 않은 환수금은 %(most)s원입니다."),
    )


def _between(
    programme: Programme,
    claim_id: int,
    amount: int,
    kinds: tuple[AccountKind, AccountKind],
    what: tuple[TransactionKind, str, str],
    sentence: str,
) -> LedgerTransaction:
    draw = _draw_of(programme, claim_id)
    books = Books(programme, draw.mentorship_id)
    kind, key, memo = what
    if earlier := books.earlier(key, kind, whole(amount), claim_id):
        return earlier
    there = _of_claim(books, claim_id, kinds[0])
    most = sum(of for _, of in there)
    if amount > most:
        raise RuleBroken(sentence, field="amount", most=f"{most:,}")
    parts = spread(amount, [of for _, of in there])
    moves = [
        (account, books.account(kinds[1], Source(account.source), account.organisation_id), part)
        for (account, _), part in zip(there, parts, strict=True)
    ]
    return post(books, kind, key, transfer(*moves), memo=memo, visit_id=draw.visit_id, claim_id=claim_id)


def _draw_of(programme: Programme, claim_id: int) -> LedgerTransaction:
    draw = LedgerTransaction.with_key(programme.id, f"draw:{claim_id}")
    if draw is None:
        raise RuleBroken(N_("지급이 승인되지 않은 청구입니다."))
    return draw


#: The order in which a claim's accounts stand: the firm last, as it takes what rounding leaves.
_ORDER = {source: place for place, source in enumerate(Source)}


def _of_claim(books: Books, claim_id: int, kind: AccountKind) -> list[tuple[LedgerAccount, int]]:
    """What the claim's transactions left in accounts of a kind."""
    by_account = (
        select(LedgerEntry.account_id, func.sum(LedgerEntry.amount))
        .join(LedgerEntry.transaction)
        .where(LedgerTransaction.programme_id == books.programme.id, LedgerTransaction.claim_id == claim_id)
        .group_by(LedgerEntry.account_id)
    )
    left = {number: int(amount) for number, amount in db.session.execute(by_account)}
    found = [(a, left[a.id]) for a in books.all(kind) if a.id in left]
    return sorted(found, key=lambda pair: (_ORDER[Source(pair[0].source)], pair[0].organisation_id or 0))
