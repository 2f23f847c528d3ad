"""A small market for rounds: a programme, requests that wait, experts with places, and a solved round."""

from __future__ import annotations

from typing import Any

from marketplace import jobs
from marketplace.access import Role
from marketplace.civil import months_after
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.matching.models import MatchCase
from marketplace.rounds import actions, solving  # noqa: F401 - the job registers itself
from marketplace.rounds.actions import Draft
from marketplace.rounds.models import Round
from marketplace.rounds.options import Options, percents
from marketplace.rounds.states import RoundState
from tests import factories

WHY = "현장 사정을 다시 확인하여 바꿉니다."


class Market:
    """One programme with its people, ``requests`` waiting cases, and experts of ``places`` each."""

    def __init__(self, requests: int = 4, experts: int = 2, places: int = 2) -> None:
        self.programme = factories.programme()
        self.operator = factories.user(Role.OPERATOR, self.programme.operator)
        self.official = factories.user(Role.MINISTRY, self.programme.ministry)
        self.auditor = factories.user(Role.AUDITOR)
        self.experts = [
            factories.expert(careers=(("대한전자", None, None),) if n % 2 else (), capacity=places)
            for n in range(experts)
        ]
        self.cases = [self.case() for _ in range(requests)]

    def case(self, **facts: Any) -> MatchCase:
        """One more waiting case of a firm of its own."""
        request = factories.request(factories.company(), self.programme, RequestState.ELIGIBLE, **facts)
        return factories.case(request, until=months_after(factories.START, 3))

    def draft(self, name: str = "1차 회차", case_ids: tuple[int, ...] = (), **settings: Any) -> Draft:
        settings.setdefault("weights", percents({}))
        settings.setdefault("scope", "chosen" if case_ids else "all")
        return Draft(name, Options(**settings), case_ids)

    def round(self, **settings: Any) -> Round:
        """A round in the making."""
        return actions.make(self.programme, self.draft(**settings), by=self.operator)

    def solved(self, **settings: Any) -> Round:
        """A round that the worker has solved."""
        return self.run(self.round(**settings))

    def run(self, round_: Round) -> Round:
        """Have a round calculated by the worker."""
        actions.run(round_, by=self.operator)
        jobs.run_due()
        return fresh(round_)

    def in_state(self, state: RoundState) -> Round:
        """A round in a state, reached as people reach it."""
        from marketplace.rounds.actions_publish import pairs_hash, publish

        if state is RoundState.DRAFT:
            return self.round()
        if state is RoundState.RUNNING:
            made = self.round()
            actions.run(made, by=self.operator)
            return fresh(made)
        solved = self.solved()
        if state is RoundState.FAILED:
            solved.reason, solved.state = WHY, RoundState.FAILED
            factories.save(solved)
        elif state is RoundState.PUBLISHED:
            publish(solved, WHY, seen=pairs_hash(solved), by=self.operator)
        elif state is RoundState.DISCARDED:
            actions.discard(solved, WHY, by=self.operator)
        return fresh(solved)


def fresh(round_: Round) -> Round:
    """The round as the database has it now."""
    number = round_.id
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Round, number)
