"""Named queries of the match machine; each takes a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.access import Permission, Role, Scope, require, scope_of
from marketplace.accounts.models import Organisation, User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.models_ranking import StoredRanking
from marketplace.matching.profiles import Period
from marketplace.matching.states import OPEN_STATES, CandidateState, CaseState
from marketplace.programmes.models import Contribution, Programme

LARGEST_ID = 2**31 - 1
#: The states in which a case waits for the people of a role.
WAITS_FOR = {
    Role.OPERATOR: (CaseState.MATCHING, CaseState.ACCEPTED),
    Role.MINISTRY: (CaseState.FIRST_APPROVED,),
}


def ranking_ids() -> list[int]:
    """Every kept ranking, oldest first."""
    return list(db.session.scalars(select(StoredRanking.id).order_by(StoredRanking.id)))


# One case, as each side may see it


def _whole_case() -> tuple[Any, ...]:
    parts = selectinload(MatchCase.candidates).joinedload(Candidate.expert)
    return (
        parts.selectinload(Expert.careers),
        parts.selectinload(Expert.skills),
        parts.selectinload(Expert.interests),
        joinedload(MatchCase.request).selectinload(MentoringRequest.needs),
        joinedload(MatchCase.request).joinedload(MentoringRequest.tier),
        joinedload(MatchCase.request).joinedload(MentoringRequest.company).selectinload(Company.relations),
        joinedload(MatchCase.request)
        .joinedload(MentoringRequest.programme)
        .selectinload(Programme.contributions)
        .joinedload(Contribution.sponsor),
    )


def staff_case(user: User, case_id: int) -> MatchCase:
    """A case that a member of staff may see, with its candidates; NotFound when it is out of reach."""
    found = db.session.get(MatchCase, case_id, options=_whole_case()) if case_id <= LARGEST_ID else None
    if found is None:
        raise NotFound(case_id)
    require(user, Permission.SEE_CASE, found)
    return found


def staff_cases(user: User, case_ids: Sequence[int]) -> list[MatchCase]:
    """Those of the cases that a member of staff may see, in the order of the numbers."""
    wanted = sorted({case_id for case_id in case_ids if 0 < case_id <= LARGEST_ID})[:200]
    query = select(MatchCase).where(MatchCase.id.in_(wanted), _within_reach(user))
    return list(db.session.scalars(query.options(*_whole_case()).order_by(MatchCase.id)))


def own_case(user: User, request_id: int) -> MatchCase:
    """The case of a request of the user's firm, with its candidates; NotFound when there is none."""
    query = select(MatchCase).where(MatchCase.request_id == request_id).options(*_whole_case())
    found = db.session.scalar(query) if request_id <= LARGEST_ID else None
    if found is None or not found.belongs_to(user):
        raise NotFound(request_id)
    return found


def own_cases(user: User, states: Sequence[CaseState]) -> list[MatchCase]:
    """The cases of the user's firm in these states, oldest first."""
    query = (
        select(MatchCase)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .where(Company.organisation_id == user.organisation_id, MatchCase.state.in_(states))
        .order_by(MatchCase.entered_at)
    )
    return list(db.session.scalars(query))


def own_offer(user: User, candidate_id: int) -> Candidate:
    """An offer that was made to this expert; NotFound when it is somebody else's or was never made."""
    options = joinedload(Candidate.case).options(*_whole_case())
    found = db.session.get(Candidate, candidate_id, options=[options]) if candidate_id <= LARGEST_ID else None
    if found is None or not found.belongs_to(user):
        raise NotFound(candidate_id)
    return found


def own_offers(user: User) -> Select[Any]:
    """Every offer that was made to this expert: open ones, the most urgent first, then the newest."""
    is_open = case((Candidate.state == CandidateState.OFFERED, 0), else_=1)
    urgency = case((Candidate.state == CandidateState.OFFERED, Candidate.expires_at), else_=None)
    return (
        select(Candidate)
        .join(Expert, Expert.id == Candidate.expert_id)
        .where(Expert.user_id == user.id, Candidate.offered_at.is_not(None))
        .options(joinedload(Candidate.case))
        .order_by(is_open, urgency, Candidate.offered_at.desc())
    )


def open_offers(user: User) -> list[Candidate]:
    """The offers that this expert has to answer, the most urgent first."""
    query = own_offers(user).where(Candidate.state == CandidateState.OFFERED).order_by(None)
    return list(db.session.scalars(query.order_by(Candidate.expires_at)))


def held_by(expert_ids: Sequence[int], states: Sequence[CaseState]) -> dict[int, list[tuple[int, Period]]]:
    """Which cases hold a place of these experts, by expert: the case's number and its period."""
    query = (
        select(Candidate.expert_id, MatchCase.id, MatchCase.since, MatchCase.until)
        .join(Candidate, Candidate.id == MatchCase.chosen_id)
        .where(Candidate.expert_id.in_(set(expert_ids)), MatchCase.state.in_(states))
    )
    found: dict[int, list[tuple[int, Period]]] = {}
    for expert_id, case_id, since, until in db.session.execute(query):
        found.setdefault(expert_id, []).append((case_id, Period(since, until)))
    return found


def experts_with(ids: Sequence[int]) -> dict[int, Expert]:
    """Experts by number."""
    return {expert.id: expert for expert in db.session.scalars(select(Expert).where(Expert.id.in_(ids)))}


# The queue of staff


@dataclass(frozen=True)
class QueueFilter:
    """What the address of the queue asks for; empty values ask for nothing."""

    states: tuple[CaseState, ...] = ()
    search: str = ""
    programme_id: int = 0
    region: str = ""
    industry: str = ""
    late: bool = False
    sort: str = ""


def _within_reach(user: User) -> ColumnElement[bool]:
    scope = scope_of(user, Permission.SEE_CASE)
    if scope is Scope.ALL:
        return MatchCase.id > 0
    if scope is Scope.PROGRAMME:
        reach = select(MentoringRequest.id).where(
            MentoringRequest.programme_id.in_(Programme.ids_run_by(user))
        )
        return MatchCase.request_id.in_(reach)
    raise NotFound("cases")


def _is_late(now: datetime) -> ColumnElement[bool]:
    return and_(MatchCase.state.in_(OPEN_STATES), MatchCase.due_at < now)


_SORTS: dict[str, Any] = {
    "reference": MentoringRequest.reference,
    "company": Organisation.name,
    "state": MatchCase.state,
    "entered": MatchCase.entered_at,
    "due": MatchCase.due_at,
}


def queue(user: User, wanted: QueueFilter) -> Select[Any]:
    """The cases that match, ready for ``page_of``: oldest in their state first unless sorted otherwise."""
    query = _matching(user, wanted).options(selectinload(MatchCase.candidates))
    descending = wanted.sort.startswith("-")
    column = _SORTS.get(wanted.sort.removeprefix("-"), MatchCase.entered_at)
    return query.order_by(column.desc() if descending else column, MatchCase.id)


def _matching(user: User, wanted: QueueFilter) -> Select[Any]:
    return (
        select(MatchCase)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .join(Company.organisation)
        .options(
            contains_eager(MatchCase.request)
            .contains_eager(MentoringRequest.company)
            .contains_eager(Company.organisation)
        )
        .where(_within_reach(user), *_conditions(wanted))
    )


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(MatchCase.state.in_(wanted.states))
    if wanted.programme_id:
        found.append(MentoringRequest.programme_id == wanted.programme_id)
    if wanted.region:
        found.append(Company.region == wanted.region)
    if wanted.industry:
        found.append(Company.industry == wanted.industry)
    if wanted.late:
        found.append(_is_late(utcnow()))
    if wanted.search:
        named = (
            select(Candidate.case_id)
            .join(Expert, Expert.id == Candidate.expert_id)
            .join(User, User.id == Expert.user_id)
            .where(User.name.icontains(wanted.search, autoescape=True))
        )
        columns = (MentoringRequest.reference, MentoringRequest.title, Organisation.name)
        texts = [column.icontains(wanted.search, autoescape=True) for column in columns]
        found.append(or_(*texts, MatchCase.id.in_(named)))
    return found


@dataclass(frozen=True)
class Tally:
    """Cases in a state: how many, how many of them late, since when the oldest waits and the first is due."""

    count: int = 0
    late: int = 0
    since: datetime | None = None
    due: datetime | None = None


def tallies(user: User) -> dict[CaseState, Tally]:
    """The counts of the queue by state, in one statement; states without cases are left out."""
    late = func.sum(case((_is_late(utcnow()), 1), else_=0))
    query = (
        select(
            MatchCase.state, func.count(), late, func.min(MatchCase.entered_at), func.min(MatchCase.due_at)
        )
        .where(_within_reach(user))
        .group_by(MatchCase.state)
    )
    return {
        CaseState(state): Tally(count, int(overdue or 0), since, due)
        for state, count, overdue, since, due in db.session.execute(query)
    }


def neighbours(user: User, here: MatchCase) -> tuple[MatchCase | None, MatchCase | None]:
    """The cases before and after this one among those in its state, oldest first."""
    among = _matching(user, QueueFilter(states=(CaseState(here.state),)))
    entered, number = MatchCase.entered_at, MatchCase.id
    before = or_(entered < here.entered_at, and_(entered == here.entered_at, number < here.id))
    after = or_(entered > here.entered_at, and_(entered == here.entered_at, number > here.id))
    return (
        db.session.scalar(among.where(before).order_by(entered.desc(), number.desc()).limit(1)),
        db.session.scalar(among.where(after).order_by(entered, number).limit(1)),
    )
