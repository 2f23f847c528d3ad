"""The cases of the demo, each led as far as its line in ``requests_more.csv`` says."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.accounts.models import User
from marketplace.demo.applications import Application
from marketplace.demo.people import Staff
from marketplace.matching import actions
from marketplace.matching.index import rank_case
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import CandidateState

PROPOSED = 4  # candidates that the operator releases
REFUSE_REASON = (
    "모두 큰 공장 경험만 있으셔서 우리 규모와 맞지 않습니다. 작은 공장을 아시는 분으로 다시 부탁드립니다."
)
DECLINE_REASON = "같은 기간에 가족 간병이 있어 주 2일을 낼 수 없습니다. 좋은 분 만나시기를 바랍니다."
RETURN_REASON = (
    "후보 가운데 2순위 전문가와 비교한 검토 의견이 없습니다. 비교 의견을 보완하여 다시 올려 주십시오."
)
WITHDRAW_REASON = "거래처 물량이 끊겨 올해는 진행하기 어렵게 되었습니다."


class Stopped(Exception):
    """A case cannot be led on, because the ranking leaves too few experts."""


def lead_cases(staff: Staff, eligible: list[Application]) -> None:
    """Lead every case to where it is meant to stand."""
    for application in eligible:
        case = MatchCase.of_request(application.request)
        if case is None:
            raise LookupError(application.request.reference)
        for step in STEPS[application.goes_to]:
            step(staff, application.person, case)


def _release(staff: Staff, firm: User, case: MatchCase) -> None:
    found = rank_case(case)
    chosen = [int(ranked.expert) for ranked in found.ranking.experts[:PROPOSED]]
    if len(chosen) < PROPOSED:
        raise Stopped(f"{case.request.reference}: {len(chosen)} experts are left")
    actions.release(case, chosen, by=staff.operators[0], seen=found.result_hash)


def _prefer(staff: Staff, firm: User, case: MatchCase) -> None:
    listed = sorted(case.in_state(CandidateState.LISTED), key=lambda candidate: candidate.rank or 0)
    choices = {place: candidate.id for place, candidate in enumerate(listed[:3], 1)}
    actions.prefer(case, choices, by=firm)


def _refuse(staff: Staff, firm: User, case: MatchCase) -> None:
    actions.refuse(case, REFUSE_REASON, by=firm)


def _offer_of(case: MatchCase) -> Candidate:
    if case.offered is None:
        raise Stopped(f"{case.request.reference}: nobody is being asked")
    return case.offered


def _accept(staff: Staff, firm: User, case: MatchCase) -> None:
    offer = _offer_of(case)
    actions.accept(offer, by=offer.expert.user)


def _decline(staff: Staff, firm: User, case: MatchCase) -> None:
    offer = _offer_of(case)
    actions.decline(offer, DECLINE_REASON, by=offer.expert.user)


def _approve_first(staff: Staff, firm: User, case: MatchCase) -> None:
    actions.approve_first(case, by=staff.operators[1])


def _approve_final(staff: Staff, firm: User, case: MatchCase) -> None:
    actions.approve_final(case, by=staff.officials[0])


def _send_back(staff: Staff, firm: User, case: MatchCase) -> None:
    actions.send_back(case, RETURN_REASON, by=staff.officials[1])


def _withdraw(staff: Staff, firm: User, case: MatchCase) -> None:
    actions.withdraw(case, WITHDRAW_REASON, by=firm)


_ACCEPTED = (_release, _prefer, _accept)
STEPS: dict[str, tuple[Callable[[Staff, User, MatchCase], None], ...]] = {
    "matching": (),
    "proposed": (_release,),
    "refused": (_release, _refuse),
    "offered": (_release, _prefer),
    "declined": (_release, _prefer, _decline),
    "accepted": _ACCEPTED,
    "first_approved": (*_ACCEPTED, _approve_first),
    "sent_back": (*_ACCEPTED, _approve_first, _send_back),
    "approved": (*_ACCEPTED, _approve_first, _approve_final),
    "withdrawn": (_release, _withdraw),
}
