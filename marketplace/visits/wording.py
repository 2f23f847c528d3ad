"""What people are told about a visit: one sentence, a mail's text and where it leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.civil import SEOUL, day_of
from marketplace.errors import N_, written_day
from marketplace.notifications import tell
from marketplace.visits.links import MAIL_PATH, PURPOSE, stamp_for
from marketplace.visits.models import Visit
from marketplace.visits.states import RECORDED_AS, TOLD

PAGE = "/visits/%d"


@dataclass(frozen=True)
class Words:
    """A notice and mail subject, the mail's text, and whether the mail's link confirms without a password."""

    sentence: str
    body: str
    confirms: bool = False


_CONFIRM = N_(
    "%(expert)s 전문가가 적은 방문 시간: %(day)s %(start)s ~ %(end)s\n한 일: %(done)s\n\n"
    "아래 주소를 열고 ‘확인’을 누르시면 끝납니다. 로그인하지 않아도 되며, 이 방문에 한 번만 쓸 수 있습니다.\n"
    "사실과 다르면 로그인하여 방문 화면에서 알려 주십시오. %(due)s까지 답해 주십시오."
)
WORDING: dict[tuple[str, str], Words] = {
    ("log", "firm"): Words(
        N_("%(expert)s 전문가가 %(day)s 방문일지를 제출했습니다. %(due)s까지 확인해 주십시오."),
        _CONFIRM,
        confirms=True,
    ),
    ("correct", "firm"): Words(
        N_("%(expert)s 전문가가 %(day)s 방문일지를 고쳤습니다. %(due)s까지 다시 확인해 주십시오."),
        _CONFIRM,
        confirms=True,
    ),
    ("remind_firm", "firm"): Words(
        N_("%(day)s 방문일지를 아직 확인하지 않으셨습니다. %(due)s까지 확인해 주십시오."),
        _CONFIRM,
        confirms=True,
    ),
    ("withdraw", "firm"): Words(
        N_("%(expert)s 전문가가 %(day)s 방문일지를 취소했습니다."),
        N_("이 방문일지는 더 확인하지 않으셔도 됩니다."),
    ),
    ("confirm", "expert"): Words(
        N_("%(firm)s이(가) %(day)s 방문을 확인했습니다."),
        N_("운영기관이 검토한 뒤 인정 시간을 알려 드립니다."),
    ),
    ("confirm", "operator"): Words(
        N_("%(firm)s의 %(day)s 방문이 검토를 기다립니다."),
        N_("%(expert)s 전문가의 방문일지를 %(due)s까지 검토해 주십시오."),
    ),
    ("dispute", "expert"): Words(
        N_("%(firm)s이(가) %(day)s 방문일지가 사실과 다르다고 알렸습니다."),
        N_("사유: %(reason)s\n방문일지를 고치거나 취소해 주십시오."),
    ),
    ("dispute", "operator"): Words(
        N_("%(firm)s이(가) %(expert)s 전문가의 %(day)s 방문일지에 이의를 냈습니다."),
        N_("사유: %(reason)s\n전문가가 고치면 기업이 다시 확인합니다."),
    ),
    ("confirm_for_firm", "expert"): Words(
        N_("%(firm)s이(가) 답하지 않아 운영기관이 %(day)s 방문을 대신 확인했습니다."),
        N_("사유: %(reason)s\n다른 담당자가 검토한 뒤 인정 시간을 알려 드립니다."),
    ),
    ("confirm_for_firm", "firm"): Words(
        N_("확인 기한까지 답이 없어 운영기관이 %(day)s 방문을 대신 확인했습니다."),
        N_("사유: %(reason)s\n사실과 다르면 운영기관에 바로 알려 주십시오."),
    ),
    ("accept", "expert"): Words(
        N_("%(firm)s %(day)s 방문이 인정되었습니다. 인정 시간은 %(minutes)s분입니다."),
        N_("지급 절차가 이어집니다. 진행 상황은 아래 주소에서 보실 수 있습니다."),
    ),
    ("return", "expert"): Words(
        N_("%(firm)s %(day)s 방문일지의 보완을 요청드립니다. %(due)s까지 고쳐 주십시오."),
        N_("사유: %(reason)s\n고치시면 기업이 다시 확인합니다."),
    ),
    ("refuse", "expert"): Words(N_("%(firm)s %(day)s 방문이 인정되지 않았습니다."), N_("사유: %(reason)s")),
    ("refuse", "firm"): Words(
        N_("%(expert)s 전문가의 %(day)s 방문이 인정되지 않았습니다."), N_("사유: %(reason)s")
    ),
}


def announce(verb: str, visit: Visit, **facts: Any) -> None:
    """Tell everyone of the table about a verb, within the running transaction."""
    said = {**_facts(visit), **facts}
    for audience in TOLD[verb]:
        words = WORDING[verb, audience]
        for person in _people(audience, visit):
            link: dict[str, Any] = (
                {"token_purpose": PURPOSE, "token_stamp": stamp_for(visit, person), "mail_path": MAIL_PATH}
                if words.confirms
                else {}
            )
            tell(person, RECORDED_AS[verb], words.sentence, PAGE % visit.id, body=words.body, **link, **said)


def _people(audience: str, visit: Visit) -> Iterable[User]:
    if audience == "firm":
        return visit.mentorship.request.people()
    if audience == "operator":
        return visit.mentorship.programme.staff(Role.OPERATOR)
    return [visit.expert.user]


def _facts(visit: Visit) -> dict[str, Any]:
    starts, ends = visit.starts_at.astimezone(SEOUL), visit.ends_at.astimezone(SEOUL)
    return {
        "firm": visit.mentorship.request.company.name,
        "expert": visit.expert.name,
        "day": written_day(starts.date()),
        "start": f"{starts:%H:%M}",
        "end": f"{ends:%H:%M}",
        "done": visit.done[:500],
        "due": written_day(day_of(visit.due_at)) if visit.due_at is not None else "",
    }
