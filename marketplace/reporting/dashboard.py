"""현황판: where requests, matches, mentorships and money of one programme stand, each figure with what it counts.

A constant number of statements, whatever the number of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import func, select

from marketplace.companies.models import Company, MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.errors import N_
from marketplace.experts.models import CareerEntry, Expert, ExpertState
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import OPEN_STATES, CandidateState, CaseState
from marketplace.mentorships.models import Mentorship, Signature
from marketplace.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the funnel: how many requests got at least so far; ``share`` of the first step in per cent."""

    name: str
    count: int
    share: float
    definition: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The median of whole days between two moments, and over how many; ``days`` None when there are none."""

    name: str
    days: int | None
    of: int
    definition: str


@dataclass(frozen=True, slots=True)
class Province:
    """A province with its open requests (need) and the experts who work there and have room (supply)."""

    code: str
    need: int
    supply: int


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody with how many of the approved matches."""

    name: str
    count: int
    share: float


#: Requests that somebody still looks for an expert for, or soon will.
_LOOKING = (RequestState.SUBMITTED, RequestState.CHECKING, RequestState.RETURNED, RequestState.OBJECTED)


def funnel(programme: Programme) -> list[Stage]:
    """From the request that was handed in to the mentorship that ended; requests are counted, each once."""
    of_programme = MentoringRequest.programme_id == programme.id
    cases = select(MatchCase.id).join(MatchCase.request).where(of_programme)

    def count(query: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0

    offered = select(Candidate.case_id).where(
        Candidate.case_id.in_(cases), Candidate.state.not_in((CandidateState.LISTED,))
    )
    signed = select(Mentorship.case_id).where(
        Mentorship.case_id.in_(cases),
        Mentorship.id.in_(select(Signature.mentorship_id)),
        Mentorship.state.not_in(("drafting", "signing")),
    )
    counts = [
        (N_("접수"), count(select(MentoringRequest.id).where(of_programme, MentoringRequest.submitted_at.is_not(None))),
         N_("신청서를 한 번이라도 제출한 신청입니다.")),
        (N_("적격"), count(cases), N_("요건검토에서 적격 판정을 받은 신청입니다. 뒤에 취소하거나 중단된 것도 들어 있습니다.")),
        (N_("제안"), count(offered.distinct()), N_("전문가에게 한 번이라도 제안한 신청입니다.")),
        (N_("최종 승인"), count(cases.where(MatchCase.state == CaseState.APPROVED)), N_("중소벤처기업부가 최종 승인한 신청입니다.")),
        (N_("협약"), count(signed), N_("세 당사자가 모두 협약에 서명한 신청입니다.")),
        (N_("종료"), count(signed.where(Mentorship.state == "closed")), N_("정산까지 마친 멘토링입니다.")),
    ]  # fmt: skip
    first = counts[0][1]
    return [Stage(name, many, 100 * many / first if first else 0.0, said) for name, many, said in counts]


def waits(programme: Programme) -> list[Wait]:
    """How long firms wait at each turn, by the newest 200 that passed it."""
    of_programme = MentoringRequest.programme_id == programme.id
    signed = (
        select(Signature.mentorship_id, func.max(Signature.created_at).label("at"))
        .group_by(Signature.mentorship_id)
        .subquery()
    )
    pairs: list[tuple[str, Any, str]] = [
        (
            N_("접수에서 판정까지"),
            select(MentoringRequest.submitted_at, MentoringRequest.decided_at)
            .where(of_programme, MentoringRequest.decided_at.is_not(None))
            .order_by(MentoringRequest.decided_at.desc()),
            N_("마지막으로 제출한 날부터 적격 또는 부적격 판정까지입니다."),
        ),
        (
            N_("적격에서 최종 승인까지"),
            select(MatchCase.created_at, MatchCase.approved_at)
            .join(MatchCase.request)
            .where(of_programme, MatchCase.approved_at.is_not(None))
            .order_by(MatchCase.approved_at.desc()),
            N_("적격 판정부터 부처의 최종 승인까지입니다."),
        ),
        (
            N_("최종 승인에서 협약까지"),
            select(MatchCase.approved_at, signed.c.at)
            .join(MatchCase.request)
            .join(Mentorship, Mentorship.case_id == MatchCase.id)
            .join(signed, signed.c.mentorship_id == Mentorship.id)
            .where(of_programme, Mentorship.state.not_in(("drafting", "signing")))
            .order_by(signed.c.at.desc()),
            N_("최종 승인부터 협약의 마지막 서명까지입니다."),
        ),
    ]
    return [_wait(name, db.session.execute(query.limit(200)), said) for name, query, said in pairs]


def _wait(name: str, rows: Iterable[Any], said: str) -> Wait:
    days = [(after - before).days for before, after in rows if before and after]
    return Wait(name, round(median(days)) if days else None, len(days), said)


def provinces(programme: Programme, today_name: Callable[[str], str]) -> list[Province]:
    """Need and supply by province as it is called today (``today_name``), the largest gap first."""
    looking = select(func.coalesce(MentoringRequest.region, Company.region), func.count()).join(
        MentoringRequest.company
    )
    before = looking.where(
        MentoringRequest.programme_id == programme.id, MentoringRequest.state.in_(_LOOKING)
    ).group_by(func.coalesce(MentoringRequest.region, Company.region))
    after = (
        looking.join(MatchCase, MatchCase.request_id == MentoringRequest.id)
        .where(MentoringRequest.programme_id == programme.id, MatchCase.state.in_(OPEN_STATES))
        .group_by(func.coalesce(MentoringRequest.region, Company.region))
    )
    need: Counter[str] = Counter()
    for query in (before, after):
        for code, count in db.session.execute(query):
            need[today_name(code or "")] += count
    supply: Counter[str] = Counter()
    active = select(Expert.regions).where(Expert.state == ExpertState.VERIFIED, Expert.paused_at.is_(None))
    for codes in db.session.scalars(active):
        supply.update({today_name(code) for code in codes or []})
    rows = [Province(code, need[code], supply[code]) for code in {*need, *supply} if code]
    return sorted(rows, key=lambda row: (row.supply - row.need, row.code))


def concentration(programme: Programme) -> tuple[list[Share], list[Share]]:
    """Who has most of the approved matches: experts, and the employers whose people they were. Five each."""
    query = (
        select(MatchCase.chosen_id)
        .join(MatchCase.request)
        .where(MentoringRequest.programme_id == programme.id, MatchCase.state == CaseState.APPROVED)
    )
    chosen = select(Candidate.expert_id).where(Candidate.id.in_(query))
    ids = list(db.session.scalars(chosen))
    names = {
        expert.id: expert.name for expert in db.session.scalars(select(Expert).where(Expert.id.in_(ids)))
    }
    employers: dict[int, set[str]] = {}
    careers = select(CareerEntry.expert_id, CareerEntry.employer).where(CareerEntry.expert_id.in_(ids))
    for number, employer in db.session.execute(careers):
        employers.setdefault(number, set()).add(employer)
    by_expert = Counter(names[number] for number in ids)
    by_employer = Counter(employer for number in ids for employer in employers.get(number, ()))
    return _shares(by_expert, len(ids)), _shares(by_employer, len(ids))


def _shares(counts: Counter[str], total: int) -> list[Share]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    return [Share(name, count, 100 * count / total) for name, count in ranked]
