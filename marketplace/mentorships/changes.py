"""What a change of an agreement holds, before and after, and whose consent it still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.errors import N_, NotAllowed, RuleBroken
from marketplace.mentorships.content import plain
from marketplace.mentorships.draft import VisitRow
from marketplace.mentorships.models import ChangeRequest, Mentorship
from marketplace.mentorships.states import Party, next_change_state

#: Whose consent a change needs, by who asks: the other of firm and expert, or both when the operator asks.
CONSENT = {
    Party.FIRM: (Party.EXPERT,),
    Party.EXPERT: (Party.FIRM,),
    Party.OPERATOR: (Party.FIRM, Party.EXPERT),
}


def agreeing(change: ChangeRequest) -> list[Party]:
    """The parties whose consent a change still lacks."""
    return [party for party in CONSENT[Party(change.asked_by)] if str(party) not in change.agreed_by]


def require_first(change: ChangeRequest, party: Party) -> None:
    """Refuse an answer of a party that is not asked, or that answered already."""
    next_change_state(change.state, "agree")
    if party not in CONSENT[Party(change.asked_by)]:
        raise NotAllowed("agree")
    if party not in agreeing(change):
        raise RuleBroken(N_("이미 동의하셨습니다."), conflict=True)


def was(
    mentorship: Mentorship,
    since: date,
    last_day: date,
    targets: Mapping[int, Decimal],
    plan: Sequence[VisitRow] | None,
) -> dict[str, Any]:
    """What differs from the agreement as it stands, each as [before, after], as it can be kept as JSON."""
    found: dict[str, Any] = {}
    for name, after in (("since", since), ("last_day", last_day)):
        before: date = getattr(mentorship, name)
        if before != after:
            found[name] = [before.isoformat(), after.isoformat()]
    goals = {
        str(goal.number): [plain(goal.target), plain(targets[goal.number])]
        for goal in mentorship.goals
        if goal.number in targets and targets[goal.number] != goal.target
    }
    if goals:
        found["targets"] = goals
    if plan is not None:
        rows = [[row.on.isoformat(), row.content, row.task] for row in sorted(plan, key=lambda row: row.on)]
        if rows != plan_of(mentorship):
            found["plan"] = [plan_of(mentorship), rows]
    return found


def plan_of(mentorship: Mentorship) -> list[list[Any]]:
    """The planned visits as a change keeps them: day, content, number of the task."""
    return [
        [visit.on.isoformat(), visit.content, visit.task.number if visit.task else None]
        for visit in mentorship.plan
    ]


def has_changed(mentorship: Mentorship, changes: Mapping[str, Any]) -> bool:
    """Whether the agreement is no longer what a change started from."""
    goals = {str(goal.number): plain(goal.target) for goal in mentorship.goals}
    now = {
        "since": mentorship.since.isoformat(),
        "last_day": mentorship.last_day.isoformat(),
        "plan": plan_of(mentorship),
    }
    if any(goals.get(number) != before for number, (before, _) in changes.get("targets", {}).items()):
        return True
    return any(now[name] != changes[name][0] for name in now if name in changes)
