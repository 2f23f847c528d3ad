"""The way of a request: handed in, checked, returned, found eligible or not, objected to, withdrawn.

Later slices join in through ``on_eligible`` and ``on_withdrawn``: each function runs inside the same recorded
transaction, and a ``RuleBroken`` that it raises undoes the whole step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from marketplace.access import Permission, Role, require
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.civil import day_of
from marketplace.companies.corrections import content, corrected
from marketplace.companies.eligibility import ITEMS, Result, missing_parts, takes_requests
from marketplace.companies.limits import hold, money_for, require_only_one
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState, next_state
from marketplace.database import utcnow
from marketplace.errors import N_, RuleBroken, written_day
from marketplace.events import Event
from marketplace.notifications import tell_all

Hook = Callable[[MentoringRequest, User | None], None]
#: Called when a request has become eligible; matching opens its case here.
on_eligible: list[Hook] = []
#: Called when a request has been withdrawn; matching closes its case here.
on_withdrawn: list[Hook] = []

ALREADY_OPEN = N_(
    "이 사업에 진행 중인 신청서가 이미 있습니다(%(others)s). 한 기업은 한 사업에 한 건만 신청할 수 있습니다. "
    "이 신청서를 제출하려면 진행 중인 신청을 먼저 취소해 주십시오. 작성한 내용은 그대로 보관됩니다."
)
OTHER_OPEN = N_(
    "이 사업에 진행 중인 다른 신청서가 있어(%(others)s) 이의를 신청할 수 없습니다. "
    "이의를 신청하려면 그 신청을 먼저 취소해 주십시오."
)
Checks = Mapping[str, Mapping[str, str]]  # item -> {"result": ok | fault | unknown, "note": text}


def submit_request(request: MentoringRequest, *, by: User) -> None:
    """The firm hands its request in, or answers a request for correction."""
    require(by, Permission.EDIT_REQUEST, request)
    with recorded(by, Event.REQUEST_SUBMITTED, request) as record:
        request = MentoringRequest.locked(request.id)
        next_state(request.state, "submit")
        if request.state == RequestState.DRAFT and not takes_requests(request.programme):
            raise RuleBroken(N_("이 사업의 접수기간이 아닙니다. 작성한 내용은 그대로 보관됩니다."))
        if missing := missing_parts(request):
            raise RuleBroken(missing[0].sentence, field=missing[0].field, **missing[0].facts)
        require_only_one(request, ALREADY_OPEN)
        if request.state == RequestState.RETURNED:
            record.facts.update(answer=request.answer, corrected=corrected(request))
        request.move("submit")
        request.reason = request.taken_by = None
        record.facts["reference"] = request.reference
        _tell_operator(
            request,
            Event.REQUEST_SUBMITTED,
            N_("%(company)s의 신청서 %(reference)s 접수, 요건검토를 시작해 주십시오."),
        )
        _tell_firm(
            request,
            Event.REQUEST_SUBMITTED,
            N_("신청서 %(reference)s 접수가 완료되었습니다. %(due)s까지 요건검토 결과를 알려 드립니다."),
            due=written(request.check_due_at),
        )


def take_request(request: MentoringRequest, *, by: User) -> None:
    """The operator begins the eligibility check."""
    require(by, Permission.CHECK_REQUEST, request)
    with recorded(by, Event.REQUEST_TAKEN, request):
        request = MentoringRequest.locked(request.id)
        request.move("take")
        request.taken_by = by
        _tell_firm(request, Event.REQUEST_TAKEN, N_("신청서 %(reference)s의 요건검토를 시작했습니다."))


def save_checks(request: MentoringRequest, checks: Checks, *, by: User) -> None:
    """The operator notes what was found so far, without deciding."""
    require(by, Permission.CHECK_REQUEST, request)
    with recorded(by, Event.REQUEST_CHECKED, request, checks=_plain(checks)):
        request = MentoringRequest.locked(request.id)
        next_state(request.state, "return")  # only while the check is going on
        request.checks = _plain(checks)


def return_request(request: MentoringRequest, checks: Checks, reason: str | None, *, by: User) -> None:
    """The operator asks the firm to correct its request, says why, and sets the deadline."""
    require(by, Permission.CHECK_REQUEST, request)
    reason = _given(reason, "reason")
    with recorded(by, Event.REQUEST_RETURNED, request, reason=reason, checks=_plain(checks)):
        request = MentoringRequest.locked(request.id)
        request.move("return")
        request.checks, request.reason = _plain(checks), reason
        request.answer, request.returned_with = None, content(request)
        _tell_firm(
            request,
            Event.REQUEST_RETURNED,
            N_("신청서 %(reference)s 보완이 필요합니다. %(due)s까지 고쳐 다시 제출해 주십시오."),
            body=N_("%(due)s까지 신청서 %(reference)s을(를) 고쳐 다시 제출해 주십시오.\n\n사유: %(reason)s"),
            due=written(request.answer_due_at),
            reason=reason,
        )


def find_eligible(request: MentoringRequest, checks: Checks, *, by: User) -> None:
    """The operator finds the request eligible; from here on an expert is sought.

    Where the budget does not reach, the note of that item must say why all the same; it stays on record.
    """
    require(by, Permission.CHECK_REQUEST, request)
    with recorded(by, Event.REQUEST_ELIGIBLE, request, checks=_plain(checks)) as record:
        request = MentoringRequest.locked(request.id)
        next_state(request.state, "find_eligible")
        if over := _over_budget(request, checks.get("budget", {})):
            record.facts["over_budget"] = over
        _refuse_open_faults(checks)
        request.checks = _plain(checks)
        request.decide("find_eligible", by)
        for opened in on_eligible:
            opened(request, by)
        _tell_firm(
            request,
            Event.REQUEST_ELIGIBLE,
            N_("신청서 %(reference)s이(가) 적격으로 판정되었습니다. 전문가 추천을 준비합니다."),
        )


def find_ineligible(request: MentoringRequest, checks: Checks, reason: str | None, *, by: User) -> None:
    """The operator finds the request ineligible and tells the firm why and until when it may object."""
    require(by, Permission.CHECK_REQUEST, request)
    reason = _given(reason, "reason")
    with recorded(by, Event.REQUEST_INELIGIBLE, request, reason=reason, checks=_plain(checks)):
        request = MentoringRequest.locked(request.id)
        request.checks = _plain(checks)
        request.decide("find_ineligible", by, reason)
        _tell_firm(
            request,
            Event.REQUEST_INELIGIBLE,
            N_(
                "신청서 %(reference)s이(가) 부적격으로 판정되었습니다. %(due)s까지 이의신청을 할 수 있습니다."
            ),
            body=N_(
                "신청서 %(reference)s이(가) 부적격으로 판정되었습니다.\n\n사유: %(reason)s\n\n"
                "%(due)s까지 이의신청을 할 수 있습니다."
            ),
            due=written(request.answer_due_at),
            reason=reason,
        )


def raise_objection(request: MentoringRequest, text: str | None, *, by: User) -> None:
    """The firm objects to the finding, once, within the deadline."""
    require(by, Permission.EDIT_REQUEST, request)
    text = _given(text, "text")
    with recorded(by, Event.OBJECTION_RAISED, request, text=text):
        request = MentoringRequest.locked(request.id)
        next_state(request.state, "object")
        if request.objected_at is not None:
            raise RuleBroken(N_("이의신청은 한 번만 할 수 있고, 그 결과가 이미 정해졌습니다."))
        if not request.may_still_answer:
            raise RuleBroken(N_("이의신청 기한(%(due)s)이 지났습니다."), due=written(request.answer_due_at))
        require_only_one(request, OTHER_OPEN)
        request.move("object")
        request.objection, request.objected_at, request.objection_answer = text, utcnow(), None
        _tell_operator(
            request,
            Event.OBJECTION_RAISED,
            N_("%(company)s이(가) 신청서 %(reference)s의 부적격 판정에 이의를 신청했습니다."),
        )


def uphold_finding(request: MentoringRequest, answer: str | None, *, by: User) -> None:
    """The operator decides that the request stays ineligible and answers the objection."""
    require(by, Permission.CHECK_REQUEST, request)
    answer = _given(answer, "text")
    with recorded(by, Event.OBJECTION_DECIDED, request, outcome="upheld", reason=answer):
        request = MentoringRequest.locked(request.id)
        request.move("uphold")
        request.objection_answer = answer
        _tell_firm(
            request,
            Event.OBJECTION_DECIDED,
            N_("신청서 %(reference)s의 이의신청을 검토한 결과 부적격 판정을 유지합니다."),
            body=N_(
                "신청서 %(reference)s의 이의신청을 검토한 결과 부적격 판정을 유지합니다.\n\n사유: %(reason)s"
            ),
            reason=answer,
        )


def reopen_check(request: MentoringRequest, answer: str | None, *, by: User) -> None:
    """The operator accepts the objection; the request is checked again and may be objected to again."""
    require(by, Permission.CHECK_REQUEST, request)
    answer = _given(answer, "text")
    with recorded(by, Event.OBJECTION_DECIDED, request, outcome="reopened", reason=answer):
        request = MentoringRequest.locked(request.id)
        request.move("reopen")
        request.taken_by = by
        request.objection_answer = answer
        request.decided_at = request.decided_by = request.reason = request.objected_at = None
        _tell_firm(
            request,
            Event.OBJECTION_DECIDED,
            N_("신청서 %(reference)s의 이의신청을 받아들여 요건을 다시 검토합니다."),
            body=N_("신청서 %(reference)s의 이의신청을 받아들여 요건을 다시 검토합니다.\n\n사유: %(reason)s"),
            reason=answer,
        )


def withdraw_request(request: MentoringRequest, reason: str | None = None, *, by: User) -> None:
    """The firm takes its request back; this cannot be undone."""
    require(by, Permission.EDIT_REQUEST, request)
    with recorded(by, Event.REQUEST_WITHDRAWN, request, reason=reason or ""):
        request = MentoringRequest.locked(request.id)
        request.move("withdraw")
        request.reason = reason or None
        for closed in on_withdrawn:
            closed(request, by)
        if request.submitted_at is not None:
            _tell_operator(
                request,
                Event.REQUEST_WITHDRAWN,
                N_("%(company)s이(가) 신청서 %(reference)s을(를) 취소했습니다."),
            )


def written(moment: datetime | None) -> str:
    """A day as it stands in a sentence: 2026. 12. 2."""
    if moment is None:
        return ""
    return written_day(day_of(moment))


def _plain(checks: Checks) -> dict[str, Any]:
    return {item: dict(checks[item]) for item in ITEMS if item in checks}


def _given(text: str | None, field: str) -> str:
    if not text:
        raise RuleBroken(N_("사유를 적어 주십시오. 상대에게 그대로 전달됩니다."), field=field)
    return text


def _over_budget(request: MentoringRequest, found: Mapping[str, str]) -> dict[str, Any] | None:
    """By how much the budget does not reach, and why the operator goes on; None when it reaches."""
    hold(request.programme_id)
    money = money_for(request)
    if money is None or money.reaches:
        return None
    if found.get("result") == Result.FAULT or not found.get("note"):
        raise RuleBroken(
            N_(
                "총사업비 %(price)s원이 남은 예산 %(left)s원을 넘습니다(사업예산 %(budget)s원 가운데 "
                "다른 적격 신청 %(committed)s원). 그래도 적격으로 보려면 판단을 ‘적합’으로 바꾸고 "
                "메모에 까닭을 적어 주십시오."
            ),
            field="budget",
            **money.facts(),
        )
    return {**money.facts(), "reason": found["note"]}


def _refuse_open_faults(checks: Checks) -> None:
    for item in ITEMS:
        found = checks.get(item, {})
        result = found.get("result", "")
        if result == Result.FAULT:
            raise RuleBroken(
                N_("부적합 항목이 있으면 적격으로 판정할 수 없습니다. 보완요청이나 부적격을 고르십시오."),
                field=item,
            )
        if result != Result.OK and not found.get("note"):
            raise RuleBroken(
                N_("적합을 확인하거나, 확인하지 못했다면 적격으로 보는 까닭을 적어 주십시오."), field=item
            )


def _facts(request: MentoringRequest) -> dict[str, Any]:
    return {"reference": request.reference, "company": request.company.name}


def _tell_firm(
    request: MentoringRequest, event: Event, sentence: str, *, body: str = "", **facts: Any
) -> None:
    told = {**_facts(request), **facts}
    tell_all(request.people(), event, sentence, f"/requests/{request.id}", body=body, **told)


def _tell_operator(request: MentoringRequest, event: Event, sentence: str) -> None:
    staff = request.programme.staff(Role.OPERATOR)
    tell_all(staff, event, sentence, f"/staff/requests/{request.id}", **_facts(request))
