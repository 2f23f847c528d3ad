"""Whom a verb on a mentorship is told, in which words, and to which page they lead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.civil import day_of
from marketplace.database import db
from marketplace.errors import N_, written_day
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import PARTY_LABELS, RECORDED_AS, TOLD, Party
from marketplace.notifications import tell_all

PAGE, DRAFT_PAGE, READ_PAGE = "/mentorships/%d", "/mentorships/%d/agreement/edit", "/mentorships/%d/agreement"
#: The beginning is no verb of the table: the system draws the agreement up.
OPENED_TOLD = ("firm", "expert", "operator")


@dataclass(frozen=True)
class Words:
    """A notice and mail subject, the mail's text, and the page it leads to, with %d for the mentorship."""

    sentence: str
    body: str
    path: str


_OPENED = N_(
    "%(firm)s와(과) %(expert)s 전문가의 협약 초안이 만들어졌습니다. %(due)s까지 내용을 정해 주십시오."
)
_OPENED_BODY = N_(
    "기간: %(since)s ~ %(until)s\n과제, 목표, 방문 계획을 함께 적습니다. 다 적으면 운영기관이 서명을 요청합니다."
)
_ASKED = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링 협약에 %(due)s까지 서명해 주십시오.")
_SIGN_BODY = N_(
    "기간: %(since)s ~ %(until)s\n협약 내용을 모두 읽어 보시고 서명하거나, 고칠 것이 있으면 거절해 주십시오."
)
_RUNS = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링 협약이 체결되었습니다.")
_RUNS_BODY = N_("기간: %(since)s ~ %(until)s\n협약서는 아래 주소에서 내려받으실 수 있습니다.")
_DECLINED = N_("%(party)s이(가) 협약에 서명하지 않았습니다. 내용을 고쳐 다시 서명을 요청해야 합니다.")
_DECLINED_BODY = N_("%(firm)s · %(expert)s 전문가\n사유: %(reason)s")
_STOPPED = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링이 중단되었습니다.")
_REASON = N_("사유: %(reason)s")
_PAUSED = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링이 일시중지되었습니다.")
_SETTLED = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링이 정산되어 종료되었습니다.")
_SETTLED_BODY = N_("재원별 배정, 지급, 해제 내역은 아래 주소에서 보실 수 있습니다.")
_REPLACED = N_(
    "%(firm)s 멘토링의 전문가가 %(former)s에서 %(expert)s(으)로 바뀝니다. %(due)s까지 서명해 주십시오."
)
_REPLACED_BODY = N_(
    "사유: %(reason)s\n남은 방문 %(left)s회의 날짜를 새로 정했습니다. 세 당사자가 서명하면 이어집니다."
)
_TAKES_OVER = N_("%(firm)s 멘토링을 이어받아 주십시오. %(due)s까지 협약을 읽고 서명하거나 거절해 주십시오.")
_TAKES_OVER_BODY = N_("남은 방문 %(left)s회, %(until)s까지입니다. 이전 전문가: %(former)s")
_REPLACED_FORMER = N_("%(firm)s 멘토링의 전문가가 바뀌었습니다. 지금까지의 방문은 그대로 인정됩니다.")
_REPLACED_FORMER_BODY = N_(
    "사유: %(reason)s\n마치신 방문의 확인, 검토, 지급은 계속됩니다. 그동안 감사했습니다."
)
_FINISHED = N_(
    "%(firm)s와(과) %(expert)s 전문가의 방문이 끝났습니다. %(due)s까지 완료보고를 제출해 주십시오."
)
_FINISHED_BODY = N_("세 가지를 적고 만족도를 고르시면 됩니다. 방문과 목표의 내용은 이미 채워져 있습니다.")
_FINISHED_OPERATOR = N_("%(firm)s와(과) %(expert)s 전문가의 방문이 끝나 완료보고를 요청했습니다.")
_FINISHED_OPERATOR_BODY = N_("양쪽이 %(due)s까지 제출합니다. 모두 제출하면 최종점검을 요청드립니다.")
_REPORTED = N_("%(firm)s와(과) %(expert)s 전문가가 완료보고를 제출했습니다. %(due)s까지 점검해 주십시오.")
_REPORTED_BODY = N_(
    "목표의 확인된 값, 인계 점검표, 양쪽의 보고를 확인하고 최종점검을 마치거나 보완을 요청해 주십시오."
)
_RETURNED = N_("%(firm)s 멘토링의 완료보고를 보완하여 %(due)s까지 다시 제출해 주십시오.")
_PASSED = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링이 최종점검을 마쳤습니다.")
_PASSED_BODY = N_("남은 방문의 지급과 정산을 마치면 멘토링이 종료됩니다.")
COMPLETION_PAGE = "/mentorships/%d/completion"
SETTLEMENT_PAGE = "/mentorships/%d/settlement"
_RESUMED = N_("%(firm)s와(과) %(expert)s 전문가의 멘토링이 다시 시작되었습니다.")
_RESUMED_BODY = N_("종료일은 %(until)s입니다. 방문 계획을 확인해 주십시오.")

WORDING: dict[tuple[str, str], Words] = {
    ("open", "firm"): Words(_OPENED, _OPENED_BODY, DRAFT_PAGE),
    ("open", "expert"): Words(_OPENED, _OPENED_BODY, DRAFT_PAGE),
    ("open", "operator"): Words(_OPENED, _OPENED_BODY, DRAFT_PAGE),
    ("propose", "firm"): Words(_ASKED, _SIGN_BODY, READ_PAGE),
    ("propose", "expert"): Words(_ASKED, _SIGN_BODY, READ_PAGE),
    ("sign", "unsigned"): Words(
        N_("%(party)s이(가) 협약에 서명했습니다. %(due)s까지 서명해 주십시오."), _SIGN_BODY, READ_PAGE
    ),
    ("sign_last", "firm"): Words(_RUNS, _RUNS_BODY, PAGE),
    ("sign_last", "expert"): Words(_RUNS, _RUNS_BODY, PAGE),
    ("sign_last", "operator"): Words(_RUNS, _RUNS_BODY, PAGE),
    ("decline", "firm"): Words(_DECLINED, _DECLINED_BODY, DRAFT_PAGE),
    ("decline", "expert"): Words(_DECLINED, _DECLINED_BODY, DRAFT_PAGE),
    ("decline", "operator"): Words(_DECLINED, _DECLINED_BODY, DRAFT_PAGE),
    ("pause", "firm"): Words(_PAUSED, _REASON, PAGE),
    ("pause", "expert"): Words(_PAUSED, _REASON, PAGE),
    ("resume", "firm"): Words(_RESUMED, _RESUMED_BODY, PAGE),
    ("resume", "expert"): Words(_RESUMED, _RESUMED_BODY, PAGE),
    ("replace", "firm"): Words(_REPLACED, _REPLACED_BODY, READ_PAGE),
    ("replace", "expert"): Words(_TAKES_OVER, _TAKES_OVER_BODY, READ_PAGE),
    ("replace", "former_expert"): Words(_REPLACED_FORMER, _REPLACED_FORMER_BODY, "/visits"),
    ("finish", "firm"): Words(_FINISHED, _FINISHED_BODY, COMPLETION_PAGE),
    ("finish", "expert"): Words(_FINISHED, _FINISHED_BODY, COMPLETION_PAGE),
    ("finish", "operator"): Words(_FINISHED_OPERATOR, _FINISHED_OPERATOR_BODY, COMPLETION_PAGE),
    ("report", "operator"): Words(_REPORTED, _REPORTED_BODY, COMPLETION_PAGE),
    ("return_report", "firm"): Words(_RETURNED, _REASON, COMPLETION_PAGE),
    ("return_report", "expert"): Words(_RETURNED, _REASON, COMPLETION_PAGE),
    ("pass_check", "firm"): Words(_PASSED, _PASSED_BODY, COMPLETION_PAGE),
    ("pass_check", "expert"): Words(_PASSED, _PASSED_BODY, COMPLETION_PAGE),
    ("settle", "firm"): Words(_SETTLED, _SETTLED_BODY, SETTLEMENT_PAGE),
    ("settle", "expert"): Words(_SETTLED, _SETTLED_BODY, SETTLEMENT_PAGE),
    ("settle", "ministry"): Words(_SETTLED, _SETTLED_BODY, SETTLEMENT_PAGE),
    ("stop", "firm"): Words(_STOPPED, _REASON, PAGE),
    ("stop", "expert"): Words(_STOPPED, _REASON, PAGE),
    ("stop", "ministry"): Words(_STOPPED, _REASON, PAGE),
}


def announce(verb: str, mentorship: Mentorship, *, party: Party | None = None, **facts: Any) -> None:
    """Tell everyone of the table about a verb, within the running transaction. ``party`` is who did it."""
    event = Event.AGREEMENT_OPENED if verb == "open" else RECORDED_AS[verb]
    said = {**facts_of(mentorship), **facts}
    if party is not None:
        said["party"] = name_of(mentorship, party)
    for audience in OPENED_TOLD if verb == "open" else TOLD[verb]:
        words = WORDING[verb, audience]
        people = people_of(audience, mentorship)
        tell_all(
            people,
            event,
            words.sentence,
            words.path.replace("%d", str(mentorship.id)),
            body=words.body,
            **said,
        )


def people_of(audience: str, mentorship: Mentorship) -> list[User]:
    """The people of an audience: those of a party, of the ministry, or of every party that has not signed."""
    if audience == "unsigned":
        return [person for party in mentorship.unsigned for person in people_of(str(party), mentorship)]
    if audience == "firm":
        return mentorship.request.people()
    if audience == "expert":
        return [mentorship.expert.user]
    if audience == "former_expert":
        return [db.session.get_one(Expert, mentorship.formers[-1]["expert_id"]).user]
    role = Role.OPERATOR if audience == "operator" else Role.MINISTRY
    return mentorship.programme.staff(role)


def name_of(mentorship: Mentorship, party: Party) -> str:
    """Who a party is, by name."""
    if party is Party.FIRM:
        return mentorship.request.company.name
    if party is Party.EXPERT:
        return mentorship.expert.name
    return mentorship.programme.operator.name


def facts_of(mentorship: Mentorship) -> dict[str, Any]:
    """What every sentence may name."""
    due = mentorship.due_at
    return {
        "firm": mentorship.request.company.name,
        "expert": mentorship.expert.name,
        "since": written_day(mentorship.since),
        "until": written_day(mentorship.last_day),
        "due": written_day(day_of(due)) if due is not None else "",
    }


def parties_named(parties: Iterable[Party]) -> list[str]:
    """The Korean labels of parties, to be translated where they are shown."""
    return [PARTY_LABELS[party] for party in parties]
