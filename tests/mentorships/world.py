"""A small market whose matches were approved, and a mentorship in any state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import Organisation, User
from marketplace.companies.eligibility import today
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CaseState
from marketplace.mentorships import actions
from marketplace.mentorships.actions.changing import Asked
from marketplace.mentorships.actions.opening import open_agreement
from marketplace.mentorships.draft import Draft, GoalRow, TaskRow, VisitRow
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import MentorshipState, Party
from tests import factories
from tests.matching.world import World as Market

REASON = "현장 사정을 다시 확인해야 합니다."
NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)
GOAL = GoalRow("Q1", "%", Decimal("4"), Decimal("1"), 1000, "월별 검사 성적서", "협약 전 3개월", "성적서")

MOST_PLACES = 10
S = MentorshipState
#: How each state is reached from the draft that the system drew up.
_LATER = {S.REPORTING, S.CHECKING, S.SETTLING, S.CLOSED}


class World(Market):
    """A market, with the mentorships of its firms; its experts take as many as they may."""

    def __init__(self, experts: int = 1) -> None:
        super().__init__(experts)
        self.sponsor: Organisation | None = None
        for expert in self.experts:
            expert.capacity = MOST_PLACES
        factories.save(*self.experts)

    def opened(self, **facts: Any) -> Mentorship:
        """A mentorship whose agreement was just drawn up, of a firm of its own."""
        case = self.case(CaseState.APPROVED, **facts)
        open_agreement(case.id)
        db.session.expire_all()
        found = Mentorship.of_case(db.session.get_one(MatchCase, case.id))
        assert found is not None
        return found

    def written(self, **facts: Any) -> Mentorship:
        """A draft that has everything a proposal needs."""
        if self.sponsor is None:
            self.sponsor = factories.funded(self.programme)
        mentorship = self.opened(**facts)
        actions.save(mentorship, whole(mentorship), by=self.operator)
        return fresh(mentorship)

    def mentorship(self, state: MentorshipState = S.DRAFTING, **facts: Any) -> Mentorship:
        """A mentorship in a state, reached by its verbs as far as this slice has them."""
        mentorship = self.written(**facts)
        if state is S.DRAFTING:
            return mentorship
        actions.propose(mentorship, by=self.operator)
        if state is S.SIGNING:
            return fresh(mentorship)
        if state is S.STOPPED:
            actions.stop(mentorship, REASON, by=self.operator)
            return fresh(mentorship)
        for party in Party:
            sign(mentorship, self.person(mentorship, party))
        if state is S.PAUSED:
            actions.pause(mentorship, REASON, by=self.operator)
        if state in _LATER:
            mentorship = fresh(mentorship)
            mentorship.state = state
            factories.save(mentorship)
        return fresh(mentorship)

    def person(self, mentorship: Mentorship, party: Party) -> User:
        """Somebody who signs for a party."""
        return {
            Party.FIRM: lambda: factories.person_of(mentorship.request.company),
            Party.EXPERT: lambda: mentorship.expert.user,
            Party.OPERATOR: lambda: self.operator,
        }[party]()


def fresh(mentorship: Mentorship) -> Mentorship:
    """The mentorship as the database has it."""
    number = mentorship.id
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Mentorship, number)


def draft_of(mentorship: Mentorship, **changes: Any) -> Draft:
    """What the page of the draft would send back unchanged, with some of it changed."""
    goals = [
        GoalRow(g.kpi, g.unit, g.baseline, g.target, g.weight, g.method, g.period, g.evidence)
        for g in mentorship.goals
    ]
    draft = Draft(
        purpose=mentorship.purpose,
        tasks=[TaskRow(task.title, task.term) for task in mentorship.tasks],
        goals=goals,
        plan=[VisitRow(v.on, v.content, v.task.number if v.task else None) for v in mentorship.plan],
        version=mentorship.version,
    )
    return replace(draft, **changes)


def whole(mentorship: Mentorship, **changes: Any) -> Draft:
    """The draft with a goal and a purpose, so that it can be proposed."""
    return draft_of(mentorship, **{"purpose": "도금 불량을 줄입니다.", "goals": [GOAL], **changes})


def asked_change(mentorship: Mentorship, **changes: Any) -> Asked:
    """A request that changes nothing but what is named."""
    plain = Asked(
        cause="설비가 늦게 들어와 기간이 더 필요합니다.",
        cause_on=today(),
        effective_on=today(),
        since=mentorship.since,
        last_day=mentorship.last_day,
    )
    return replace(plain, **changes)


def text_hash(mentorship: Mentorship) -> str:
    """The hash that a page of this moment shows."""
    mentorship = fresh(mentorship)
    edition = AgreementEdition.of(mentorship.id, mentorship.edition)
    return edition.text_hash if edition else ""


def sign(mentorship: Mentorship, by: User) -> None:
    """Sign as somebody who has just read the page."""
    seen = text_hash(mentorship)
    actions.sign(fresh(mentorship), seen=seen, read=True, by=by)


def official(mentorship: Mentorship) -> User:
    """Somebody of the ministry that pays."""
    return factories.user(Role.MINISTRY, mentorship.programme.ministry)


def start_of(request: MentoringRequest) -> date:
    """The day on which the firm wants to begin."""
    assert request.start_on is not None
    return request.start_on
