"""The queue of cases, and approving several at once."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask import request as sent
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, Role
from marketplace.companies import choices
from marketplace.companies.queries import programmes_in_reach
from marketplace.companies.showing import days_left
from marketplace.database import page_of
from marketplace.errors import NotAllowed
from marketplace.matching import bulk, queries
from marketplace.matching.blueprint import blueprint
from marketplace.matching.periods import coming_period
from marketplace.matching.queries import WAITS_FOR, QueueFilter
from marketplace.matching.showing import bands, case_badge
from marketplace.matching.states import PLACE_HELD_IN, STATE_LABELS, TRANSITIONS, CaseState
from marketplace.web.page import me, number_arg, page, show, text_arg, to

MINE = "mine"


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"case_badge": case_badge, "days_left": days_left, "score_bands": bands}


def tab_of_page() -> str:
    """The tab that the address names; one's own turn when it names none and there is one."""
    tab = text_arg("tab", 20)
    own = MINE if me().role in WAITS_FOR else ""
    return tab if tab in {MINE, "all", *CaseState} else own or "all"


def queue_filter() -> QueueFilter:
    """What the address of the queue asks for; whatever is not understood asks for nothing."""
    tab = tab_of_page()
    states: tuple[CaseState, ...] = ()
    if tab == MINE:
        states = WAITS_FOR.get(Role(me().role), ())
    elif tab != "all":
        states = (CaseState(tab),)
    return QueueFilter(
        states=states,
        search=text_arg("q"),
        programme_id=number_arg("programme", 0),
        region=text_arg("region", 5),
        industry=text_arg("industry", 5),
        late=text_arg("late") == "1",
        sort=text_arg("sort", 20),
    )


@blueprint.get("/cases")
@page(Permission.SEE_QUEUE)
def queue() -> Response:
    """매칭 관리: the cases by state, the oldest first, the late ones in red."""
    wanted = queue_filter()
    return show(
        "matching/queue.html",
        page_=page_of(queries.queue(me(), wanted), number_arg("page")),
        tabs=_tabs(tab_of_page()),
        tab=tab_of_page(),
        approvable=_approvable(wanted.states),
        columns=_columns(wanted.states),
        programmes=[(row.id, choices.named(row)) for row in programmes_in_reach(me())],
        regions=choices.region_choices(),
        industries=choices.industries_by_section(),
    )


def _approvable(states: tuple[CaseState, ...]) -> CaseState | None:
    """The state of this tab's cases that the user may approve several of at once; None when there is none."""
    verb = bulk.verb_of(me())
    return next((state for state in states or CaseState if verb in TRANSITIONS[state]), None)


def _columns(states: tuple[CaseState, ...]) -> set[str]:
    """The columns that can hold something in a tab: experts from 추천 on, a score once somebody is asked."""
    shown = set(states or CaseState)
    return {
        *(["expert"] if shown - {CaseState.MATCHING} else []),
        *(["score"] if shown & {CaseState.OFFERED, *PLACE_HELD_IN} else []),
    }


def _tabs(current: str) -> list[dict[str, Any]]:
    counts = queries.tallies(me())
    groups: list[tuple[str, str, tuple[CaseState, ...]]] = []
    if Role(me().role) in WAITS_FOR:
        groups.append((MINE, gettext("내 차례"), WAITS_FOR[Role(me().role)]))
    groups += [(str(state), gettext(STATE_LABELS[state]), (state,)) for state in CaseState]
    groups.append(("all", gettext("전체"), tuple(CaseState)))
    return [
        {
            "label": label,
            "url": url_for("matching.queue", tab=key),
            "current": current == key,
            "count": sum(counts[state].count for state in states if state in counts),
            "stuck": sum(counts[state].late for state in states if state in counts),
        }
        for key, label, states in groups
    ]


@blueprint.get("/cases/approve")
@page(Permission.SEE_QUEUE)
def preview_approval() -> Response:
    """What of the ticked cases can be approved, what cannot, and why; nothing is changed yet."""
    if bulk.verb_of(me()) is None:
        raise NotAllowed("bulk")
    return _outcomes(bulk.preview(queries.staff_cases(me(), _ticked(sent.args)), me()), done=False)


@blueprint.post("/cases/approve")
@page(Permission.SEE_QUEUE)
def approve_several() -> Response:
    """Approve the cases that were confirmed, each on its own."""
    if bulk.verb_of(me()) is None:
        raise NotAllowed("bulk")
    cases = queries.staff_cases(me(), _ticked(sent.form))
    shown = {case.id: sent.form.get(f"candidate-{case.id}", type=int) for case in cases}
    seen = {case_id: candidate for case_id, candidate in shown.items() if candidate is not None}
    outcomes = bulk.approve_each(cases, seen=seen, by=me())
    refused = [outcome for outcome in outcomes if not outcome.clean]
    count = len(outcomes) - len(refused)
    if count:
        flash(ngettext("%(num)d건을 승인했습니다.", "%(num)d건을 승인했습니다.", count), "success")
    return _outcomes(refused, done=True) if refused else to(url_for("matching.queue"))


def _ticked(values: Any) -> list[int]:
    texts = values.getlist("case")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]


def _outcomes(outcomes: list[bulk.Outcome], done: bool) -> Response:
    return show(
        "matching/bulk.html",
        clean=[outcome.case for outcome in outcomes if outcome.clean],
        faults=[(outcome.case, outcome.fault) for outcome in outcomes if outcome.fault is not None],
        periods={outcome.case.id: coming_period(outcome.case) for outcome in outcomes},
        verb=bulk.verb_of(me()),
        done=done,
    )
