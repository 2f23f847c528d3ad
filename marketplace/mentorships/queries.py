"""Named queries of mentorships; each takes a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.access import Permission, Scope, require, scope_of
from marketplace.accounts.models import Organisation, User
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import ChangeRequest, Mentorship, PlannedVisit, Signature
from marketplace.mentorships.states import ChangeState, MentorshipState, Party
from marketplace.programmes.models import Contribution, Programme

LARGEST_ID = 2**31 - 1
#: States in which somebody has to act by a day.
DATED = (MentorshipState.DRAFTING, MentorshipState.SIGNING)


def _whole() -> tuple[Any, ...]:
    request = joinedload(Mentorship.case).joinedload(MatchCase.request)
    return (
        selectinload(Mentorship.tasks),
        selectinload(Mentorship.goals),
        selectinload(Mentorship.plan).joinedload(PlannedVisit.task),
        selectinload(Mentorship.signatures),
        selectinload(Mentorship.changes),
        joinedload(Mentorship.sponsor),
        joinedload(Mentorship.expert).joinedload(Expert.user),
        request.joinedload(MentoringRequest.company).joinedload(Company.organisation),
        request.joinedload(MentoringRequest.programme)
        .selectinload(Programme.contributions)
        .joinedload(Contribution.sponsor),
    )


def seen_mentorship(user: User, mentorship_id: int) -> Mentorship:
    """A mentorship with its agreement that the user may see; NotFound when it is out of reach."""
    found = None
    if mentorship_id <= LARGEST_ID:
        found = db.session.get(Mentorship, mentorship_id, options=_whole())
    if found is None:
        raise NotFound(mentorship_id)
    require(user, Permission.SEE_MENTORSHIP, found)
    return found


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for; empty values ask for nothing."""

    states: tuple[MentorshipState, ...] = ()
    search: str = ""
    programme_id: int = 0
    region: str = ""
    late: bool = False
    sort: str = ""


def _within_reach(user: User) -> ColumnElement[bool]:
    scope = scope_of(user, Permission.SEE_MENTORSHIP)
    if scope is Scope.ALL:
        return Mentorship.id > 0
    if scope is Scope.PROGRAMME:
        return MentoringRequest.programme_id.in_(Programme.ids_run_by(user))
    if scope is Scope.OWN:
        if user.organisation_id is None:
            return Expert.user_id == user.id
        return or_(Expert.user_id == user.id, Company.organisation_id == user.organisation_id)
    raise NotFound("mentorships")


def _is_late(now: datetime) -> ColumnElement[bool]:
    return and_(Mentorship.state.in_(DATED), Mentorship.due_at < now)


_SORTS: dict[str, Any] = {
    "reference": MentoringRequest.reference,
    "company": Organisation.name,
    "expert": User.name,
    "state": Mentorship.state,
    "entered": Mentorship.entered_at,
    "ends": Mentorship.last_day,
    "due": Mentorship.due_at,
}


def _joined(selected: Select[Any]) -> Select[Any]:
    return (
        selected.join(Mentorship.case)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .join(Company.organisation)
        .join(Mentorship.expert)
        .join(Expert.user)
    )


def mentorships(user: User, wanted: Wanted) -> Select[Any]:
    """The mentorships that match, ready for ``page_of``: those longest in their state first unless sorted otherwise."""
    query = _joined(select(Mentorship)).where(_within_reach(user), *_conditions(wanted))
    query = query.options(
        contains_eager(Mentorship.case)
        .contains_eager(MatchCase.request)
        .contains_eager(MentoringRequest.company)
        .contains_eager(Company.organisation),
        contains_eager(Mentorship.expert).contains_eager(Expert.user),
        selectinload(Mentorship.signatures),
    )
    descending = wanted.sort.startswith("-")
    column = _SORTS.get(wanted.sort.removeprefix("-"), Mentorship.entered_at)
    return query.order_by(column.desc() if descending else column, Mentorship.id)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(Mentorship.state.in_(wanted.states))
    if wanted.programme_id:
        found.append(MentoringRequest.programme_id == wanted.programme_id)
    if wanted.region:
        found.append(Company.region == wanted.region)
    if wanted.late:
        found.append(_is_late(utcnow()))
    if wanted.search:
        columns = (MentoringRequest.reference, MentoringRequest.title, Organisation.name, User.name)
        found.append(or_(*(column.icontains(wanted.search, autoescape=True) for column in columns)))
    return found


@dataclass(frozen=True)
class Tally:
    """Mentorships in a state: how many, how many late, since when the oldest waits and the first is due."""

    count: int = 0
    late: int = 0
    since: datetime | None = None
    due: datetime | None = None


def tallies(user: User, unsigned: bool = False) -> dict[MentorshipState, Tally]:
    """The counts of the list by state, in one statement; ``unsigned``: only those the operator has not signed."""
    late = func.sum(case((_is_late(utcnow()), 1), else_=0))
    entered, due = func.min(Mentorship.entered_at), func.min(Mentorship.due_at)
    columns: Any = select(Mentorship.state, func.count(), late, entered, due)
    query = _joined(columns).where(_within_reach(user))
    if unsigned:
        query = query.where(~signed_by(Party.OPERATOR))
    return {
        MentorshipState(state): Tally(count, int(overdue or 0), since, first)
        for state, count, overdue, since, first in db.session.execute(query.group_by(Mentorship.state))
    }


def signed_by(party: Party) -> ColumnElement[bool]:
    """The condition that a party signed the present edition."""
    return exists().where(
        Signature.mentorship_id == Mentorship.id,
        Signature.edition == Mentorship.edition,
        Signature.party == party,
    )


def own_waiting(user: User, party: Party, states: Sequence[MentorshipState]) -> list[Mentorship]:
    """A firm's or an expert's mentorships in these states, oldest first; those being signed only without its signature."""
    waiting = or_(Mentorship.state != MentorshipState.SIGNING, ~signed_by(party))
    query = mentorships(user, Wanted(states=tuple(states))).where(waiting)
    return list(db.session.scalars(query).unique())


def open_changes(user: User) -> list[ChangeRequest]:
    """The requests for a change that nobody has decided on yet, of mentorships in reach, oldest first."""
    query = (
        _joined(select(ChangeRequest).join(ChangeRequest.mentorship))
        .where(_within_reach(user), ChangeRequest.state.in_((ChangeState.REQUESTED, ChangeState.AGREED)))
        .options(
            contains_eager(ChangeRequest.mentorship)
            .contains_eager(Mentorship.case)
            .contains_eager(MatchCase.request)
            .contains_eager(MentoringRequest.company)
            .contains_eager(Company.organisation),
        )
        .order_by(ChangeRequest.id)
    )
    return list(db.session.scalars(query).unique())


def has_any(user: User) -> bool:
    """Whether there is a mentorship that the user may see."""
    query = _joined(select(Mentorship.id)).where(_within_reach(user)).limit(1)
    return db.session.scalar(query) is not None
