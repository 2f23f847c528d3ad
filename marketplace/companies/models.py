"""Firms and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, User
from marketplace.brn import formatted
from marketplace.civil import months_after
from marketplace.companies.states import (
    FIRM_ANSWERS_IN,
    OPEN_STATES,
    OPERATOR_HOLDS_IN,
    TRANSITIONS,
    RequestState,
    next_state,
)
from marketplace.database import Base, Identified, Text, Versioned, Won, db, one_of, utcnow
from marketplace.errors import N_, Filled
from marketplace.programmes.models import Programme, Tier

SIZE_CLASSES = {
    "micro": N_("소상공인"),
    "small": N_("소기업"),
    "medium": N_("중기업"),
    "midsize": N_("중견기업"),
}
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


def kinds_written(kinds: Iterable[str]) -> Filled:
    """Kinds of relations in one line of a sentence, said in the reader's language."""
    labels = {str(kind): RELATION_LABELS[RelationToFirm(kind)] for kind in kinds}
    return Filled(", ".join(f"%({kind})s" for kind in labels), **labels)


class Company(Identified, Versioned, Base):
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
    # Kinds of relations of which the firm said that there is nobody; a kind that is neither here nor among
    # ``relations`` is unknown.
    none_of: Mapped[list[str]] = mapped_column(default=list)

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

    @property
    def brn_written(self) -> str | None:
        """The business number as XXX-XX-XXXXX."""
        return formatted(self.brn) if self.brn else None

    @property
    def unstated(self) -> list[RelationToFirm]:
        """Kinds of which the firm named nobody and did not say either that there is nobody."""
        stated = {*self.none_of, *(row.kind for row in self.relations)}
        return [kind for kind in RelationToFirm if kind not in stated]

    def belongs_to(self, user: User) -> bool:
        return user.organisation_id is not None and self.organisation_id == user.organisation_id

    @classmethod
    def of(cls, user: User) -> Company | None:
        """The firm of a person, once its data has been saved."""
        if user.organisation_id is None:
            return None
        return db.session.scalar(select(cls).where(cls.organisation_id == user.organisation_id))


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
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_has_its_time"
        ),
        CheckConstraint(
            "state NOT IN ('eligible', 'ineligible')"
            " OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name="decision_has_who_and_when",
        ),
        CheckConstraint(
            "state NOT IN ('returned', 'ineligible') OR reason IS NOT NULL", name="refusal_has_a_reason"
        ),
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
    # [{code, baseline, target, unit}]; the values as decimal text such as "3.2", None when not known
    kpi_goals: Mapped[list[Any]] = mapped_column(default=list)
    level: Mapped[str | None] = mapped_column(Text(10))
    self_check: Mapped[dict[str, Any]] = mapped_column(default=dict)  # question number -> answer 0 to 4
    months: Mapped[int | None]
    start_on: Mapped[date | None]
    mode: Mapped[str | None] = mapped_column(Text(10))
    region: Mapped[str | None] = mapped_column(Text(5))
    place: Mapped[str | None] = mapped_column(Text(200))
    declarations: Mapped[list[str]] = mapped_column(
        default=list
    )  # exclusions that the firm denied, see eligibility
    dismissed: Mapped[list[str]] = mapped_column(default=list)  # proposed terms that the firm turned down
    # What was typed but cannot be stored yet, input name -> text, so that nothing is lost (see drafting).
    unfinished: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_from: Mapped[str | None] = mapped_column(Text(32))  # the opened page that saved last
    saves: Mapped[int] = mapped_column(default=0)

    entered_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the present state began
    submitted_at: Mapped[datetime | None]
    check_due_at: Mapped[datetime | None]  # by when the operator must have acted
    answer_due_at: Mapped[datetime | None]  # by when the firm must have answered or objected
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text(2000))
    # eligibility item -> {"result": ok | fault | unknown, "note": text}
    checks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    returned_with: Mapped[dict[str, Any] | None]  # what it said when it was returned, see corrections
    answer: Mapped[str | None] = mapped_column(Text(2000))  # to the request for correction
    objection: Mapped[str | None] = mapped_column(Text(2000))
    objected_at: Mapped[datetime | None]
    objection_answer: Mapped[str | None] = mapped_column(Text(2000))

    programme: Mapped[Programme] = relationship(lazy="joined")
    company: Mapped[Company] = relationship(lazy="joined")
    tier: Mapped[Tier | None] = relationship()
    taken_by: Mapped[User | None] = relationship(foreign_keys=[taken_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    needs: Mapped[list[RequestNeed]] = relationship(
        back_populates="request",
        cascade="all, delete-orphan",
        order_by="(RequestNeed.priority.desc(), RequestNeed.id)",
    )

    def belongs_to(self, user: User) -> bool:
        return self.company.belongs_to(user)

    def operated_by(self, user: User) -> bool:
        """Drafts are the firm's own; what was handed in once stays visible to those who run the programme."""
        return self.submitted_at is not None and self.programme.operated_by(user)

    def people(self) -> list[User]:
        """The firm's active people, who are told what happens."""
        return User.of_organisation(self.company.organisation_id)

    @property
    def is_open(self) -> bool:
        """Handed in and neither refused nor withdrawn."""
        return self.state in OPEN_STATES

    @property
    def due_at(self) -> datetime | None:
        """By when the present holder must act; None when nobody waits for anybody."""
        if self.state in OPERATOR_HOLDS_IN:
            return self.check_due_at
        return self.answer_due_at if self.state in FIRM_ANSWERS_IN and self.may_still_answer else None

    @property
    def may_still_answer(self) -> bool:
        """Whether the firm may act: an objection is possible once, an answer to a return at any time."""
        return self.state == RequestState.RETURNED or (
            self.state == RequestState.INELIGIBLE
            and self.objected_at is None
            and self.answer_due_at is not None
            and self.answer_due_at >= utcnow()
        )

    @property
    def ends_on(self) -> date | None:
        """The day after the last one of the wished period; months count as in a calendar."""
        return months_after(self.start_on, self.months) if self.start_on and self.months else None

    def can(self, verb: str) -> bool:
        """Whether the state knows the verb; who may is another question."""
        return verb in TRANSITIONS[RequestState(self.state)]

    @classmethod
    def locked(cls, request_id: int) -> MentoringRequest:
        """The request as it stands now, held until the running transaction ends."""
        return db.session.get_one(cls, request_id, with_for_update={"of": cls}, populate_existing=True)

    def move(self, verb: str) -> None:
        """Do a verb of the table and set the deadline of whoever has to act next.

        Raises RuleBroken (conflict) when the state does not know the verb.
        """
        self.state = next_state(self.state, verb)
        self.entered_at = now = utcnow()
        rules = self.programme
        if verb in ("submit", "object", "reopen"):
            self.check_due_at, self.answer_due_at = now + timedelta(days=rules.check_days), None
        elif verb in ("return", "find_ineligible"):
            days = rules.answer_days if verb == "return" else rules.objection_days
            self.answer_due_at = now + timedelta(days=days)
        if verb == "submit":
            self.submitted_at = self.submitted_at or now

    def decide(self, verb: str, by: User | None, reason: str | None = None) -> None:
        """Find the request eligible or not: who, when and why."""
        self.move(verb)
        self.decided_at, self.decided_by, self.reason = self.entered_at, by, reason


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
