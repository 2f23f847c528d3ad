"""What people are told about a claim: one sentence, a mail's text and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.civil import day_of
from marketplace.errors import N_, written_day
from marketplace.events import Event
from marketplace.ledger.states import TransactionKind
from marketplace.notifications import tell_all
from marketplace.payments.models import Claim
from marketplace.payments.states import RECORDED_AS, TOLD

_REFUSED = N_("%(firm)s %(day)s 방문의 지급이 승인되지 않았습니다.")
_REASON = N_("사유: %(reason)s")
WORDING: dict[tuple[str, str], tuple[str, str]] = {
    ("hold", "expert"): (N_("%(firm)s %(day)s 방문의 지급이 보류되었습니다."), _REASON),
    ("refuse", "expert"): (_REFUSED, _REASON),
    ("refuse", "firm"): (_REFUSED, _REASON),
    ("pay", "expert"): (
        N_("%(firm)s %(day)s 방문의 지급이 완료되었습니다."),
        N_("실지급액: %(net)s원"),
    ),
    ("fail", "expert"): (
        N_("%(firm)s %(day)s 방문의 이체가 되지 않았습니다."),
        N_("은행이 알린 사유: %(reason)s\n지급 계좌가 맞는지 확인해 주십시오."),
    ),
}


_PAID = N_("방문 %(count)d건의 지급이 완료되었습니다. 실지급액은 모두 %(net)s원입니다.")


def announce_paid(claims: Mapping[Claim, int]) -> None:
    """Tell an expert once of all claims that were paid together; ``claims`` with the net pay of each, in won."""
    first, net = next(iter(claims.items()))
    if len(claims) == 1:
        announce("pay", first, net=f"{net:,}")
        return
    count, total = len(claims), f"{sum(claims.values()):,}"
    tell_all([first.expert.user], RECORDED_AS["pay"], _PAID, "/payments?tab=paid", count=count, net=total)


_RECOVERY = {
    TransactionKind.RECOVERY: (
        Event.RECOVERY_ORDERED,
        N_("%(firm)s %(day)s 방문의 지급액에서 %(amount)s원의 환수가 결정되었습니다."),
        N_("사유: %(reason)s\n돌려주실 방법과 기한은 운영기관이 따로 알려 드립니다."),
    ),
    TransactionKind.RECOVERED: (
        Event.RECOVERY_RECEIVED,
        N_("%(firm)s %(day)s 방문의 환수금 %(amount)s원이 들어왔습니다."),
        "",
    ),
}


def announce_recovery(kind: TransactionKind, claim: Claim, amount: int, reason: str) -> None:
    """Tell the expert what is to come back of his pay, or that it came back; ``amount`` in won."""
    event, sentence, body = _RECOVERY[kind]
    tell_all(
        [claim.expert.user],
        event,
        sentence,
        f"/payments/{claim.id}",
        body=body,
        firm=claim.mentorship.request.company.name,
        day=written_day(day_of(claim.visit.starts_at)),
        amount=f"{amount:,}",
        reason=reason,
    )


def announce(verb: str, claim: Claim, **facts: Any) -> None:
    """Tell whom the table names, within the running transaction."""
    request = claim.mentorship.request
    people = {"expert": [claim.expert.user], "firm": request.people()}
    for audience in TOLD[verb]:
        sentence, body = WORDING[verb, audience]
        tell_all(
            people[audience],
            RECORDED_AS[verb],
            sentence,
            f"/payments/{claim.id}",
            body=body,
            firm=request.company.name,
            day=written_day(day_of(claim.visit.starts_at)),
            **facts,
        )
