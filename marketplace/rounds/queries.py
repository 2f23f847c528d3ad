"""Named queries: rounds in reach, and the cases that a round is, or could be, about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.access import Permission, Scope, require, scope_of
from marketplace.accounts.models import User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.profiles import Period
from marketplace.matching.states import PLACE_HELD_IN, CandidateState, CaseState
from marketplace.programmes.models import Contribution, Programme
from marketplace.rounds.models import Round, RoundChange, RoundRequest, RoundRun
from marketplace.rounds.states import RoundState

LARGEST_ID = 2**31 - 1
_BATCH = 400


def round_with(user: User, round_id: int) -> Round:
    """A round that a member of staff may see; NotFound when it is out of reach."""
    options = (joinedload(Round.made_by), joinedload(Round.published_by), joinedload(Round.job))
    found = db.session.get(Round, round_id, options=options) if round_id <= LARGEST_ID else None
    if found is None:
        raise NotFound(round_id)
    require(user, Permission.SEE_ROUND, found)
    return found


@dataclass(frozen=True)
class RoundFilter:
    """What the address of the list asks for; empty values ask for nothing."""

    search: str = ""
    state: str = ""
    programme_id: int = 0
    sort: str = ""


_SORTS: dict[str, Any] = {
    "name": Round.name,
    "state": Round.state,
    "asked": Round.asked,
    "served": Round.served,
    "entered": Round.entered_at,
}


def rounds_for(user: User, wanted: RoundFilter) -> Select[Any]:
    """The rounds that match, ready for ``page_of``; newest first unless sorted otherwise."""
    query = select(Round).options(joinedload(Round.made_by))
    conditions: list[ColumnElement[bool]] = []
    scope = scope_of(user, Permission.SEE_ROUND)
    if scope is Scope.PROGRAMME:
        conditions.append(Round.programme_id.in_(Programme.ids_run_by(user)))
    elif scope is not Scope.ALL:
        raise NotFound("rounds")
    if wanted.state in set(RoundState):
        conditions.append(Round.state == wanted.state)
    if wanted.programme_id:
        conditions.append(Round.programme_id == wanted.programme_id)
    if wanted.search:
        made_by = select(User.id).where(User.name.icontains(wanted.search, autoescape=True))
        conditions.append(
            or_(Round.name.icontains(wanted.search, autoescape=True), Round.made_by_id.in_(made_by))
        )
    column = _SORTS.get(wanted.sort.removeprefix("-"), Round.id)
    descending = wanted.sort.startswith("-") or column is Round.id
    return query.where(*conditions).order_by(column.desc() if descending else column, Round.id.desc())


def choosable(programme: Programme, *, proposed: bool) -> list[MatchCase]:
    """The cases of a programme that a round may take: those in 매칭중, and on demand those in 추천."""
    states = (CaseState.MATCHING, CaseState.PROPOSED) if proposed else (CaseState.MATCHING,)
    query = (
        select(MatchCase)
        .join(MatchCase.request)
        .where(MentoringRequest.programme_id == programme.id, MatchCase.state.in_(states))
        .options(
            joinedload(MatchCase.request)
            .joinedload(MentoringRequest.company)
            .joinedload(Company.organisation)
        )
        .order_by(MatchCase.entered_at, MatchCase.id)
    )
    return list(db.session.scalars(query))


def cases_with(ids: Sequence[int]) -> list[MatchCase]:
    """Cases by number with everything that ranking and checking them needs, in the order of the numbers."""
    found: list[MatchCase] = []
    wanted = sorted(set(ids))
    for at in range(0, len(wanted), _BATCH):
        query = select(MatchCase).where(MatchCase.id.in_(wanted[at : at + _BATCH])).options(*_whole())
        found += db.session.scalars(query.order_by(MatchCase.id))
    return found


def _whole() -> tuple[Any, ...]:
    request = joinedload(MatchCase.request)
    company = request.joinedload(MentoringRequest.company)
    contributions = request.joinedload(MentoringRequest.programme).selectinload(Programme.contributions)
    return (
        selectinload(MatchCase.candidates).lazyload(Candidate.expert),
        request.selectinload(MentoringRequest.needs),
        request.joinedload(MentoringRequest.tier),
        request.joinedload(MentoringRequest.programme).selectinload(Programme.tiers),
        company.selectinload(Company.relations),
        company.joinedload(Company.organisation),
        contributions.joinedload(Contribution.sponsor),
    )


def case_ids_of(round_: Round) -> list[int]:
    """The numbers of a round's cases."""
    query = select(RoundRequest.case_id).where(RoundRequest.round_id == round_.id)
    return list(db.session.scalars(query.order_by(RoundRequest.case_id)))


def case_in_round(user: User, round_: Round, case_id: int) -> MatchCase:
    """A case of the round; NotFound when the round is not about it."""
    require(user, Permission.SEE_ROUND, round_)
    if case_id > LARGEST_ID or db.session.get(RoundRequest, (round_.id, case_id)) is None:
        raise NotFound(case_id)
    return cases_with([case_id])[0]


def run_of(round_: Round, number: int | None = None) -> RoundRun | None:
    """The present run of a round, or an earlier one."""
    query = select(RoundRun).where(
        RoundRun.round_id == round_.id, RoundRun.number == (round_.runs if number is None else number)
    )
    return db.session.scalar(query.options(joinedload(RoundRun.made_by)))


def runs_of(round_: Round) -> list[RoundRun]:
    """Every run of a round, oldest first."""
    query = select(RoundRun).where(RoundRun.round_id == round_.id).options(joinedload(RoundRun.made_by))
    return list(db.session.scalars(query.order_by(RoundRun.number)))


def changes_of(round_: Round) -> list[RoundChange]:
    """Every change by hand, oldest first."""
    query = (
        select(RoundChange)
        .where(RoundChange.round_id == round_.id)
        .options(joinedload(RoundChange.expert), joinedload(RoundChange.by))
    )
    return list(db.session.scalars(query.order_by(RoundChange.id)))


def round_ids() -> list[int]:
    """Every round that was solved, oldest first."""
    return list(db.session.scalars(select(Round.id).where(Round.runs > 0).order_by(Round.id)))


def experts_offered(besides: Sequence[int]) -> dict[str, int]:
    """How many open offers each expert has to answer, in cases other than these."""
    query = (
        select(Candidate.expert_id, Candidate.case_id)
        .where(Candidate.state == CandidateState.OFFERED)
        .order_by(Candidate.expert_id)
    )
    ours, found = set(besides), dict[str, int]()
    for expert_id, case_id in db.session.execute(query):
        if case_id not in ours:
            found[str(expert_id)] = found.get(str(expert_id), 0) + 1
    return found


@dataclass(frozen=True)
class Held:
    """A match of a programme that holds a place: whose, for which firm's region, and how good."""

    expert: str
    name: str
    region: str
    score: float | None
    period: Period


def held_in(programme: Programme) -> list[Held]:
    """The matches of a programme that hold a place now."""
    query = (
        select(
            Candidate.expert_id,
            User.name,
            func.coalesce(MentoringRequest.region, Company.region),
            Candidate.score,
            MatchCase.since,
            MatchCase.until,
        )
        .join(Candidate, Candidate.id == MatchCase.chosen_id)
        .join(Expert, Expert.id == Candidate.expert_id)
        .join(User, User.id == Expert.user_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .join(Company, Company.id == MentoringRequest.company_id)
        .where(MentoringRequest.programme_id == programme.id, MatchCase.state.in_(PLACE_HELD_IN))
        .order_by(MatchCase.id)
    )
    return [
        Held(str(expert), name, region or "", None if score is None else score / 100, Period(since, until))
        for expert, name, region, score, since, until in db.session.execute(query)
    ]


def shown_experts(programme: Programme) -> set[str]:
    """The experts who were put forward in any case of the programme, by whatever way."""
    query = (
        select(Candidate.expert_id)
        .join(MatchCase, MatchCase.id == Candidate.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(MentoringRequest.programme_id == programme.id)
        .distinct()
    )
    return {str(expert) for expert in db.session.scalars(query)}


def waiting_rounds(user: User) -> tuple[int, datetime | None]:
    """How many solved rounds of the user's programmes wait to be published, and since when the oldest does."""
    query = select(func.count(), func.min(Round.entered_at)).where(
        Round.state == RoundState.SOLVED, Round.programme_id.in_(Programme.ids_run_by(user))
    )
    count, since = db.session.execute(query).one()
    return count, since


def cases_shown(round_: Round) -> list[MatchCase]:
    """The cases of a round with what a list of them shows."""
    query = (
        select(MatchCase)
        .join(RoundRequest, RoundRequest.case_id == MatchCase.id)
        .where(RoundRequest.round_id == round_.id)
        .options(
            joinedload(MatchCase.request)
            .joinedload(MentoringRequest.company)
            .joinedload(Company.organisation)
        )
        .order_by(MatchCase.id)
    )
    return list(db.session.scalars(query))


def came_back(round_: Round) -> int:
    """How many requests of a published round are in 매칭중 again."""
    query = (
        select(func.count())
        .select_from(RoundRequest)
        .join(MatchCase, MatchCase.id == RoundRequest.case_id)
        .where(RoundRequest.round_id == round_.id, MatchCase.state == CaseState.MATCHING)
    )
    return db.session.scalar(query) or 0


def experts_to_check(ids: Sequence[int]) -> dict[int, Expert]:
    """Experts by number with everything that the hard rules look at."""
    query = (
        select(Expert)
        .where(Expert.id.in_(ids))
        .options(selectinload(Expert.careers), selectinload(Expert.skills), selectinload(Expert.interests))
    )
    return {expert.id: expert for expert in db.session.scalars(query)}
