"""What may happen to money, one function each, for use within a running ``recorded``.

Amounts are whole won above zero; anything else raises ValueError. Each verb refuses with ``RuleBroken`` before it
writes anything, and gives back what it posted. ``key`` makes a repeated call harmless: what was posted under
it before is given back. Rows that the caller changes in the same record are changed before the first verb (see
``posting`` for why).
"""

from __future__ import annotations

from sqlalchemy import select

from marketplace.accounts.models import Organisation
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.posting import Books, post, transfer
from marketplace.ledger.queries import agreed
from marketplace.ledger.states import SOURCE_LABELS, AccountKind, Source, TransactionKind
from marketplace.programmes.models import Contribution, Programme
from marketplace.programmes.sharing import Parts

_A, _S, _T = AccountKind, Source, TransactionKind


def whole(amount: int) -> int:
    """The amount, when it is one of whole won above zero; else ValueError."""
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise ValueError(f"not an amount above zero: {amount!r}")
    return amount


def lacking(source: str, missing: int, sentence: str) -> RuleBroken:
    """The refusal that names the source and how much it lacks."""
    return RuleBroken(sentence, field="amount", source=SOURCE_LABELS[Source(source)], missing=f"{missing:,}")


def post_pledge(
    programme: Programme, sponsor: Organisation, amount: int, *, key: str, memo: str = ""
) -> LedgerTransaction:
    """A large company promises so much more."""
    books = Books(programme)
    if earlier := books.earlier(key, _T.PLEDGE, whole(amount)):
        return earlier
    outside = books.account(_A.OUTSIDE, _S.SPONSOR, sponsor.id)
    pledged = books.account(_A.PLEDGED, _S.SPONSOR, sponsor.id)
    done = post(books, _T.PLEDGE, key, transfer((outside, pledged, amount)), memo=memo)
    keep_in_step(books, sponsor.id)
    return done


def post_unpledge(
    programme: Programme, sponsor: Organisation, amount: int, *, key: str, memo: str = ""
) -> LedgerTransaction:
    """A large company promises so much less; what it has paid in stays."""
    books = Books(programme)
    if earlier := books.earlier(key, _T.UNPLEDGE, whole(amount)):
        return earlier
    outside = books.account(_A.OUTSIDE, _S.SPONSOR, sponsor.id)
    pledged = books.account(_A.PLEDGED, _S.SPONSOR, sponsor.id)
    if pledged.balance < amount:
        raise RuleBroken(N_("약정액은 이미 입금된 금액보다 작을 수 없습니다."), field="pledged")
    done = post(books, _T.UNPLEDGE, key, transfer((pledged, outside, amount)), memo=memo)
    keep_in_step(books, sponsor.id)
    return done


def post_receipt(
    programme: Programme, sponsor: Organisation, amount: int, *, key: str, memo: str = ""
) -> LedgerTransaction:
    """A large company pays in part of what it pledged."""
    books = Books(programme)
    if earlier := books.earlier(key, _T.RECEIPT, whole(amount)):
        return earlier
    pledged = books.account(_A.PLEDGED, _S.SPONSOR, sponsor.id)
    cash = books.account(_A.CASH, _S.SPONSOR, sponsor.id)
    if pledged.balance < amount:
        raise RuleBroken(
            N_("입금액은 약정액을 넘을 수 없습니다. 아직 입금되지 않은 약정액은 %(open)s원입니다."),
            field="amount",
            open=f"{pledged.balance:,}",
        )
    done = post(books, _T.RECEIPT, key, transfer((pledged, cash, amount)), memo=memo)
    keep_in_step(books, sponsor.id)
    return done


def post_unreceipt(
    programme: Programme, sponsor: Organisation, amount: int, *, key: str, memo: str = ""
) -> LedgerTransaction:
    """Less came in from a large company than was noted; only what is still free can be taken off."""
    books = Books(programme)
    if earlier := books.earlier(key, _T.CORRECTION, whole(amount)):
        return earlier
    pledged = books.account(_A.PLEDGED, _S.SPONSOR, sponsor.id)
    cash = books.account(_A.CASH, _S.SPONSOR, sponsor.id)
    if cash.balance < amount:
        raise RuleBroken(
            N_(
                "이미 협약에 배정되었거나 쓰인 출연금은 줄일 수 없습니다. 줄일 수 있는 금액은 %(free)s원입니다."
            ),
            field="received",
            free=f"{cash.balance:,}",
        )
    done = post(books, _T.CORRECTION, key, transfer((cash, pledged, amount)), memo=memo)
    keep_in_step(books, sponsor.id)
    return done


def post_matching(programme: Programme, amount: int, *, key: str, memo: str = "") -> LedgerTransaction:
    """The state pays in; never more than its part for what large companies have paid in."""
    return _from_public(programme, _S.GOVERNMENT, _T.MATCHING, amount, key, memo)


def post_local(programme: Programme, amount: int, *, key: str, memo: str = "") -> LedgerTransaction:
    """A local government pays in."""
    return _from_public(programme, _S.LOCAL, _T.LOCAL, amount, key, memo)


def _from_public(
    programme: Programme, source: Source, kind: TransactionKind, amount: int, key: str, memo: str
) -> LedgerTransaction:
    books = Books(programme)
    if earlier := books.earlier(key, kind, whole(amount)):
        return earlier
    lines = transfer((books.account(_A.OUTSIDE, source), books.account(_A.CASH, source), amount))
    return post(books, kind, key, lines, memo=memo)


def post_deposit(
    programme: Programme, mentorship_id: int, amount: int, *, key: str, memo: str = ""
) -> LedgerTransaction:
    """A firm pays in its share of one mentorship. It is that mentorship's at once and never lies free.

    Before the agreement it takes any amount, after it no more than what the firm still owes.
    """
    books = Books(programme, mentorship_id)
    if earlier := books.earlier(key, _T.DEPOSIT, whole(amount)):
        return earlier
    bound = agreed(books.programme.id, books.mentorship_id)
    owed, outside = books.account(_A.PLEDGED, _S.FIRM), books.account(_A.OUTSIDE, _S.FIRM)
    if bound and owed.balance < amount:
        raise RuleBroken(
            N_("기업이 더 내야 할 금액을 넘습니다. 아직 내지 않은 기업부담금은 %(open)s원입니다."),
            field="amount",
            open=f"{owed.balance:,}",
        )
    reserved = books.account(_A.RESERVED, _S.FIRM)
    lines = transfer((owed if bound else outside, reserved, amount))
    return post(books, _T.DEPOSIT, key, lines, memo=memo)


def post_correction(programme: Programme, transaction: LedgerTransaction, *, memo: str) -> LedgerTransaction:
    """Undo a receipt that was entered wrongly, as a whole, while its money still lies where it was put.

    Raises RuleBroken for anything but a receipt, and when it was corrected already.
    """
    books = Books(programme, transaction.mentorship_id)
    if transaction.kind not in CORRECTABLE:
        raise RuleBroken(N_("입금 거래만 정정할 수 있습니다."))
    key = f"correct:{transaction.id}"
    if books.earlier(key, _T.CORRECTION):
        raise RuleBroken(N_("이미 정정한 거래입니다."), conflict=True)
    lines = {books.accounts[entry.account.code]: -entry.amount for entry in transaction.entries}
    taken = next(account for account, amount in lines.items() if amount < 0)
    if transaction.kind == _T.DEPOSIT and agreed(
        books.programme.id, books.mentorship_id
    ):  # what was paid in before the agreement is owed again
        lines = transfer((taken, books.account(_A.PLEDGED, _S.FIRM), transaction.amount))
    if taken.balance < transaction.amount:
        raise RuleBroken(
            N_("이미 쓰인 금액이 있어 이 입금을 정정할 수 없습니다. 남은 금액은 %(free)s원입니다."),
            free=f"{taken.balance:,}",
        )
    done = post(books, _T.CORRECTION, key, lines, memo=memo)
    if taken.organisation_id is not None:
        keep_in_step(books, taken.organisation_id)
    return done


#: What ``post_correction`` undoes.
CORRECTABLE = frozenset({_T.RECEIPT, _T.MATCHING, _T.LOCAL, _T.DEPOSIT})


def post_reserve(
    programme: Programme,
    mentorship_id: int,
    parts: Parts,
    *,
    sponsor_id: int | None = None,
    first_id: int | None = None,
    key: str | None = None,
    memo: str = "",
) -> LedgerTransaction:
    """Set aside at the agreement what a mentorship will cost: from all sources at once, or nothing at all.

    ``parts`` is the part of one visit times the visits. The large companies' part comes from ``sponsor_id`` when one
    is named; else from ``first_id``, then from the company with the most free money, and from the next only for what
    those lack. The firm's part need not be there yet: what is missing is noted as owed.
    """
    books = Books(programme, mentorship_id)
    key = key or f"reserve:{mentorship_id}"
    if earlier := books.earlier(key, _T.RESERVE):
        return earlier
    whole(parts.total)
    moves = []
    for source, wanted in ((_S.GOVERNMENT, parts.government), (_S.LOCAL, parts.local)):
        cash = books.account(_A.CASH, source)
        if cash.balance < wanted:
            raise lacking(source, wanted - cash.balance, _NO_CASH)
        moves.append((cash, books.account(_A.RESERVED, source), wanted))
    left = parts.sponsor
    free = [a for a in books.all(_A.CASH, _S.SPONSOR) if sponsor_id in (None, a.organisation_id)]
    for cash in sorted(free, key=lambda a: (a.organisation_id != first_id, -a.balance, a.organisation_id)):
        taken = min(left, cash.balance)
        moves.append((cash, books.account(_A.RESERVED, _S.SPONSOR, cash.organisation_id), taken))
        left -= taken
    if left:
        raise lacking(_S.SPONSOR, left, _NO_CASH)
    there = (
        0 if agreed(books.programme.id, books.mentorship_id) else books.account(_A.RESERVED, _S.FIRM).balance
    )
    owed = max(0, parts.firm - there)
    moves.append((books.account(_A.OUTSIDE, _S.FIRM), books.account(_A.PLEDGED, _S.FIRM), owed))
    lines = transfer(*moves)
    if not lines:
        raise RuleBroken(N_("이 협약에 배정할 금액이 없습니다."))
    return post(books, _T.RESERVE, key, lines, memo=memo)


_NO_CASH = N_(
    "%(source)s 가용액이 %(missing)s원 부족해 협약에 배정할 수 없습니다. 입금을 먼저 확인해 주십시오."
)


def keep_in_step(books: Books, sponsor_id: int) -> None:
    """Bring the row that shows a company's contribution up to what the ledger says."""
    outside = books.account(_A.OUTSIDE, _S.SPONSOR, sponsor_id).balance
    pledged = books.account(_A.PLEDGED, _S.SPONSOR, sponsor_id).balance
    query = select(Contribution).where(
        Contribution.programme_id == books.programme.id, Contribution.sponsor_id == sponsor_id
    )
    row = db.session.scalar(query)
    if row is None:
        row = Contribution(programme_id=books.programme.id, sponsor_id=sponsor_id)
        db.session.add(row)
    row.pledged, row.received = -outside, -outside - pledged
    if not row.pledged:
        db.session.expunge(row) if row in db.session.new else db.session.delete(row)
