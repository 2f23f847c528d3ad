"""The history of a case, out of the record, in words, and the grounds on which a tie counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from marketplace.audit import AuditEntry, history_of
from marketplace.companies.models import MentoringRequest, kinds_written
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS, Event
from marketplace.matching.checks import Comparison
from marketplace.matching.models import MatchCase
from marketplace.matching.profiles import InterestKind
from marketplace.web.page import said as worded
from marketplace.web.setup import day, moment


def history(case: MatchCase) -> list[dict[str, Any]]:
    """What happened, newest first, with the facts that were recorded."""
    names = {candidate.expert_id: candidate.expert.name for candidate in case.candidates}
    return [
        {
            "what": gettext(EVENT_LABELS.get(Event(entry.event), entry.event)),
            "when": moment(entry.at),
            "who": gettext("자동 처리") if entry.actor_role == "system" else entry.actor_name,
            "note": " ".join(_said(_facts_of(entry, case), names)) or None,
        }
        for entry in reversed(history_of(case, limit=1000))
    ]


#: Staff being reminded is not the firm's affair.
_NOT_TOLD = (Event.CASE_REMINDED, Event.OFFER_REMINDED)
#: Steps whose reason the firm is told as well; an expert's reason to decline is the operator's alone.
_REASON_TOLD = (Event.CANDIDATES_REFUSED, Event.MATCH_REJECTED, Event.MATCH_OVERRIDDEN, Event.CASE_STOPPED)


def told_to_firm(request: MentoringRequest) -> list[tuple[AuditEntry, str | None]]:
    """What happened to the case of a request, oldest first, each with what the firm may know of it."""
    case = MatchCase.of_request(request)
    if case is None:
        return []
    names = {candidate.expert_id: candidate.expert.name for candidate in case.candidates}
    told = []
    for entry in history_of(case, limit=1000):
        if entry.event in _NOT_TOLD:
            continue
        facts = _facts_of(entry, case)
        shown = {name: facts.get(name) for name in ("experts", "order", "expert", "period_moved")}
        if entry.event in _REASON_TOLD:
            shown["reason"] = facts.get("reason")
        told.append((entry, " ".join([*_who(shown, names), *_why(shown)]) or None))
    return told


def _facts_of(entry: AuditEntry, case: MatchCase) -> dict[str, Any]:
    """The facts of an entry as far as they are this case's: one entry may tell of several cases."""
    others = entry.facts.get("in_other_cases") or {}
    if str(case.id) not in others:
        return entry.facts
    common = {name: entry.facts.get(name) for name in ("expert", "reason", "paused")}
    return {**common, **others[str(case.id)]}


def _said(facts: dict[str, Any], names: dict[int, str]) -> list[str]:
    return [*_who(facts, names), *_why(facts), *_checked(facts)]


def _who(facts: dict[str, Any], names: dict[int, str]) -> list[str]:
    said = []
    if facts.get("experts"):
        said.append(gettext("전문가: %(names)s.", names=_named(facts["experts"], names)))
    if facts.get("order"):
        said.append(gettext("순서: %(names)s.", names=_named(facts["order"], names)))
    elif facts.get("expert"):
        said.append(gettext("전문가: %(names)s.", names=_named([facts["expert"]], names)))
    if facts.get("no_longer_asked"):
        said.append(gettext("제안 종료: %(names)s.", names=_named([facts["no_longer_asked"]], names)))
    if facts.get("offered"):
        until = moment(datetime.fromisoformat(facts["answer_by"]))
        name = _named([facts["offered"]], names)
        said.append(gettext("제안: %(name)s, %(until)s까지 회신.", name=name, until=until))
    elif facts.get("asked_next"):  # entries from before an offer was recorded with its deadline
        said.append(gettext("다음 제안: %(names)s.", names=_named([facts["asked_next"]], names)))
    return said


def _why(facts: dict[str, Any]) -> list[str]:
    said = []
    if facts.get("reason"):
        said.append(gettext("사유: %(reason)s", reason=facts["reason"]))
    if facts.get("opinion"):
        said.append(gettext("의견: %(opinion)s", opinion=facts["opinion"]))
    if facts.get("paused"):
        said.append(gettext("같은 단계에서 활동을 일시중지했습니다."))
    if facts.get("opened"):
        since, until = facts["opened"]["period"]
        count = len(facts["opened"]["relations"])
        said.append(
            gettext(
                "매칭을 시작했습니다. 기간은 %(since)s부터 %(until)s까지이고, 거래 관계 %(count)d곳을 이때의 내용으로 보관했습니다.",
                since=_day(since),
                until=_day(until),
                count=count,
            )
        )
    if facts.get("period_moved"):
        before, after = ([_day(day) for day in facts["period_moved"][end]] for end in ("from", "to"))
        said.append(
            gettext(
                "시작일이 지나 기간 변경: %(before)s → %(after)s",
                before=" ~ ".join(before),
                after=" ~ ".join(after),
            )
        )
    return said


def _checked(facts: dict[str, Any]) -> list[str]:
    said = []
    if "ties_compared" in facts:
        said.append(
            gettext(
                "확인: 이해관계 %(ties)d건 대조, 이해충돌 없음, 자리 %(taken)d/%(capacity)d.",
                ties=facts["ties_compared"],
                taken=facts["places_taken"],
                capacity=facts["capacity"],
            )
        )
    if "compared" in facts:
        ties, around = (
            ", ".join(dict.fromkeys(row[1] for row in facts["compared"][side])) or gettext("없음")
            for side in ("ties", "relations")
        )
        said.append(
            gettext(
                "대조한 기관: 전문가 쪽 %(ties)s; 기업 쪽(거래처, 출연 기업 포함) %(around)s.",
                ties=ties,
                around=around,
            )
        )
    if unstated := facts.get("unstated", (facts.get("opened") or {}).get("unstated")):
        said.append(said_kinds(unstated))
    if facts.get("ranking"):
        said.append(gettext("보관한 순위의 번호: %(number)d.", number=facts["ranking"]))
    return said


def said_kinds(kinds: Iterable[str]) -> str:
    """Which relations the firm had not stated, so that no conflict could be compared, in words."""
    return worded(N_("기업이 밝히지 않은 거래 관계: %(kinds)s."), {"kinds": kinds_written(kinds)})


def _day(text: str) -> str:
    return str(day(date.fromisoformat(text)))


def _named(ids: list[int], names: dict[int, str]) -> str:
    return ", ".join(names.get(number, gettext("%(number)d번", number=number)) for number in ids)


def tie_ground(row: Comparison, months: int) -> str:
    """Why a tie counts or not, with the day of leaving and the day on which it ceases to count."""
    if not row.counts:
        return str(gettext("이 사업에서는 이해충돌로 보지 않는 관계입니다."))
    if row.tie != InterestKind.EMPLOYER:
        return str(gettext("신고한 이해관계가 있으면 기간과 관계없이 이해충돌로 봅니다."))
    if row.left is None or row.free_from is None:
        return str(gettext("퇴직일을 알 수 없어 이해충돌로 봅니다."))
    return str(
        gettext(
            "퇴직일 %(left)s, 퇴직 후 %(months)d개월은 이해충돌로 봅니다. 해당하지 않게 되는 날: %(free)s",
            left=day(row.left),
            months=months,
            free=day(row.free_from),
        )
    )
