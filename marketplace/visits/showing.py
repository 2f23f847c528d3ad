"""What the pages show of a visit, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext

from marketplace.audit import history_of
from marketplace.civil import SEOUL
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS, Event
from marketplace.visits.logs import LABELS, MODE_LABELS, differences
from marketplace.visits.models import Visit
from marketplace.visits.states import HOLDER, STATE_LABELS, TONES, VisitState
from marketplace.web.setup import day, moment

#: What the state of a visit means for whoever looks at it.
MEANINGS = {
    VisitState.LOGGED: N_("제출되었습니다. 기업이 확인하면 운영기관이 검토합니다."),
    VisitState.CONFIRMED: N_("기업이 확인했습니다. 운영기관이 검토하고 있습니다."),
    VisitState.ACCEPTED: N_("인정되었습니다."),
    VisitState.DISPUTED: N_("기업이 사실과 다르다고 알렸습니다. 전문가가 고치거나 취소합니다."),
    VisitState.RETURNED: N_("운영기관이 보완을 요청했습니다. 전문가가 고치면 기업이 다시 확인합니다."),
    VisitState.REFUSED: N_("인정되지 않았습니다."),
    VisitState.WITHDRAWN: N_("전문가가 취소했습니다."),
}


_FOR_FIRM = N_("기업이 답하지 않아 운영기관이 대신 확인했습니다. 다른 담당자가 검토하고 있습니다.")


def meaning(visit: Visit) -> str:
    """What the state of a visit means, a Korean sentence; the template translates it."""
    if visit.state == VisitState.CONFIRMED and visit.confirmed_because:
        return _FOR_FIRM
    return MEANINGS[VisitState(visit.state)]


def badge(visit: Visit) -> tuple[str, str]:
    """The state's name and the tone of its badge."""
    state = VisitState(visit.state)
    return gettext(STATE_LABELS[state]), TONES[state]


def holder(visit: Visit) -> str | None:
    """Who has to act now, in words."""
    label = HOLDER.get(VisitState(visit.state))
    return gettext(label) if label else None


def when(visit: Visit) -> str:
    """2026. 7. 1. 14:00 ~ 16:00, in Seoul."""
    starts, ends = visit.starts_at.astimezone(SEOUL), visit.ends_at.astimezone(SEOUL)
    return f"{day(starts.date())} {starts:%H:%M} ~ {ends:%H:%M}"


def hours(minutes: int | None) -> str | None:
    """2시간 30분; None stays None."""
    if minutes is None:
        return None
    whole, rest = divmod(minutes, 60)
    if whole and rest:
        return str(gettext("%(hours)d시간 %(minutes)d분", hours=whole, minutes=rest))
    return str(gettext("%(hours)d시간", hours=whole) if whole else gettext("%(minutes)d분", minutes=rest))


def versions(visit: Visit) -> list[dict[str, Any]]:
    """Every version of the log, the newest first: when, by whom, its parts, and which differ from the one before."""
    shown = []
    before: dict[str, Any] | None = None
    for version in visit.versions:
        changed = differences(before, version.content) if before is not None else []
        parts = [
            {
                "label": gettext(label),
                "value": _value(name, version.content.get(name)),
                "changed": name in changed,
            }
            for name, label in LABELS.items()
        ]
        shown.append(
            {
                "number": version.number,
                "when": moment(version.created_at),
                "who": version.by.name,
                "parts": parts,
                "changed": [gettext(LABELS[name]) for name in changed],
            }
        )
        before = version.content
    return shown[::-1]


def _value(name: str, value: Any) -> str | None:
    if value in (None, "", []):
        return None
    if name == "on":
        return day(date.fromisoformat(value))
    if name == "photos":
        return str(gettext("%(count)d장", count=len(value)))
    return str(gettext(MODE_LABELS[value]) if name == "mode" else value)


def history(visit: Visit) -> list[dict[str, Any]]:
    """What happened, newest first, with the facts that were recorded."""
    return [
        {
            "what": gettext(EVENT_LABELS.get(Event(entry.event), entry.event)),
            "when": moment(entry.at),
            "who": gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name,
            "note": " ".join(_said(entry.facts)) or None,
        }
        for entry in reversed(history_of(visit, limit=500))
    ]


def _said(facts: dict[str, Any]) -> list[str]:
    said = []
    if facts.get("changed_parts"):
        names = ", ".join(gettext(LABELS[name]) for name in facts["changed_parts"])
        said.append(gettext("고친 항목: %(names)s", names=names))
    if facts.get("by_mail"):
        said.append(gettext("메일의 링크로 확인했습니다."))
    if facts.get("minutes"):
        said.append(gettext("인정 시간: %(hours)s.", hours=hours(facts["minutes"])))
    if facts.get("reason"):
        said.append(gettext("사유: %(reason)s", reason=facts["reason"]))
    return said
