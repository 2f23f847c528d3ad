"""Publishing a round: every pair becomes a proposal in one transaction, or none does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.checks import HOLDS_AGAINST, fault_of, require_free
from marketplace.matching.explanation import digest_of
from marketplace.matching.handover import MIN_REASON, placed, put_forward, reason_of
from marketplace.matching.index import FoundRanking, rank_case
from marketplace.matching.models import MatchCase, locked
from marketplace.matching.periods import Step, period_at
from marketplace.matching.profiles import Period
from marketplace.matching.queries import held_by
from marketplace.matching.snapshots import keep_ranking
from marketplace.matching.states import next_state
from marketplace.matching.wording import announce
from marketplace.rounds.models import Round
from marketplace.rounds.queries import case_ids_of, cases_with, experts_to_check
from marketplace.rounds.states import next_state as next_round_state


@dataclass(frozen=True)
class Proposal:
    """A case and the experts that the round gives it, with what stands against proposing them now, if anything."""

    case: MatchCase
    experts: tuple[Expert, ...]
    fault: RuleBroken | None = None


def proposals(round_: Round) -> list[Proposal]:
    """What publishing would propose, each checked against the hard rules as they stand now.

    A constant number of statements, whatever the number of pairs.
    """
    cases = {case.request.reference: case for case in cases_with(case_ids_of(round_))}
    experts = experts_to_check(sorted({int(expert) for _, expert, _ in round_.pairs}))
    held = held_by(list(experts), HOLDS_AGAINST[Step.PROPOSE])
    given: dict[int, list[Period]] = {}
    found = []
    for reference in sorted({pair[0] for pair in round_.pairs}, key=lambda key: cases[key].id):
        case = cases[reference]
        members = [experts[int(expert)] for request, expert, _ in round_.pairs if request == reference]
        fault = _state_fault(case) or next(
            (fault for expert in members if (fault := _fault(expert, case, held, given))), None
        )
        if fault is None:
            for expert in members:
                given.setdefault(expert.id, []).append(period_at(case, Step.PROPOSE))
        found.append(Proposal(case, tuple(members), fault))
    return found


def _state_fault(case: MatchCase) -> RuleBroken | None:
    try:
        next_state(case.state, "release")
    except RuleBroken as broken:
        return broken
    return None


def _fault(
    expert: Expert,
    case: MatchCase,
    held: Mapping[int, Sequence[tuple[int, Period]]],
    given: Mapping[int, Sequence[Period]],
) -> RuleBroken | None:
    others = [period for case_id, period in held.get(expert.id, ()) if case_id != case.id]
    candidate = case.candidate_for(expert.id)
    if candidate is not None and not candidate.may_be_listed:
        return RuleBroken(
            N_("%(name)s 전문가는 이 신청에서 이미 거절되었거나 반려되어 다시 추천할 수 없습니다."),
            name=expert.name,
        )
    return fault_of(expert, case, Step.PROPOSE, [*others, *given.get(expert.id, ())])


def publish(
    round_: Round, reason: str | None, *, seen: str, leave_out: Collection[int] = (), by: Any
) -> list[Proposal]:
    """Propose every pair of the round to its firm, with the ranking of this moment kept for each.

    ``seen`` is the hash of the pairs that the operator looked at. A case that a rule now stands against is left out
    only when ``leave_out`` names it; otherwise nothing is published. Gives what was left out.
    """
    require(by, Permission.PUBLISH_ROUND, round_)
    why = reason_of(reason, MIN_REASON)
    rankings = _rankings(round_, leave_out)
    with recorded(by, Event.ROUND_PUBLISHED, round_, reason=why) as record:
        held = Round.locked(round_.id)
        next_round_state(held.state, "publish")
        if seen != pairs_hash(held):
            raise RuleBroken(
                N_("화면을 여신 뒤에 배정이 바뀌었습니다. 지금의 배정을 확인하고 다시 처리해 주십시오."),
                conflict=True,
            )
        if not held.pairs:
            raise RuleBroken(N_("추천할 배정이 없습니다. 설정을 바꾸어 다시 계산하거나 폐기해 주십시오."))
        for expert_id in sorted({int(expert) for _, expert, _ in held.pairs}):
            locked(Expert, expert_id)
        wanted = proposals(held)
        _require_agreed(wanted, leave_out)
        out = [proposal for proposal in wanted if proposal.fault is not None]
        good = [proposal for proposal in wanted if proposal.fault is None]
        if not good:
            raise RuleBroken(
                N_("추천할 수 있는 배정이 하나도 없습니다. 다시 계산해 주십시오."), conflict=True
            )
        facts = {str(p.case.id): _propose(p, rankings, why, by) for p in good}
        held.published_at, held.published_by_id = utcnow(), by.id if by else None
        held.move("publish")
        also_about(*(proposal.case for proposal in good), in_other_cases=facts)
        record.facts["left_out"] = {str(p.case.id): str(p.fault) for p in out}
        record.facts["result"] = seen
    return out


def pairs_hash(round_: Round) -> str:
    """The hash of the present pairs, by which a page proves which ones it showed."""
    return digest_of(round_.pairs)


def _rankings(round_: Round, leave_out: Collection[int]) -> dict[int, FoundRanking]:
    """The ranking of this moment for each case, with the experts of the round in it; read before anything is locked."""
    members: dict[str, list[int]] = {}
    for request, expert, _ in round_.pairs:
        members.setdefault(request, []).append(int(expert))
    cases = cases_with(case_ids_of(round_))
    return {
        case.id: rank_case(case, also=members[case.request.reference])
        for case in cases
        if case.request.reference in members and case.id not in leave_out
    }


def _require_agreed(wanted: Sequence[Proposal], leave_out: Collection[int]) -> None:
    """Refuse unless every case with a fault was left out on the operator's word."""
    faulty = [p for p in wanted if p.fault is not None and p.case.id not in leave_out]
    if not faulty:
        return
    first = faulty[0]
    raise RuleBroken(
        N_(
            "배정 %(count)d건에 지금 규칙에 맞지 않는 것이 있어 아무것도 추천하지 않았습니다. 빼고 추천하려면 아래에서 그"
            " 신청을 표시해 주십시오. 첫 번째: %(firm)s."
        ),
        conflict=True,
        count=len(faulty),
        firm=first.case.request.company.name,
    )


def _propose(proposal: Proposal, rankings: Mapping[int, FoundRanking], why: str, by: Any) -> dict[str, Any]:
    """Release the experts of one case to its firm; the facts for the case's history."""
    case = locked(MatchCase, proposal.case.id)
    found = rankings.get(case.id) or rank_case(case, also=[expert.id for expert in proposal.experts])
    next_state(case.state, "release")
    stored = keep_ranking(case, found, by)
    facts: dict[str, Any] = {}
    for expert in proposal.experts:
        facts = require_free(expert, case, Step.PROPOSE)
        put_forward(case, expert, placed(found, expert), "ranking", by)
    case.reason = None
    case.move("release", utcnow() + timedelta(days=case.request.programme.preference_days))
    db.session.flush()
    announce("release", case, count=len(proposal.experts))
    facts.update(experts=[expert.id for expert in proposal.experts], ranking=stored.id, reason=why)
    facts.pop("expert", None)
    return facts
