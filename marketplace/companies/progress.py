"""Where a request stands: the steps of its way, who holds it, by when. Later slices add their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from marketplace.audit import AuditEntry
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState, next_state
from marketplace.errors import N_, RuleBroken


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, with Korean sentences that are translated when shown.

    ``state`` is done, current, next or stopped. ``url`` leads to where the step is worked on and is offered
    as a button named ``action``. ``facts`` fill the places of ``note``.
    """

    label: str
    state: str = "next"
    when: datetime | None = None
    who: str | None = None
    due: datetime | None = None
    note: str | None = None
    url: str | None = None
    action: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


#: Functions of later slices: titles and addresses of solved cases about what a firm writes of, at most three.
solved_before: list[Callable[[str], list[tuple[str, str]]]] = []
#: Functions of later slices that give the steps after the eligibility check, in order.
case_progress: list[Callable[[MentoringRequest], list[Step]]] = []


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands on the whole: the state's Korean name, the tone of its badge, who acts by when."""

    label: str
    tone: str
    holder: str | None = None
    due: datetime | None = None


#: Functions of later slices: how requests stand that have gone beyond the eligibility check, by their number.
#: Each takes one statement, however many requests are asked for.
case_standings: list[Callable[[Sequence[int]], dict[int, Standing]]] = []


@dataclass(frozen=True, slots=True)
class Match:
    """Who took the request on, for how long; ``final``: approved, so that it can no longer be withdrawn here."""

    expert: str
    state: str  # a Korean name
    since: date
    last_day: date
    final: bool


#: Functions of later slices: with whom a request was matched, and what happened to it meanwhile, as the firm may
#: read it: each entry of the record with its note in the reader's language.
case_matches: list[Callable[[MentoringRequest], Match | None]] = []
case_histories: list[Callable[[MentoringRequest], list[tuple[AuditEntry, str | None]]]] = []


def match_of(request: MentoringRequest) -> Match | None:
    """With whom the request was matched; None as long as no expert has accepted."""
    return next((found for ask in case_matches if (found := ask(request)) is not None), None)


def later_history(request: MentoringRequest) -> list[tuple[AuditEntry, str | None]]:
    """What later slices tell the firm of the request's way after the eligibility check."""
    return [told for ask in case_histories for told in ask(request)]


def require_withdrawable(request: MentoringRequest) -> None:
    """Refuse, as a conflict, where withdrawing would be refused, and say who can help."""
    next_state(request.state, "withdraw")
    match = match_of(request)
    if match is not None and match.final:
        raise RuleBroken(
            N_(
                "최종 승인된 매칭은 여기서 취소할 수 없습니다. 그만두시려면 운영기관 %(operator)s에 연락해 주십시오."
            ),
            conflict=True,
            operator=request.programme.operator.name,
        )


S = RequestState
_RANK = {
    S.DRAFT: 0,
    S.SUBMITTED: 1,
    S.RETURNED: 2,
    S.CHECKING: 2,
    S.OBJECTED: 2,
    S.INELIGIBLE: 3,
    S.ELIGIBLE: 3,
    S.STOPPED: 3,
}


def steps_of(request: MentoringRequest) -> list[Step]:
    """The whole way of a request, those steps first that belong to this slice."""
    own = [_written(request), _handed_in(request), _checked(request), _decided(request)]
    if request.state == S.STOPPED:
        own[-1] = Step(N_("적격"), "done", request.decided_at, N_("운영기관"))
        return [*own, Step(N_("중단"), "stopped", request.entered_at, N_("운영기관"), note=request.reason)]
    if request.state == S.WITHDRAWN:
        own = [step for step in own if step.state == "done"]
        own.append(Step(N_("취소됨"), "stopped", request.entered_at, N_("기업")))
        return own
    later = [step for contribute in case_progress for step in contribute(request)]
    return own + (later or _foreseen(request))


def later_standings(request_ids: Sequence[int]) -> dict[int, Standing]:
    """How these requests stand by what later slices know of them; those that none knows are left out."""
    found: dict[int, Standing] = {}
    for contribute in case_standings if request_ids else ():
        found |= contribute(request_ids)
    return found


def _state(request: MentoringRequest, rank: int) -> str:
    now = _RANK.get(RequestState(request.state), 0)
    return "done" if rank < now else "current" if rank == now else "next"


def _written(request: MentoringRequest) -> Step:
    done = request.submitted_at is not None or request.state != S.DRAFT
    withdrawn_draft = request.state == S.WITHDRAWN and request.submitted_at is None
    return Step(
        N_("신청서 작성"),
        "done" if done and not withdrawn_draft else "current",
        request.created_at,
        N_("기업"),
        url=f"/requests/{request.id}/edit" if request.state == S.DRAFT else None,
        action=N_("이어서 작성"),
    )


def _handed_in(request: MentoringRequest) -> Step:
    if request.state == S.WITHDRAWN:
        return Step(N_("접수"), "done" if request.submitted_at else "next", request.submitted_at)
    waiting = request.state == S.SUBMITTED
    return Step(
        N_("접수"),
        _state(request, 1),
        request.submitted_at,
        N_("운영기관") if waiting else N_("기업"),
        due=request.check_due_at if waiting else None,
        note=N_("운영기관이 검토를 시작하기를 기다립니다.") if waiting else None,
    )


def _checked(request: MentoringRequest) -> Step:
    label = N_("요건검토")
    if request.state == S.RETURNED:
        return Step(
            N_("보완"),
            "current",
            request.entered_at,
            N_("기업"),
            due=request.answer_due_at,
            note=request.reason,
            url=f"/requests/{request.id}/edit",
            action=N_("신청서 보완"),
        )
    if request.state == S.OBJECTED:
        return Step(
            N_("이의신청 검토"), "current", request.objected_at, N_("운영기관"), due=request.check_due_at
        )
    if request.state == S.CHECKING:
        who = request.taken_by.name if request.taken_by else N_("운영기관")
        return Step(label, "current", request.entered_at, who, due=request.check_due_at)
    if request.state == S.WITHDRAWN:
        return Step(label, "done" if request.decided_at else "next", request.decided_at)
    return Step(label, _state(request, 2), request.decided_at, N_("운영기관"))


def _decided(request: MentoringRequest) -> Step:
    if request.state == S.INELIGIBLE:
        due = request.answer_due_at if request.may_still_answer else None
        return Step(N_("부적격"), "stopped", request.decided_at, N_("운영기관"), due=due, note=request.reason)
    if request.state == S.WITHDRAWN:
        return Step(N_("적격"), "done" if request.decided_at else "next", request.decided_at)
    return Step(
        N_("적격"), "done" if request.state == S.ELIGIBLE else "next", request.decided_at, N_("운영기관")
    )


def _foreseen(request: MentoringRequest) -> list[Step]:
    """What is still to come while no later slice knows the request."""
    if request.state == S.INELIGIBLE:
        return []
    return [
        Step(N_("전문가 추천"), who=N_("운영기관")),
        Step(N_("희망순위"), who=N_("기업")),
        Step(N_("전문가 수락"), who=N_("전문가")),
        Step(N_("1차 승인"), who=N_("운영기관")),
        Step(N_("최종 승인"), who=N_("중소벤처기업부")),
    ]
