"""A programme with money in it, for tests of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.accounts.models import Organisation, OrganisationKind
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.events import Event
from marketplace.ledger import verbs, verbs_claims
from marketplace.ledger.models import LedgerAccount
from marketplace.programmes.models import Programme
from marketplace.programmes.sharing import split
from tests import factories

VISIT = split(350_000, 500, 400, 0)  # 175,000, 140,000, 0 and 35,000 won
MENTORSHIP = 71


class Books:
    """Two large companies: one paid in 20 million won of 30, the other nothing of 5; the state 10 million."""

    def __init__(self, **facts: Any) -> None:
        self.programme: Programme = factories.programme(**facts)
        self.first: Organisation = factories.organisation(OrganisationKind.SPONSOR, name="첫째전자")
        self.second: Organisation = factories.organisation(OrganisationKind.SPONSOR, name="둘째중공업")
        self.do(verbs.post_pledge, self.first, 30_000_000, key="p1")
        self.do(verbs.post_pledge, self.second, 5_000_000, key="p2")
        self.do(verbs.post_receipt, self.first, 20_000_000, key="r1")
        self.do(verbs.post_matching, 10_000_000, key="m1")

    def do(self, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """One verb in a record of its own."""
        with recorded(None, Event.MONEY_RECEIVED, self.programme):
            return verb(self.programme, *given, **named)

    def agree(self, visits: int = 24, deposit: int | None = None, mentorship: int = MENTORSHIP) -> None:
        """Reserve for so many visits, and let the firm pay in its share (unless another amount is given)."""
        parts = VISIT.times(visits)
        self.do(verbs.post_reserve, mentorship, parts)
        paid = parts.firm if deposit is None else deposit
        if paid:
            self.do(verbs.post_deposit, mentorship, paid, key=f"d{mentorship}")

    def claim(self, claim: int = 1, mentorship: int = MENTORSHIP) -> Any:
        """One visit is approved for payment."""
        return self.do(verbs_claims.post_draw, mentorship, claim, VISIT, visit_id=claim)

    def holds(self, kind: str, source: str | None = None) -> int:
        """What lies in the accounts of a kind."""
        db.session.rollback()
        query = db.session.query(LedgerAccount).filter_by(programme_id=self.programme.id, kind=kind)
        if source:
            query = query.filter_by(source=source)
        return sum(account.balance for account in query.populate_existing())
