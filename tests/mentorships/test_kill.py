"""A process that dies with -9 at any statement or commit of a signature leaves all of it or nothing."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest
from sqlalchemy import delete

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, verify_chain
from marketplace.companies.eligibility import today
from marketplace.database import clock_at, db, utcnow, writing_allowed
from marketplace.jobs import Job
from marketplace.mentorships import actions
from marketplace.mentorships.models import Mentorship, PlannedVisit, Signature
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.notifications import Notice, OutboxMail
from tests.matching.test_kill import NEVER, Points, in_child
from tests.mentorships.world import World, sign, text_hash

pytestmark = pytest.mark.both_databases


class Scene:
    """An agreement that lacks one signature, and how to bring it back to that."""

    def __init__(self, late: bool) -> None:
        world = World(experts=1)
        mentorship = world.mentorship(MentorshipState.SIGNING)
        for party in (Party.FIRM, Party.EXPERT):
            sign(mentorship, world.person(mentorship, party))
        self.number, self.signer, self.seen = mentorship.id, world.operator.id, text_hash(mentorship)
        days = timedelta(days=10) if late else timedelta(days=-1)
        self.moment = utcnow() + (mentorship.since - today()) + days
        self.days = [visit.on for visit in mentorship.plan]
        self.term = (mentorship.since, mentorship.last_day)
        self.due_at = mentorship.due_at

    def reset(self) -> None:
        db.session.rollback()
        with writing_allowed():
            db.session.execute(
                delete(Signature).where(
                    Signature.party == Party.OPERATOR, Signature.mentorship_id == self.number
                )
            )
            mentorship = db.session.get_one(Mentorship, self.number, populate_existing=True)
            mentorship.state, mentorship.due_at = MentorshipState.SIGNING, self.due_at
            mentorship.since, mentorship.last_day = self.term
            mentorship.case.since, mentorship.case.until = self.term[0], self.term[1] + timedelta(days=1)
            for visit, on in zip(mentorship.plan, self.days, strict=True):
                visit.on = on
            edition = AgreementEdition.of(self.number, 1)
            assert edition is not None
            edition.moved = None
            db.session.execute(delete(Job))
            db.session.commit()

    def attempt(self, die_at: int) -> int:
        by = db.session.get_one(User, self.signer)
        mentorship = db.session.get_one(Mentorship, self.number)
        points = Points(die_at)
        points.watch()
        with clock_at(self.moment):
            actions.sign(mentorship, seen=self.seen, read=True, by=by)
        return points.passed

    def found(self) -> tuple[object, ...]:
        """Everything that the last signature changes, together."""
        db.session.rollback()
        db.session.expire_all()
        mentorship = db.session.get_one(Mentorship, self.number)
        edition = AgreementEdition.of(self.number, 1)
        days = [row.on for row in db.session.query(PlannedVisit).order_by(PlannedVisit.number)]
        counts = [db.session.query(model).count() for model in (AuditEntry, OutboxMail, Notice)]
        signatures = db.session.query(Signature).count()
        return (
            (str(mentorship.state), mentorship.since, mentorship.case.since, tuple(days), signatures),
            str(edition.moved if edition else ""),
            *counts,
        )


@pytest.mark.parametrize("late", [False, True], ids=["in_time", "late"])
def test_a_killed_last_signature_is_there_as_a_whole_or_not_at_all(app, late):
    scene = Scene(late)
    scene.reset()
    # Money is set aside once, and what is in the ledger stays there.
    in_child(app, lambda: scene.attempt(NEVER))
    scene.reset()
    before = scene.found()
    points = in_child(app, lambda: scene.attempt(NEVER))
    after = scene.found()
    assert after[0][0] == MentorshipState.RUNNING
    assert after[2] == before[2] + 1
    assert (after[1] != before[1]) is late
    assert 20 < points < 250, "the exit status holds the number of points"
    gained = [now - then for then, now in zip(before[2:], after[2:], strict=True)]
    whole = 0
    for point in range(1, points + 1):
        scene.reset()
        start = scene.found()
        done = (*after[:2], *(count + more for count, more in zip(start[2:], gained, strict=True)))
        assert in_child(app, lambda point=point: scene.attempt(point)) == -signal.SIGKILL
        found = scene.found()
        assert found in (start, done), f"half a signature at point {point} of {points}"
        whole += found == done
    assert 1 <= whole <= 2, "only what follows the commit may die without undoing the signature"
    assert verify_chain() is None
