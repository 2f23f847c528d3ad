"""The claim of an accepted visit, orders to the bank, and where an expert's pay goes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, Won, db, one_of, utcnow
from marketplace.errors import NotFound
from marketplace.experts.models import Expert
from marketplace.mentorships.models import Mentorship
from marketplace.payments.states import ClaimState, next_state
from marketplace.programmes.models import Programme
from marketplace.programmes.sharing import Parts
from marketplace.visits.models import Visit


class BankAccount(Identified, Versioned, Base):
    """The account of an expert's own to which pay goes. The number is shown masked but in the file for the bank."""

    __tablename__ = "bank_accounts"
    __table_args__ = (CheckConstraint("length(number) >= 8", name="number_is_whole"),)

    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), unique=True)
    bank: Mapped[str] = mapped_column(Text(30))
    number: Mapped[str] = mapped_column(Text(20))
    holder: Mapped[str] = mapped_column(Text(60))

    expert: Mapped[Expert] = relationship(lazy="joined")

    def belongs_to(self, user: User) -> bool:
        return self.expert.belongs_to(user)

    @property
    def masked(self) -> str:
        """The number but for its last four digits."""
        return masked(self.number)

    @classmethod
    def of(cls, expert_id: int) -> BankAccount | None:
        """The account of an expert, if it was entered."""
        return db.session.scalar(select(cls).where(cls.expert_id == expert_id))


class PaymentOrder(Identified, Base):
    """What the bank is asked to pay at once, of one programme. ``number`` counts within the programme."""

    __tablename__ = "payment_orders"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    number: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    programme: Mapped[Programme] = relationship(lazy="joined")
    made_by: Mapped[User] = relationship(lazy="joined")
    claims: Mapped[list[Claim]] = relationship(back_populates="order", order_by="Claim.id")

    def operated_by(self, user: User) -> bool:
        return self.programme.operated_by(user)


class Claim(Identified, Versioned, Base):
    """What an accepted visit costs, by source in won, and how far its payment has come.

    ``accepted_by_id`` reviewed the visit. Taxes and the account are noted when it is put into an order, so that the
    paper of an order never changes; ``reason`` is that of the newest hold, refusal or failed transfer.
    """

    __tablename__ = "claims"
    __table_args__ = (
        one_of("state", ClaimState),
        CheckConstraint("withholding IN ('business', 'other')", name="withholding_known"),
        CheckConstraint(
            "amount > 0 AND government + sponsor + local + firm = amount", name="parts_are_whole"
        ),
        CheckConstraint(
            "government >= 0 AND sponsor >= 0 AND local >= 0 AND firm >= 0", name="parts_not_negative"
        ),
        CheckConstraint(
            "(state IN ('approved', 'ordered', 'paid')) = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name="approval_has_who_and_when",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> accepted_by_id", name="two_people_decide"
        ),
        CheckConstraint(
            "(state IN ('ordered', 'paid')) = (order_id IS NOT NULL AND income_tax IS NOT NULL"
            " AND local_tax IS NOT NULL AND bank IS NOT NULL AND bank_number IS NOT NULL AND holder IS NOT NULL)",
            name="order_has_taxes_and_account",
        ),
        CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL AND paid_by_id IS NOT NULL)",
            name="payment_has_who_and_when",
        ),
        CheckConstraint("state NOT IN ('held', 'refused') OR reason IS NOT NULL", name="hold_has_a_reason"),
        Index("ix_claims_state_entered_at", "state", "entered_at"),
    )

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), unique=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("experts.id"), index=True)
    state: Mapped[ClaimState] = mapped_column(Text(10), default=ClaimState.CLAIMED)
    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    amount: Mapped[int] = mapped_column(Won)
    government: Mapped[int] = mapped_column(Won)
    sponsor: Mapped[int] = mapped_column(Won)
    local: Mapped[int] = mapped_column(Won)
    firm: Mapped[int] = mapped_column(Won)
    withholding: Mapped[str] = mapped_column(Text(10))  # as the agreement said when the visit was accepted
    accepted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("payment_orders.id"), index=True)
    income_tax: Mapped[int | None] = mapped_column(Won)
    local_tax: Mapped[int | None] = mapped_column(Won)
    bank: Mapped[str | None] = mapped_column(Text(30))
    bank_number: Mapped[str | None] = mapped_column(Text(20))
    holder: Mapped[str | None] = mapped_column(Text(60))
    paid_on: Mapped[date | None]
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))

    visit: Mapped[Visit] = relationship(lazy="joined")
    mentorship: Mapped[Mentorship] = relationship(lazy="joined")
    expert: Mapped[Expert] = relationship(lazy="joined")
    order: Mapped[PaymentOrder | None] = relationship(back_populates="claims")
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    def belongs_to(self, user: User) -> bool:
        """It belongs to the expert who made the visit, and to the firm that was visited."""
        return self.visit.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.mentorship.operated_by(user)

    @property
    def parts(self) -> Parts:
        """The amount by source."""
        return Parts(self.government, self.sponsor, self.local, self.firm)

    @property
    def net(self) -> int | None:
        """What the expert gets; None before it is in an order."""
        if self.income_tax is None or self.local_tax is None:
            return None
        return self.amount - self.income_tax - self.local_tax

    def move(self, verb: str) -> None:
        """Do a verb of the table."""
        self.state, self.entered_at = next_state(self.state, verb), utcnow()


def masked(number: str) -> str:
    """An account's number with all but its last four digits covered."""
    return "*" * (len(number) - 4) + number[-4:]


def locked_claim(claim_id: int) -> Claim:
    """The claim as it is now, locked until the transaction ends; NotFound when there is none.

    Whoever locks more takes the firm first, then claims by number, and the ledger last.
    """
    db.session.flush()
    query = select(Claim).where(Claim.id == claim_id).with_for_update(of=Claim)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(claim_id)
    return row
