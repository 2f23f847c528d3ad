"""What a firm does with its candidates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.checks import require_free
from marketplace.matching.handover import ask, find_expert, placed, put_forward, reason_of, require_listed
from marketplace.matching.index import rank_case
from marketplace.matching.models import Candidate, MatchCase, locked
from marketplace.matching.periods import Step
from marketplace.matching.snapshots import keep_ranking
from marketplace.matching.states import CandidateState, CaseState, next_state
from marketplace.matching.wording import announce

MAX_NOMINATED = 3  # experts that a firm may find by itself for one case


def nominate(case: MatchCase, expert_id: int, *, by: Any) -> Candidate:
    """Put an expert whom the firm found itself among its candidates; the hard rules hold as for all."""
    require(by, Permission.STATE_PREFERENCES, case)
    found = rank_case(case, also=[expert_id])
    with recorded(by, Event.CANDIDATE_FOUND, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "nominate")
        expert = find_expert(expert_id)
        known = case.candidate_for(expert_id)
        if known is not None and known.state == CandidateState.LISTED:
            raise RuleBroken(N_("이미 후보에 있는 전문가입니다. 후보 화면에서 순위를 정해 주십시오."))
        if sum(c.source == "firm" for c in case.candidates) >= MAX_NOMINATED:
            raise RuleBroken(
                N_("직접 지정은 %(most)d명까지 할 수 있습니다. 후보 가운데에서 순위를 정해 주십시오."),
                most=MAX_NOMINATED,
            )
        facts = require_free(expert, case, Step.PROPOSE)
        stored = keep_ranking(case, found, by)
        candidate = put_forward(case, expert, placed(found, expert), "firm", by)
        due = case.due_at if case.state == CaseState.PROPOSED else None
        case.move("nominate", due or utcnow() + timedelta(days=case.request.programme.preference_days))
        db.session.flush()
        record.facts.update(facts, candidate=candidate.id, ranking=stored.id)
        announce("nominate", case, candidate)
    return candidate


def prefer(case: MatchCase, choices: Mapping[int, int], *, by: Any) -> None:
    """State the order (place 1 to 3 to candidate number) in which experts are asked, and ask the first."""
    require(by, Permission.STATE_PREFERENCES, case)
    with recorded(by, Event.PREFERENCES_STATED, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "prefer")
        listed = {candidate.id: candidate for candidate in case.in_state(CandidateState.LISTED)}
        order = [choices[place] for place in sorted(choices)]
        if not order or sorted(choices) != list(range(1, len(order) + 1)) or len(order) > 3:
            raise RuleBroken(N_("1순위부터 차례로 정해 주십시오. 3순위까지 정할 수 있습니다."), field="first")
        if len(set(order)) != len(order):
            raise RuleBroken(
                N_("같은 전문가를 두 번 고를 수 없습니다. 순위마다 다른 전문가를 골라 주십시오."),
                field="first",
            )
        if not set(order) <= listed.keys():
            raise RuleBroken(
                N_("고른 전문가가 후보에 없습니다. 새로 고친 뒤 다시 골라 주십시오."),
                field="first",
                conflict=True,
            )
        for candidate in listed.values():
            candidate.preference = order.index(candidate.id) + 1 if candidate.id in order else None
        first = listed[order[0]]
        facts = require_free(first.expert, case, Step.PROPOSE)
        facts |= ask(case, first, "prefer")
        record.facts.update(facts, order=[listed[number].expert_id for number in order], candidate=first.id)
        announce("prefer", case, first)


def refuse(case: MatchCase, reason: str | None, *, listed: Collection[int], by: Any) -> None:
    """Refuse every proposed candidate and say why; the operator proposes others.

    ``listed`` are the candidates that the page showed; others in the meantime are a conflict.
    """
    require(by, Permission.STATE_PREFERENCES, case)
    why = reason_of(reason)
    with recorded(by, Event.CANDIDATES_REFUSED, case) as record:
        case = locked(MatchCase, case.id)
        next_state(case.state, "refuse")
        require_listed(case, listed)
        refused = case.in_state(CandidateState.LISTED)
        for candidate in refused:
            candidate.answer(CandidateState.REFUSED, why)
        case.back_to_matching("refuse")
        case.reason = why
        record.facts.update(experts=[c.expert_id for c in refused], reason=why)
        announce("refuse", case, reason=why)
