"""The round of the demo: the operator has the waiting requests matched at once and has yet to decide."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial

from marketplace import jobs
from marketplace.civil import SEOUL
from marketplace.demo.people import Staff
from marketplace.demo.timeline import Timeline, office_day
from marketplace.rounds import actions, solving  # noqa: F401 - the job registers itself
from marketplace.rounds.actions import Draft
from marketplace.rounds.options import Options, percents

AFTER_HOURS = time(17, 52)
NAME = "11월 정기 배정"


def plan_round(staff: Staff, timeline: Timeline) -> None:
    """Plan the round for the end of the last working day."""
    moment = datetime.combine(office_day(timeline.days_ago(1)), AFTER_HOURS, SEOUL)
    timeline.add(moment, partial(solve, staff))


#: One firm in each region this month, but two where the programme has more to give.
TWO_IN = ("12", "28")


def solve(staff: Staff) -> None:
    """The operator makes a round of everything that waits, within these limits, and has it calculated."""
    options = Options(
        weights=percents(staff.programme.weights), most=1, region_most=1, regions=dict.fromkeys(TWO_IN, 2)
    )
    made = actions.make(staff.programme, Draft(NAME, options), by=staff.operators[0])
    actions.run(made, by=staff.operators[0])
    jobs.work_off()
