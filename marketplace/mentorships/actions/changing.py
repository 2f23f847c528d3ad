"""How a signed agreement is changed (협약변경): asked for by a party, agreed to by the others, approved by the operator.

Which days, figures and visits may change, and by when it must be asked for, is checked here; the numbers are the
programme's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.civil import months_after, working_day_from
from marketplace.codes.actions import kpi_with
from marketplace.companies.eligibility import today
from marketplace.database import db, utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken, raise_all
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.matching.models import held_periods, locked
from marketplace.matching.profiles import Period
from marketplace.matching.rules import peak
from marketplace.matching.states import CaseState
from marketplace.mentorships.actions.drafting import broken_by, freeze
from marketplace.mentorships.actions.papers import queue_print
from marketplace.mentorships.changes import agreeing, has_changed, require_first, was
from marketplace.mentorships.draft import VisitRow, direction_fault, plan_faults, put_plan
from marketplace.mentorships.models import ChangeRequest, Mentorship
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.places import keep_place
from marketplace.mentorships.states import ChangeState, MentorshipState, Party
from marketplace.mentorships.wording_changes import announce_change

CHANGEABLE = (MentorshipState.RUNNING, MentorshipState.PAUSED)
OPEN = (ChangeState.REQUESTED, ChangeState.AGREED)


@dataclass(frozen=True)
class Asked:
    """What a party wants changed, why, since when there is cause, and from when on it shall hold.

    ``targets`` by the number of the goal; ``plan`` None: the visits stay as they are.
    """

    cause: str
    cause_on: date
    effective_on: date
    since: date
    last_day: date
    targets: Mapping[int, Decimal] = field(default_factory=dict)
    plan: Sequence[VisitRow] | None = None


def request_change(mentorship: Mentorship, asked: Asked, *, by: Any) -> ChangeRequest:
    """Ask for a change; nothing of the agreement changes before it is approved.

    Raises RuleBroken at every field that is at fault: too late, no cause, nothing changed, or not allowed.
    """
    require(by, Permission.REQUEST_CHANGE, mentorship)
    party = _party(mentorship, by)
    with recorded(by, Event.CHANGE_REQUESTED, mentorship) as record:
        mentorship = Mentorship.locked(mentorship.id)
        if mentorship.state not in CHANGEABLE:
            raise RuleBroken(N_("수행 중이거나 일시중지된 멘토링의 협약만 바꿀 수 있습니다."), conflict=True)
        if any(change.state in OPEN for change in mentorship.changes):
            raise RuleBroken(N_("아직 결정되지 않은 협약변경 신청이 있습니다."), conflict=True)
        raise_all([*_not_in_time(mentorship, asked), *_unsound(mentorship, asked)])
        changes = was(mentorship, asked.since, asked.last_day, asked.targets, asked.plan)
        if not changes:
            raise RuleBroken(N_("바꿀 내용을 하나 이상 적어 주십시오."), field="last_day")
        change = ChangeRequest(
            asked_by=party,
            requested_by_id=by.id,
            cause=reason_of(asked.cause, MIN_REASON, field="cause"),
            cause_on=asked.cause_on,
            effective_on=asked.effective_on,
            changes=changes,
            agreed_by=[],
        )
        mentorship.changes.append(change)
        db.session.flush()
        also_about(change)
        record.facts.update(change=change.id, party=str(party), changes=changes, reason=change.cause)
        announce_change("request", change)
    return change


def _not_in_time(mentorship: Mentorship, asked: Asked) -> Iterator[RuleBroken]:
    """Within so many days of the cause, the day of the cause not counted, and long enough before the end."""
    programme, now = mentorship.programme, today()
    latest = working_day_from(asked.cause_on + timedelta(days=programme.change_days))
    if asked.cause_on > now:
        yield RuleBroken(N_("사유가 생긴 날은 오늘이나 그 앞의 날이어야 합니다."), field="cause_on")
    elif now > latest:
        yield RuleBroken(
            N_("사유가 생긴 날부터 %(days)d일이 지났습니다. 신청 기한은 %(latest)s이었습니다."),
            field="cause_on",
            days=programme.change_days,
            latest=latest,
        )
    if months_after(now, programme.change_months) > mentorship.last_day:
        yield RuleBroken(
            N_("종료일까지 %(months)d개월이 남지 않아 협약을 바꿀 수 없습니다."),
            months=programme.change_months,
        )
    if asked.effective_on < now:
        yield RuleBroken(N_("효력이 생기는 날은 오늘이나 그 뒤의 날이어야 합니다."), field="effective_on")


def _unsound(mentorship: Mentorship, asked: Asked) -> Iterator[RuleBroken]:
    now = today()
    if asked.since != mentorship.since and min(asked.since, mentorship.since) <= now:
        yield RuleBroken(N_("시작일은 시작하기 전에만, 오늘 뒤의 날로 바꿀 수 있습니다."), field="since")
    if asked.last_day != mentorship.last_day and asked.last_day < now:
        yield RuleBroken(N_("종료일은 오늘이나 그 뒤의 날이어야 합니다."), field="last_day")
    elif not asked.since < asked.last_day <= months_after(asked.since, 12):
        yield RuleBroken(N_("종료일은 시작일 뒤 12개월 안의 날이어야 합니다."), field="last_day")
    goals = {goal.number: goal for goal in mentorship.goals}
    for number, target in asked.targets.items():
        if number not in goals:
            yield RuleBroken(N_("없는 목표입니다. 새로 고친 뒤 다시 적어 주십시오."), field="targets")
        elif fault := direction_fault(kpi_with(goals[number].kpi), goals[number].baseline, target):
            yield RuleBroken(fault, field="targets")
    plan = list(asked.plan) if asked.plan is not None else None
    days = [row.on for row in plan] if plan is not None else [visit.on for visit in mentorship.plan]
    yield from map(broken_by, plan_faults(mentorship, days, asked.since, asked.last_day))
    if plan is not None and any(not 1 <= row.task <= len(mentorship.tasks) for row in plan if row.task):
        yield RuleBroken(N_("없는 과제입니다. 다시 골라 주십시오."), field="plan")
    past = [visit.on for visit in mentorship.plan if visit.on < now]
    if sorted(on for on in days if on < now) != sorted(past):
        yield RuleBroken(N_("지난 방문의 날짜는 바꿀 수 없습니다."), field="plan")


def agree(change: ChangeRequest, *, by: Any) -> None:
    """Agree for a party that did not ask; once every such party has, the operator decides."""
    require(by, Permission.REQUEST_CHANGE, change)
    party = _party(change.mentorship, by)
    with recorded(by, Event.CHANGE_AGREED, change.mentorship, party=str(party)) as record:
        change = _locked(change)
        require_first(change, party)
        change.agreed_by = [*change.agreed_by, str(party)]
        verb = "agree" if not agreeing(change) else "agree_first"
        change.move(verb)
        record.facts["change"] = change.id
        also_about(change)
        announce_change(verb, change, party=party)


def refuse(change: ChangeRequest, reason: str | None, *, by: Any) -> None:
    """Refuse for a party that did not ask; the agreement stays as it is."""
    require(by, Permission.REQUEST_CHANGE, change)
    party = _party(change.mentorship, by)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.CHANGE_REFUSED, change.mentorship, reason=why, party=str(party)) as record:
        change = _locked(change)
        require_first(change, party)
        change.move("refuse")
        change.reason = why
        record.facts["change"] = change.id
        also_about(change)
        announce_change("refuse", change, party=party, reason=why)


def withdraw(change: ChangeRequest, *, by: Any) -> None:
    """Take the request back, by the party that asked."""
    require(by, Permission.REQUEST_CHANGE, change)
    party = _party(change.mentorship, by)
    with recorded(by, Event.CHANGE_WITHDRAWN, change.mentorship, party=str(party)) as record:
        change = _locked(change)
        if party != change.asked_by:
            raise NotAllowed("withdraw")
        change.move("withdraw")
        record.facts["change"] = change.id
        also_about(change)
        announce_change("withdraw", change, party=party)


def reject(change: ChangeRequest, reason: str | None, *, by: Any) -> None:
    """Reject for the operator, with a reason; the agreement stays as it is."""
    require(by, Permission.APPROVE_CHANGE, change)
    if by is None:
        raise NotAllowed("reject")
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.CHANGE_REJECTED, change.mentorship, reason=why) as record:
        change = _locked(change)
        change.move("reject")
        change.reason, change.decided_at = why, utcnow()
        change.decided_by_id = by.id
        record.facts["change"] = change.id
        also_about(change)
        announce_change("reject", change, reason=why)


def approve(change: ChangeRequest, *, by: Any) -> None:
    """Approve for the operator: the change is made, the agreement gets its next edition and a new paper.

    It takes effect on the day asked for, at the earliest today. Nobody approves what he asked for himself.
    Raises RuleBroken (conflict) when the agreement is no longer as it was, or the expert has no place then.
    """
    require(by, Permission.APPROVE_CHANGE, change)
    if by is None:
        raise NotAllowed("approve")
    with recorded(by, Event.CHANGE_APPROVED, change.mentorship) as record:
        expert = locked(Expert, change.mentorship.expert_id)
        change = _locked(change)
        mentorship = change.mentorship
        change.move("approve")
        if mentorship.state not in CHANGEABLE or has_changed(mentorship, change.changes):
            raise RuleBroken(N_("그 사이에 협약이 바뀌었습니다. 다시 신청해야 합니다."), conflict=True)
        if change.requested_by_id == by.id:
            raise RuleBroken(N_("신청한 사람은 승인할 수 없습니다. 다른 담당자가 승인해 주십시오."))
        change.effective_on = max(change.effective_on, today())
        change.decided_at, change.decided_by_id = utcnow(), by.id
        _apply(mentorship, change.changes)
        _require_place(mentorship, expert)
        before = AgreementEdition.of(mentorship.id, mentorship.edition)
        edition = freeze(mentorship, following=before)
        change.edition = edition.edition
        queue_print(mentorship)
        record.facts.update(change=change.id, changes=change.changes, edition=edition.edition)
        record.facts["text_hash"] = edition.text_hash
        also_about(change)
        announce_change("approve", change)


def _apply(mentorship: Mentorship, changes: Mapping[str, Any]) -> None:
    if "since" in changes:
        mentorship.since = date.fromisoformat(changes["since"][1])
    if "last_day" in changes:
        mentorship.last_day = date.fromisoformat(changes["last_day"][1])
    goals = {str(goal.number): goal for goal in mentorship.goals}
    for number, (_, target) in changes.get("targets", {}).items():
        goals[number].target = Decimal(target)
    if "plan" in changes:
        rows = [VisitRow(date.fromisoformat(on), content, task) for on, content, task in changes["plan"][1]]
        put_plan(mentorship, rows)
    keep_place(mentorship)


def _require_place(mentorship: Mentorship, expert: Expert) -> None:
    """A longer term needs a place of the expert for its days too."""
    held = held_periods(expert.id, (CaseState.APPROVED,), besides=mentorship.case_id)
    period = Period(max(mentorship.since, today()), mentorship.last_day + timedelta(days=1))
    if peak(held, period) >= expert.capacity:
        raise RuleBroken(
            N_("%(name)s 전문가는 바뀐 기간에 남은 자리가 없습니다."), conflict=True, name=expert.name
        )


def _locked(change: ChangeRequest) -> ChangeRequest:
    """The request as it is now, with its mentorship locked before it."""
    Mentorship.locked(change.mentorship_id)
    return db.session.get_one(ChangeRequest, change.id, with_for_update=True, populate_existing=True)


def _party(mentorship: Mentorship, by: Any) -> Party:
    party = mentorship.party_of(by) if by is not None else None
    if party is None:
        raise NotAllowed("change")
    return party
