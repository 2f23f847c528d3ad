"""The last place, wanted by several at once: trials for the tests and for bench/race.py."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from marketplace.accounts.models import User
from marketplace.database import db, read_only, utcnow, writing_allowed
from marketplace.errors import RuleBroken
from marketplace.matching import actions
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import TRANSITIONS, CandidateState, CaseState
from tests import factories
from tests.matching.world import World

#: The steps that take a place, and the state in which they find a case.
STEPS = {
    "accept": CaseState.OFFERED,
    "approve_first": CaseState.ACCEPTED,
    "approve_final": CaseState.FIRST_APPROVED,
}


class Race:
    """So many cases that all want the one place of one expert at the same step."""

    def __init__(self, app: Flask, verb: str, runners: int) -> None:
        self.app, self.verb = app, verb
        self.start = STEPS[verb]
        world = World(experts=1)
        self.world = world
        self.cases = [world.case(self.start).id for _ in range(runners)]
        self.people = [self._person(world, number).id for number in range(runners)]

    def _person(self, world: World, number: int) -> User:
        if self.verb == "accept":
            return world.experts[0].user
        if self.verb == "approve_first":
            return factories.user("operator", world.programme.operator)
        return factories.user("ministry", world.programme.ministry)

    def reset(self) -> None:
        """Bring every case back to the start."""
        db.session.rollback()
        with writing_allowed():
            for case_id in self.cases:
                case = db.session.get_one(MatchCase, case_id, populate_existing=True)
                candidate = case.candidates[0]
                db.session.refresh(candidate)
                case.state, case.approved_at, case.approved_by_id = self.start, None, None
                if self.start is not CaseState.FIRST_APPROVED:
                    case.first_approved_at, case.first_approved_by_id = None, None
                if self.start is CaseState.OFFERED:
                    case.chosen_id, candidate.state = None, CandidateState.OFFERED
                    candidate.expires_at = utcnow() + timedelta(days=3)
            db.session.commit()

    def run(self) -> Counter[str]:
        """Let everybody try at once; how many of each outcome: won, conflict, refused or an error's name."""
        self.reset()
        outcomes: list[str] = []
        barrier = threading.Barrier(len(self.cases))

        def try_it(case_id: int, person_id: int) -> None:
            with self.app.app_context():
                read_only(False)
                outcomes.append(_outcome(lambda: self._attempt(case_id, person_id, barrier)))

        threads = [
            threading.Thread(target=try_it, args=pair) for pair in zip(self.cases, self.people, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return Counter(outcomes)

    def _attempt(self, case_id: int, person_id: int, barrier: threading.Barrier) -> None:
        barrier.wait(30)
        by = db.session.get_one(User, person_id)
        thing: Any = db.session.get_one(MatchCase, case_id)
        if self.verb == "accept":
            thing = db.session.query(Candidate).filter_by(case_id=case_id).one()
        take(self.verb, thing, by)

    def holders(self) -> int:
        """How many cases went through."""
        db.session.rollback()
        after = TRANSITIONS[self.start][self.verb]
        return (
            db.session.query(MatchCase).filter(MatchCase.id.in_(self.cases), MatchCase.state == after).count()
        )


def take(verb: str, thing: Any, by: User) -> None:
    """Do the step as somebody who looks at the page of this moment."""
    seen = {} if verb == "accept" else {"seen": thing.chosen_id}
    actions.VERBS[verb](thing, **seen, by=by)


def _outcome(attempt: Callable[[], None]) -> str:
    try:
        attempt()
    except RuleBroken as broken:
        return "conflict" if broken.conflict else f"refused: {broken}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "won"
