"""What the operator does to a case, and how cases begin and end with their request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marketplace.access import Permission, Role, require
from marketplace.audit import recorded
from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.checks import Step, require_free
from marketplace.matching.handover import MIN_REASON, find_expert, placed, put_forward, reason_of
from marketplace.matching.index import rank_case
from marketplace.matching.models import MatchCase, locked
from marketplace.matching.rules import add_months
from marketplace.matching.snapshots import keep_ranking
from marketplace.matching.states import CandidateState, next_state
from marketplace.matching.wording import announce
from marketplace.notifications import tell_all


def open_case(request: MentoringRequest, by: Any) -> None:
    """Open a case for a request that was found eligible, within that decision's own transaction.

    The period runs for the wished months from the wished start, or from today when that has passed.
    """
    today = utcnow().date()
    since = max(request.start_on or today, today)
    case = MatchCase(
        request=request,
        since=since,
        until=add_months(since, request.months or 3),
        due_at=utcnow() + timedelta(days=request.programme.matching_days),
    )
    db.session.add(case)
    db.session.flush()
    tell_all(
        request.programme.staff(Role.OPERATOR),
        Event.CASE_OPENED,
        N_("%(firm)s의 전문가 후보를 추천해 주십시오."),
        f"/cases/{case.id}",
        firm=request.company.name,
    )


def release(
    case: MatchCase, expert_ids: Sequence[int], *, by: Any, reason: str | None = None, seen: str | None = None
) -> None:
    """Propose these experts of the present ranking to the firm, and keep that ranking for good.

    ``seen`` is the hash of the ranking that the operator looked at; another one now is refused. Fewer
    candidates than the programme asks for need a reason.
    """
    require(by, Permission.RELEASE_CANDIDATES, case)
    found = rank_case(case)
    if seen is not None and seen != found.result_hash:
        raise RuleBroken(
            N_("그 사이에 전문가 정보가 바뀌어 순위가 달라졌습니다. 새 순위를 확인하고 다시 골라 주십시오."),
            conflict=True,
        )
    with recorded(by, Event.CANDIDATES_RELEASED, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "release")
        programme = case.request.programme
        stored = keep_ranking(case, found, by)
        for expert_id in dict.fromkeys(expert_ids):
            expert = find_expert(expert_id)
            require_free(expert, case, Step.PROPOSE)
            put_forward(case, expert, placed(found, expert), "ranking")
        listed = case.in_state(CandidateState.LISTED)
        if not expert_ids:
            raise RuleBroken(N_("추천할 전문가를 고르십시오."), field="experts")
        if len(listed) > programme.max_candidates:
            raise RuleBroken(
                N_("후보는 %(most)d명까지 추천할 수 있습니다. 지금 %(count)d명입니다."),
                field="experts",
                most=programme.max_candidates,
                count=len(listed),
            )
        why = None
        if len(listed) < programme.min_candidates:
            if not (reason or "").strip():
                raise RuleBroken(
                    N_("%(least)d명 이상을 고르거나, 더 적게 추천하는 사유를 적어 주십시오."),
                    field="reason",
                    least=programme.min_candidates,
                )
            why = reason_of(reason, MIN_REASON)
        case.reason = why
        case.move("release", utcnow() + timedelta(days=programme.preference_days))
        db.session.flush()
        record.facts.update(
            experts=[c.expert_id for c in listed], ranking=stored.id, hash=stored.result_hash, reason=why
        )
        announce("release", case, count=len(listed))


def override(case: MatchCase, expert_id: int, reason: str | None, *, by: Any) -> None:
    """Offer the case to an expert of the operator's choice instead of the firm's order, and say why.

    Conflicts of interest, capacity and the other hard rules hold all the same.
    """
    require(by, Permission.OVERRIDE_MATCH, case)
    why = reason_of(reason, MIN_REASON)
    found = rank_case(case, also=[expert_id])
    with recorded(by, Event.MATCH_OVERRIDDEN, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "override")
        expert = find_expert(expert_id)
        facts = require_free(expert, case, Step.PROPOSE)
        stored = keep_ranking(case, found, by)
        candidate = put_forward(case, expert, placed(found, expert), "override")
        case.offer(candidate, "override")
        case.overridden_by_id = by.id if by else None
        case.reason = why
        db.session.flush()
        record.facts.update(facts, candidate=candidate.id, ranking=stored.id, reason=why)
        announce("override", case, candidate, reason=why)


def withdraw_with_request(request: MentoringRequest, by: Any) -> None:
    """End the case of a request that is being withdrawn, within that decision's own transaction.

    Raises RuleBroken (conflict) when the match was approved already.
    """
    case = MatchCase.of_request(request)
    if case is not None:
        case = locked(MatchCase, case.id)
        asked = case.end()
        case.reason = request.reason
        # The operator is told by the withdrawal of the request itself.
        announce("withdraw", case, asked, audiences=("expert",))
