"""What those who approve say for it: free to give, but owed where the ministry returned the match."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from marketplace.audit import AuditEntry
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CaseState

_TELLING = (Event.OFFER_ACCEPTED, Event.MATCH_APPROVED_FIRST, Event.MATCH_RETURNED)


def returned_among(cases: Collection[MatchCase]) -> set[int]:
    """The numbers of those cases that the ministry returned and the operator has not approved again since."""
    waiting = [case.id for case in cases if case.state == CaseState.ACCEPTED]
    query = (
        select(AuditEntry.thing_id, AuditEntry.event)
        .where(
            AuditEntry.thing_type == MatchCase.__tablename__,
            AuditEntry.thing_id.in_(waiting),
            AuditEntry.event.in_([str(event) for event in _TELLING]),
        )
        .order_by(AuditEntry.id)
    )
    newest: dict[int | None, str] = {}
    for number, happened in db.session.execute(query):
        newest[number] = happened
    return {number for number, happened in newest.items() if happened == Event.MATCH_RETURNED and number}


def owed_fault() -> RuleBroken:
    """What is said when the answer to a return is missing."""
    return RuleBroken(
        N_(
            "중소벤처기업부가 돌려보낸 매칭입니다. 무엇을 다시 확인했는지 의견을 %(least)d자 이상 적어 주십시오."
        ),
        field="opinion",
        least=MIN_REASON,
    )


def opinion_of(case: MatchCase, text: str | None) -> str | None:
    """The opinion as it is kept; RuleBroken at the field when it is owed and says too little."""
    opinion = (text or "").strip()
    if len(opinion) > 2000:
        raise RuleBroken(N_("의견을 2,000자 이내로 줄여 주십시오."), field="opinion")
    if len(opinion) < MIN_REASON and returned_among([case]):
        raise owed_fault()
    return opinion or None
