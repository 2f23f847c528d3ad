"""The steps of a case in the demo, each done by the one whose turn it is."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from marketplace.companies.actions import withdraw_request
from marketplace.database import db
from marketplace.demo.applications import Application
from marketplace.experts.models import Expert
from marketplace.matching import actions
from marketplace.matching.index import rank_case
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import ENDED_EARLY, CandidateState, CaseState

PROPOSED = 4  # candidates that the operator releases
REFUSE_REASON = (
    "모두 큰 공장 경험만 있으셔서 우리 규모와 맞지 않습니다. 작은 공장을 아시는 분으로 다시 부탁드립니다."
)
DECLINE_REASON = "같은 기간에 가족 간병이 있어 주 2일을 낼 수 없습니다. 좋은 분 만나시기를 바랍니다."
RETURN_REASON = (
    "후보 가운데 2순위 전문가와 비교한 검토 의견이 없습니다. 비교 의견을 보완하여 다시 올려 주십시오."
)
STOP_REASON = "국세청 조회 결과 11월에 폐업한 것으로 확인되어 더 진행할 수 없습니다."
WITHDRAW_REASON = "거래처 물량이 끊겨 올해는 진행하기 어렵게 되었습니다."


class Stopped(Exception):
    """A case cannot be led on, because the ranking leaves too few experts."""


def release(application: Application) -> None:
    """The operator proposes the experts who rank highest."""
    case, staff = application.case, application.staff
    found = rank_case(case)
    promised = _promised()
    ranked = [db.session.get_one(Expert, int(ranked.expert)) for ranked in found.ranking.experts]
    chosen = [expert.id for expert in ranked if promised[expert.id] < expert.capacity][:PROPOSED]
    if len(chosen) < PROPOSED:
        raise Stopped(f"{case.request.reference}: {len(chosen)} experts are left")
    actions.release(case, chosen, seen=found.result_hash, listed=_listed(case), by=staff.operators[0])


def _promised() -> Counter[int]:
    """How many firms' first choice each expert is, or will be: whoever has no place for one more is not proposed."""
    firsts: Counter[int] = Counter()
    open_or_held = [state for state in CaseState if state not in (*ENDED_EARLY, CaseState.MATCHING)]
    for case in db.session.scalars(select(MatchCase).where(MatchCase.state.in_(open_or_held))):
        listed = sorted(case.in_state(CandidateState.LISTED), key=lambda candidate: candidate.rank or 0)
        if first := case.chosen or case.offered or next(iter(listed), None):
            firsts[first.expert_id] += 1
    return firsts


def _listed(case: MatchCase) -> list[int]:
    """The candidates that a page would show as open."""
    return [candidate.id for candidate in case.in_state(CandidateState.LISTED)]


def prefer(application: Application) -> None:
    """The firm puts the first three in the order of the ranking."""
    case = application.case
    listed = sorted(case.in_state(CandidateState.LISTED), key=lambda candidate: candidate.rank or 0)
    choices = {place: candidate.id for place, candidate in enumerate(listed[:3], 1)}
    actions.prefer(case, choices, by=application.person)


def refuse(application: Application) -> None:
    """The firm wants none of them."""
    case = application.case
    actions.refuse(case, REFUSE_REASON, listed=_listed(case), by=application.person)


def _offer_of(application: Application) -> Candidate:
    offer = application.case.offered
    if offer is None:
        raise Stopped(f"{application.request.reference}: nobody is being asked")
    return offer


def accept(application: Application) -> None:
    """The expert accepts."""
    offer = _offer_of(application)
    actions.accept(offer, by=offer.expert.user)


def decline(application: Application) -> None:
    """The expert declines, and the next one is asked."""
    offer = _offer_of(application)
    actions.decline(offer, DECLINE_REASON, by=offer.expert.user)


def approve_first(application: Application) -> None:
    """The operator approves."""
    case = application.case
    actions.approve_first(case, seen=case.chosen_id or 0, by=application.staff.operators[1])


def approve_final(application: Application) -> None:
    """The ministry approves."""
    case = application.case
    actions.approve_final(case, seen=case.chosen_id or 0, by=application.staff.officials[0])


def send_back(application: Application) -> None:
    """The ministry wants the operator to look again."""
    actions.send_back(application.case, RETURN_REASON, by=application.staff.officials[1])


def withdraw(application: Application) -> None:
    """The firm gives up."""
    withdraw_request(application.case.request, WITHDRAW_REASON, by=application.person)


def stop(application: Application) -> None:
    """The firm closed, and the operator ends the case."""
    actions.stop(application.case, STOP_REASON, by=application.staff.operators[0])
