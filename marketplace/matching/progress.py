"""The steps of a case as the firm sees them after the eligibility check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from marketplace.audit import history_of
from marketplace.companies.models import MentoringRequest
from marketplace.companies.progress import Match, Standing, Step
from marketplace.database import db
from marketplace.errors import N_
from marketplace.matching.models import MatchCase
from marketplace.matching.states import ENDED_EARLY, HOLDER, RECORDED_AS, STATE_LABELS, TONES, CaseState

S = CaseState
#: What ends each of the steps before the approvals; an exception skips the firm's choice, and so ends both.
_ENDED_BY = (("release", "nominate"), ("prefer",), ("accept",))
_SKIPPED_BY = RECORDED_AS["override"]
_RANK = {S.MATCHING: 0, S.PROPOSED: 1, S.OFFERED: 2, S.ACCEPTED: 3, S.FIRST_APPROVED: 4, S.APPROVED: 5}


def standings_of_cases(request_ids: Sequence[int]) -> dict[int, Standing]:
    """How the cases of these requests stand, by the number of the request."""
    columns = (MatchCase.request_id, MatchCase.state, MatchCase.due_at)
    found = db.session.execute(select(*columns).where(MatchCase.request_id.in_(request_ids)))
    return {
        number: Standing(STATE_LABELS[state], TONES[state], HOLDER.get(state), due)
        for number, state, due in ((number, CaseState(state), due) for number, state, due in found)
    }


def steps_of_case(request: MentoringRequest) -> list[Step]:
    """From the proposal to the final approval; empty while there is no case."""
    case = MatchCase.of_request(request)
    if case is None or case.state in ENDED_EARLY:
        return []
    ended = _ended(case)
    return [_step(case, place, ended[place]) for place in range(5)]


def match_of_case(request: MentoringRequest) -> Match | None:
    """Who accepted the request and with what it stands; None as long as nobody has."""
    case = MatchCase.of_request(request)
    if case is None or case.chosen is None:
        return None
    return Match(
        case.chosen.expert.name,
        STATE_LABELS[CaseState(case.state)],
        case.since,
        case.last_day,
        final=case.state == CaseState.APPROVED,
    )


def _ended(case: MatchCase) -> list[datetime | None]:
    """When each step was done last, as the record tells; None for what never was."""
    newest = {entry.event: entry.at for entry in history_of(case)}
    skipped = newest.get(_SKIPPED_BY)
    days = [
        max((newest[RECORDED_AS[verb]] for verb in verbs if RECORDED_AS[verb] in newest), default=skipped)
        for verbs in _ENDED_BY
    ]
    return [*days, case.first_approved_at, case.approved_at]


def _step(case: MatchCase, place: int, ended: datetime | None) -> Step:
    rank = _RANK[CaseState(case.state)]
    state = "done" if place < rank else "current" if place == rank else "next"
    url, action = None, None
    if place == 1 and state == "current":
        url, action = f"/requests/{case.request_id}/candidates", N_("후보 비교와 희망순위")
    label, who, note = _WORDS[place]
    return Step(
        label,
        state,
        when=case.entered_at if state == "current" else ended if state == "done" else None,
        who=who,
        due=case.due_at if state == "current" else None,
        note=note if state == "current" else None,
        url=url,
        action=action,
    )


_WORDS = (
    (N_("전문가 추천"), N_("운영기관"), N_("운영기관이 맞는 전문가를 찾고 있습니다.")),
    (N_("희망순위"), N_("기업"), N_("추천된 후보를 비교하고 희망순위를 정해 주십시오.")),
    (N_("전문가 수락"), N_("전문가"), N_("희망순위대로 전문가에게 묻고 있습니다.")),
    (N_("1차 승인"), N_("운영기관"), N_("이해충돌과 자리를 다시 확인하고 있습니다.")),
    (N_("최종 승인"), N_("중소벤처기업부"), N_("최종 승인을 기다리고 있습니다.")),
)
