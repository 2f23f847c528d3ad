"""환수: what the ledger takes back of a claim's pay stands in the claim's history, and its expert is told."""

from __future__ import annotations

from marketplace.audit import also_about
from marketplace.database import db
from marketplace.ledger.states import TransactionKind
from marketplace.payments.models import Claim
from marketplace.payments.wording import announce_recovery


def follow_recovery(kind: TransactionKind, claim_id: int, amount: int, reason: str) -> None:
    """Join in with the running record: RECOVERY or RECOVERED of so many won."""
    claim = db.session.get(Claim, claim_id)
    if claim is None:  # the ledger knows claims by their number alone
        return
    also_about(claim, claim.mentorship, claim.visit)
    announce_recovery(kind, claim, amount, reason)
