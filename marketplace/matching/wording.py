"""What people are told at each step: one sentence, a mail's text and where it leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.civil import day_of
from marketplace.errors import N_, written_day
from marketplace.events import Event
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import RECORDED_AS, TOLD
from marketplace.notifications import tell_all

FIRM_PAGE, FIRM_CANDIDATES = "/requests/%(request)s", "/requests/%(request)s/candidates"
CASE_PAGE, OFFER_PAGE = "/cases/%(case)s", "/offers/%(candidate)s"


@dataclass(frozen=True)
class Words:
    """A notice and mail subject, the mail's text, and the page it leads to."""

    sentence: str
    body: str
    path: str


_OFFER_BODY = N_(
    "%(firm)s의 멘토링 신청을 함께해 주시기를 요청드립니다.\n기간: %(since)s ~ %(until)s\n"
    "아래 주소에서 신청 내용과 추천 이유를 보시고 %(due)s까지 수락 또는 거절로 답해 주십시오.\n"
    "기한이 지나면 다음 전문가에게 제안됩니다."
)
WORDING: dict[tuple[str, str], Words] = {
    ("release", "firm"): Words(
        N_("전문가 후보 %(count)s명이 추천되었습니다. %(due)s까지 희망순위를 정해 주십시오."),
        N_("추천 이유와 필요분야별 근거를 비교해 보시고 1순위부터 3순위까지 정해 주십시오."),
        FIRM_CANDIDATES,
    ),
    ("nominate", "operator"): Words(
        N_("%(firm)s이(가) 전문가 %(expert)s을(를) 직접 지정했습니다."),
        N_("기업이 희망순위를 정하면 전문가에게 제안됩니다. 필요하면 후보를 더 추천해 주십시오."),
        CASE_PAGE,
    ),
    ("prefer", "expert"): Words(
        N_("%(firm)s의 멘토링 제안이 도착했습니다. %(due)s까지 답해 주십시오."), _OFFER_BODY, OFFER_PAGE
    ),
    ("refuse", "operator"): Words(
        N_("%(firm)s이(가) 추천된 후보를 모두 거절했습니다."),
        N_("사유: %(reason)s\n다른 후보를 추천해 주십시오."),
        CASE_PAGE,
    ),
    ("override", "firm"): Words(
        N_("운영기관이 %(expert)s 전문가에게 직접 제안했습니다."),
        N_("사유: %(reason)s\n전문가가 답하면 다시 알려 드립니다."),
        FIRM_PAGE,
    ),
    ("override", "expert"): Words(
        N_("%(firm)s의 멘토링 제안이 도착했습니다. %(due)s까지 답해 주십시오."), _OFFER_BODY, OFFER_PAGE
    ),
    ("override", "former_expert"): Words(
        N_("%(firm)s의 제안은 다른 전문가에게 제안하게 되어 종료되었습니다."),
        N_("더 하실 일은 없습니다. 그동안 검토해 주셔서 감사합니다."),
        OFFER_PAGE,
    ),
    ("remind", "expert"): Words(
        N_("%(firm)s의 멘토링 제안에 아직 답하지 않으셨습니다. %(due)s까지 답해 주십시오."),
        _OFFER_BODY,
        OFFER_PAGE,
    ),
    ("remind_firm", "firm"): Words(
        N_("희망순위를 아직 제출하지 않으셨습니다. %(due)s까지 정해 주십시오."),
        N_(
            "추천된 후보를 비교해 보시고 1순위부터 정해 주십시오. 맞는 후보가 없으면 모두 거절할 수 있습니다."
        ),
        FIRM_CANDIDATES,
    ),
    ("remind_operator", "operator"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 아직 1차 승인을 기다립니다. 기한은 %(due)s입니다."),
        N_("이해충돌과 자리를 확인하고 1차 승인 또는 반려해 주십시오."),
        CASE_PAGE,
    ),
    ("remind_ministry", "ministry"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 아직 최종 승인을 기다립니다. 기한은 %(due)s입니다."),
        N_("최종 승인 또는 반려해 주십시오."),
        CASE_PAGE,
    ),
    ("accept", "firm"): Words(
        N_("%(expert)s 전문가가 수락했습니다."),
        N_("운영기관과 중소벤처기업부의 승인을 거쳐 확정됩니다. 진행 상황은 아래 주소에서 보실 수 있습니다."),
        FIRM_PAGE,
    ),
    ("accept", "operator"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 1차 승인을 기다립니다."),
        N_("%(due)s까지 이해충돌과 자리를 확인하고 1차 승인 또는 반려해 주십시오."),
        CASE_PAGE,
    ),
    ("decline", "firm"): Words(
        N_("%(expert)s 전문가가 사정상 함께하지 못합니다. 다음 순위 전문가에게 제안했습니다."),
        N_("전문가가 답하면 다시 알려 드립니다."),
        FIRM_PAGE,
    ),
    ("decline", "next_expert"): Words(
        N_("%(firm)s의 멘토링 제안이 도착했습니다. %(due)s까지 답해 주십시오."), _OFFER_BODY, OFFER_PAGE
    ),
    ("decline_last", "firm"): Words(
        N_("%(expert)s 전문가가 사정상 함께하지 못합니다. 운영기관이 다른 후보를 찾습니다."),
        N_("새 후보가 추천되면 알려 드립니다."),
        FIRM_PAGE,
    ),
    ("decline_last", "operator"): Words(
        N_("%(firm)s의 후보가 모두 거절했거나 답하지 않았습니다. 다른 후보를 추천해 주십시오."),
        N_("마지막 전문가 %(expert)s의 사유: %(reason)s"),
        CASE_PAGE,
    ),
    ("expire", "firm"): Words(
        N_("%(expert)s 전문가의 회신 기한이 지나 다음 순위 전문가에게 제안했습니다."),
        N_("전문가가 답하면 다시 알려 드립니다."),
        FIRM_PAGE,
    ),
    ("expire", "expert"): Words(
        N_("%(firm)s의 제안은 회신 기한이 지나 종료되었습니다."),
        N_("활동이 어려우시면 프로필에서 활동을 일시중지해 주십시오."),
        OFFER_PAGE,
    ),
    ("expire", "next_expert"): Words(
        N_("%(firm)s의 멘토링 제안이 도착했습니다. %(due)s까지 답해 주십시오."), _OFFER_BODY, OFFER_PAGE
    ),
    ("expire_last", "firm"): Words(
        N_("%(expert)s 전문가의 회신 기한이 지났습니다. 운영기관이 다른 후보를 찾습니다."),
        N_("새 후보가 추천되면 알려 드립니다."),
        FIRM_PAGE,
    ),
    ("expire_last", "expert"): Words(
        N_("%(firm)s의 제안은 회신 기한이 지나 종료되었습니다."),
        N_("활동이 어려우시면 프로필에서 활동을 일시중지해 주십시오."),
        OFFER_PAGE,
    ),
    ("expire_last", "operator"): Words(
        N_("%(firm)s의 후보가 모두 거절했거나 답하지 않았습니다. 다른 후보를 추천해 주십시오."),
        N_("마지막 전문가 %(expert)s은(는) 기한까지 답하지 않았습니다."),
        CASE_PAGE,
    ),
    ("approve_first", "ministry"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 최종 승인을 기다립니다."),
        N_("%(due)s까지 최종 승인 또는 반려해 주십시오."),
        CASE_PAGE,
    ),
    ("reject", "firm"): Words(
        N_("%(expert)s 전문가와의 매칭이 반려되었습니다. 운영기관이 다른 후보를 찾습니다."),
        N_("사유: %(reason)s"),
        FIRM_PAGE,
    ),
    ("reject", "expert"): Words(
        N_("%(firm)s와(과)의 매칭이 반려되었습니다."), N_("사유: %(reason)s"), OFFER_PAGE
    ),
    ("approve_final", "firm"): Words(
        N_("%(expert)s 전문가와의 매칭이 최종 승인되었습니다."),
        N_("기간: %(since)s ~ %(until)s\n협약 절차는 운영기관이 안내해 드립니다."),
        FIRM_PAGE,
    ),
    ("approve_final", "expert"): Words(
        N_("%(firm)s와(과)의 매칭이 최종 승인되었습니다."),
        N_("기간: %(since)s ~ %(until)s\n협약 절차는 운영기관이 안내해 드립니다."),
        OFFER_PAGE,
    ),
    ("approve_final", "operator"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 최종 승인되었습니다."),
        N_("협약 체결을 준비해 주십시오."),
        CASE_PAGE,
    ),
    ("return", "operator"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 1차 승인 단계로 돌아왔습니다."),
        N_("사유: %(reason)s\n%(due)s까지 다시 확인해 주십시오."),
        CASE_PAGE,
    ),
    ("reject_final", "firm"): Words(
        N_("%(expert)s 전문가와의 매칭이 반려되었습니다. 운영기관이 다른 후보를 찾습니다."),
        N_("사유: %(reason)s"),
        FIRM_PAGE,
    ),
    ("reject_final", "expert"): Words(
        N_("%(firm)s와(과)의 매칭이 반려되었습니다."), N_("사유: %(reason)s"), OFFER_PAGE
    ),
    ("reject_final", "operator"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 매칭이 최종 단계에서 반려되었습니다."),
        N_("사유: %(reason)s\n다른 후보를 추천해 주십시오."),
        CASE_PAGE,
    ),
    ("withdraw", "expert"): Words(
        N_("%(firm)s이(가) 신청을 취소하여 제안이 종료되었습니다."),
        N_("그동안 검토해 주셔서 감사합니다."),
        OFFER_PAGE,
    ),
    ("stop", "firm"): Words(
        N_("운영기관이 매칭을 중단했습니다."),
        N_("사유: %(reason)s\n신청도 함께 종료되었습니다. 사유가 사실과 다르면 운영기관에 알려 주십시오."),
        FIRM_PAGE,
    ),
    ("stop", "expert"): Words(
        N_("%(firm)s와(과)의 매칭이 중단되었습니다."),
        N_("운영기관이 절차를 중단하여 더 진행하지 않습니다. 그동안 검토해 주셔서 감사합니다."),
        OFFER_PAGE,
    ),
    ("stop", "asked_ministry"): Words(
        N_("운영기관이 %(firm)s 매칭을 중단했습니다. 최종 승인 절차도 끝났습니다."),
        N_("사유: %(reason)s\n더 하실 일은 없습니다."),
        CASE_PAGE,
    ),
}
#: What is told besides when a step moved the period, because its start had passed.
_PERIOD_MOVED = N_("시작일이 지나 %(firm)s 매칭의 지원 기간이 %(since)s ~ %(until)s로 바뀌었습니다.")
_PERIOD_PAGES = {"firm": FIRM_PAGE, "expert": OFFER_PAGE, "operator": CASE_PAGE}


def announce(
    verb: str,
    case: MatchCase,
    candidate: Candidate | None = None,
    *,
    after: Candidate | None = None,
    before: Candidate | None = None,
    **facts: Any,
) -> None:
    """Tell everyone of the table about a verb, within the running transaction.

    ``candidate`` is the one it is about, ``after`` the one who is asked next, ``before`` the one who is no
    longer asked.
    """
    others = {"next_expert": after, "former_expert": before}
    for audience in TOLD[verb]:
        about = others.get(audience, candidate)
        people = _people(audience, case, about)
        if not people:
            continue
        words = WORDING[verb, audience]
        said = {**_facts(case, about), **facts}
        path = words.path % _ids(case, about)
        tell_all(people, RECORDED_AS[verb], words.sentence, path, body=words.body, **said)


def announce_period(
    verb: str, case: MatchCase, candidate: Candidate | None, audiences: Iterable[str]
) -> None:
    """Tell these that the verb moved the period, within the running transaction."""
    for audience in audiences:
        path = _PERIOD_PAGES[audience] % _ids(case, candidate)
        people = _people(audience, case, candidate)
        tell_all(people, RECORDED_AS[verb], _PERIOD_MOVED, path, **_facts(case, candidate))


def _ids(case: MatchCase, about: Candidate | None) -> dict[str, int]:
    return {"request": case.request_id, "case": case.id, "candidate": about.id if about else 0}


def _people(audience: str, case: MatchCase, about: Candidate | None) -> Iterable[Any]:
    if audience == "firm":
        return case.request.people()
    if audience == "operator":
        return case.request.programme.staff(Role.OPERATOR)
    if audience == "ministry":
        return case.request.programme.staff(Role.MINISTRY)
    if audience == "asked_ministry":
        return case.request.programme.staff(Role.MINISTRY) if _reached_ministry(case) else []
    return [about.expert.user] if about is not None else []


def _reached_ministry(case: MatchCase) -> bool:
    """Whether the final approval was ever asked for; one that was sent back or rejected is over, but was seen."""
    return case.first_approved_at is not None or any(
        entry.event == Event.MATCH_APPROVED_FIRST for entry in history_of(case)
    )


def _facts(case: MatchCase, about: Candidate | None) -> dict[str, Any]:
    due = about.expires_at if about is not None and about is case.offered else case.due_at
    return {
        "firm": case.request.company.name,
        "expert": about.expert.name if about is not None else "",
        "since": written_day(case.since),
        "until": written_day(case.last_day),
        "due": written_day(day_of(due)) if due is not None else "",
    }
