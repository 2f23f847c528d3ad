"""The steps of an agreement in the demo, each done by the one whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from marketplace.codes.actions import kpi_with
from marketplace.demo.applications import Application
from marketplace.jobs import work_off
from marketplace.mentorships import actions
from marketplace.mentorships.draft import Draft, GoalRow, TaskRow, VisitRow, units_of
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import Party


@dataclass(frozen=True)
class Wish:
    """A goal as a firm and an expert would agree on it."""

    kpi: str
    baseline: str
    target: str
    weight: int
    method: str


_DEFECTS = Wish("Q1", "4", "1", 700, "월별 공정검사 기록의 불량 수 ÷ 생산 수")
_STOPS = Wish("P2", "68", "82", 700, "설비별 가동 기록의 가동시간 ÷ 계획시간, 월 평균")
_LEAD_TIME = Wish("P4", "36", "24", 300, "작업지시서와 포장 완료 시각의 차이, 월 평균")
_MAINTENANCE = "EQP"  # the field of the taxonomy


def _wishes(mentorship: Mentorship) -> tuple[Wish, ...]:
    stops = any((task.term or "").startswith(_MAINTENANCE) for task in mentorship.tasks)
    return (_STOPS if stops else _DEFECTS, _LEAD_TIME)


def mentorship_of(application: Application) -> Mentorship:
    """The mentorship of an approved case. Raises LookupError before its agreement was drawn up."""
    found = Mentorship.of_case(application.case)
    if found is None:
        raise LookupError(application.request.reference)
    return found


def write(application: Application) -> None:
    """The expert writes down the goals that they talked about."""
    mentorship = mentorship_of(application)
    goals = [
        GoalRow(
            wish.kpi,
            units_of(kpi_with(wish.kpi))[0],
            Decimal(wish.baseline),
            Decimal(wish.target),
            wish.weight,
            wish.method,
            "협약 전 3개월 평균과 마지막 1개월 평균",
            "검사 기록 사본과 현장 사진",
        )
        for wish in _wishes(mentorship)
    ]
    draft = Draft(
        purpose=mentorship.purpose or application.request.title or "",
        tasks=[TaskRow(task.title, task.term) for task in mentorship.tasks],
        goals=goals,
        plan=[VisitRow(v.on, v.content, v.task.number if v.task else None) for v in mentorship.plan],
        version=mentorship.version,
    )
    actions.save(mentorship, draft, by=mentorship.expert.user)


def propose(application: Application) -> None:
    """The operator asks for signatures."""
    actions.propose(mentorship_of(application), by=application.staff.operators[0])


def sign_as_firm(application: Application) -> None:
    """The firm signs."""
    _sign(application, Party.FIRM)


def sign_as_expert(application: Application) -> None:
    """The expert signs."""
    _sign(application, Party.EXPERT)


def sign_as_operator(application: Application) -> None:
    """The operator signs, and the worker prints the agreement."""
    _sign(application, Party.OPERATOR)
    work_off()


def _sign(application: Application, party: Party) -> None:
    mentorship = mentorship_of(application)
    by = {
        Party.FIRM: application.person,
        Party.EXPERT: mentorship.expert.user,
        Party.OPERATOR: application.staff.operators[0],
    }[party]
    edition = AgreementEdition.of(mentorship.id, mentorship.edition)
    actions.sign(mentorship, seen=edition.text_hash if edition else "", read=True, by=by)
