"""Named questions about experts: one's own parts, the lists of staff and of firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import selectinload

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.database import PAGE_SIZE, Page, db, page_of
from marketplace.errors import NotFound
from marketplace.experts.labels import Labels
from marketplace.experts.models import CareerEntry, Expert, ExpertInterest, ExpertSkill
from marketplace.experts.states import ExpertState

T = TypeVar("T", CareerEntry, ExpertSkill, ExpertInterest)
SKILLS_TAB = "skills"
_UNCONFIRMED = (
    Expert.state == ExpertState.VERIFIED,
    Expert.skills.any(ExpertSkill.verified_at.is_(None)),
)
_LARGEST_ID = 2**31 - 1  # beyond it a database refuses the number itself
_SORTS: dict[str, Any] = {
    "name": User.name,
    "years": Expert.years,
    "submitted": Expert.submitted_at,
    "changed": Expert.changed_at,
}


@dataclass(frozen=True, slots=True)
class Search:
    """What a list is narrowed to; empty means everything. ``words`` must all be found."""

    words: str = ""
    industry: str = ""
    region: str = ""
    group: str = ""
    sort: str = ""


def profile_of(user: User) -> Expert:
    """One's own profile; a blank one that is not stored while there is none."""
    return Expert.of(user) or Expert.blank(user)


def own_career(user: User, entry_id: int) -> CareerEntry:
    """A position in one's own profile, or NotFound."""
    return _own(profile_of(user).careers, entry_id)


def own_skill(user: User, entry_id: int) -> ExpertSkill:
    """A skill in one's own profile, or NotFound."""
    return _own(profile_of(user).skills, entry_id)


def own_interest(user: User, entry_id: int) -> ExpertInterest:
    """A tie in one's own profile, or NotFound."""
    return _own(profile_of(user).interests, entry_id)


def _own(entries: Sequence[T], entry_id: int) -> T:
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise NotFound(entry_id)


def expert_for(user: User, expert_id: int) -> Expert:
    """The profile for a member of staff, or NotFound."""
    expert = db.session.get(Expert, expert_id) if 0 < expert_id <= _LARGEST_ID else None
    if expert is None or expert.state == ExpertState.DRAFT:  # nobody reads what was not handed in
        raise NotFound(expert_id)
    require(user, Permission.SEE_EXPERT, expert)
    return expert


def open_expert(expert_id: int) -> Expert:
    """The profile for a firm: verified and not paused, else NotFound."""
    expert = db.session.get(Expert, expert_id) if 0 < expert_id <= _LARGEST_ID else None
    if expert is None or not expert.is_open:
        raise NotFound(expert_id)
    return expert


def submitted_with(ids: Sequence[int]) -> list[Expert]:
    """Those of these experts that wait for verification, oldest first, with their parts."""
    wanted = [expert_id for expert_id in ids if 0 < expert_id <= _LARGEST_ID]
    query = select(Expert).where(Expert.id.in_(wanted), Expert.state == ExpertState.SUBMITTED)
    return list(db.session.scalars(_with_parts(query).order_by(Expert.submitted_at, Expert.id)))


def counts_by_state() -> dict[str, int]:
    """How many experts there are in each state; profiles not yet handed in are not counted."""
    handed_in = select(Expert.state, func.count()).where(Expert.state != ExpertState.DRAFT)
    rows = db.session.execute(handed_in.group_by(Expert.state))
    return {str(state): count for state, count in rows}


def waiting() -> tuple[int, datetime | None]:
    """How many profiles wait for verification, and since when the oldest does."""
    query = select(func.count(), func.min(Expert.submitted_at)).where(Expert.state == ExpertState.SUBMITTED)
    count, oldest = db.session.execute(query).one()
    return count, oldest


def with_unconfirmed_skills() -> tuple[int, datetime | None]:
    """How many verified experts have skills that nobody confirmed, and since when the oldest waits."""
    query = select(func.count(), func.min(Expert.changed_at)).where(*_UNCONFIRMED)
    count, oldest = db.session.execute(query).one()
    return count, oldest


def staff_list(state: str, search: Search, labels: Labels, page: int, size: int = PAGE_SIZE) -> Page[Expert]:
    """A page of all experts who handed in a profile, or of those in a state; those waiting longest first unless sorted otherwise.

    ``state`` may be ``SKILLS_TAB``: verified experts with skills that nobody confirmed.
    """
    query = _narrowed(select(Expert).join(User, Expert.user_id == User.id), search, labels)
    query = query.where(Expert.state != ExpertState.DRAFT)
    if state in set(ExpertState):
        query = query.where(Expert.state == state)
    elif state == SKILLS_TAB:
        query = query.where(*_UNCONFIRMED)
    return page_of(_with_parts(query.order_by(*_order(search.sort, "submitted"))), page, size)


def open_list(search: Search, labels: Labels, page: int, size: int = 20) -> Page[Expert]:
    """A page of the experts whom a firm may find, longest career first unless sorted otherwise."""
    query = select(Expert).join(User, Expert.user_id == User.id)
    query = query.where(
        Expert.state == ExpertState.VERIFIED,
        Expert.paused_at.is_(None),
        User.disabled_at.is_(None),
        User.confirmed_at.is_not(None),
    )
    query = _narrowed(query, search, labels).order_by(*_order(search.sort, "-years"))
    return page_of(_with_parts(query), page, size)


def _with_parts(query: Select[Expert]) -> Select[Expert]:
    return query.options(
        selectinload(Expert.careers), selectinload(Expert.skills), selectinload(Expert.interests)
    )


def _order(sort: str, default: str) -> list[Any]:
    key = sort if sort.removeprefix("-") in _SORTS else default
    column = _SORTS[key.removeprefix("-")]
    # Unknown values go last in both directions and on both databases.
    return [column.is_(None), column.desc() if key.startswith("-") else column.asc(), Expert.id]


def _narrowed(query: Select[Expert], search: Search, labels: Labels) -> Select[Expert]:
    if search.industry:
        query = query.where(_holds(Expert.industries, [search.industry]))
    if search.region:
        query = query.where(_holds(Expert.regions, labels.region_codes(search.region)))
    if search.group:
        codes = [term.id for term in labels.vocabulary.terms.values() if term.group == search.group]
        query = query.where(Expert.skills.any(ExpertSkill.term.in_(codes)))
    for word in search.words.split():
        query = query.where(_says(word, labels))
    return query


def _holds(column: Any, codes: Sequence[str]) -> Any:
    """Whether a JSON list of codes holds one of these; codes are plain ASCII, so the text can be asked."""
    return or_(*(cast(column, String).contains(f'"{code}"', autoescape=True) for code in codes))


def _says(word: str, labels: Labels) -> Any:
    """Whether name, headline, employer, title or skill has the word, or a skill is a term so named."""
    terms = labels.terms_named(word)
    return or_(
        User.name.icontains(word, autoescape=True),
        Expert.headline.icontains(word, autoescape=True),
        Expert.careers.any(
            or_(
                CareerEntry.employer.icontains(word, autoescape=True),
                CareerEntry.title.icontains(word, autoescape=True),
            )
        ),
        Expert.skills.any(
            or_(ExpertSkill.words.icontains(word, autoescape=True), ExpertSkill.term.in_(terms))
        ),
    )
