"""What a checked file would do to the database, row by row, and doing it. Nothing here commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.access import Role
from marketplace.accounts.actions_admin import add_invited
from marketplace.accounts.models import Organisation, OrganisationKind, User
from marketplace.companies.models import Company, MentoringRequest, RequestNeed
from marketplace.companies.queries import open_references_of
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow
from marketplace.errors import N_
from marketplace.experts.models import CareerEntry, Expert, ExpertSkill, ExpertState
from marketplace.imports import kinds
from marketplace.imports.experts_sheet import ExpertRow
from marketplace.imports.faults import Fault
from marketplace.imports.requests_sheet import RequestRow
from marketplace.programmes.models import Programme, Tier

CHUNK = 500


@dataclass
class Plan:
    """New, changed and unchanged rows, what stands in the way, and the steps that would write them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[Fault] = field(default_factory=list)
    steps: list[Callable[..., None]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {"new": self.new, "changed": self.changed, "same": self.same}

    def write(self, *, invite: bool) -> None:
        """Do every step within the running transaction; ``invite`` mails new people their invitation."""
        for done, step in enumerate(self.steps, 1):
            step(invite=invite)
            if done % CHUNK == 0:
                db.session.flush()


def _in_chunks(model: Any, column: Any, keys: Sequence[str], *options: Any) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(keys), CHUNK):
        query = select(model).where(column.in_(keys[start : start + CHUNK])).options(*options)
        found += db.session.scalars(query).unique()
    return found


def experts_plan(rows: Sequence[ExpertRow]) -> Plan:
    """Compare rows of experts with the experts that are there."""
    plan = Plan()
    addresses = [row.identity for row in rows]
    people = {user.email: user for user in _in_chunks(User, User.email, addresses)}
    ids = [user.id for user in people.values()]
    parts = (selectinload(Expert.careers), selectinload(Expert.skills))
    experts = {expert.user_id: expert for expert in _in_chunks(Expert, Expert.user_id, ids, *parts)}
    for row in rows:
        person = people.get(row.identity)
        if person is not None and person.role != Role.EXPERT:
            plan.faults.append(
                Fault(
                    kinds.OTHER_ACCOUNT, row=row.number, column="email", label=N_("이메일"), value=row.email
                )
            )
            continue
        expert = experts.get(person.id) if person else None
        if expert is None:
            plan.new += 1
            plan.steps.append(partial(_add_expert, row, person))
        elif _expert_changes(expert, row):
            plan.changed += 1
            plan.steps.append(partial(_change_expert, expert, row))
        else:
            plan.same += 1
    return plan


_PLAIN = (
    "headline",
    "bio",
    "years",
    "industries",
    "regions",
    "mode",
    "available_from",
    "capacity",
    "days_per_week",
)


def _wanted(row: ExpertRow, only_given: bool) -> dict[str, Any]:
    names = [name for name in _PLAIN if not only_given or name in row.given]
    values = {name: getattr(row, name) for name in names}
    for name in ("industries", "regions"):
        if name in values:
            values[name] = list(values[name])
    for name in ("headline", "bio"):
        if name in values:
            values[name] = values[name] or None
    if "mode" in values:
        values["mode"] = str(values["mode"])
    return values


def _career_of(expert: Expert, row: ExpertRow) -> CareerEntry | None:
    same = (entry for entry in expert.careers if (entry.employer, entry.title) == (row.employer, row.title))
    return next(same, None)


def _career_differs(expert: Expert, row: ExpertRow) -> bool:
    if "employer" not in row.given:
        return False
    entry = _career_of(expert, row)
    return entry is None or ("retired_on" in row.given and entry.until != row.retired_on)


def _skills_differ(expert: Expert, row: ExpertRow) -> bool:
    known = {skill.words: skill.level for skill in expert.skills}
    return any(known.get(skill.words) != skill.grade for skill in row.skills)


def _expert_changes(expert: Expert, row: ExpertRow) -> bool:
    plain = any(getattr(expert, name) != value for name, value in _wanted(row, only_given=True).items())
    named = expert.user.name != row.name
    return plain or named or _career_differs(expert, row) or _skills_differ(expert, row)


def _add_expert(row: ExpertRow, person: User | None, *, invite: bool) -> None:
    if person is None:
        person = User(email=row.identity, name=row.name, role=Role.EXPERT)
        if invite:
            add_invited(person)
        else:
            db.session.add(person)
    expert = Expert(user=person, state=ExpertState.SUBMITTED, submitted_at=utcnow())
    expert.careers, expert.skills, expert.interests = [], [], []
    db.session.add(expert)
    _fill(expert, row, _wanted(row, only_given=False))


def _change_expert(expert: Expert, row: ExpertRow, *, invite: bool = False) -> None:
    # What was verified has changed, so it must be verified again; all else leaves the state alone.
    if _career_differs(expert, row) and expert.state == ExpertState.VERIFIED:
        expert.change_verified()
    expert.user.name = row.name
    _fill(expert, row, _wanted(row, only_given=True))
    expert.touch()


def _fill(expert: Expert, row: ExpertRow, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(expert, name, value)
    if row.employer and "employer" in row.given:
        entry = _career_of(expert, row)
        if entry is None:
            entry = CareerEntry(employer=row.employer, title=row.title)
            expert.careers.append(entry)
        if "retired_on" in row.given:
            entry.until = row.retired_on
    known = {skill.words: skill for skill in expert.skills}
    for wanted in row.skills:
        skill = known.get(wanted.words)
        if skill is None:
            skill = ExpertSkill(words=wanted.words, term=wanted.term)
            expert.skills.append(skill)
        skill.state_again(
            words=skill.words,
            term=skill.term,
            level=wanted.grade,
            years=skill.years,
            evidence=skill.evidence,
        )


def requests_plan(rows: Sequence[RequestRow], programme: Programme) -> Plan:
    """Compare rows of requests with the requests that are there."""
    plan = Plan()
    references = [row.reference for row in rows]
    parts = (selectinload(MentoringRequest.needs),)
    known = {
        r.reference: r for r in _in_chunks(MentoringRequest, MentoringRequest.reference, references, *parts)
    }
    numbers = [row.company_brn for row in rows]
    firms = {firm.brn: firm for firm in _in_chunks(Organisation, Organisation.brn, numbers)}
    ids = [firm.id for firm in firms.values()]
    companies = {c.organisation_id: c for c in _in_chunks(Company, Company.organisation_id, ids)}
    open_already: dict[str, str] = {}
    for start in range(0, len(numbers), CHUNK):
        open_already |= open_references_of(programme, numbers[start : start + CHUNK])
    for row in rows:
        request = known.get(row.reference)
        other = open_already.setdefault(row.company_brn, row.reference)
        if request is None and other != row.reference:
            plan.faults.append(
                Fault(
                    kinds.OTHER_REQUEST_OPEN,
                    row=row.number,
                    column="company_brn",
                    label=N_("사업자등록번호"),
                    value=row.company_brn,
                    params={"other": other},
                )
            )
        elif request is None:
            plan.new += 1
            plan.steps.append(partial(_add_request, row, programme, firms, companies))
        elif not _request_changes(request, row):
            plan.same += 1
        elif request.state != RequestState.SUBMITTED or request.programme_id != programme.id:
            place = {
                "row": row.number,
                "column": "reference",
                "label": N_("신청번호"),
                "value": row.reference,
            }
            plan.faults.append(Fault(kinds.ALREADY_HANDLED, **place))  # type: ignore[arg-type]
        else:
            plan.changed += 1
            plan.steps.append(partial(_fill_request, request, row, programme))
    return plan


def _request_values(row: RequestRow) -> dict[str, Any]:
    names = ("title", "problem", "level", "months", "start_on", "region")
    return {**{name: getattr(row, name) for name in names}, "mode": str(row.mode)}


def _request_changes(request: MentoringRequest, row: RequestRow) -> bool:
    plain = any(getattr(request, name) != value for name, value in _request_values(row).items())
    needs = {(need.words, need.priority) for need in request.needs}
    return plain or needs != {(need.words, need.grade) for need in row.needs}


def _add_request(
    row: RequestRow,
    programme: Programme,
    firms: dict[str, Organisation],
    companies: dict[int, Company],
    *,
    invite: bool = False,
) -> None:
    firm = firms.get(row.company_brn)
    if firm is None:
        firm = Organisation(kind=OrganisationKind.FIRM, name=row.company_name, brn=row.company_brn)
        db.session.add(firm)
        db.session.flush()
        firms[row.company_brn] = firm
    company = companies.get(firm.id)
    if company is None:
        company = Company(
            organisation=firm, industry=row.industry, region=row.region, employees=row.employees
        )
        db.session.add(company)
        companies[firm.id] = company
    request = MentoringRequest(
        reference=row.reference, programme=programme, company=company, state=RequestState.SUBMITTED
    )
    request.submitted_at = utcnow()
    request.needs = []
    db.session.add(request)
    _fill_request(request, row, programme)


def _fill_request(
    request: MentoringRequest, row: RequestRow, programme: Programme, *, invite: bool = False
) -> None:
    for name, value in _request_values(row).items():
        setattr(request, name, value)
    request.tier = _tier_for(programme.tiers, row.months)
    wanted = {need.words: need for need in row.needs}
    request.needs = [need for need in request.needs if need.words in wanted]
    kept = {need.words: need for need in request.needs}
    for words, need in wanted.items():
        if words not in kept:
            request.needs.append(RequestNeed(words=words, term=need.term, priority=need.grade))
        else:
            kept[words].priority = need.grade


def _tier_for(tiers: Sequence[Tier], months: int) -> Tier | None:
    """The shortest kind of mentorship that covers the months asked for."""
    long_enough = sorted((tier for tier in tiers if tier.months >= months), key=lambda tier: tier.months)
    return long_enough[0] if long_enough else None
