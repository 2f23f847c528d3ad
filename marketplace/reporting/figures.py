"""Live figures, each with its definition, so that nobody has to guess what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from sqlalchemy import Select, func, select

from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.errors import N_
from marketplace.experts.models import Expert, ExpertState
from marketplace.matching.models import MatchCase
from marketplace.matching.states import OPEN_STATES, CaseState
from marketplace.programmes.models import Programme, Tier


@dataclass(frozen=True)
class Figure:
    """A number with its name and its definition; ``value`` None means that there is nothing to count yet."""

    name: str
    value: int | None
    unit: str
    definition: str


def _count(query: Select[int]) -> int:
    return db.session.scalar(query) or 0


def public_figures() -> list[Figure]:
    """What the landing page shows. Four statements."""
    experts = (
        select(func.count())
        .select_from(Expert)
        .where(Expert.state == ExpertState.VERIFIED, Expert.paused_at.is_(None))
    )
    running = select(func.count()).select_from(MatchCase).where(MatchCase.state.in_(OPEN_STATES))
    approved = select(func.count()).select_from(MatchCase).where(MatchCase.state == CaseState.APPROVED)
    return [
        Figure(
            N_("활동 전문가"),
            _count(experts),
            N_("명"),
            N_("자격 확인을 마치고 활동을 쉬지 않는 전문가 수입니다."),
        ),
        Figure(
            N_("매칭 진행"),
            _count(running),
            N_("건"),
            N_("적격 판정을 받고 아직 최종 승인되지 않은 신청 수입니다."),
        ),
        Figure(
            N_("매칭 승인"),
            _count(approved),
            N_("건"),
            N_("중소벤처기업부가 최종 승인한 매칭의 누적 수입니다."),
        ),
        Figure(
            N_("승인까지 걸린 기간"),
            _median_days(),
            N_("일"),
            N_("신청서를 접수한 날부터 최종 승인까지 걸린 날수의 중앙값입니다. 최근 100건을 셉니다."),
        ),
    ]


def _median_days() -> int | None:
    query = (
        select(MentoringRequest.submitted_at, MatchCase.approved_at)
        .join(MatchCase, MatchCase.request_id == MentoringRequest.id)
        .where(MatchCase.state == CaseState.APPROVED)
        .order_by(MatchCase.approved_at.desc())
        .limit(100)
    )
    rows = db.session.execute(query)
    days = [(approved - submitted).days for submitted, approved in rows if approved and submitted]
    return round(median(days)) if days else None


@dataclass(frozen=True)
class Call:
    """An open programme with what is left of its budget, in won."""

    programme: Programme
    remaining: int


def open_calls() -> list[Call]:
    """Programmes that take requests. What eligible requests will cost is no longer left, as in the check of a
    request, so that nobody is promised what cannot be granted any more. Two statements."""
    spent_query = (
        select(MentoringRequest.programme_id, func.sum(Tier.visits * Tier.unit_price))
        .join(Tier, Tier.id == MentoringRequest.tier_id)
        .where(MentoringRequest.state == RequestState.ELIGIBLE)
        .group_by(MentoringRequest.programme_id)
    )
    spent = {row[0]: int(row[1]) for row in db.session.execute(spent_query)}
    return [
        Call(programme, programme.budget - spent.get(programme.id, 0)) for programme in Programme.open_now()
    ]
