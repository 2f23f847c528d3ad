"""Pages of this slice, one module for each group of them, and what waits for whom."""

from __future__ import annotations

from typing import Any

from flask import url_for

from marketplace.access import Permission, Role, may
from marketplace.errors import N_
from marketplace.mentorships import (  # noqa: F401 - they register themselves
    queries,
    sweeps,
    views_agreement,
    views_change,
    views_course,
)
from marketplace.mentorships.blueprint import blueprint
from marketplace.mentorships.changes import agreeing
from marketplace.mentorships.models import ChangeRequest
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.web.navigation import menu
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprints = [blueprint]
menu(40, N_("멘토링"), "mentorships.index", lambda user: may(user, Permission.SEE_MENTORSHIP))
place_to_go(
    30,
    N_("멘토링"),
    "mentorships.index",
    N_("협약과 멘토링이 어디까지 왔는지 봅니다."),
    lambda user: may(user, Permission.SEE_MENTORSHIP) and queries.has_any(user),
)

S = MentorshipState
_OPERATOR = {
    S.DRAFTING: N_("협약 %(count)d건 작성과 서명 요청"),
    S.SIGNING: N_("협약 %(count)d건 서명"),
    S.PAUSED: N_("일시중지된 멘토링 %(count)d건 재개 또는 중단"),
}
_OWN = {
    S.DRAFTING: (N_("%(other)s와(과)의 협약 내용 작성"), "mentorships.edit_agreement"),
    S.SIGNING: (N_("%(other)s와(과)의 협약 읽고 서명"), "mentorships.agreement"),
}


@todo_source
def operator_todos(user: Any) -> list[Todo]:
    """Agreements to write, to sign, and mentorships that rest, each kind as one line with its count."""
    if not may(user, Permission.RUN_MENTORSHIP):
        return []
    unsigned = queries.tallies(user, unsigned=True).get(S.SIGNING, queries.Tally())
    counts = {**queries.tallies(user), S.SIGNING: unsigned}
    return [
        Todo(
            sentence,
            url_for("mentorships.index", tab=str(state)),
            since=found.since,
            due=found.due,
            count=found.count,
            facts={"count": found.count},
        )
        for state, sentence in _OPERATOR.items()
        if (found := counts.get(state)) is not None and found.count and found.since is not None
    ]


@todo_source
def change_todos(user: Any) -> list[Todo]:
    """Changes of an agreement to answer or, for the operator, to decide."""
    if not may(user, Permission.REQUEST_CHANGE):
        return []
    return [
        Todo(
            N_("%(firm)s 협약변경 승인 또는 반려")
            if change.state == "agreed"
            else N_("%(firm)s 협약변경에 답하기"),
            url_for("mentorships.change_page", mentorship_id=change.mentorship_id, change_id=change.id),
            since=change.created_at,
            facts={"firm": change.mentorship.request.company.name},
        )
        for change in queries.open_changes(user)
        if _waits_for(change, user)
    ]


def _waits_for(change: ChangeRequest, user: Any) -> bool:
    if change.state == "agreed":
        return may(user, Permission.APPROVE_CHANGE, change)
    return change.mentorship.party_of(user) in agreeing(change)


@todo_source
def own_todos(user: Any) -> list[Todo]:
    """A firm's or an expert's agreements to write and to sign."""
    if may(user, Permission.RUN_MENTORSHIP) or not may(user, Permission.SIGN_AGREEMENT):
        return []
    party = Party.FIRM if Role(user.role) is Role.COMPANY else Party.EXPERT
    found = []
    for mentorship in queries.own_waiting(user, party, tuple(_OWN)):
        sentence, endpoint = _OWN[S(mentorship.state)]
        other = mentorship.expert.name if party is Party.FIRM else mentorship.request.company.name
        found.append(
            Todo(
                sentence,
                url_for(endpoint, mentorship_id=mentorship.id),
                since=mentorship.entered_at,
                due=mentorship.due_at,
                facts={"other": other},
            )
        )
    return found
