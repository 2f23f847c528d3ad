"""Pages of this slice, one module for each group of them, and what waits for whom."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import url_for

from marketplace.access import Permission, Role, may
from marketplace.civil import SEOUL, day_of
from marketplace.database import utcnow
from marketplace.errors import N_
from marketplace.visits import (  # noqa: F401 - they register themselves
    queries,
    sweeps,
    views_calendar,
    views_log,
    views_staff,
    views_visit,
)
from marketplace.visits.actions.expert import LOGGED_IN
from marketplace.visits.blueprint import blueprint
from marketplace.visits.states import VisitState
from marketplace.web.navigation import menu
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprints = [blueprint]


def _has_visits(user: Any) -> bool:
    return may(user, Permission.SEE_MENTORSHIP) and not user.is_staff


menu(20, N_("방문"), "visits.visits", _has_visits)
menu(25, N_("방문 달력"), "visits.month", _has_visits)
menu(35, N_("방문 검토"), "visits.queue", lambda user: may(user, Permission.SEE_QUEUE))
place_to_go(
    40,
    N_("방문 검토"),
    "visits.queue",
    N_("전문가의 방문일지와 기업의 확인, 운영기관의 검토를 봅니다."),
    lambda user: may(user, Permission.SEE_QUEUE),
)

_PERSONAL = {
    VisitState.LOGGED: N_("%(expert)s 전문가의 %(day)s 방문 확인"),
    VisitState.DISPUTED: N_("%(firm)s이(가) 이의를 낸 %(day)s 방문일지 고치기"),
    VisitState.RETURNED: N_("보완요청된 %(firm)s %(day)s 방문일지 고치기"),
}


@todo_source
def personal_todos(user: Any) -> list[Todo]:
    """Visits to confirm for a firm, logs to correct for an expert."""
    if not _has_visits(user):
        return []
    return [
        Todo(
            _PERSONAL[VisitState(visit.state)],
            url_for("visits.visit", visit_id=visit.id),
            since=visit.entered_at,
            due=visit.due_at,
            facts={
                "expert": visit.expert.name,
                "firm": visit.mentorship.request.company.name,
                "day": day_of(visit.starts_at),
            },
        )
        for visit in queries.waiting_for(user)
    ]


@todo_source
def logs_to_write(user: Any) -> list[Todo]:
    """Planned visits whose day has come and of which there is no log, one line for each firm."""
    if not may(user, Permission.LOG_VISIT):
        return []
    today = day_of(utcnow())
    mentorships = {mentorship.id: mentorship for mentorship in queries.loggable(user, LOGGED_IN)}
    todos = []
    for number, coming in queries.unlogged(list(mentorships)).items():
        due = [planned for planned in coming if planned.on <= today]
        if due:
            firm = mentorships[number].request.company.name
            todos.append(
                Todo(
                    N_("%(firm)s %(day)s 방문일지 작성"),
                    url_for("visits.log", mentorship_id=number),
                    since=datetime.combine(due[0].on, time(), SEOUL),
                    count=len(due),
                    facts={"firm": firm, "day": due[0].on},
                )
            )
    return todos


@todo_source
def staff_todos(user: Any) -> list[Todo]:
    """Visits to review, and firms that do not answer, each kind as one line with its count."""
    if user.role != Role.OPERATOR or not may(user, Permission.SEE_QUEUE):
        return []
    counts = queries.tallies(user)
    found, logged = counts.get(VisitState.CONFIRMED), counts.get(VisitState.LOGGED)
    todos = []
    if found is not None and found.since is not None:
        facts = {"count": found.count}
        url = url_for("visits.queue", tab=str(VisitState.CONFIRMED))
        todos.append(Todo(N_("방문 %(count)d건 검토"), url, found.since, found.due, found.count, facts))
    if logged is not None and logged.late and logged.since is not None:
        url = url_for("visits.queue", tab=views_staff.SILENT)
        facts = {"count": logged.late}
        sentence = N_("기업이 확인하지 않은 방문 %(count)d건 살피기")
        todos.append(Todo(sentence, url, logged.since, logged.due, logged.late, facts))
    return todos
