"""The experts of the demo: each fills in a profile step by step, and the operator looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from marketplace.access import Role
from marketplace.accounts.models import User, civil_today
from marketplace.database import db
from marketplace.demo.people import Staff, confirmed, sign_up
from marketplace.demo.sheets import DemoExpert, demo_experts
from marketplace.demo.timeline import Timeline, office_day
from marketplace.experts import actions, actions_parts, verification
from marketplace.experts.models import Expert


@dataclass(frozen=True)
class Ages:
    """How many days ago an expert signed up, and the operator decided; cycled through."""

    signed_up: tuple[int, ...]
    decided: int | None = None


#: The long-standing came before the first firm did; a few came lately and wait to be confirmed.
AGES = {
    "verified": Ages((141, 140, 140, 139, 139, 138, 138)),
    "suspended": Ages((141,), 37),
    "paused": Ages((139,), 37),
    "returned": Ages((9,), 6),
    "submitted": Ages((9, 4, 2, 1)),
    "draft": Ages((3,)),
}
DAYS_TO_VERIFY = 4
VERIFIED = ("verified", "suspended", "paused")


def plan_experts(staff: Staff, timeline: Timeline) -> None:
    """Everybody signs up and fills in a profile; most hand it in, and the operator decides."""
    met: Counter[str] = Counter()
    batches: dict[int, list[str]] = {}
    for written in demo_experts():
        state = written.more["state"]
        ages = AGES[state]
        age = ages.signed_up[met[state] % len(ages.signed_up)]
        met[state] += 1
        start = timeline.within(timeline.days_ago(age))
        for minutes, step in _profile_steps(written):
            timeline.add(start + timedelta(minutes=minutes), step)
        if state in VERIFIED:
            batches.setdefault(age - DAYS_TO_VERIFY, []).append(written.row.email)
        if ages.decided is not None:
            decided = timeline.within(office_day(timeline.days_ago(ages.decided)))
            timeline.add(decided, partial(_decide, staff, written))
    for age, emails in batches.items():
        timeline.add(timeline.within(office_day(timeline.days_ago(age))), partial(_verify, staff, emails))


def _person(written: DemoExpert) -> User:
    user = User.with_email(written.row.email)
    if user is None:
        raise LookupError(written.row.email)
    return user


def _profile_steps(written: DemoExpert) -> list[tuple[int, Callable[[], object]]]:
    """What one person does in an afternoon, each with the minutes since the sign-up."""
    row, more = written.row, written.more
    steps: list[tuple[int, Callable[[], object]]] = [
        (0, lambda: sign_up(Role.EXPERT, row.email, row.name, more["phone"])),
        (3, lambda: confirmed(row.email)),
        (9, lambda: _basics(written, _person(written))),
        (24, lambda: _careers(written, _person(written))),
        (37, lambda: _skills(written, _person(written))),
        (42, lambda: _fields(written, _person(written))),
        (45, lambda: _availability(written, _person(written))),
        (49, lambda: _ties(more["interests"], _person(written))),
    ]
    if more["state"] != "draft":
        steps.append((52, lambda: verification.submit(by=_person(written))))
    return steps


def _basics(written: DemoExpert, user: User) -> None:
    row = written.row
    actions.save_basics(
        headline=row.headline, bio=written.introduction, years=row.years, version=None, by=user
    )


def _fields(written: DemoExpert, user: User) -> None:
    row, more = written.row, written.more
    actions.save_fields(
        industries=list(row.industries),
        regions=list(row.regions),
        mode=str(row.mode),
        firm_sizes=more["firm_sizes"].split(";") if more["firm_sizes"] else [],
        small_firm_projects=int(more["small_firm_projects"]) if more["small_firm_projects"] else None,
        version=None,
        by=user,
    )


def _availability(written: DemoExpert, user: User) -> None:
    row = written.row
    actions.save_availability(
        available_from=row.available_from,
        available_until=None,
        capacity=row.capacity,
        days_per_week=row.days_per_week,
        version=None,
        by=user,
    )


def _careers(written: DemoExpert, user: User) -> None:
    for career in written.careers:
        actions_parts.save_career(
            career=None,
            employer=career.employer,
            employer_brn=None,
            title=career.title,
            since=career.since,
            until=career.until,
            text=career.text,
            today=civil_today(),
            version=None,
            by=user,
        )


def _skills(written: DemoExpert, user: User) -> None:
    last = written.careers[-1]
    for skill in written.row.skills:
        actions_parts.save_skill(
            skill=None,
            term=skill.term,
            words=None if skill.term else skill.words,
            level=skill.grade,
            years=None,
            last_used=last.until.year,
            evidence=f"{last.employer} {last.title}",
            version=None,
            by=user,
        )


def _ties(text: str, user: User) -> None:
    """Declare what stands as ``kind:organisation:note``, or that there is nothing to declare."""
    if not text:
        actions_parts.declare_interests(none=True, version=None, by=user)
        return
    kind, organisation, note = text.split(":")
    actions_parts.save_interest(
        interest=None,
        kind=kind,
        organisation=organisation,
        brn=None,
        until=None,
        note=note,
        version=None,
        by=user,
    )


def _verify(staff: Staff, emails: list[str]) -> None:
    query = select(Expert).join(Expert.user).where(User.email.in_(emails))
    versions = {expert.id: expert.version for expert in db.session.scalars(query)}
    refused = verification.verify_several(
        versions=versions, checks=list(verification.CHECKS), skills=True, by=staff.operators[0]
    )
    for broken in refused.values():
        raise broken


def _decide(staff: Staff, written: DemoExpert) -> None:
    state, reason = written.more["state"], written.more["reason"]
    user = _person(written)
    expert = Expert.of(user)
    if expert is None:
        raise LookupError(user.email)
    if state == "returned":
        verification.send_back(expert=expert, reason=reason, version=expert.version, by=staff.operators[0])
    elif state == "suspended":
        verification.suspend(expert=expert, reason=reason, version=expert.version, by=staff.operators[0])
    elif state == "paused":
        actions.pause(reason=reason, by=user)
