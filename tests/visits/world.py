"""Running mentorships and visits in any state, for the tests of visits."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time, timedelta
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.civil import SEOUL
from marketplace.companies.models import Company
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CandidateState, CaseState
from marketplace.mentorships.models import Mentorship, PlannedVisit, Task
from marketplace.mentorships.states import MentorshipState
from marketplace.programmes.models import Programme
from marketplace.visits.logs import Log
from marketplace.visits.models import Visit, VisitVersion
from marketplace.visits.states import VisitState
from tests import factories

LONG_REASON = "끝난 시각이 실제와 다릅니다."
_keys = itertools.count(1)


def today() -> date:
    """Today by the clock of Seoul."""
    return utcnow().astimezone(SEOUL).date()


def days_ago(count: int) -> date:
    return today() - timedelta(days=count)


def mentorship(
    programme: Programme,
    company: Company | None = None,
    expert: Expert | None = None,
    state: MentorshipState = MentorshipState.RUNNING,
    planned: int = 24,
    **facts: Any,
) -> Mentorship:
    """A signed mentorship that began forty days ago, with a visit of its plan every four days and two tasks."""
    company, expert = company or factories.company(), expert or factories.expert()
    request = factories.request(
        company, programme, RequestState.ELIGIBLE, place="창원시 성산구 공단로 1", **facts.pop("request", {})
    )
    since = facts.pop("since", days_ago(40))
    last = facts.pop("last_day", max(since + timedelta(days=90), today()))
    case = _approved(request, expert, since, last, programme)
    tier = programme.tiers[0]
    values = {
        "months": 3, "visits": tier.visits, "unit_price": tier.unit_price, "shares": tier.shares(),
        "reason": "사유" if state is MentorshipState.STOPPED else None, **facts,
    }  # fmt: skip
    with recorded(None, Event.AGREEMENT_SIGNED, case):
        made = Mentorship(
            case_id=case.id,
            expert_id=expert.id,
            tier_id=tier.id,
            state=state,
            since=since,
            last_day=last,
            **values,
        )
        db.session.add(made)
        db.session.flush()
        tasks = [
            Task(mentorship_id=made.id, number=number, title=title)
            for number, title in ((1, "도금 불량 원인 찾기"), (2, "검사 기준 세우기"))
        ]
        db.session.add_all(tasks)
        db.session.flush()
        db.session.add_all(
            PlannedVisit(
                mentorship_id=made.id,
                number=number,
                on=min(since + timedelta(days=4 * number), last),
                content=f"{number}회차: 도금조 점검",
                task_id=tasks[number % 2].id,
            )
            for number in range(1, planned + 1)
        )
    return made


def _approved(request: Any, expert: Expert, since: date, last: date, programme: Programme) -> MatchCase:
    case = factories.case(request, since=since, until=last + timedelta(days=1))
    chosen = factories.candidate(
        case, expert, state=CandidateState.ACCEPTED, offered_at=utcnow(), expires_at=utcnow()
    )
    operator = factories.user(Role.OPERATOR, programme.operator)
    official = factories.user(Role.MINISTRY, programme.ministry)
    case.state, case.chosen_id = CaseState.APPROVED, chosen.id
    case.first_approved_at, case.approved_at = utcnow(), utcnow()
    case.first_approved_by_id, case.approved_by_id = operator.id, official.id
    return factories.save(case)


def log(on: date | int = 1, start: str = "10:00", end: str = "12:00", **facts: Any) -> Log:
    """A log of a visit so many days ago, or on a day."""
    day = days_ago(on) if isinstance(on, int) else on
    said = {"done": "도금조 3호기 온도 기록을 함께 보았습니다.", "place": "현장", **facts}
    return Log(on=day, start=time.fromisoformat(start), end=time.fromisoformat(end), **said)


def typed(log_: Log, **changes: Any) -> dict[str, Any]:
    """A log as the form sends it."""
    said = {
        "on": log_.on.isoformat(),
        "start": f"{log_.start:%H:%M}",
        "end": f"{log_.end:%H:%M}",
        "done": log_.done,
        "mode": log_.mode,
        "place": log_.place,
        "attendees": log_.attendees,
        "task_id": str(log_.task_id or ""),
        "result": log_.result,
        "homework": log_.homework,
        "next_plan": log_.next_plan,
        "client_key": key(),
    }
    return {**said, **changes}


def key() -> str:
    """A key as a device draws one."""
    return f"00000000-0000-4000-8000-{next(_keys):012d}"


class World:
    """One programme with two operators, a firm, an expert and their mentorship."""

    def __init__(self, **facts: Any) -> None:
        rules = facts.pop("programme", {})
        self.programme = rules if isinstance(rules, Programme) else factories.programme(**rules)
        self.operator = factories.user(Role.OPERATOR, self.programme.operator)
        self.official = factories.user(Role.MINISTRY, self.programme.ministry)
        self.company = facts.pop("company", None) or factories.company()
        self.firm: User = factories.person_of(self.company)
        self.expert: Expert = facts.pop("expert", None) or factories.expert()
        self.mentorship = mentorship(self.programme, self.company, self.expert, **facts)
        self._days = itertools.count(1)

    @classmethod
    def of(cls, made: Mentorship) -> World:
        """The world around a mentorship that is there already."""
        world = cls.__new__(cls)
        world.programme, world.mentorship, world.expert = made.programme, made, made.expert
        world.company = made.request.company
        world.firm = factories.person_of(world.company)
        world.operator = factories.user(Role.OPERATOR, made.programme.operator)
        world.official = factories.user(Role.MINISTRY, made.programme.ministry)
        world._days = itertools.count(1)
        return world

    @property
    def writer(self) -> User:
        """The expert's person."""
        return self.expert.user

    def visit(self, state: VisitState = VisitState.LOGGED, **facts: Any) -> Visit:
        """A visit in a state, each on a day of its own, as the machine would have brought it there."""
        said = facts.pop("log", None) or log(next(self._days))
        now = utcnow()
        reasoned = state in (VisitState.DISPUTED, VisitState.RETURNED, VisitState.REFUSED)
        values: dict[str, Any] = {
            "client_key": key(),
            "starts_at": said.starts_at,
            "ends_at": said.ends_at,
            "mode": said.mode,
            "place": said.place,
            "attendees": said.attendees,
            "done": said.done,
            "due_at": now + timedelta(days=5) if state in WAITING else None,
            "reason": LONG_REASON if reasoned else None,
        }
        if state in (VisitState.CONFIRMED, VisitState.RETURNED, VisitState.ACCEPTED):
            values |= {"confirmed_at": now, "confirmed_by_id": self.firm.id}
        if state is VisitState.ACCEPTED:
            values |= {"reviewed_at": now, "reviewed_by_id": self.operator.id, "minutes": said.minutes}
        made = Visit(
            mentorship_id=self.mentorship.id, expert_id=self.expert.id, state=state, **{**values, **facts}
        )
        made.versions = [VisitVersion(number=1, content=said.content(None), by_id=self.writer.id)]
        factories.save(made)
        db.session.refresh(made)
        return made


WAITING = (VisitState.LOGGED, VisitState.CONFIRMED, VisitState.DISPUTED, VisitState.RETURNED)


def seoul(on: date, clock: str) -> datetime:
    """A moment by the clock of Seoul."""
    return datetime.combine(on, time.fromisoformat(clock), SEOUL)
