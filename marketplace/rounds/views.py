"""Pages of this slice, one module for each group of them, its command, and what waits for whom."""

from __future__ import annotations

from typing import Any

from flask import url_for

from marketplace.access import Permission, may
from marketplace.errors import N_
from marketplace.rounds import (  # noqa: F401 - they register themselves
    solving,
    views_change,
    views_make,
    views_result,
)
from marketplace.rounds.blueprint import blueprint
from marketplace.rounds.cli import replay_round_command
from marketplace.rounds.queries import waiting_rounds
from marketplace.web.navigation import menu
from marketplace.web.todo import Todo, place_to_go, todo_source

blueprint.cli.add_command(replay_round_command)
blueprints = [blueprint]
menu(31, N_("매칭 회차"), "rounds.index", lambda user: may(user, Permission.SEE_ROUND))
place_to_go(
    21,
    N_("매칭 회차"),
    "rounds.index",
    N_("여러 신청을 한꺼번에 배정한 결과와 그 이유를 봅니다."),
    lambda user: may(user, Permission.SEE_ROUND),
)


@todo_source
def round_todos(user: Any) -> list[Todo]:
    """Rounds that are solved and wait to be published or thrown away, as one line with their number."""
    if not may(user, Permission.PUBLISH_ROUND):
        return []
    count, since = waiting_rounds(user)
    if not count or since is None:
        return []
    return [
        Todo(
            N_("매칭 회차 %(count)d건의 결과 확인과 추천"),
            url_for("rounds.index", state="solved"),
            since=since,
            count=count,
            facts={"count": count},
        )
    ]
