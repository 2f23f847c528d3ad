"""How far each request of the demo gets, by which steps, and how long ago."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from marketplace.demo import agreements, cases, mentoring
from marketplace.demo.applications import Application
from marketplace.demo.people import Staff
from marketplace.demo.sheets import demo_requests
from marketplace.demo.timeline import Timeline, office_day
from marketplace.matching.sweeps import remind_experts, remind_holders
from marketplace.mentorships.sweeps import open_agreements


@dataclass(frozen=True)
class Step:
    """What somebody does, how many days after the step before it (cycled through), and whether staff do it.

    ``waits`` names the programme's days within which the next one has to act.
    """

    do: Callable[[Application], None]
    days: tuple[int, ...]
    by_staff: bool = False
    makes_offer: bool = False
    waits: str = ""


SUBMIT = Step(Application.submit, (1, 0, 2, 0))
TAKE = Step(Application.take, (1, 2, 1), by_staff=True)
FIND_ELIGIBLE = Step(Application.find_eligible, (3, 2, 4), by_staff=True)
RETURN = Step(Application.send_back, (2, 4), by_staff=True)
FIND_INELIGIBLE = Step(Application.find_ineligible, (4, 3), by_staff=True)
OBJECT = Step(Application.object, (3,))
RELEASE = Step(cases.release, (4, 3, 5, 2), by_staff=True, waits="preference_days")
REFUSE = Step(cases.refuse, (3,))
PREFER = Step(cases.prefer, (3, 1, 2, 4), makes_offer=True)
ACCEPT = Step(cases.accept, (1, 2), waits="approval_days")  # an expert has three days
DECLINE = Step(cases.decline, (2,), makes_offer=True)
APPROVE_FIRST = Step(cases.approve_first, (2, 1, 3), by_staff=True, waits="approval_days")
APPROVE_FINAL = Step(cases.approve_final, (3, 2, 1), by_staff=True)
SEND_BACK = Step(cases.send_back, (2,), by_staff=True, waits="approval_days")
WITHDRAW = Step(cases.withdraw, (4,))
STOP = Step(cases.stop, (5,), by_staff=True)

_CHECKED = (SUBMIT, TAKE)
_ELIGIBLE = (*_CHECKED, FIND_ELIGIBLE)
_PROPOSED = (*_ELIGIBLE, RELEASE)
_OFFERED = (*_PROPOSED, PREFER)
_ACCEPTED = (*_OFFERED, ACCEPT)
_APPROVED_FIRST = (*_ACCEPTED, APPROVE_FIRST)


@dataclass(frozen=True)
class Way:
    """The steps after the draft, and how many days ago the last one was (cycled through).

    The higher numbers are beyond a deadline, so that there is something to chase.
    """

    steps: tuple[Step, ...]
    ages: tuple[int, ...]


WAYS = {
    "draft": Way((), (12, 1)),
    "submitted": Way((SUBMIT,), (3, 1, 5, 2)),
    "checking": Way(_CHECKED, (9, 3, 2)),
    "returned": Way((*_CHECKED, RETURN), (13, 4)),
    "ineligible": Way((*_CHECKED, FIND_INELIGIBLE), (20, 3)),
    "objected": Way((*_CHECKED, FIND_INELIGIBLE, OBJECT), (2,)),
    "matching": Way(_ELIGIBLE, (9, 6, 3, 16, 11, 2, 5, 4, 10, 3)),
    "proposed": Way(_PROPOSED, (2, 9, 4, 1, 3, 5)),
    "refused": Way((*_PROPOSED, REFUSE), (3,)),
    "offered": Way(_OFFERED, (2, 1, 1)),
    "declined": Way((*_OFFERED, DECLINE), (1,)),
    "accepted": Way(_ACCEPTED, (8, 2)),
    "first_approved": Way(_APPROVED_FIRST, (6, 2)),
    "sent_back": Way((*_APPROVED_FIRST, SEND_BACK), (3,)),
    "approved": Way((*_APPROVED_FIRST, APPROVE_FINAL), (5, 12, 20)),
    "running": Way((*_APPROVED_FIRST, APPROVE_FINAL), (58, 55)),
    "finished": Way((*_APPROVED_FIRST, APPROVE_FINAL), (116,)),
    "stopped": Way((*_ELIGIBLE, STOP), (6,)),
    "withdrawn": Way((*_PROPOSED, WITHDRAW), (7,)),
}
#: What follows the approval, in days since it and whether staff do it, for one approved case after the other: one
#: agreement is still being written, one is being signed, one mentorship runs.
Deeds = tuple[tuple[int, bool, Callable[[Application], None]], ...]
AGREED: tuple[Deeds, ...] = (
    (),
    ((2, False, agreements.write), (5, True, agreements.propose), (6, False, agreements.sign_as_firm)),
    (
        (2, False, agreements.write),
        (5, True, agreements.propose),
        (6, False, agreements.sign_as_expert),
        (7, False, agreements.sign_as_firm),
        (10, True, agreements.sign_as_operator),
    ),
)
#: What follows the approvals of long ago: signed before the term began, then led from visit to visit as far as today.
SIGNED: Deeds = (
    (2, False, agreements.write),
    (5, True, agreements.propose),
    (6, False, agreements.sign_as_firm),
    (7, False, agreements.sign_as_expert),
    (10, True, agreements.sign_as_operator),
)
LONG_AGO = ("running", "finished")
#: The draft, in minutes since the sign-up.
DRAFT: tuple[tuple[int, Callable[[Application], None]], ...] = (
    (0, Application.sign_up),
    (4, Application.confirm),
    (11, Application.say_who),
    (19, Application.say_what),
    (43, Application.fill_in),
)
SUBMITTED_AFTER = 47  # minutes, by a firm that does it all in one go
#: An offer made two days ago was made this much earlier than now: its expert was reminded, and must answer
#: within the day.
PRESSING = timedelta(days=2, minutes=30)


def plan_requests(staff: Staff, timeline: Timeline) -> int:
    """Plan the way of every request back from its last step; how many there are."""
    met: Counter[str] = Counter()
    requests = demo_requests()
    for number, written in enumerate(requests):
        application = Application(written, staff)
        way = WAYS[application.goes_to]
        age = way.ages[met[application.goes_to] % len(way.ages)]
        if application.goes_to in LONG_AGO:
            late = _late(timeline, age) if application.goes_to == "finished" else 0
            age += late
            application.starts = timeline.days_ago(age - mentoring.STARTS_AFTER)
            _plan_agreement(application, age, (*SIGNED, *mentoring.led(late)), timeline)
        elif application.goes_to == "approved":
            _plan_agreement(application, age, AGREED[met[application.goes_to] % len(AGREED)], timeline)
        _plan(application, way, age, number, timeline)
        met[application.goes_to] += 1
    return len(requests)


def _late(timeline: Timeline, age: int) -> int:
    """How many days longer ago an approval must lie, for a term that is lengthened by a holiday to be over as well."""
    begins = (timeline.days_ago(age + late - mentoring.STARTS_AFTER) for late in count())
    return next(late for late, since in enumerate(begins) if mentoring.lengthened(since) <= late)


def _plan(application: Application, way: Way, age: int, number: int, timeline: Timeline) -> None:
    day = timeline.days_ago(age)
    later = None  # the moment of the submission, when the draft was written on the same day
    for step in reversed(way.steps):
        day = office_day(day) if step.by_staff else day
        moment = timeline.within(day)
        if step.makes_offer and day == timeline.days_ago(PRESSING.days):
            moment = timeline.now - PRESSING
        days = step.days[number % len(step.days)]
        later = moment if days == 0 else None
        _add(timeline, moment, step, application)
        day -= timedelta(days=days)
    start = later - timedelta(minutes=SUBMITTED_AFTER) if later else timeline.within(day)
    for minutes, do in DRAFT:
        timeline.add(start + timedelta(minutes=minutes), partial(do, application))


def _plan_agreement(
    application: Application,
    age: int,
    steps: Deeds,
    timeline: Timeline,
) -> None:
    """Plan what has followed an approval that many days ago; its agreement is drawn up by itself the day after."""
    timeline.add(timeline.within(timeline.days_ago(age - 1)), open_agreements)
    for days, by_staff, do in steps:
        if days >= age:
            continue  # that is yet to come
        day = timeline.days_ago(age - days)
        timeline.add(timeline.within(office_day(day) if by_staff else day), partial(do, application))


def _add(timeline: Timeline, moment: datetime, step: Step, application: Application) -> None:
    timeline.add(moment, partial(step.do, application))
    programme = application.staff.programme
    reminded = moment + timedelta(days=programme.reminder_days)
    if step.makes_offer and reminded <= timeline.now:
        timeline.add(reminded, remind_experts)  # reminds whoever has not answered by then
    if step.waits:
        before = programme.offer_days - programme.reminder_days
        reminded = moment + timedelta(days=getattr(programme, step.waits) - before)
        if reminded <= timeline.now:
            timeline.add(reminded, remind_holders)
