"""The hard rules asked again at each step of a case, with what was looked at.

Which cases count against the expert's capacity depends on the step: whoever reached a step first holds the
place at that step, so that of two approvals of the last place exactly one goes through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marketplace.civil import months_after
from marketplace.codes.actions import current_codebook
from marketplace.codes.book import newest_region
from marketplace.errors import N_, Filled, Named, NotAllowed, RuleBroken
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase, held_periods
from marketplace.matching.organisations import organisation_name, same_organisation
from marketplace.matching.periods import Step, coming_period, days_of, period_at
from marketplace.matching.profiles import InterestKind, Period, Relation, RelationKind
from marketplace.matching.rows import case_profile, expert_profile, gates_of, relations_of
from marketplace.matching.rules import EXCLUSION_TEXT, RELATION_TEXT, Exclusion, exclusions, peak
from marketplace.matching.states import PLACE_HELD_IN, CaseState, next_state

#: Cases of others that hold a place against this step.
HOLDS_AGAINST: dict[Step, Sequence[CaseState]] = {
    Step.PROPOSE: PLACE_HELD_IN,
    Step.ACCEPT: PLACE_HELD_IN,
    Step.APPROVE_FIRST: (CaseState.FIRST_APPROVED, CaseState.APPROVED),
    Step.APPROVE_FINAL: (CaseState.APPROVED,),
}
FULL = {
    Step.PROPOSE: N_("%(name)s 전문가는 이 기간에 남은 자리가 없습니다. 다른 전문가를 고르십시오."),
    Step.ACCEPT: N_(
        "이 기간에 맡을 수 있는 자리가 먼저 찼습니다."
        " 거절을 눌러 기업이 다음 전문가를 만날 수 있게 해 주십시오."
    ),
    Step.APPROVE_FIRST: N_(
        "%(name)s 전문가의 자리가 이 기간에 먼저 승인된 다른 매칭으로 찼습니다."
        " 반려한 뒤 다른 전문가를 추천해 주십시오."
    ),
    Step.APPROVE_FINAL: N_(
        "%(name)s 전문가의 자리가 이 기간에 먼저 승인된 다른 매칭으로 찼습니다."
        " 반려하면 운영기관이 다른 전문가를 추천합니다."
    ),
}
#: Facts of a broken rule that are days.
_DAYS = frozenset({"available_from", "available_until", "start_on", "ends_on"})
REFUSED = N_("%(name)s 전문가는 이 신청에 배정할 수 없습니다. %(reason)s")


@dataclass(frozen=True)
class Comparison:
    """One tie of the expert held against one organisation around the firm; ``stands``: it is a conflict.

    ``counts``: the programme holds such a tie against such a relation at all. A former employer counts until
    ``free_from``, so many months after the day of leaving (``left``); both None where that day is unknown.
    """

    tie: str
    organisation: str
    relation: str
    stands: bool
    since_opening: str = "kept"  # or added, or removed: what the firm did with the relation meanwhile
    counts: bool = True
    left: date | None = None
    free_from: date | None = None


def broken_rules(
    expert: Expert, case: MatchCase, step: Step, held: Sequence[Period] | None = None
) -> tuple[Exclusion, ...]:
    """Every hard rule that stands against the expert in this case at this step, in the step's period.

    ``held`` are the periods in which others hold a place against the step; asked for when not given.
    """
    if held is None:
        held = held_periods(expert.id, HOLDS_AGAINST[step], besides=case.id)
    gates, period = gates_of(case.request.programme), period_at(case, step)
    if step is not Step.PROPOSE:
        # Dates, mode and region were agreed to by those concerned when they chose and accepted; but to a
        # period that moves now nobody has agreed yet, so that the expert's own dates are asked again.
        gates = replace(gates, dates=period != case.period, mode=False, region=False)
    if step in (Step.APPROVE_FIRST, Step.APPROVE_FINAL):
        # Who takes no new offers still does what was accepted before.
        gates = replace(gates, paused=False)
    return exclusions(expert_profile(expert, held), case_profile(case, period.since), gates)


def fault_of(
    expert: Expert, case: MatchCase, step: Step, held: Sequence[Period] | None = None
) -> RuleBroken | None:
    """All that stands against the expert, as it is told; a conflict when it is only that the last place is gone."""
    broken = broken_rules(expert, case, step, held)
    if not broken:
        return None
    if all(exclusion.rule == "capacity" for exclusion in broken):
        return RuleBroken(FULL[step], conflict=True, name=expert.name)
    return RuleBroken(REFUSED, name=expert.name, reason=reasons(broken))


def reasons(broken: Sequence[Exclusion]) -> str:
    """The sentences of all broken rules as one text, each once, conflicts of interest first.

    Whoever mends the first of them would otherwise learn of the next only then.
    """
    ordered = sorted(broken, key=lambda exclusion: exclusion.rule not in set(InterestKind))
    sentences = dict.fromkeys(told(exclusion.rule, exclusion.facts, _region) for exclusion in ordered)
    facts: dict[str, str] = {f"reason_{number}": sentence for number, sentence in enumerate(sentences)}
    return Filled(" ".join(f"%({name})s" for name in facts), **facts)


def told(rule: str, facts: Mapping[str, str], region: Callable[[str], str]) -> Filled:
    """A broken rule as it is told: days as days and the region by its name, where rankings keep plain text.

    ``region`` finds the name of a code. The kept text stays as it is, since rankings are replayed to the letter.
    """
    said: dict[str, Any] = dict(facts)
    for name in _DAYS & facts.keys():
        said[name] = date.fromisoformat(facts[name])
    if "region" in facts:
        said["region"] = region(facts["region"])
    return Filled(EXCLUSION_TEXT[rule], **said)


def _region(code: str) -> str:
    found = current_codebook().regions.get(newest_region(code))
    return Named(found.short, found.en) if found else code


def require_free(expert: Expert, case: MatchCase, step: Step) -> dict[str, Any]:
    """Refuse unless the expert may take the case; what was checked, as facts for the record.

    Raises RuleBroken with the rule's own sentence.
    """
    held = held_periods(expert.id, HOLDS_AGAINST[step], besides=case.id)
    if (fault := fault_of(expert, case, step, held)) is not None:
        raise fault
    return {
        "expert": expert.id,
        "period": days_of(period_at(case, step)),
        "places_taken": peak(held, period_at(case, step)),
        "capacity": expert.capacity,
        "ties_compared": len(expert.careers) + len(expert.interests),
        "conflicts": [],
        "compared": compared(expert, case),
        "unstated": [str(kind) for kind in case.request.company.unstated],
    }


#: The verb of each approval by the step at which the rules are asked.
APPROVALS = {"approve_first": Step.APPROVE_FIRST, "approve_final": Step.APPROVE_FINAL}


def who_fault(case: MatchCase, expert: Expert, verb: str, by: Any) -> RuleBroken | None:
    """Why this person may not approve this case, though the role may; None when nothing stands against it.

    Raises NotAllowed for the system: a person approves, by name.
    """
    if by is None:
        raise NotAllowed(verb)
    if by.id == expert.user_id or case.request.company.belongs_to(by):
        return RuleBroken(N_("당사자는 자신의 매칭을 승인할 수 없습니다. 다른 담당자가 승인해 주십시오."))
    if verb == "approve_first" and case.overridden_by_id == by.id:
        return RuleBroken(
            N_("예외 제안을 한 사람은 그 매칭을 승인할 수 없습니다. 다른 담당자가 승인해 주십시오.")
        )
    if verb == "approve_final" and case.first_approved_by_id == by.id:
        return RuleBroken(
            N_("1차 승인과 최종 승인은 서로 다른 사람이 해야 합니다. 다른 담당자가 승인해 주십시오.")
        )
    return None


def approval_fault(
    case: MatchCase, verb: str, by: Any, held: Sequence[Period] | None = None
) -> RuleBroken | None:
    """Why the case cannot be approved by this person now; None when it can."""
    try:
        next_state(case.state, verb)
    except RuleBroken as broken:
        return broken
    if case.chosen is None:
        return RuleBroken(N_("선택된 전문가가 없습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True)
    expert = case.chosen.expert
    return who_fault(case, expert, verb, by) or fault_of(expert, case, APPROVALS[verb], held)


def compared(expert: Expert, case: MatchCase) -> dict[str, list[list[str]]]:
    """What is held against what, for the record: each tie of the expert, each organisation around the firm
    with what became of it since the case opened, and where the two met (tie, organisation, relation)."""
    ties = dict.fromkeys((tie.kind.value, tie.organisation) for tie in expert_profile(expert).interests)
    return {
        "ties": [list(tie) for tie in ties],
        "relations": [
            [relation.kind.value, relation.organisation, change] for relation, change in _around(case)
        ],
        "met": [[met.tie, met.organisation, met.relation] for met in comparisons(expert, case)],
    }


def _around(case: MatchCase) -> list[tuple[Relation, str]]:
    """The firm itself, those it named, and the contributors, each with what became of it since opening."""
    request = case_profile(case, case.since)
    own = Relation(RelationKind.SELF, request.company_name, request.company_brn or None)
    changes = [change for _, change in relations_of(case)]
    changes += ["kept"] * (len(request.relations) - len(changes))
    return [(own, "kept"), *zip(request.relations, changes, strict=True)]


def comparisons(expert: Expert, case: MatchCase) -> list[Comparison]:
    """Each tie of the expert beside the organisations around the firm that it touches, for the case page.

    An employer for whom the expert worked twice stands there once, by the later day of leaving.
    """
    profile = expert_profile(expert)
    request, gates = case_profile(case, coming_period(case).since), gates_of(case.request.programme)
    found: dict[tuple[str, str, str, str], Comparison] = {}
    for tie in dict.fromkeys(profile.interests):
        alone = replace(profile, interests=(tie,), careers=(), commitments=(), capacity=1)
        for relation, change in _around(case):
            if same_organisation(tie.organisation, tie.brn, relation.organisation, relation.brn):
                others = () if relation.kind is RelationKind.SELF else (relation,)
                rules = exclusions(alone, replace(request, relations=others), gates)
                label = RELATION_TEXT[relation.kind]
                stands = any(e.rule == tie.kind.value and e.facts["relation"] == label for e in rules)
                counts = f"{tie.kind.value}:{relation.kind.value}" in gates.ties
                left = tie.until if tie.kind is InterestKind.EMPLOYER else None
                free_from = months_after(left, gates.cooling_off_months) if counts and left else None
                row = Comparison(
                    tie.kind.value, relation.organisation, label, stands, change, counts, left, free_from
                )
                key = (row.tie, organisation_name(row.organisation), row.relation, change)
                if key not in found or _later(row, found[key]):
                    found[key] = row
    return list(found.values())


def _later(row: Comparison, than: Comparison) -> bool:
    """Whether a tie ended after the other; one whose end is unknown counts as the later."""
    return than.left is not None and (row.left is None or row.left > than.left)
