"""What is learned from, read from cases; the proposals of a programme; how often staff left the ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.civil import SEOUL
from marketplace.companies.models import Company, MentoringRequest
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.matching.decisions import Decision, Option, comparable, values_of
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.models_learning import LearnedWeights
from marketplace.matching.states import OPEN_STATES, CandidateState, CaseState
from marketplace.programmes.models import Programme

APPROVED_BY_STAFF = (CaseState.FIRST_APPROVED, CaseState.APPROVED)
_PASSED_OVER = (CandidateState.LISTED, CandidateState.OFFERED, CandidateState.LAPSED)


def decisions_of(programme: Programme) -> list[Decision]:
    """What the staff of this programme decided, in it and in other years of theirs. One statement.

    An approval, first or final, of an expert of the released list; an override, unless staff rejected that
    expert afterwards. Against the chosen one stand those of the list whom nobody but staff had ended, and
    those whom staff had rejected before, as far as their explanations come from the same reading.
    """
    query = (
        select(
            MatchCase.id.label("case_id"),
            MatchCase.state.label("case_state"),
            MatchCase.chosen_id,
            MatchCase.first_approved_at,
            Company.organisation_id.label("firm"),
            Candidate.id,
            Candidate.expert_id,
            Candidate.state,
            Candidate.source,
            Candidate.explanation,
            Candidate.created_at,
            Candidate.offered_at,
            Candidate.answered_at,
            Candidate.reason,
        )
        .select_from(MatchCase)
        .join(Candidate, Candidate.case_id == MatchCase.id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .join(Company, Company.id == MentoringRequest.company_id)
        .join(Programme, Programme.id == MentoringRequest.programme_id)
        .where(
            Programme.operator_id == programme.operator_id,
            Programme.ministry_id == programme.ministry_id,
            or_(
                MatchCase.state.in_(APPROVED_BY_STAFF),
                MatchCase.id.in_(select(Candidate.case_id).where(Candidate.source == "override")),
            ),
        )
        .order_by(MatchCase.id, Candidate.id)
    )
    found: list[Decision] = []
    for _, rows in groupby(db.session.execute(query), key=lambda row: row.case_id):
        found += _decided(list(rows))
    return found


def _decided(rows: Sequence[Any]) -> Iterable[Decision]:
    """The decisions of one case, from its candidates."""
    for row in rows:
        at = _decided_at(row)
        if at is None:
            continue
        passed = tuple(
            _option(other)
            for other in rows
            if other is not row and _passed_over(other, at) and comparable(row.explanation, other.explanation)
        )
        if passed:
            yield Decision(f"{row.case_id}:{row.id}", str(row.firm), at, _option(row), passed)


def _decided_at(row: Any) -> datetime | None:
    """When staff took this candidate; None when they did not, or when the firm had found him by itself."""
    if row.id == row.chosen_id and row.case_state in APPROVED_BY_STAFF and row.source != "firm":
        at: datetime | None = row.first_approved_at
        return at
    if row.source == "override" and row.state != CandidateState.REJECTED:
        offered: datetime | None = row.offered_at
        return offered
    return None


def _passed_over(row: Any, at: datetime) -> bool:
    """Whether this candidate could have been taken at that moment, or had been rejected by staff by then.

    A candidate who lapsed with a reason could not be taken: a rule stood against it.
    """
    if row.state == CandidateState.REJECTED:
        return row.answered_at is not None and row.answered_at <= at
    return (
        row.state in _PASSED_OVER and row.source == "ranking" and row.reason is None and row.created_at <= at
    )


def _option(row: Any) -> Option:
    return Option(str(row.expert_id), values_of(row.explanation))


def programme_with(code: str) -> Programme:
    """The programme with this code, or NotFound."""
    found = db.session.scalar(select(Programme).where(Programme.code == code))
    if found is None:
        raise NotFound(code)
    return found


def all_programmes() -> list[Programme]:
    """Every programme, oldest first."""
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def proposals_of(programme: Programme) -> list[LearnedWeights]:
    """The newest fifty proposals for a programme, newest first."""
    query = select(LearnedWeights).where(LearnedWeights.programme_id == programme.id)
    return list(db.session.scalars(query.order_by(LearnedWeights.id.desc()).limit(50)))


def proposal_of(user: User, proposal_id: int) -> LearnedWeights:
    """A proposal in the user's reach; else NotFound."""
    found = db.session.get(LearnedWeights, proposal_id) if proposal_id < 2**31 else None
    if found is None:
        raise NotFound(proposal_id)
    require(user, Permission.SEE_LEARNING, found)
    return found


def sample_of_open_cases(programme: Programme, count: int) -> list[int]:
    """Numbers of open cases of a programme, spread evenly from the oldest to the newest."""
    query = (
        select(MatchCase.id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(MentoringRequest.programme_id == programme.id, MatchCase.state.in_(OPEN_STATES))
        .order_by(MatchCase.id)
    )
    ids = list(db.session.scalars(query))
    return [ids[len(ids) * place // count] for place in range(count)] if len(ids) > count else ids


@dataclass(frozen=True)
class YearOfApprovals:
    """Final approvals of one year in one programme, by where the approved expert stood when put forward.

    ``not_first`` and ``not_in_three`` count places below 1 and 3, and whoever was not on the released list;
    ``not_listed`` whom the firm had found by itself or staff had asked outside the firm's order;
    ``overridden`` only the latter.
    """

    programme: Programme
    year: int
    approvals: int
    not_first: int
    not_in_three: int
    not_listed: int
    overridden: int

    def share(self, count: int) -> float:
        """The share of the approvals, 0 to 100."""
        return 100 * count / self.approvals


def approvals_by_year(programmes: Sequence[Programme]) -> list[YearOfApprovals]:
    """One row for each programme and year (in Seoul) of approval, newest first. One statement."""
    by_id = {programme.id: programme for programme in programmes}
    query = (
        select(MentoringRequest.programme_id, MatchCase.approved_at, Candidate.rank, Candidate.source)
        .join(MatchCase, MatchCase.request_id == MentoringRequest.id)
        .join(Candidate, Candidate.id == MatchCase.chosen_id)
        .where(MatchCase.approved_at.is_not(None), MentoringRequest.programme_id.in_(by_id))
    )
    rows: dict[tuple[int, int], list[tuple[int | None, str]]] = {}
    for programme_id, approved_at, rank, source in db.session.execute(query):
        if approved_at is None:  # an approved case has its moment
            continue
        year = approved_at.astimezone(SEOUL).year
        rows.setdefault((year, programme_id), []).append((rank, source))
    return [
        _year(by_id[programme_id], year, rows[year, programme_id]) for year, programme_id in sorted(rows)
    ][::-1]


def _year(programme: Programme, year: int, found: Sequence[tuple[int | None, str]]) -> YearOfApprovals:
    listed = [rank for rank, source in found if source == "ranking" and rank is not None]
    return YearOfApprovals(
        programme,
        year,
        approvals=len(found),
        not_first=len(found) - sum(rank == 1 for rank in listed),
        not_in_three=len(found) - sum(rank <= 3 for rank in listed),
        not_listed=sum(source != "ranking" for _, source in found),
        overridden=sum(source == "override" for _, source in found),
    )
