"""The programme of a year: its rules, its tiers and the contributions of large companies. Rules are data."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.access import Role
from marketplace.accounts.models import Organisation, User
from marketplace.database import Base, Identified, Text, Versioned, Won, db, one_of
from marketplace.programmes.conflicts import CONFLICTS, pairs_of, table_of
from marketplace.programmes.sharing import Parts, split


class ProgrammeState(StrEnum):
    """Whether a programme takes requests."""

    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


class Programme(Identified, Versioned, Base):
    """One programme in one year. Deadlines are in days, ``cooling_off_months`` counts from leaving an employer.

    ``weights`` are the ranker's weights by part; empty means the prior. ``conflicts``: tie of an expert ->
    relations to the firm against which it counts (see ``conflicts``). The state gives at most ``matching_government``
    won for every ``matching_sponsor`` won that large companies have paid in; 0 there asks for no match. What is
    withheld from an expert's pay is in thousandths, ``untaxed_income`` in won (see ``ledger.withholding``).
    """

    __tablename__ = "programmes"
    __table_args__ = (
        one_of("state", ProgrammeState),
        CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
        CheckConstraint("matching_government >= 0 AND matching_sponsor >= 0", name="matching_not_negative"),
        CheckConstraint(
            "withholding_business BETWEEN 0 AND 500 AND withholding_other BETWEEN 0 AND 500 "
            "AND withholding_local BETWEEN 0 AND 1000 AND deemed_expenses BETWEEN 0 AND 1000 "
            "AND untaxed_income >= 0",
            name="withholding_makes_sense",
        ),
        CheckConstraint(
            "signing_days > 0 AND monthly_visits > 0 AND change_days > 0 AND change_months >= 0",
            name="agreement_rules_make_sense",
        ),
        CheckConstraint(
            "visits_a_day > 0 AND visit_least_hours > 0"
            " AND visit_most_hours BETWEEN visit_least_hours AND 24",
            name="visit_limits_make_sense",
        ),
    )

    code: Mapped[str] = mapped_column(Text(30), unique=True)
    year: Mapped[int]
    name_ko: Mapped[str] = mapped_column(Text(120))
    name_en: Mapped[str] = mapped_column(Text(120))
    state: Mapped[ProgrammeState] = mapped_column(Text(10), default=ProgrammeState.PREPARING)
    operator_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    ministry_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    budget: Mapped[int] = mapped_column(Won)
    check_days: Mapped[int] = mapped_column(default=7)
    answer_days: Mapped[int] = mapped_column(default=10)
    objection_days: Mapped[int] = mapped_column(default=7)
    matching_days: Mapped[int] = mapped_column(default=14)
    preference_days: Mapped[int] = mapped_column(default=7)
    offer_days: Mapped[int] = mapped_column(default=3)
    reminder_days: Mapped[int] = mapped_column(default=2)
    approval_days: Mapped[int] = mapped_column(default=5)
    signing_days: Mapped[int] = mapped_column(default=14)  # to draw an agreement up, and again to sign it
    monthly_visits: Mapped[int] = mapped_column(default=8)  # at most so many in a calendar month
    change_days: Mapped[int] = mapped_column(default=15)  # from the cause of a change to its request
    change_months: Mapped[int] = mapped_column(default=1)  # that must be left when a change is asked for
    cooling_off_months: Mapped[int] = mapped_column(default=24)
    min_candidates: Mapped[int] = mapped_column(default=3)
    max_candidates: Mapped[int] = mapped_column(default=5)
    matching_government: Mapped[int] = mapped_column(default=1)
    matching_sponsor: Mapped[int] = mapped_column(default=1)
    withholding_business: Mapped[int] = mapped_column(default=30)
    withholding_other: Mapped[int] = mapped_column(default=200)
    withholding_local: Mapped[int] = mapped_column(default=100)
    deemed_expenses: Mapped[int] = mapped_column(default=600)
    untaxed_income: Mapped[int] = mapped_column(Won, default=50_000)
    visits_a_day: Mapped[int] = mapped_column(default=1)  # at one firm
    visit_least_hours: Mapped[int] = mapped_column(default=2)
    visit_most_hours: Mapped[int] = mapped_column(default=8)
    confirm_days: Mapped[int] = mapped_column(default=5)
    confirm_reminder_days: Mapped[int] = mapped_column(default=2)
    visit_review_days: Mapped[int] = mapped_column(default=5)
    silence_days: Mapped[int] = mapped_column(
        default=7
    )  # after a missed visit: both, twice: operator, thrice: decide
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    conflicts: Mapped[dict[str, Any]] = mapped_column(default=lambda: table_of(pairs_of(CONFLICTS)))

    operator: Mapped[Organisation] = relationship(foreign_keys=[operator_id], lazy="joined")
    ministry: Mapped[Organisation] = relationship(foreign_keys=[ministry_id], lazy="joined")
    tiers: Mapped[list[Tier]] = relationship(back_populates="programme", order_by="Tier.months")
    contributions: Mapped[list[Contribution]] = relationship(
        back_populates="programme", order_by="Contribution.id"
    )

    def operated_by(self, user: User) -> bool:
        """Whether the user's organisation runs (operator) or oversees (ministry) this programme."""
        if user.organisation_id is None:
            return False
        if user.role == Role.MINISTRY:
            return self.ministry_id == user.organisation_id
        return self.operator_id == user.organisation_id

    def staff(self, role: Role) -> list[User]:
        """The active people of the operator or of the ministry."""
        return User.of_organisation(self.ministry_id if role is Role.MINISTRY else self.operator_id, role)

    @classmethod
    def open_now(cls) -> list[Programme]:
        """Programmes that take requests."""
        query = select(cls).where(cls.state == ProgrammeState.OPEN).order_by(cls.closes_on, cls.id)
        return list(db.session.scalars(query))

    @classmethod
    def ids_run_by(cls, user: User) -> list[int]:
        """Programmes in reach of a staff member; every one for auditors and administrators."""
        query = select(cls.id)
        if user.role == Role.OPERATOR:
            query = query.where(cls.operator_id == user.organisation_id)
        elif user.role == Role.MINISTRY:
            query = query.where(cls.ministry_id == user.organisation_id)
        return list(db.session.scalars(query))


class Tier(Identified, Base):
    """A kind of mentorship: months, visits, price of one visit, and who bears which share (in thousandths)."""

    __tablename__ = "tiers"
    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        CheckConstraint(
            "government_share + sponsor_share + local_share + firm_share = 1000",
            name="shares_sum_to_the_whole",
        ),
        CheckConstraint(
            "government_share >= 0 AND sponsor_share >= 0 AND local_share >= 0 AND firm_share >= 0",
            name="shares_not_negative",
        ),
        CheckConstraint("months BETWEEN 1 AND 12 AND visits > 0 AND unit_price > 0", name="sizes_make_sense"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    code: Mapped[str] = mapped_column(Text(20))
    name_ko: Mapped[str] = mapped_column(Text(60))
    name_en: Mapped[str] = mapped_column(Text(60))
    months: Mapped[int]
    visits: Mapped[int]
    unit_price: Mapped[int] = mapped_column(Won)
    government_share: Mapped[int]
    sponsor_share: Mapped[int]
    local_share: Mapped[int]
    firm_share: Mapped[int]

    programme: Mapped[Programme] = relationship(back_populates="tiers")

    @property
    def total(self) -> int:
        """The whole price in won."""
        return self.visits * self.unit_price

    def visit_shares(self) -> Parts:
        """The price of one visit in whole won by source."""
        return split(self.unit_price, self.government_share, self.sponsor_share, self.local_share)

    def shares(self) -> dict[str, int]:
        """The whole price in whole won by source: what one visit costs each, so many times."""
        return dict(self.visit_shares().times(self.visits).items())


class Contribution(Identified, Base):
    """What a large company pledged to, and paid into, a programme, in won.

    The ledger holds the truth; its verbs keep these two figures in step, and ``verify-ledger`` compares them.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        UniqueConstraint("programme_id", "sponsor_id"),
        CheckConstraint("pledged > 0 AND received BETWEEN 0 AND pledged", name="received_within_pledge"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    sponsor_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    pledged: Mapped[int] = mapped_column(Won)
    received: Mapped[int] = mapped_column(Won, default=0)

    programme: Mapped[Programme] = relationship(back_populates="contributions")
    sponsor: Mapped[Organisation] = relationship(lazy="joined")

    def belongs_to(self, user: User) -> bool:
        return user.organisation_id is not None and self.sponsor_id == user.organisation_id
