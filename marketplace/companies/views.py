"""Pages of this slice, one module for each group of them, and what waits for whom."""

from __future__ import annotations

from typing import Any

from flask import url_for

from marketplace.access import Permission, may
from marketplace.companies import queries, views_draft, views_firm, views_staff  # noqa: F401 - they register pages
from marketplace.companies.blueprint import blueprint
from marketplace.companies.states import RequestState
from marketplace.errors import N_
from marketplace.web.navigation import menu
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprints = [blueprint]
menu(10, N_("나의 신청"), "companies.requests", lambda user: may(user, Permission.EDIT_REQUEST))
menu(90, N_("기업정보"), "companies.company", lambda user: may(user, Permission.EDIT_COMPANY))
menu(20, N_("신청 검토"), "companies.queue", lambda user: may(user, Permission.SEE_QUEUE))
place_to_go(
    10,
    N_("참여의향 작성"),
    "companies.interest",
    N_("무엇이 불편하신지 적는 것으로 신청이 시작됩니다. 2분이면 됩니다."),
    lambda user: may(user, Permission.EDIT_REQUEST) and not queries.requests_of(user),
)
place_to_go(
    20,
    N_("나의 신청"),
    "companies.requests",
    N_("신청이 어디까지 왔고 지금 누구 차례인지 봅니다."),
    lambda user: may(user, Permission.EDIT_REQUEST) and bool(queries.requests_of(user)),
)
place_to_go(
    30,
    N_("신청 검토"),
    "companies.queue",
    N_("접수된 신청과 요건 판정을 봅니다."),
    lambda user: may(user, Permission.SEE_QUEUE),
)

_FIRM = {
    RequestState.DRAFT: (N_("신청서 %(reference)s 작성을 마치고 제출"), "companies.edit_request"),
    RequestState.RETURNED: (N_("신청서 %(reference)s 보완하여 다시 제출"), "companies.edit_request"),
    RequestState.INELIGIBLE: (
        N_("신청서 %(reference)s 부적격 판정 확인과 이의신청"),
        "companies.request_page",
    ),
}
_OPERATOR = {
    RequestState.SUBMITTED: N_("접수된 신청 %(count)d건의 요건검토 시작"),
    RequestState.CHECKING: N_("검토 중인 신청 %(count)d건의 요건 판정"),
    RequestState.OBJECTED: N_("이의신청 %(count)d건의 결정"),
}


@todo_source
def firm_todos(user: Any) -> list[Todo]:
    """Drafts to finish, returned requests to answer, findings that may still be objected to."""
    if not may(user, Permission.EDIT_REQUEST):
        return []
    return [
        Todo(
            _FIRM[RequestState(request.state)][0],
            url_for(_FIRM[RequestState(request.state)][1], request_id=request.id),
            since=request.entered_at,
            due=request.due_at,
            facts={"reference": request.reference},
        )
        for request in queries.drafts_and_answers(user)
        if request.state == RequestState.DRAFT or request.may_still_answer
    ]


@todo_source
def operator_todos(user: Any) -> list[Todo]:
    """Requests to take, to decide, and objections, each kind as one line with its count."""
    if not may(user, Permission.CHECK_REQUEST):
        return []
    counts = queries.tallies(user)
    return [
        Todo(
            sentence,
            url_for("companies.queue", tab=str(state)),
            since=found.since,
            due=found.due,
            count=found.count,
            facts={"count": found.count},
        )
        for state, sentence in _OPERATOR.items()
        if (found := counts.get(state)) is not None and found.since is not None
    ]
