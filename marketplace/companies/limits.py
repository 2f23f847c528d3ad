"""What only one can have: a firm's one open request in a programme, and the money of the programme.

Both are asked while the programme's row is held, so that of two at once the second sees the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.companies import queries
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.programmes.models import Programme


def hold(programme_id: int) -> Programme:
    """The programme as it stands now; whoever else asks for it waits until the running transaction ends.

    Rows that point to the programme may still be written meanwhile (FOR NO KEY UPDATE on PostgreSQL).
    """
    held: Any = {"of": Programme, "key_share": True}
    return db.session.get_one(Programme, programme_id, with_for_update=held, populate_existing=True)


def require_only_one(request: MentoringRequest, sentence: str) -> None:
    """Refuse with the sentence (its place: %(others)s) while another request of the firm is under way.

    A firm is known by its business number, which belongs to one organisation only.
    """
    hold(request.programme_id)
    if others := queries.other_open_references(request):
        raise RuleBroken(sentence, others=", ".join(others))


@dataclass(frozen=True, slots=True)
class Money:
    """What a request costs in whole, and what the programme's budget leaves for it, in won."""

    price: int
    budget: int
    committed: int

    @property
    def left(self) -> int:
        """Below zero when more was found eligible than there is money for."""
        return self.budget - self.committed

    @property
    def reaches(self) -> bool:
        return self.price <= self.left

    def facts(self) -> dict[str, Any]:
        """The figures as they stand in a sentence."""
        figures = {"price": self.price, "budget": self.budget, "committed": self.committed, "left": self.left}
        return {name: f"{won:,}" for name, won in figures.items()}


def money_for(request: MentoringRequest) -> Money | None:
    """The whole price of the request beside the budget less all other eligible requests; None without a tier.

    The budget is that of the whole price, whoever bears which share, as is each eligible request.
    """
    if request.tier is None:
        return None
    committed = queries.won_in_eligible_requests(request)
    return Money(request.tier.total, request.programme.budget, committed)
