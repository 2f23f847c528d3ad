"""What is done with a step: it opens by itself, each side answers, the operator decides or returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.course.models import DECIDED, FIELDS, CourseStep, Silence
from marketplace.course.states import Decision, StepKind, StepState, next_state
from marketplace.course.wording import ask, remind_of, tell_of_answer, tell_of_decision, tell_of_silence
from marketplace.database import db, utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken, raise_all
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.mentorships.models import Mentorship

ANSWER_DAYS = 14  # for every step but the monthly report, which is due on the tenth
DECIDE_DAYS = 14


def open_step(
    mentorship_id: int, kind: StepKind, period: date, due: timedelta, draft: Mapping[str, Any]
) -> None:
    """Ask the sides of a step; nothing when it was asked already."""
    with recorded(None, Event.STEP_OPENED) as record:
        mentorship = Mentorship.locked(mentorship_id)
        if any(step.kind == kind and step.period == period for step in CourseStep.of(mentorship.id)):
            record.cancel()  # another worker was faster
            return
        step = CourseStep(
            mentorship_id=mentorship.id, kind=kind, period=period, due_at=utcnow() + due, draft=dict(draft)
        )
        db.session.add(step)
        db.session.flush()
        record.thing, record.subjects = step, [mentorship]
        record.facts.update(step_kind=str(kind), from_day=period.isoformat())
        ask(step)


def answer(step: CourseStep, said: Mapping[str, str], *, by: Any) -> None:
    """Answer for the side that the person belongs to; the last answer hands the step on.

    Raises RuleBroken at the field that lacks something.
    """
    require(by, Permission.ANSWER_STEP, step)
    party = step.mentorship.party_of(by) if by is not None else None
    if party is None or party not in step.asked:
        raise NotAllowed("answer")
    kind = StepKind(step.kind)
    with recorded(by, Event.STEP_ANSWERED, step, step_kind=str(kind), party=str(party)) as record:
        record.subjects.append(step.mentorship)
        step = CourseStep.locked(step.id)
        next_state(step.state, "answer")
        if party in step.answers:
            raise RuleBroken(N_("이미 답하셨습니다."), conflict=True)
        if not step.is_wanted:
            raise RuleBroken(N_("멘토링이 끝나 이제 답하지 않으셔도 됩니다."), conflict=True)
        texts = {name: (said.get(name) or "").strip() for name, _, _ in FIELDS[kind][party]}
        raise_all(
            [
                RuleBroken(N_("입력해 주십시오."), field=name)
                for name, _, needed in FIELDS[kind][party]
                if needed and not texts[name]
            ]
        )
        given = {**texts, "by": by.name, "at": utcnow().isoformat()}
        step.answers = {**step.answers, str(party): given}
        if step.unanswered:
            step.move("answer", step.due_at)
            return
        if kind in DECIDED:
            step.move("answer_last", utcnow() + timedelta(days=DECIDE_DAYS))
        else:
            step.move("complete")
        tell_of_answer(step)


def decide(step: CourseStep, decision: str, reason: str | None, *, by: Any) -> None:
    """Close a step: the mentorship goes on, goes on under conditions, or is to be stopped or handed over.

    Conditions and a stop need a reason, which the sides read.
    """
    require(by, Permission.RUN_MENTORSHIP, step)
    if decision not in list(Decision):
        raise RuleBroken(N_("결정을 골라 주십시오."), field="decision")
    why = (
        reason_of(reason, MIN_REASON) if decision != Decision.GO_ON else (reason or "").strip()[:2000] or None
    )
    with recorded(by, Event.STEP_DECIDED, step, decision=decision, reason=why) as record:
        if by is None:
            raise NotAllowed("decide")
        record.subjects.append(step.mentorship)
        step = CourseStep.locked(step.id)
        step.move("decide")
        step.decision, step.reason = Decision(decision), why
        step.decided_at, step.decided_by_id = utcnow(), by.id
        tell_of_decision("decide", step)


def send_back(step: CourseStep, reason: str | None, *, by: Any) -> None:
    """Ask the sides again, and say what is missing; what they said lies before them."""
    require(by, Permission.RUN_MENTORSHIP, step)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.STEP_RETURNED, step, reason=why) as record:
        record.subjects.append(step.mentorship)
        step = CourseStep.locked(step.id)
        step.move("return", utcnow() + timedelta(days=ANSWER_DAYS))
        step.draft = {party: _texts(given) for party, given in step.answers.items()}
        step.answers, step.reason = {}, why
        tell_of_decision("return", step)


def remind(step_id: int) -> None:
    """Remind, once, the sides that have not answered; nothing when they did meanwhile."""
    with recorded(None, Event.STEP_REMINDED) as record:
        step = CourseStep.locked(step_id)
        if step.state != StepState.OPEN or step.reminded_at is not None:
            record.cancel()
            return
        record.thing, record.subjects = step, [step.mentorship]
        step.reminded_at = utcnow()
        remind_of(step)


def note_silence(mentorship_id: int, since: date, rung: int) -> None:
    """Climb a rung of the ladder, once: both are asked, then the operator is told, then asked to decide."""
    with recorded(None, Event.SILENCE_NOTED) as record:
        mentorship = Mentorship.locked(mentorship_id)
        known = db.session.query(Silence).filter_by(mentorship_id=mentorship.id, since=since, rung=rung)
        if known.first() is not None:
            record.cancel()  # another worker was faster
            return
        db.session.add(Silence(mentorship_id=mentorship.id, since=since, rung=rung))
        record.thing = mentorship
        record.facts.update(silent_since=since.isoformat(), rung=rung)
        tell_of_silence(mentorship, since, rung)


def _texts(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text for name, text in given.items() if name not in ("by", "at")}


#: The verbs of the table with the functions that do them.
VERBS: dict[str, Callable[..., Any]] = {
    "answer": answer,
    "answer_last": answer,
    "complete": answer,
    "decide": decide,
    "return": send_back,
}
