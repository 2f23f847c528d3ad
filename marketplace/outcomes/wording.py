"""What people are told about a value: one sentence, a mail's text and where it leads."""

from __future__ import annotations

from typing import Any

from marketplace.access import Role
from marketplace.errors import N_
from marketplace.mentorships.models import Mentorship
from marketplace.notifications import tell_all
from marketplace.outcomes.states import RECORDED_AS, TOLD

PATH = "/mentorships/%(mentorship)s/outcomes"
WORDING: dict[tuple[str, str], tuple[str, str]] = {
    ("answer", "operator"): (
        N_("%(firm)s의 성과값(%(what)s)에 소명이 도착했습니다."),
        N_("소명 내용: %(said)s\n확인하거나 다시 물어 주십시오."),
    ),
    ("question", "author"): (
        N_("입력하신 성과값(%(what)s)에 확인할 점이 있습니다."),
        N_(
            "운영기관의 질문: %(said)s\n아래 주소에서 답해 주십시오. 답하실 때까지 이 값은 합계에 들어가지 않습니다."
        ),
    ),
    ("refuse", "author"): (
        N_("입력하신 성과값(%(what)s)을 인정하지 않았습니다."),
        N_("사유: %(said)s\n다른 근거가 있으면 기간을 나누어 다시 입력해 주십시오."),
    ),
}


def announce(verb: str, mentorship: Mentorship, row: Any, *, what: str, said: str) -> None:
    """Tell whom the table names, within the running transaction."""
    people = {
        "author": [row.author],
        "operator": mentorship.programme.staff(Role.OPERATOR),
    }
    for audience in TOLD[verb]:
        sentence, body = WORDING[verb, audience]
        tell_all(
            people[audience],
            RECORDED_AS[verb],
            sentence,
            PATH % {"mentorship": mentorship.id},
            body=body,
            firm=mentorship.request.company.name,
            what=what,
            said=said,
        )
