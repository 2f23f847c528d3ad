"""The experts of the demo: each fills in a profile step by step, and the operator looks at it."""

from __future__ import annotations

from marketplace.access import Role
from marketplace.accounts.models import User, civil_today
from marketplace.demo.people import Staff, joined
from marketplace.demo.sheets import DemoExpert, demo_experts
from marketplace.experts import actions, actions_parts, verification
from marketplace.experts.models import Expert


def found_experts(staff: Staff) -> None:
    """Everybody signs up and fills in a profile; most hand it in, and the operator decides."""
    people = [(written, _signed_up(written)) for written in demo_experts()]
    for written, user in people:
        fill_profile(written, user)
    for written, user in people:
        if written.more["state"] != "draft":
            verification.submit(by=user)
    _verify(staff, [Expert.of(user) for written, user in people if written.more["state"] in _VERIFIED_FIRST])
    for written, user in people:
        _decide(staff, written, user)


_VERIFIED_FIRST = ("verified", "paused", "suspended")


def _signed_up(written: DemoExpert) -> User:
    return joined(Role.EXPERT, written.row.email, written.row.name, written.more["phone"])


def fill_profile(written: DemoExpert, user: User) -> None:
    """The steps of a profile in the order in which the site asks for them."""
    row, more = written.row, written.more
    actions.save_basics(
        headline=row.headline, bio=written.introduction, years=row.years, version=None, by=user
    )
    _careers(written, user)
    _skills(written, user)
    actions.save_fields(
        industries=list(row.industries),
        regions=list(row.regions),
        mode=str(row.mode),
        firm_sizes=more["firm_sizes"].split(";") if more["firm_sizes"] else [],
        small_firm_projects=int(more["small_firm_projects"]) if more["small_firm_projects"] else None,
        version=None,
        by=user,
    )
    actions.save_availability(
        available_from=row.available_from,
        available_until=None,
        capacity=row.capacity,
        days_per_week=row.days_per_week,
        version=None,
        by=user,
    )
    _ties(more["interests"], user)


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


def _verify(staff: Staff, experts: list[Expert | None]) -> None:
    versions = {expert.id: expert.version for expert in experts if expert is not None}
    refused = verification.verify_several(
        versions=versions, checks=list(verification.CHECKS), by=staff.operators[0]
    )
    for broken in refused.values():
        raise broken


def _decide(staff: Staff, written: DemoExpert, user: User) -> None:
    state, reason = written.more["state"], written.more["reason"]
    expert = Expert.of(user)
    if expert is None:
        raise LookupError(user.email)
    if state == "returned":
        verification.send_back(expert=expert, reason=reason, version=expert.version, by=staff.operators[0])
    elif state == "suspended":
        verification.suspend(expert=expert, reason=reason, version=expert.version, by=staff.operators[0])
    elif state == "paused":
        actions.pause(reason=reason, by=user)
