"""Pages of this slice, one module for each group of them, its command, and what waits for whom."""

from __future__ import annotations

from typing import Any

from flask import url_for

from marketplace.access import Permission, Role, may
from marketplace.errors import N_
from marketplace.matching import (  # noqa: F401 - they register themselves
    hooks,
    queries,
    sweeps,
    views_case,
    views_expert,
    views_firm,
    views_learning,
    views_staff,
)
from marketplace.matching.blueprint import blueprint
from marketplace.matching.cli import replay_command
from marketplace.matching.cli_learning import learn_command
from marketplace.matching.states import CaseState
from marketplace.web.navigation import menu
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprint.cli.add_command(replay_command)
blueprint.cli.add_command(learn_command)
blueprints = [blueprint]
menu(30, N_("매칭 관리"), "matching.queue", lambda user: may(user, Permission.SEE_QUEUE))
menu(10, N_("받은 제안"), "matching.offers", lambda user: may(user, Permission.ANSWER_OFFER))
place_to_go(
    20,
    N_("매칭 관리"),
    "matching.queue",
    N_("추천부터 최종 승인까지 매칭의 단계와 결정을 봅니다."),
    lambda user: may(user, Permission.SEE_QUEUE),
)
place_to_go(
    10,
    N_("받은 제안"),
    "matching.offers",
    N_("지금까지 받은 멘토링 제안과 그 결과를 봅니다."),
    lambda user: may(user, Permission.ANSWER_OFFER),
)

_STAFF = {
    Role.OPERATOR: {
        CaseState.MATCHING: N_("신청 %(count)d건에 전문가 후보 추천"),
        CaseState.ACCEPTED: N_("매칭 %(count)d건 1차 승인"),
    },
    Role.MINISTRY: {CaseState.FIRST_APPROVED: N_("매칭 %(count)d건 최종 승인")},
}


@todo_source
def staff_todos(user: Any) -> list[Todo]:
    """Cases to propose for and to approve, each kind as one line with its count."""
    sentences = _STAFF.get(Role(user.role), {})
    if not sentences or not may(user, Permission.SEE_QUEUE):
        return []
    counts = queries.tallies(user)
    return [
        Todo(
            sentence,
            url_for("matching.queue", tab=str(state)),
            since=found.since,
            due=found.due,
            count=found.count,
            facts={"count": found.count},
        )
        for state, sentence in sentences.items()
        if (found := counts.get(state)) is not None and found.since is not None
    ]


@todo_source
def firm_todos(user: Any) -> list[Todo]:
    """Candidates to put in order."""
    if not may(user, Permission.STATE_PREFERENCES):
        return []
    return [
        Todo(
            N_("신청서 %(reference)s 추천 후보 비교와 희망순위 제출"),
            url_for("matching.own_candidates", request_id=case.request_id),
            since=case.entered_at,
            due=case.due_at,
            facts={"reference": case.request.reference},
        )
        for case in queries.own_cases(user, (CaseState.PROPOSED,))
    ]


@todo_source
def expert_todos(user: Any) -> list[Todo]:
    """Offers to answer."""
    if not may(user, Permission.ANSWER_OFFER):
        return []
    return [
        Todo(
            N_("%(firm)s의 멘토링 제안에 회신"),
            url_for("matching.offer", candidate_id=offer.id),
            since=offer.offered_at or offer.created_at,
            due=offer.expires_at,
            facts={"firm": offer.case.request.company.name},
        )
        for offer in queries.open_offers(user)
    ]
