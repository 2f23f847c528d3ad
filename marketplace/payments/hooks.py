"""Where payments join in with the slices below; imported once, by the views."""

from __future__ import annotations

from marketplace.ledger.hooks import on_recovery
from marketplace.mentorships.hooks import still_owed
from marketplace.payments.actions.claiming import claim_visit
from marketplace.payments.actions.recovering import follow_recovery
from marketplace.payments.actions.settling import is_owed
from marketplace.visits.hooks import on_accepted

on_accepted.append(claim_visit)
still_owed.append(is_owed)
on_recovery.append(follow_recovery)
