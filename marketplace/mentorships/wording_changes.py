"""Whom a verb on a change request is told, and in which words."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.errors import N_, written_day
from marketplace.mentorships.changes import CONSENT, agreeing
from marketplace.mentorships.models import ChangeRequest
from marketplace.mentorships.states import CHANGE_RECORDED_AS, CHANGE_TOLD, Party
from marketplace.mentorships.wording import Words, facts_of, name_of, people_of
from marketplace.notifications import tell_all

PAGE = "/mentorships/%d/changes/%d"
_CAUSE = N_("사유: %(cause)s")
_REASON = N_("사유: %(reason)s")
_APPROVED = N_("%(firm)s와(과) %(expert)s 전문가의 협약변경이 승인되었습니다.")
_REJECTED = N_("%(firm)s와(과) %(expert)s 전문가의 협약변경이 반려되었습니다.")
_ASKED = N_("%(party)s이(가) 협약변경을 신청했습니다. 동의하는지 답해 주십시오.")
CHANGE_WORDING: dict[tuple[str, str], Words] = {
    ("request", "other_party"): Words(_ASKED, _CAUSE, PAGE),
    ("agree_first", "other_party"): Words(
        N_("%(party)s이(가) 협약변경에 동의했습니다. 동의하는지 답해 주십시오."), _CAUSE, PAGE
    ),
    ("agree", "operator"): Words(
        N_("%(firm)s와(과) %(expert)s 전문가의 협약변경이 승인을 기다립니다."), _CAUSE, PAGE
    ),
    ("agree", "asking_party"): Words(N_("%(party)s이(가) 협약변경에 동의했습니다."), _CAUSE, PAGE),
    ("refuse", "asking_party"): Words(N_("%(party)s이(가) 협약변경에 동의하지 않았습니다."), _REASON, PAGE),
    ("withdraw", "other_party"): Words(N_("%(party)s이(가) 협약변경 신청을 취소했습니다."), _CAUSE, PAGE),
    ("approve", "firm"): Words(
        _APPROVED, N_("효력이 생기는 날: %(effective)s\n새 협약서를 내려받으실 수 있습니다."), PAGE
    ),
    ("approve", "expert"): Words(
        _APPROVED, N_("효력이 생기는 날: %(effective)s\n새 협약서를 내려받으실 수 있습니다."), PAGE
    ),
    ("reject", "firm"): Words(_REJECTED, _REASON, PAGE),
    ("reject", "expert"): Words(_REJECTED, _REASON, PAGE),
}


def announce_change(verb: str, change: ChangeRequest, *, party: Party | None = None, **facts: Any) -> None:
    """Tell everyone of the table about a verb, within the running transaction; ``party`` did it, or else asked."""
    mentorship = change.mentorship
    said = {
        **facts_of(mentorship),
        "party": name_of(mentorship, party or Party(change.asked_by)),
        "cause": change.cause,
        "effective": written_day(change.effective_on),
        **facts,
    }
    for audience in CHANGE_TOLD[verb]:
        words = CHANGE_WORDING[verb, audience]
        path = words.path % (mentorship.id, change.id)
        tell_all(_people(audience, change, verb), CHANGE_RECORDED_AS[verb], words.sentence, path,
                 body=words.body, **said)  # fmt: skip


def _people(audience: str, change: ChangeRequest, verb: str) -> list[User]:
    if audience == "asking_party":
        return people_of(str(change.asked_by), change.mentorship)
    if audience == "other_party":
        asked = CONSENT[Party(change.asked_by)] if verb == "withdraw" else agreeing(change)
        return [person for party in asked for person in people_of(str(party), change.mentorship)]
    return people_of(audience, change.mentorship)
