"""Named queries: what a firm sees of its own requests, and what staff see of everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.access import Permission, Scope, scope_of
from marketplace.accounts.models import Organisation, User
from marketplace.companies.models import Company, MentoringRequest, RequestNeed
from marketplace.companies.states import OPEN_STATES, OPERATOR_HOLDS_IN, RequestState
from marketplace.database import db, utcnow
from marketplace.errors import NotFound
from marketplace.programmes.models import Programme, Tier

LARGEST_ID = 2**31 - 1


def requests_of(user: User) -> list[MentoringRequest]:
    """The requests of the user's firm, newest first."""
    query = (
        select(MentoringRequest)
        .join(MentoringRequest.company)
        .where(Company.organisation_id == user.organisation_id)
        .order_by(MentoringRequest.id.desc())
    )
    return list(db.session.scalars(query))


def own_request(user: User, request_id: int) -> MentoringRequest:
    """A request of the user's firm with its needs; NotFound when it is not theirs."""
    found = _with_id(request_id)
    if found is None or not found.belongs_to(user):
        raise NotFound(request_id)
    return found


def handed_in_request(user: User, request_id: int) -> MentoringRequest:
    """A request that a member of staff may see; drafts and other programmes are NotFound."""
    found = _with_id(request_id)
    scope = scope_of(user, Permission.SEE_REQUEST)
    if found is None or found.submitted_at is None or scope not in (Scope.ALL, Scope.PROGRAMME):
        raise NotFound(request_id)
    if scope is Scope.PROGRAMME and not found.operated_by(user):
        raise NotFound(request_id)
    return found


def _with_id(request_id: int) -> MentoringRequest | None:
    if request_id > LARGEST_ID:
        return None
    options = (selectinload(MentoringRequest.needs), joinedload(MentoringRequest.tier))
    return db.session.get(MentoringRequest, request_id, options=options)


def drafts_and_answers(user: User) -> list[MentoringRequest]:
    """The firm's requests that wait for the firm itself, oldest first."""
    waiting = (RequestState.DRAFT, RequestState.RETURNED, RequestState.INELIGIBLE)
    query = (
        select(MentoringRequest)
        .join(MentoringRequest.company)
        .where(Company.organisation_id == user.organisation_id, MentoringRequest.state.in_(waiting))
        .order_by(MentoringRequest.id)
    )
    return list(db.session.scalars(query))


def other_open_references(request: MentoringRequest) -> list[str]:
    """References of other requests of the same firm that are under way in the same programme."""
    query = select(MentoringRequest.reference).where(
        MentoringRequest.company_id == request.company_id,
        MentoringRequest.programme_id == request.programme_id,
        MentoringRequest.id != request.id,
        MentoringRequest.state.in_(OPEN_STATES),
    )
    return list(db.session.scalars(query.order_by(MentoringRequest.reference)))


def open_references_of(programme: Programme, numbers: Sequence[str]) -> dict[str, str]:
    """References of the requests under way in the programme, by the business number of the firm."""
    query = (
        select(Organisation.brn, MentoringRequest.reference)
        .join(Company, Company.organisation_id == Organisation.id)
        .join(MentoringRequest, MentoringRequest.company_id == Company.id)
        .where(
            MentoringRequest.programme_id == programme.id,
            MentoringRequest.state.in_(OPEN_STATES),
            Organisation.brn.in_(numbers),
        )
    )
    return {number: reference for number, reference in db.session.execute(query) if number}


def won_in_eligible_requests(request: MentoringRequest) -> int:
    """The price, in won, of all other eligible requests of the programme."""
    query = (
        select(func.sum(Tier.visits * Tier.unit_price))
        .join(MentoringRequest, MentoringRequest.tier_id == Tier.id)
        .where(
            MentoringRequest.programme_id == request.programme_id,
            MentoringRequest.state == RequestState.ELIGIBLE,
            MentoringRequest.id != request.id,
        )
    )
    return int(db.session.scalar(query) or 0)


def place_in_queue(request: MentoringRequest) -> int | None:
    """The request's place among those of its programme that wait for the check; None when not waiting."""
    if request.state not in (RequestState.SUBMITTED, RequestState.CHECKING):
        return None
    query = select(func.count()).where(
        MentoringRequest.programme_id == request.programme_id,
        MentoringRequest.state.in_((RequestState.SUBMITTED, RequestState.CHECKING)),
        or_(
            MentoringRequest.submitted_at < request.submitted_at,
            and_(MentoringRequest.submitted_at == request.submitted_at, MentoringRequest.id <= request.id),
        ),
    )
    return db.session.scalar(query) or 0


def usual_days(programme_id: int, last: int = 200) -> float | None:
    """Median days from receipt to decision of the newest decided requests; None when there is none."""
    query = (
        select(MentoringRequest.submitted_at, MentoringRequest.decided_at)
        .where(
            MentoringRequest.programme_id == programme_id,
            MentoringRequest.decided_at.is_not(None),
            MentoringRequest.submitted_at.is_not(None),
        )
        .order_by(MentoringRequest.decided_at.desc())
        .limit(last)
    )
    days = [
        (until - since).total_seconds() / 86400
        for since, until in db.session.execute(query)
        if since is not None and until is not None
    ]
    return median(days) if days else None


# The queue of staff


@dataclass(frozen=True)
class QueueFilter:
    """What the address of the queue asks for; empty values ask for nothing."""

    state: RequestState | None = None
    search: str = ""
    programme_id: int = 0
    region: str = ""
    industry: str = ""
    late: bool = False
    sort: str = ""


def _within_reach(user: User) -> ColumnElement[bool]:
    scope = scope_of(user, Permission.SEE_REQUEST)
    if scope is Scope.ALL:
        return MentoringRequest.submitted_at.is_not(None)
    if scope is Scope.PROGRAMME:
        return and_(
            MentoringRequest.submitted_at.is_not(None),
            MentoringRequest.programme_id.in_(Programme.ids_run_by(user)),
        )
    raise NotFound("queue")


def _is_late(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(MentoringRequest.state.in_(OPERATOR_HOLDS_IN), MentoringRequest.check_due_at < now),
        and_(MentoringRequest.state == RequestState.RETURNED, MentoringRequest.answer_due_at < now),
    )


_DUE = case(
    (MentoringRequest.state.in_(OPERATOR_HOLDS_IN), MentoringRequest.check_due_at),
    else_=MentoringRequest.answer_due_at,
)
_WAITS_FOR = case(
    (MentoringRequest.state.in_(OPERATOR_HOLDS_IN), 0),
    (MentoringRequest.state == RequestState.RETURNED, 1),
    else_=2,
)
_SORTS: dict[str, Any] = {
    "reference": MentoringRequest.reference,
    "company": Organisation.name,
    "title": MentoringRequest.title,
    "state": MentoringRequest.state,
    "submitted": MentoringRequest.submitted_at,
    "entered": MentoringRequest.entered_at,
    "due": _DUE,
}


def queue(user: User, wanted: QueueFilter) -> Select[Any]:
    """The requests that match, ready for ``page_of``.

    Unless sorted otherwise: what waits, the operator's before the firm's, then the rest; each oldest first."""
    query = (
        select(MentoringRequest)
        .join(MentoringRequest.company)
        .join(Company.organisation)
        .options(contains_eager(MentoringRequest.company).contains_eager(Company.organisation))
        .where(_within_reach(user), *_conditions(wanted))
    )
    descending = wanted.sort.startswith("-")
    column = _SORTS.get(wanted.sort.removeprefix("-"))
    usual = (_WAITS_FOR, MentoringRequest.entered_at)
    order = usual if column is None else (column.desc() if descending else column,)
    return query.order_by(*order, MentoringRequest.id)


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(MentoringRequest.state == wanted.state)
    if wanted.programme_id:
        found.append(MentoringRequest.programme_id == wanted.programme_id)
    if wanted.region:
        found.append(Company.region == wanted.region)
    if wanted.industry:
        found.append(Company.industry == wanted.industry)
    if wanted.late:
        found.append(_is_late(utcnow()))
    if wanted.search:
        columns = (MentoringRequest.reference, MentoringRequest.title, Organisation.name)
        looked_for = [column.icontains(wanted.search, autoescape=True) for column in columns]
        digits = "".join(c for c in wanted.search if c in "0123456789")
        if len(digits) >= 5:
            looked_for.append(Organisation.brn.contains(digits))
        found.append(or_(*looked_for))
    return found


@dataclass(frozen=True)
class Tally:
    """Requests in a state: how many, how many of them late, since when and by when the oldest waits."""

    count: int = 0
    late: int = 0
    since: datetime | None = None
    due: datetime | None = None


def tallies(user: User) -> dict[RequestState, Tally]:
    """The counts of the queue by state, in one statement; states without requests are left out."""
    late = func.sum(case((_is_late(utcnow()), 1), else_=0))
    query = (
        select(
            MentoringRequest.state,
            func.count(),
            late,
            func.min(MentoringRequest.entered_at),
            func.min(MentoringRequest.check_due_at),
        )
        .where(_within_reach(user))
        .group_by(MentoringRequest.state)
    )
    return {
        RequestState(state): Tally(count, int(overdue or 0), since, due)
        for state, count, overdue, since, due in db.session.execute(query)
    }


def neighbours(
    user: User, request: MentoringRequest
) -> tuple[MentoringRequest | None, MentoringRequest | None]:
    """The requests before and after this one in its state's queue, oldest first."""
    here = queue(user, QueueFilter(state=RequestState(request.state))).order_by(None)
    entered, number = MentoringRequest.entered_at, MentoringRequest.id
    before = or_(entered < request.entered_at, and_(entered == request.entered_at, number < request.id))
    after = or_(entered > request.entered_at, and_(entered == request.entered_at, number > request.id))
    return (
        db.session.scalar(here.where(before).order_by(entered.desc(), number.desc()).limit(1)),
        db.session.scalar(here.where(after).order_by(entered, number).limit(1)),
    )


def programmes_in_reach(user: User) -> Sequence[Programme]:
    """The programmes whose requests the user may see, newest first."""
    query = select(Programme).where(Programme.id.in_(Programme.ids_run_by(user)))
    return db.session.scalars(query.order_by(Programme.year.desc(), Programme.id.desc())).unique().all()


def needs_of(request_ids: Sequence[int]) -> dict[int, list[RequestNeed]]:
    """The needs of several requests by request, in one statement."""
    found: dict[int, list[RequestNeed]] = {}
    query = select(RequestNeed).where(RequestNeed.request_id.in_(request_ids)).order_by(RequestNeed.id)
    for need in db.session.scalars(query):
        found.setdefault(need.request_id, []).append(need)
    return found
