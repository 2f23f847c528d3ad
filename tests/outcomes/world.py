"""A running mentorship with two goals, and its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.companies.eligibility import today
from marketplace.matching.states import CaseState
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.outcomes import actions
from marketplace.outcomes.actions import Stating
from marketplace.outcomes.models import Measurement
from tests import factories
from tests.matching.world import World

PERIOD = Stating(today() - timedelta(days=30), today() - timedelta(days=1), "공정 일보", "2월 일보 사본")


@dataclass
class Running:
    """A mentorship under way with its people."""

    mentorship: Mentorship
    firm: User
    expert: User
    operator: User
    second_operator: User
    official: User

    @property
    def goal(self) -> Goal:
        """The first goal: defects from 4 to 1 per cent."""
        return self.mentorship.goals[0]

    def measure(self, value: str | None = "1.5", *, by: User | None = None, **facts: Any) -> Measurement:
        """A value of the first goal, entered by the expert."""
        return actions.enter_measurement(
            self.goal,
            value=None if value is None else Decimal(value),
            sample=0 if value is None else 200,
            method="전수 검사",
            stating=facts.pop("stating", PERIOD),
            by=by or self.expert,
        )


def running(state: MentorshipState = MentorshipState.RUNNING, **facts: Any) -> Running:
    """A mentorship in this state, of a programme of its own."""
    market = World(1)
    case = market.case(CaseState.APPROVED)
    request, expert = case.request, market.experts[0]
    tier = market.programme.tiers[0]
    mentorship = factories.save(
        Mentorship(
            case_id=case.id,
            expert_id=expert.id,
            tier_id=tier.id,
            state=state,
            since=today() - timedelta(days=40),
            last_day=today() + timedelta(days=50),
            months=3,
            visits=24,
            unit_price=350_000,
            shares=tier.shares(),
            reason="사정" if state is MentorshipState.STOPPED else None,
            **facts,
        )
    )
    for number, (kpi, unit, before, target, weight) in enumerate(
        [("Q1", "%", "4", "1", 600), ("P4", "h", "48", "36", 400)], 1
    ):
        factories.save(
            Goal(
                mentorship_id=mentorship.id,
                number=number,
                kpi=kpi,
                unit=unit,
                baseline=Decimal(before),
                target=Decimal(target),
                weight=weight,
                method="일보 집계",
                period="매월",
                evidence="일보",
            )
        )
    return Running(
        mentorship,
        request.people()[0],
        expert.user,
        market.operator,
        market.second_operator,
        factories.user(Role.MINISTRY, market.programme.ministry),
    )
