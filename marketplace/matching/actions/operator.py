"""What the operator does to a case: propose, override, stop."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.checks import require_free
from marketplace.matching.handover import (
    MIN_REASON,
    ask,
    find_expert,
    placed,
    put_forward,
    reason_of,
    require_listed,
)
from marketplace.matching.index import rank_case
from marketplace.matching.models import MatchCase, locked
from marketplace.matching.periods import Step
from marketplace.matching.snapshots import keep_ranking
from marketplace.matching.states import CandidateState, next_state
from marketplace.matching.wording import announce


def release(
    case: MatchCase,
    expert_ids: Sequence[int],
    *,
    seen: str,
    listed: Collection[int],
    reason: str | None = None,
    by: Any,
) -> None:
    """Propose these experts of the present ranking to the firm, and keep that ranking for good.

    ``seen`` is the hash of the ranking and ``listed`` the open candidates that the operator looked at; others
    now are a conflict. Fewer candidates than the programme asks for need a reason. Those whom the firm found
    itself count neither as too many nor as enough.
    """
    require(by, Permission.RELEASE_CANDIDATES, case)
    found = rank_case(case)
    if seen != found.result_hash:
        raise RuleBroken(
            N_("그 사이에 전문가 정보가 바뀌어 순위가 달라졌습니다. 새 순위를 확인하고 다시 골라 주십시오."),
            conflict=True,
        )
    with recorded(by, Event.CANDIDATES_RELEASED, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "release")
        require_listed(case, listed)
        programme = case.request.programme
        stored = keep_ranking(case, found, by)
        for expert_id in dict.fromkeys(expert_ids):
            expert = find_expert(expert_id)
            require_free(expert, case, Step.PROPOSE)
            put_forward(case, expert, placed(found, expert), "ranking", by)
        proposed = case.in_state(CandidateState.LISTED)
        count = sum(candidate.source != "firm" for candidate in proposed)
        if not expert_ids:
            raise RuleBroken(N_("추천할 전문가를 고르십시오."), field="experts")
        if count > programme.max_candidates:
            raise RuleBroken(
                N_("후보는 %(most)d명까지 추천할 수 있습니다. 지금 %(count)d명입니다."),
                field="experts",
                most=programme.max_candidates,
                count=count,
            )
        why = None
        if count < programme.min_candidates:
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
            experts=[c.expert_id for c in proposed], ranking=stored.id, hash=stored.result_hash, reason=why
        )
        announce("release", case, count=len(proposed))


def override(case: MatchCase, expert_id: int, reason: str | None, *, by: Any) -> None:
    """Offer the case to an expert of the operator's choice instead of the firm's order, and say why.

    An offer that is open lapses, and that expert is told. Conflicts of interest, capacity and the other hard
    rules hold all the same.
    """
    require(by, Permission.OVERRIDE_MATCH, case)
    why = reason_of(reason, MIN_REASON)
    found = rank_case(case, also=[expert_id])
    with recorded(by, Event.MATCH_OVERRIDDEN, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "override")
        expert, before = find_expert(expert_id), case.offered
        if before is not None and before.expert_id == expert_id:
            raise RuleBroken(
                N_("%(name)s 전문가의 회신을 이미 기다리고 있습니다. 다른 전문가를 고르십시오."),
                field="expert",
                name=expert.name,
            )
        facts = require_free(expert, case, Step.PROPOSE)
        stored = keep_ranking(case, found, by)
        candidate = put_forward(case, expert, placed(found, expert), "override", by)
        if before is not None:
            before.answer(CandidateState.LAPSED)
            facts["no_longer_asked"] = before.expert_id
        facts |= ask(case, candidate, "override")
        case.overridden_by_id = by.id if by else None
        case.reason = why
        record.facts.update(facts, candidate=candidate.id, ranking=stored.id, reason=why)
        announce("override", case, candidate, before=before, reason=why)


def stop(case: MatchCase, reason: str | None, *, by: Any) -> None:
    """Stop a case that cannot go on, because the firm closed or was debarred, say; its request ends too."""
    require(by, Permission.STOP_CASE, case)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.CASE_STOPPED, case, reason=why) as record:
        request = MentoringRequest.locked(case.request_id)  # before the case, as a withdrawal does
        case = locked(MatchCase, case.id)
        next_state(case.state, "stop")
        before = case.state
        case.reason = why
        asked = case.end("stop")
        request.move("stop")
        request.reason = why
        also_about(request)
        record.facts.update(state=str(before), candidate=asked.id if asked else None)
        announce("stop", case, asked, reason=why)
