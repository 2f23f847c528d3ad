"""What the pages of firm and staff show of a request, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext

from marketplace.audit import history_of
from marketplace.civil import day_of
from marketplace.companies import choices
from marketplace.companies.corrections import LABELS
from marketplace.companies.eligibility import DECLARATIONS, RESULT_LABELS, Result, today
from marketplace.companies.models import (
    MODES,
    PRIORITIES,
    RELATION_LABELS,
    SIZE_CLASSES,
    Company,
    MentoringRequest,
)
from marketplace.companies.progress import Standing, later_history, later_standings, steps_of
from marketplace.companies.states import HOLDER, STATE_LABELS, RequestState
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS, Event
from marketplace.web.setup import day, moment, won

TONES = {
    RequestState.DRAFT: "gray",
    RequestState.SUBMITTED: "information",
    RequestState.CHECKING: "primary",
    RequestState.RETURNED: "warning",
    RequestState.INELIGIBLE: "danger",
    RequestState.OBJECTED: "warning",
    RequestState.ELIGIBLE: "success",
    RequestState.WITHDRAWN: "gray",
    RequestState.STOPPED: "danger",
}
OUTCOMES = {"upheld": N_("기각(부적격 유지)"), "reopened": N_("인용(다시 검토)")}


def state_badge(state: str) -> tuple[str, str]:
    """The state's name and the tone of its badge."""
    return gettext(STATE_LABELS[RequestState(state)]), TONES[RequestState(state)]


def standings(requests: Sequence[MentoringRequest]) -> dict[int, Standing]:
    """Where each request stands on the whole, in words: after the eligibility check its case speaks for it."""
    later = later_standings([row.id for row in requests if row.state == RequestState.ELIGIBLE])
    return {row.id: _said(later[row.id]) if row.id in later else _own_standing(row) for row in requests}


def _own_standing(request: MentoringRequest) -> Standing:
    return Standing(*state_badge(request.state), holder(request), request.due_at)


def _said(standing: Standing) -> Standing:
    who = gettext(standing.holder) if standing.holder else None
    return Standing(gettext(standing.label), standing.tone, who, standing.due)


def result_badge(result: str) -> tuple[str, str]:
    """What was found for an item, and the tone of its badge."""
    tones = {Result.OK: "success", Result.FAULT: "danger", Result.UNKNOWN: "gray"}
    return gettext(RESULT_LABELS[Result(result)]), tones[Result(result)]


def days_left(due: datetime) -> int:
    """Days until a deadline as people in Korea count them; negative once it has passed."""
    return (day_of(due) - today()).days


def waiting(days: float | None) -> str:
    """The usual waiting time in words; 자료 없음 while nothing has been decided."""
    if days is None:
        return str(gettext("자료 없음"))
    return str(gettext("%(days)d일", days=round(days)) if days >= 1 else gettext("하루 이내"))


def holder(request: MentoringRequest) -> str | None:
    """Who has to act now, in words."""
    label = HOLDER.get(RequestState(request.state))
    if request.state == RequestState.INELIGIBLE and request.may_still_answer:
        label = HOLDER[RequestState.RETURNED]
    return gettext(label) if label else None


def _local_day(at: datetime) -> str:
    return day(day_of(at))


def steps(request: MentoringRequest) -> list[dict[str, Any]]:
    """The steps as the macro wants them."""
    return [
        {
            "label": gettext(step.label),
            "state": step.state,
            "when": _local_day(step.when) if step.when else None,
            "who": gettext(step.who) if step.who else None,
            "due": _local_day(step.due) if step.due else None,
            "note": gettext(step.note, **step.facts) if step.note else None,
            "url": step.url,
            "action": gettext(step.action) if step.action else None,
        }
        for step in steps_of(request)
    ]


def history(request: MentoringRequest) -> list[dict[str, Any]]:
    """What happened to the request and then to its case, newest first; savings in a row are told once."""
    told: list[dict[str, Any]] = []
    before = ""
    notes = {entry.id: (entry, note) for entry, note in later_history(request)}
    own = {entry.id: (entry, None) for entry in history_of(request, limit=1000)}
    for _, (entry, case_note) in sorted({**own, **notes}.items()):
        if entry.event == before == Event.REQUEST_SAVED:
            told.pop()
        before = entry.event
        label = EVENT_LABELS.get(Event(entry.event), entry.event)
        note = case_note if entry.id not in own else _note(entry.facts)
        outcome = OUTCOMES.get(entry.facts.get("outcome", ""))
        who = gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name
        told.append(
            {
                "what": gettext(label) + (f": {gettext(outcome)}" if outcome else ""),
                "when": moment(entry.at),
                "who": who,
                "note": note,
            }
        )
    return told[::-1]


def _note(facts: dict[str, Any]) -> str | None:
    """What an entry of the request says of its reason, the firm's answer, and what it changed."""
    said = [str(facts[name]) for name in ("reason", "text") if facts.get(name)][:1]
    if facts.get("answer"):
        said.append(gettext("보완 사유에 대한 답: %(answer)s", answer=facts["answer"]))
    if facts.get("corrected"):
        names = ", ".join(gettext(LABELS[name]) for name in facts["corrected"])
        said.append(gettext("고친 항목: %(names)s", names=names))
    return " ".join(said) or None


def correction(request: MentoringRequest) -> dict[str, Any] | None:
    """The firm's last answer to a request for correction and what it changed; None when it was never asked."""
    found = [entry.facts for entry in history_of(request, limit=1000) if "corrected" in entry.facts]
    if not found:
        return None
    return {
        "answer": found[-1]["answer"],
        "changes": [
            (gettext(LABELS[name]), _value(name, before), _value(name, after))
            for name, (before, after) in found[-1]["corrected"].items()
        ],
    }


def _value(name: str, value: Any) -> str | None:
    """A value as it was recorded, in words."""
    if value is None or value == []:
        return None
    if name == "needs":
        return ", ".join(f"{words} ({gettext(PRIORITIES[priority])})" for words, priority in value)
    if name == "kpi_goals":
        names = choices.kpi_names()
        unknown = gettext("모름")
        return ", ".join(
            f"{names.get(goal['code'], goal['code'])} {goal['baseline'] or unknown} → "
            f"{goal['target'] or unknown} {goal['unit']}"
            for goal in value
        )
    if name == "relations":
        return ", ".join(f"{row[1]} ({_word(RELATION_LABELS, row[0])})" for row in value)
    if name in ("none_of", "declarations"):
        labels: Any = RELATION_LABELS if name == "none_of" else DECLARATIONS
        return ", ".join(str(_word(labels, item)) for item in value)
    if name == "sales":
        return won(value)
    named: dict[str, Any] = {
        "industry": lambda: dict(choices.industry_choices(value)),
        "region": lambda: dict(choices.region_choices(value)),
        "firm_region": lambda: dict(choices.region_choices(value)),
        "mode": lambda: MODES,
        "size_class": lambda: SIZE_CLASSES,
    }
    return str(_word(named[name](), value) if name in named else value)


def seen(request: MentoringRequest) -> dict[str, Any]:
    """The request's facts as pairs, by section, for reading."""
    firm = request.company
    regions = dict(choices.region_choices(firm.region, request.region))
    industries = dict(choices.industry_choices(firm.industry))
    return {
        "holder": holder(request),
        "badge": state_badge(request.state),
        "firm_facts": [
            (gettext("기업명"), firm.name),
            (gettext("사업자등록번호"), firm.brn_written),
            (gettext("업종"), industries.get(firm.industry or "")),
            (gettext("소재지"), " ".join(filter(None, [regions.get(firm.region or ""), firm.city]))),
            (
                gettext("상시근로자"),
                None if firm.employees is None else gettext("%(count)d명", count=firm.employees),
            ),
            (gettext("연 매출액"), None if firm.sales is None else won(firm.sales)),
            (gettext("기업규모"), _word(SIZE_CLASSES, firm.size_class)),
            (gettext("주요 생산품"), firm.products),
        ],
        "relation_facts": relation_facts(firm),
        "wish_facts": [
            (gettext("지원유형"), choices.named(request.tier) if request.tier else None),
            (gettext("총사업비"), won(request.tier.total) if request.tier else None),
            (gettext("기간"), gettext("%(months)d개월", months=request.months) if request.months else None),
            (gettext("희망 시작일"), day(request.start_on) if request.start_on else None),
            (gettext("지원방식"), _word(MODES, request.mode)),
            (gettext("지역"), regions.get(request.region or "")),
            (gettext("주소"), request.place),
            (gettext("현재 수준"), gettext(request.level) if request.level else None),
        ],
        "needs": [
            {
                "label": choices.term_name(need.term, need.words),
                "importance": gettext(PRIORITIES[need.priority]),
                "because": need.because,
                "own": need.term is None,
            }
            for need in request.needs
        ],
        "kpis": _kpis(request),
        "declared": [gettext(DECLARATIONS[item]) for item in request.declarations if item in DECLARATIONS],
    }


def relation_facts(firm: Company) -> list[tuple[str, str]]:
    """Whom the firm deals with, by kind; what it denied and what it never said are told apart."""
    nobody, unknown = gettext("없음 (기업이 확인)"), gettext("확인되지 않음")
    return [
        (
            gettext(label),
            ", ".join(row.name for row in firm.relations if row.kind == kind)
            or (nobody if kind in firm.none_of else unknown),
        )
        for kind, label in RELATION_LABELS.items()
    ]


def _kpis(request: MentoringRequest) -> list[dict[str, Any]]:
    names = choices.kpi_names() if request.kpi_goals else {}
    return [
        {
            "name": names.get(goal["code"], goal["code"]),
            "baseline": goal["baseline"],
            "target": goal["target"],
            "unit": goal["unit"],
        }
        for goal in request.kpi_goals
    ]


def _word(labels: Any, value: str | None) -> str | None:
    return gettext(labels[value]) if value in labels else value
