"""Firms and what they ask for."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, User
from marketplace.companies.states import RequestState
from marketplace.database import Base, Identified, Text, Versioned, Won, one_of, utcnow
from marketplace.errors import N_
from marketplace.programmes.models import Programme, Tier

LEVELS = ("미적용", "기초", "중간1", "중간2", "고도")
SIZE_CLASSES = {"micro": N_("소상공인"), "small": N_("소기업"), "medium": N_("중기업"), "midsize": N_("중견기업")}
MODES = {"onsite": N_("대면"), "remote": N_("비대면"), "both": N_("대면·비대면 모두")}
PRIORITIES = {3: N_("필수"), 2: N_("중요"), 1: N_("희망")}


class RelationToFirm(StrEnum):
    """What another organisation is to a firm; decides conflicts of interest."""

    CUSTOMER = "customer"
    COMPETITOR = "competitor"
    VENDOR = "vendor"


RELATION_LABELS = {
    RelationToFirm.CUSTOMER: N_("주요 고객사"),
    RelationToFirm.COMPETITOR: N_("경쟁사"),
    RelationToFirm.VENDOR: N_("거래 중이거나 검토 중인 공급기업"),
}


class Company(Identified, Base):
    """What is known of a firm. One to one with its organisation."""

    __tablename__ = "companies"
    __table_args__ = (
        CheckConstraint("employees IS NULL OR employees BETWEEN 0 AND 100000", name="employees_make_sense"),
        CheckConstraint("sales IS NULL OR sales >= 0", name="sales_not_negative"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), unique=True)
    industry: Mapped[str | None] = mapped_column(Text(5))
    region: Mapped[str | None] = mapped_column(Text(5))
    city: Mapped[str | None] = mapped_column(Text(60))
    employees: Mapped[int | None]
    sales: Mapped[int | None] = mapped_column(Won)
    size_class: Mapped[str | None] = mapped_column(Text(10))
    products: Mapped[str | None] = mapped_column(Text(500))

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    relations: Mapped[list[CompanyRelation]] = relationship(
        back_populates="company", cascade="all, delete-orphan", order_by="CompanyRelation.id"
    )

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def brn(self) -> str | None:
        return self.organisation.brn

    def belongs_to(self, user: User) -> bool:
        return user.organisation_id is not None and self.organisation_id == user.organisation_id


class CompanyRelation(Identified, Base):
    """A customer, competitor or supplier that matters for conflicts of interest."""

    __tablename__ = "company_relations"
    __table_args__ = (one_of("kind", RelationToFirm), UniqueConstraint("company_id", "kind", "name"))

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    kind: Mapped[RelationToFirm] = mapped_column(Text(12))
    name: Mapped[str] = mapped_column(Text(120))
    brn: Mapped[str | None] = mapped_column(Text(10))

    company: Mapped[Company] = relationship(back_populates="relations")


class MentoringRequest(Identified, Versioned, Base):
    """A firm's request, from the first words (참여의향) to the decision whether it is eligible.

    Once eligible, a case in ``matching`` carries it on. A draft may lack almost everything; what a submitted
    one must have is checked by ``missing_parts``.
    """

    __tablename__ = "requests"
    __table_args__ = (
        one_of("state", RequestState),
        CheckConstraint("months IS NULL OR months BETWEEN 3 AND 6", name="months_within_programme"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL OR state = 'withdrawn'", name="submitted_has_its_time"),
        CheckConstraint(
            "state NOT IN ('eligible', 'ineligible') OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name="decision_has_who_and_when",
        ),
        CheckConstraint("state NOT IN ('returned', 'ineligible') OR reason IS NOT NULL", name="refusal_has_a_reason"),
        Index("ix_requests_state_submitted_at", "state", "submitted_at"),
    )

    reference: Mapped[str] = mapped_column(Text(40), unique=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tiers.id"))
    state: Mapped[RequestState] = mapped_column(Text(12), default=RequestState.DRAFT)

    title: Mapped[str | None] = mapped_column(Text(120))
    problem: Mapped[str | None] = mapped_column(Text(4000))
    goal: Mapped[str | None] = mapped_column(Text(2000))
    kpi_goals: Mapped[list[Any]] = mapped_column(default=list)  # [{code, baseline, target, unit}]
    level: Mapped[str | None] = mapped_column(Text(10))
    self_check: Mapped[dict[str, Any]] = mapped_column(default=dict)  # question number -> answer 0 to 4
    months: Mapped[int | None]
    start_on: Mapped[date | None]
    mode: Mapped[str | None] = mapped_column(Text(10))
    region: Mapped[str | None] = mapped_column(Text(5))
    place: Mapped[str | None] = mapped_column(Text(200))
    declarations: Mapped[list[str]] = mapped_column(default=list)  # exclusions that the firm denied, see eligibility

    submitted_at: Mapped[datetime | None]
    answer_due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))
    checks: Mapped[dict[str, Any]] = mapped_column(default=dict)  # eligibility item -> ok | fault | unknown
    objection: Mapped[str | None] = mapped_column(Text(2000))
    objected_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="joined")
    company: Mapped[Company] = relationship(lazy="joined")
    tier: Mapped[Tier | None] = relationship()
    decided_by: Mapped[User | None] = relationship()
    needs: Mapped[list[RequestNeed]] = relationship(
        back_populates="request",
        cascade="all, delete-orphan",
        order_by="(RequestNeed.priority.desc(), RequestNeed.id)",
    )

    def belongs_to(self, user: User) -> bool:
        return self.company.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        return self.state != RequestState.DRAFT and self.programme.operated_by(user)

    def people(self) -> list[User]:
        """The firm's active people, who are told what happens."""
        return User.of_organisation(self.company.organisation_id)

    def move(self, to: RequestState) -> None:
        """Set the state; who and when are set by the verb that calls this."""
        self.state = to
        if to is RequestState.SUBMITTED:
            self.submitted_at = self.submitted_at or utcnow()


class RequestNeed(Identified, Base):
    """One need of a request; ``because`` keeps the firm's own words that led to a proposed term."""

    __tablename__ = "request_needs"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority_known"),
        UniqueConstraint("request_id", "words"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    term: Mapped[str | None] = mapped_column(Text(10))
    words: Mapped[str] = mapped_column(Text(120))
    priority: Mapped[int] = mapped_column(default=2)
    because: Mapped[str | None] = mapped_column(Text(300))

    request: Mapped[MentoringRequest] = relationship(back_populates="needs")
