"""Named queries of visits; each takes a constant number of statements."""

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
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship, PlannedVisit
from marketplace.programmes.models import Programme
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING, VisitState

#: The states in which a visit waits for the people of a role.
WAITS_FOR = {
    Role.COMPANY: (VisitState.LOGGED,),
    Role.EXPERT: (VisitState.DISPUTED, VisitState.RETURNED),
    Role.OPERATOR: (VisitState.CONFIRMED,),
}
HELD = (VisitState.LOGGED, VisitState.CONFIRMED, VisitState.DISPUTED, VisitState.RETURNED)


def mentorship_for(user: User, permission: Permission, mentorship_id: int) -> Mentorship:
    """A mentorship within the reach of the user's permission, with its tasks and plan; else NotFound."""
    parts = (selectinload(Mentorship.tasks), selectinload(Mentorship.plan))
    found = db.session.get(Mentorship, mentorship_id, options=parts)
    if found is None:
        raise NotFound(mentorship_id)
    require(user, permission, found)
    return found


def visit_for(user: User, permission: Permission, visit_id: int) -> Visit:
    """A visit within the reach of the user's permission, with its versions; else NotFound."""
    found = db.session.get(Visit, visit_id, options=[selectinload(Visit.versions)])
    if found is None:
        raise NotFound(visit_id)
    require(user, permission, found)
    return found


def mentorship_of(visit: Visit) -> Mentorship:
    """The mentorship of a visit with its tasks; also for an expert who no longer carries it."""
    parts = (selectinload(Mentorship.tasks),)
    return db.session.get_one(Mentorship, visit.mentorship_id, options=parts, populate_existing=True)


def in_reach(user: User) -> ColumnElement[bool]:
    """The condition on a visit, joined as in ``joined``, that the user may see it."""
    scope = scope_of(user, Permission.SEE_MENTORSHIP)
    if scope is Scope.ALL:
        return Visit.id > 0
    if scope is Scope.PROGRAMME:
        return MentoringRequest.programme_id.in_(Programme.ids_run_by(user))
    if scope is Scope.OWN and user.role == Role.EXPERT:
        return Expert.user_id == user.id
    if scope is Scope.OWN:
        return Company.organisation_id == (user.organisation_id or 0)
    raise NotFound("visits")


def joined(*columns: Any) -> Select[Any]:
    """Visits with their expert, mentorship, firm and organisation joined; ``columns`` instead of the rows."""
    query = (
        select(*(columns or (Visit,)))
        .select_from(Visit)
        .join(Visit.expert)
        .join(Expert.user)
        .join(Visit.mentorship)
        .join(Mentorship.case)
        .join(MatchCase.request)
        .join(MentoringRequest.company)
        .join(Company.organisation)
    )
    if columns:
        return query
    firm = contains_eager(Visit.mentorship).contains_eager(Mentorship.case).contains_eager(MatchCase.request)
    return query.options(
        contains_eager(Visit.expert).contains_eager(Expert.user),
        firm.contains_eager(MentoringRequest.company).contains_eager(Company.organisation),
    )


def own_visits(user: User) -> Select[Any]:
    """The visits that the user may see: those that wait for the user first, then the newest."""
    waiting = case((Visit.state.in_(WAITS_FOR.get(Role(user.role), ())), 0), else_=1)
    return joined().where(in_reach(user)).order_by(waiting, Visit.starts_at.desc(), Visit.id.desc())


def visits_of(user: User, mentorship: Mentorship) -> list[Visit]:
    """The visits of a mentorship that the user may see, the oldest first; at most a few hundred by agreement."""
    query = joined().where(in_reach(user), Visit.mentorship_id == mentorship.id)
    return list(db.session.scalars(query.order_by(Visit.starts_at, Visit.id).limit(500)))


def whole_visits_of(user: User, mentorship: Mentorship) -> list[Visit]:
    """``visits_of`` with every version, its photos, and who confirmed and reviewed."""
    parts = (selectinload(Visit.versions), joinedload(Visit.confirmed_by), joinedload(Visit.reviewed_by))
    query = joined().where(in_reach(user), Visit.mentorship_id == mentorship.id).options(*parts)
    return list(db.session.scalars(query.order_by(Visit.starts_at, Visit.id).limit(500)))


def waiting_for(user: User) -> list[Visit]:
    """The visits on which the user has to act, the longest waiting first."""
    states = WAITS_FOR.get(Role(user.role), ())
    query = joined().where(in_reach(user), Visit.state.in_(states))
    return list(db.session.scalars(query.order_by(Visit.entered_at, Visit.id).limit(100)))


def loggable(user: User, states: Sequence[str]) -> list[Mentorship]:
    """The expert's mentorships in these states, with tasks and plan, the oldest first."""
    query = (
        select(Mentorship)
        .join(Expert, Expert.id == Mentorship.expert_id)
        .where(Expert.user_id == user.id, Mentorship.state.in_(states))
        .options(selectinload(Mentorship.tasks), selectinload(Mentorship.plan))
    )
    return list(db.session.scalars(query.order_by(Mentorship.id)))


def unlogged(mentorship_ids: Sequence[int]) -> dict[int, list[PlannedVisit]]:
    """The visits of the plans that no standing visit carries out, by mentorship, in order."""
    carried_out = select(Visit.id).where(
        Visit.mentorship_id == PlannedVisit.mentorship_id,
        Visit.planned_number == PlannedVisit.number,
        Visit.state.in_(STANDING),
    )
    query = (
        select(PlannedVisit)
        .where(PlannedVisit.mentorship_id.in_(mentorship_ids), ~carried_out.exists())
        .options(joinedload(PlannedVisit.task))
        .order_by(PlannedVisit.number)
    )
    found: dict[int, list[PlannedVisit]] = {}
    for planned in db.session.scalars(query):
        found.setdefault(planned.mentorship_id, []).append(planned)
    return found


def last_visit(mentorship: Mentorship) -> Visit | None:
    """The newest standing visit of the expert who carries the mentorship now."""
    query = select(Visit).where(
        Visit.mentorship_id == mentorship.id,
        Visit.expert_id == mentorship.expert_id,
        Visit.state.in_(STANDING),
    )
    return db.session.scalar(query.order_by(Visit.starts_at.desc()).limit(1))


# The queue of staff


@dataclass(frozen=True)
class QueueFilter:
    """What the address of the queue asks for; empty values ask for nothing."""

    states: tuple[VisitState, ...] = ()
    search: str = ""
    programme_id: int = 0
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    sort: str = ""


def _is_late() -> ColumnElement[bool]:
    return and_(Visit.state.in_(HELD), Visit.due_at < utcnow())


_SORTS: dict[str, Any] = {
    "visited": Visit.starts_at,
    "company": Organisation.name,
    "expert": User.name,
    "state": Visit.state,
    "entered": Visit.entered_at,
    "due": Visit.due_at,
}


def queue(user: User, wanted: QueueFilter) -> Select[Any]:
    """The visits that match, ready for ``page_of``: those longest in their state first unless sorted otherwise."""
    query = joined().where(in_reach(user), *_conditions(wanted))
    descending = wanted.sort.startswith("-")
    column = _SORTS.get(wanted.sort.removeprefix("-"), Visit.entered_at)
    return query.order_by(column.desc() if descending else column, Visit.id)


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(Visit.state.in_(wanted.states))
    if wanted.programme_id:
        found.append(MentoringRequest.programme_id == wanted.programme_id)
    if wanted.since is not None:
        found.append(Visit.starts_at >= wanted.since)
    if wanted.until is not None:
        found.append(Visit.starts_at < wanted.until)
    if wanted.late:
        found.append(_is_late())
    if wanted.search:
        columns = (Organisation.name, User.name, MentoringRequest.reference)
        found.append(or_(*(column.icontains(wanted.search, autoescape=True) for column in columns)))
    return found


@dataclass(frozen=True)
class Tally:
    """Visits in a state: how many, how many of them late, since when the oldest waits and the first is due."""

    count: int = 0
    late: int = 0
    since: datetime | None = None
    due: datetime | None = None


def tallies(user: User) -> dict[VisitState, Tally]:
    """The counts of the queue by state, in one statement; states without visits are left out."""
    late = func.sum(case((_is_late(), 1), else_=0))
    columns = (Visit.state, func.count(), late, func.min(Visit.entered_at), func.min(Visit.due_at))
    query = joined(*columns).where(in_reach(user)).group_by(Visit.state)
    return {
        VisitState(state): Tally(count, int(overdue or 0), since, due)
        for state, count, overdue, since, due in db.session.execute(query)
    }


def staff_visits(user: User, visit_ids: Sequence[int]) -> list[Visit]:
    """Those of the visits that a member of staff may see, with their versions, in the order of the numbers."""
    wanted = sorted({visit_id for visit_id in visit_ids if 0 < visit_id < 2**31})[:200]
    query = joined().where(Visit.id.in_(wanted), in_reach(user)).options(selectinload(Visit.versions))
    return list(db.session.scalars(query.order_by(Visit.id)))


def neighbours(user: User, here: Visit) -> tuple[Visit | None, Visit | None]:
    """The visits before and after this one among those in its state, the longest waiting first."""
    among = joined().where(in_reach(user), Visit.state == here.state)
    entered, number = Visit.entered_at, Visit.id
    before = or_(entered < here.entered_at, and_(entered == here.entered_at, number < here.id))
    after = or_(entered > here.entered_at, and_(entered == here.entered_at, number > here.id))
    return (
        db.session.scalar(among.where(before).order_by(entered.desc(), number.desc()).limit(1)),
        db.session.scalar(among.where(after).order_by(entered, number).limit(1)),
    )
