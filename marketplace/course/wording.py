"""What people are told about the steps of a course and about silences."""

from __future__ import annotations

from datetime import date
from typing import Any

from marketplace.civil import day_of
from marketplace.course.models import CourseStep
from marketplace.course.states import DECISION_LABELS, KIND_LABELS, Decision, StepKind
from marketplace.errors import N_, written_day
from marketplace.events import Event
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.wording import facts_of, people_of
from marketplace.notifications import tell_all

STEP_PAGE = "/mentorships/%d/course/%d"
_ASKED = {
    StepKind.KICKOFF: N_("%(firm)s 멘토링이 시작되었습니다. 착수회의를 하고 %(due)s까지 적어 주십시오."),
    StepKind.MONTHLY: N_(
        "%(firm)s 멘토링의 월간보고 초안이 만들어졌습니다. %(due)s까지 고쳐 제출해 주십시오."
    ),
    StepKind.MIDTERM: N_("%(firm)s 멘토링이 절반을 지났습니다. 중간점검에 %(due)s까지 답해 주십시오."),
    StepKind.FOLLOWUP: N_("멘토링이 끝난 뒤의 사후관리입니다. 지금의 상태를 %(due)s까지 알려 주십시오."),
}
_ASKED_BODY = N_("%(firm)s · %(expert)s 전문가. 두세 가지만 적으시면 됩니다.")


def _facts(step: CourseStep) -> dict[str, Any]:
    due = step.due_at
    return {
        **facts_of(step.mentorship),
        "due": written_day(day_of(due)) if due else "",
        "step": KIND_LABELS[StepKind(step.kind)],
    }


def _page(step: CourseStep) -> str:
    return STEP_PAGE % (step.mentorship_id, step.id)


def ask(step: CourseStep) -> None:
    """Ask every side of a step."""
    for party in step.asked:
        people = people_of(str(party), step.mentorship)
        tell_all(
            people,
            Event.STEP_OPENED,
            _ASKED[StepKind(step.kind)],
            _page(step),
            body=_ASKED_BODY,
            **_facts(step),
        )


def remind_of(step: CourseStep) -> None:
    """Remind the sides that have not answered."""
    for party in step.unanswered:
        tell_all(
            people_of(str(party), step.mentorship),
            Event.STEP_REMINDED,
            N_("%(firm)s 멘토링의 ‘%(step)s’에 아직 답하지 않으셨습니다. %(due)s까지 답해 주십시오."),
            _page(step),
            body=_ASKED_BODY,
            **_facts(step),
        )


def tell_of_answer(step: CourseStep) -> None:
    """The operator learns that every side has answered."""
    tell_all(
        people_of("operator", step.mentorship),
        Event.STEP_ANSWERED,
        N_("%(firm)s와(과) %(expert)s 전문가의 ‘%(step)s’ 답변이 들어왔습니다."),
        _page(step),
        body=N_("답변을 읽고, 결정이 필요하면 처리해 주십시오."),
        **_facts(step),
    )


def tell_of_decision(verb: str, step: CourseStep) -> None:
    """The sides learn what the operator decided, or what is missing."""
    if verb == "return":
        event, sentence = (
            Event.STEP_RETURNED,
            N_("%(firm)s 멘토링의 ‘%(step)s’을(를) 보완하여 %(due)s까지 다시 내 주십시오."),
        )
    else:
        event, sentence = Event.STEP_DECIDED, N_("%(firm)s 멘토링의 ‘%(step)s’ 결과: %(decision)s")
    facts = _facts(step)
    if step.decision is not None:
        facts["decision"] = DECISION_LABELS[Decision(step.decision)]
    for party in step.asked if verb == "return" else ("firm", "expert"):
        tell_all(
            people_of(str(party), step.mentorship),
            event,
            sentence,
            _page(step),
            body=N_("사유: %(reason)s")
            if step.reason
            else N_("자세한 내용은 아래 주소에서 보실 수 있습니다."),
            reason=step.reason or "",
            **facts,
        )


_SILENT = {
    1: N_(
        "%(firm)s 멘토링의 %(day)s 방문이 아직 기록되지 않았습니다. 방문일지를 내거나 새 날짜를 정해 주십시오."
    ),
    2: N_("%(firm)s와(과) %(expert)s 전문가의 멘토링이 %(day)s부터 조용합니다. 양쪽에 연락해 주십시오."),
    3: N_(
        "%(firm)s와(과) %(expert)s 전문가의 멘토링이 %(day)s부터 멈추어 있습니다. 전문가 교체나 중단을 결정해 주십시오."
    ),
}
_SILENT_BODY = {
    1: N_("사정이 있으면 상대방과 운영기관에 알려 주십시오."),
    2: N_("기업과 전문가에게는 이미 알렸습니다. 사정이 있으면 일시중지할 수 있습니다."),
    3: N_("멘토링 화면에서 일시중지, 전문가 교체, 중단을 할 수 있습니다."),
}


def tell_of_silence(mentorship: Mentorship, since: date, rung: int) -> None:
    """Tell whom the rung names."""
    for audience in ("firm", "expert") if rung == 1 else ("operator",):
        tell_all(
            people_of(audience, mentorship),
            Event.SILENCE_NOTED,
            _SILENT[rung],
            f"/mentorships/{mentorship.id}",
            body=_SILENT_BODY[rung],
            day=written_day(since),
            **facts_of(mentorship),
        )
