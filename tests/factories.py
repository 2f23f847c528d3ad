"""Things for tests, each with only what must be there; say what matters in the test."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from marketplace.access import GRANTS, Permission, Role
from marketplace.accounts.models import Organisation, OrganisationKind, User
from marketplace.audit import recorded
from marketplace.companies.models import Company, MentoringRequest, RelationToFirm, RequestNeed
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow, writing_allowed
from marketplace.events import Event
from marketplace.experts.models import CareerEntry, Expert, ExpertInterest, ExpertSkill, ExpertState
from marketplace.ledger.verbs import post_matching, post_pledge, post_receipt
from marketplace.matching.models import Candidate, MatchCase
from marketplace.programmes.models import Contribution, Programme, ProgrammeState, Tier

_numbers = count(1)
START = date(2027, 1, 4)


def save(*things: Any) -> Any:
    """Store things and give the first back."""
    with writing_allowed():
        db.session.add_all(things)
        db.session.commit()
    return things[0]


def brn(number: int) -> str:
    """A business number with a right check digit."""
    digits = [int(c) for c in f"{100000000 + number:09d}"]
    total = sum(w * d for w, d in zip([1, 3, 7, 1, 3, 7, 1, 3, 5], digits, strict=True)) + 5 * digits[8] // 10
    return "".join(map(str, digits)) + str((10 - total % 10) % 10)


def organisation(kind: OrganisationKind = OrganisationKind.FIRM, **facts: Any) -> Organisation:
    n = next(_numbers)
    facts.setdefault("name", f"기관 {n}")
    if kind is OrganisationKind.FIRM:
        facts.setdefault("brn", brn(n))
    return save(Organisation(kind=kind, **facts))


def user(role: Role, organisation: Organisation | None = None, **facts: Any) -> User:
    n = next(_numbers)
    facts = {"email": f"user{n}@example.com", "name": f"사람 {n}", "confirmed_at": utcnow(), **facts}
    return save(User(role=role, organisation_id=organisation.id if organisation else None, **facts))


def programme(**facts: Any) -> Programme:
    """An open programme with its own operator and ministry; one tier of three months, one of six."""
    n = next(_numbers)
    if "operator_id" not in facts:
        facts["operator_id"] = organisation(OrganisationKind.OPERATOR).id
    if "ministry_id" not in facts:
        facts["ministry_id"] = organisation(OrganisationKind.MINISTRY).id
    defaults: dict[str, Any] = {
        "code": f"P-{n}",
        "year": 2026,
        "name_ko": f"시험 사업 {n}",
        "name_en": f"Test programme {n}",
        "state": ProgrammeState.OPEN,
        "opens_on": date(2026, 1, 2),
        "closes_on": date(2099, 12, 31),
        "budget": 1_000_000_000,
    }
    made = save(Programme(**{**defaults, **facts}))
    for code, months, visits in (("기본", 3, 24), ("종합", 6, 48)):
        save(
            Tier(
                programme_id=made.id,
                code=code,
                name_ko=code,
                name_en=code,
                months=months,
                visits=visits,
                unit_price=350_000,
                government_share=500,
                sponsor_share=400,
                local_share=0,
                firm_share=100,
            )
        )
    db.session.refresh(made)
    return made


def contribution(programme: Programme, sponsor: Organisation, pledged: int = 100_000_000) -> Contribution:
    """A pledge in the ledger, and the row that shows it."""
    with recorded(None, Event.CONTRIBUTION_SAVED, programme):
        post_pledge(programme, sponsor, pledged, key=f"pledge:{sponsor.id}")
    return db.session.query(Contribution).filter_by(programme_id=programme.id, sponsor_id=sponsor.id).one()


def funded(programme: Programme, won: int = 1_000_000_000) -> Organisation:
    """A large company that paid in so much, matched by the state."""
    sponsor = organisation(OrganisationKind.SPONSOR)
    contribution(programme, sponsor, won)
    with recorded(None, Event.MONEY_RECEIVED, programme):
        post_receipt(programme, sponsor, won, key=f"funded:{sponsor.id}")
        post_matching(programme, won, key=f"matched:{sponsor.id}")
    return sponsor


def company(**facts: Any) -> Company:
    """A firm with one active person; ``company.people`` finds them through the organisation."""
    firm = organisation(OrganisationKind.FIRM, **({"name": facts.pop("name")} if "name" in facts else {}))
    facts = {"industry": "C25", "region": "48", "employees": 40, "none_of": list(RelationToFirm), **facts}
    made = save(Company(organisation_id=firm.id, **facts))
    user(Role.COMPANY, firm)
    return made


def person_of(company: Company) -> User:
    """The firm's person."""
    return User.of_organisation(company.organisation_id)[0]


def request(
    company_: Company | None = None,
    programme_: Programme | None = None,
    state: RequestState = RequestState.DRAFT,
    needs: tuple[tuple[str, int], ...] = (("QUA-01", 3),),
    **facts: Any,
) -> MentoringRequest:
    """A complete request in a state; ``needs`` are pairs of taxonomy id and priority."""
    n = next(_numbers)
    defaults: dict[str, Any] = {
        "reference": f"R-{n:05d}",
        "title": "불량이 자꾸 나옵니다",
        "problem": "도금이 벗겨져 반품이 들어오는데 원인을 모릅니다.",
        "goal": "불량을 줄입니다.",
        "level": "기초",
        "months": 3,
        "start_on": START,
        "mode": "onsite",
        "region": "48",
        "answer": "말씀하신 대로 고쳤습니다." if state is RequestState.RETURNED else None,
        "reason": "사유" if state in (RequestState.RETURNED, RequestState.INELIGIBLE) else None,
    }
    company_ = company_ or company()
    programme_ = programme_ or programme()
    made = MentoringRequest(
        company_id=company_.id, programme_id=programme_.id, state=state, **{**defaults, **facts}
    )
    if state is not RequestState.DRAFT:
        made.submitted_at = made.submitted_at or utcnow()
    if state in (RequestState.ELIGIBLE, RequestState.INELIGIBLE):
        decider = user(Role.OPERATOR, programme_.operator)
        made.decided_at, made.decided_by_id = utcnow(), decider.id
    made.needs = [RequestNeed(term=term, words=term, priority=priority) for term, priority in needs]
    return save(made)


def expert(
    state: ExpertState = ExpertState.VERIFIED,
    skills: tuple[tuple[str, int], ...] = (("QUA-01", 4),),
    careers: tuple[tuple[str, date | None, date | None], ...] = (),
    interests: tuple[tuple[str, str], ...] = (),
    **facts: Any,
) -> Expert:
    """An expert; ``skills`` are (taxonomy id, level), ``careers`` (employer, since, until), ``interests`` (kind, organisation)."""
    person = facts.pop("user", None) or user(
        Role.EXPERT, **({"name": facts.pop("name")} if "name" in facts else {})
    )
    defaults: dict[str, Any] = {
        "headline": "도금 품질 전문가",
        "bio": "도금 라인에서 불량 원인을 찾고 품질을 관리했습니다.",
        "years": 30,
        "industries": ["C25"],
        "regions": ["48"],
        "mode": "both",
        "firm_sizes": ["small"],
        "available_from": date(2026, 1, 1),
    }
    made = Expert(user_id=person.id, state=state, **{**defaults, **facts})
    if state is ExpertState.VERIFIED:
        made.verified_at, made.verified_by_id = utcnow(), person.id
    if state in (ExpertState.RETURNED, ExpertState.SUSPENDED):
        made.reason = "사유"
    made.skills = [ExpertSkill(term=term, words=term, level=level) for term, level in skills]
    made.careers = [
        CareerEntry(employer=employer, title="부장", since=since, until=until, text="품질을 관리했습니다.")
        for employer, since, until in careers
    ]
    made.interests = [ExpertInterest(kind=kind, organisation=name) for kind, name in interests]
    return save(made)


def case(request_: MentoringRequest | None = None, **facts: Any) -> MatchCase:
    """A case in 매칭중 for an eligible request."""
    request_ = request_ or request(state=RequestState.ELIGIBLE)
    since = request_.start_on or START
    facts = {"since": since, "until": since + timedelta(days=30 * (request_.months or 3)), **facts}
    return save(MatchCase(request_id=request_.id, **facts))


def candidate(case_: MatchCase, expert_: Expert | None = None, **facts: Any) -> Candidate:
    """A candidate of a case, put forward by the ranking."""
    expert_ = expert_ or expert()
    made = save(
        Candidate(case_id=case_.id, expert_id=expert_.id, **{"source": "ranking", "rank": 1, **facts})
    )
    db.session.refresh(case_)
    return made


def may(role: Role, permission: str) -> bool:
    """Whether a role holds a permission at all."""
    return Permission(permission) in GRANTS[role]
