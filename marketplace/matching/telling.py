"""The history of a case, out of the record, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.audit import AuditEntry, history_of
from marketplace.events import EVENT_LABELS, Event
from marketplace.matching.models import MatchCase
from marketplace.web.setup import moment


def history(case: MatchCase) -> list[dict[str, Any]]:
    """What happened, newest first, with the facts that were recorded."""
    names = {candidate.expert_id: candidate.expert.name for candidate in case.candidates}
    return [
        {
            "what": gettext(EVENT_LABELS.get(Event(entry.event), entry.event)),
            "when": moment(entry.at),
            "who": gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name,
            "note": " ".join(_facts(entry, names)) or None,
        }
        for entry in reversed(history_of(case, limit=1000))
    ]


def _facts(entry: AuditEntry, names: dict[int, str]) -> list[str]:
    facts, said = entry.facts, []
    if facts.get("experts"):
        said.append(gettext("전문가: %(names)s.", names=_named(facts["experts"], names)))
    if facts.get("order"):
        said.append(gettext("순서: %(names)s.", names=_named(facts["order"], names)))
    elif facts.get("expert"):
        said.append(gettext("전문가: %(names)s.", names=_named([facts["expert"]], names)))
    if facts.get("reason"):
        said.append(gettext("사유: %(reason)s", reason=facts["reason"]))
    if facts.get("asked_next"):
        said.append(gettext("다음 제안: %(names)s.", names=_named([facts["asked_next"]], names)))
    if "ties_compared" in facts:
        said.append(
            gettext(
                "확인: 이해관계 %(ties)d건 대조, 이해충돌 없음, 자리 %(taken)d/%(capacity)d.",
                ties=facts["ties_compared"],
                taken=facts["places_taken"],
                capacity=facts["capacity"],
            )
        )
    if facts.get("paused"):
        said.append(gettext("같은 단계에서 활동을 일시중지했습니다."))
    if facts.get("ranking"):
        said.append(gettext("보관된 순위 %(number)d번.", number=facts["ranking"]))
    return said


def _named(ids: list[int], names: dict[int, str]) -> str:
    return ", ".join(names.get(number, gettext("%(number)d번", number=number)) for number in ids)
