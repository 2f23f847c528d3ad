"""A running mentorship with its money set aside, and claims in any state."""

from __future__ import annotations

from typing import Any

from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.events import Event
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.verbs import post_deposit
from marketplace.mentorships.actions.money import reserve
from marketplace.payments import actions
from marketplace.payments.models import Claim
from marketplace.payments.queries import claim_of_visit
from marketplace.payments.states import ClaimState
from marketplace.visits import actions as visits
from marketplace.visits.states import VisitState
from tests import factories
from tests.visits.world import World as Visits

REASON = "증빙을 다시 확인해야 합니다."
ACCOUNT = ("국민은행", "123-4567-8901")
S = ClaimState


class World(Visits):
    """The world of visits with money: 24 visits set aside, the firm's part paid in, the expert's account known.

    ``operator`` reviews visits, ``payer`` approves and orders payments.
    """

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        factories.funded(self.programme)
        self.payer = factories.user(Role.OPERATOR, self.programme.operator)
        with recorded(None, Event.AGREEMENT_SIGNED, self.mentorship):
            reserve(self.mentorship)
            firm = self.mentorship.shares["firm"]
            post_deposit(self.programme, self.mentorship.id, firm, key=f"firm:{self.mentorship.id}")
        actions.save_account(self.expert, *ACCOUNT, self.expert.name, by=self.writer)

    def claim(self, state: ClaimState = S.CLAIMED) -> Claim:
        """A claim in a state, reached by the verbs."""
        visit = self.visit(VisitState.CONFIRMED)
        visits.accept(visit, visit.length, seen=visit.edition, by=self.operator)
        claim = claim_of_visit(visit.id)
        assert claim is not None
        if state is S.HELD:
            actions.hold(claim, REASON, by=self.payer)
        if state is S.REFUSED:
            actions.refuse(claim, REASON, by=self.payer)
        if state in (S.APPROVED, S.ORDERED, S.PAID):
            actions.approve(claim, by=self.payer)
        if state in (S.ORDERED, S.PAID):
            actions.make_order(self.programme, [claim.id], by=self.payer)
        if state is S.PAID:
            actions.mark_paid(fresh(claim), today(), by=self.payer)
        return fresh(claim)

    def holds(self, kind: str) -> int:
        """What lies in the accounts of a kind of this mentorship."""
        db.session.rollback()
        query = db.session.query(LedgerAccount).filter_by(mentorship_id=self.mentorship.id, kind=kind)
        return sum(account.balance for account in query.populate_existing())


def fresh(claim: Claim) -> Claim:
    """The claim as the database has it."""
    number = claim.id
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Claim, number)
