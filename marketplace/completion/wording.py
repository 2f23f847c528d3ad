"""What the side whose report lacks is told."""

from __future__ import annotations

from marketplace.completion.models import CompletionReport
from marketplace.errors import N_
from marketplace.events import Event
from marketplace.mentorships.wording import facts_of, people_of
from marketplace.notifications import tell_all

PAGE = "/mentorships/%d/completion"


def remind_of(report: CompletionReport) -> None:
    """The one reminder, within the running transaction."""
    mentorship = report.mentorship
    tell_all(
        people_of(str(report.party), mentorship),
        Event.REPORT_REMINDED,
        N_("%(firm)s 멘토링의 완료보고를 %(due)s까지 제출해 주십시오."),
        PAGE % mentorship.id,
        body=N_("방문과 목표의 내용은 이미 채워져 있습니다. 세 가지만 적고 만족도를 고르시면 됩니다."),
        **facts_of(mentorship),
    )
