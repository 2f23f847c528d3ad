"""People, their organisations, their sessions, and what they consented to."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import brn as business_number
from marketplace.access import ROLE_LABELS, STAFF, Role
from marketplace.civil import day_of
from marketplace.database import Base, Identified, Text, db, one_of, utcnow
from marketplace.errors import N_, RuleBroken

SESSION_LIFE = timedelta(hours=12)


class OrganisationKind(StrEnum):
    """What an organisation is in the programme."""

    FIRM = "firm"
    OPERATOR = "operator"
    MINISTRY = "ministry"
    SPONSOR = "sponsor"


ORGANISATION_LABELS = {
    OrganisationKind.FIRM: N_("기업"),
    OrganisationKind.OPERATOR: N_("운영기관"),
    OrganisationKind.MINISTRY: N_("중앙부처"),
    OrganisationKind.SPONSOR: N_("참여 대기업"),
}


class Organisation(Identified, Base):
    """A firm, an operating body, the ministry or a contributing large company."""

    __tablename__ = "organisations"
    __table_args__ = (
        one_of("kind", OrganisationKind),
        CheckConstraint("brn IS NULL OR length(brn) = 10", name="brn_has_ten_digits"),
    )

    kind: Mapped[OrganisationKind] = mapped_column(Text(10))
    name: Mapped[str] = mapped_column(Text(120))
    brn: Mapped[str | None] = mapped_column(Text(10), unique=True)

    @property
    def brn_text(self) -> str:
        """The business number as it is written, 123-45-67890; empty when there is none."""
        return business_number.formatted(self.brn) if self.brn else ""

    @classmethod
    def with_brn(cls, brn: str) -> Organisation | None:
        return db.session.scalar(select(cls).where(cls.brn == brn))


def civil_today() -> date:
    """Today in Korea; texts come into force at midnight there."""
    return day_of(utcnow())


def new_stamp() -> str:
    """A fresh random stamp for links and sessions."""
    return secrets.token_hex(16)


def like(text: str) -> str:
    """A LIKE pattern that finds the text anywhere, in lower case; its wildcards count as letters."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


class User(Identified, Base):
    """A person who signs in.

    ``disabled_at`` ends every session; ``organisation_id`` None means no longer a member.
    """

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role), one_of("language", ("ko", "en")))

    email: Mapped[str] = mapped_column(Text(254), unique=True)
    name: Mapped[str] = mapped_column(Text(120))
    phone: Mapped[str | None] = mapped_column(Text(30))
    role: Mapped[Role] = mapped_column(Text(12))
    language: Mapped[str] = mapped_column(Text(2), default="ko")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(Text(200))
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(Text(64))
    totp_last_step: Mapped[int | None]
    link_stamp: Mapped[str] = mapped_column(Text(64), default=new_stamp)
    # The firm (name, brn) that a person signed up for; it is founded when the e-mail address is confirmed,
    # so that nobody can occupy a firm's number with a made-up address.
    applied_firm: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")

    # What Flask-Login asks for.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None and self.confirmed_at is not None

    @property
    def is_staff(self) -> bool:
        return Role(self.role) in STAFF

    @property
    def display_name(self) -> str:
        return self.name

    @property
    def role_label(self) -> str:
        """Korean sentence; the template translates it."""
        return ROLE_LABELS[Role(self.role)]

    def belongs_to(self, user: User) -> bool:
        return self.id == user.id

    def missing_consents(self) -> list[ConsentText]:
        """The texts in force for this person's door to which the newest version was not agreed yet."""
        given = set(db.session.scalars(select(Consent.text_id).where(Consent.user_id == self.id)))
        return [text for text in ConsentText.in_force(Role(self.role), civil_today()) if text.id not in given]

    def agree(self, ticked: Iterable[int]) -> list[ConsentText]:
        """Keep the consent to the ticked texts; what was added. RuleBroken when a required one is missing."""
        added = self.check_agreed(ticked)
        db.session.add_all(Consent(user_id=self.id, text_id=text.id) for text in added)
        return added

    def check_agreed(self, ticked: Iterable[int]) -> list[ConsentText]:
        """Those of the missing texts that are ticked. RuleBroken when a required one is left out."""
        wanted = set(ticked)
        missing = self.missing_consents()
        if any(text.required and text.id not in wanted for text in missing):
            raise RuleBroken(N_("필수 동의 항목을 읽고 모두 동의해 주십시오."), field="consents")
        return [text for text in missing if text.id in wanted]

    def use_link(self) -> None:
        """Make every mailed link of this person worthless."""
        self.link_stamp = new_stamp()

    @classmethod
    def locked(cls, user_id: int) -> User | None:
        """The person as of now, held until the running transaction ends."""
        query = select(cls).where(cls.id == user_id).with_for_update(of=cls)
        return db.session.scalar(query.execution_options(populate_existing=True))

    @classmethod
    def with_email(cls, email: str) -> User | None:
        return db.session.scalar(select(cls).where(cls.email == email.strip().lower()))

    @classmethod
    def of_organisation(cls, organisation_id: int | None, role: Role | None = None) -> list[User]:
        """Active people of an organisation, oldest account first."""
        if organisation_id is None:
            return []
        query = select(cls).where(
            cls.organisation_id == organisation_id, cls.disabled_at.is_(None), cls.confirmed_at.is_not(None)
        )
        if role is not None:
            query = query.where(cls.role == role)
        return list(db.session.scalars(query.order_by(cls.id)))


class SignInSession(Identified, Base):
    """One signed-in browser. Ended by sign-out, password change, disabling, or time."""

    __tablename__ = "sign_in_sessions"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Text(64), unique=True)
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(Text(200), default="")  # what the browser calls itself

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.ends_at > utcnow() and self.user.is_active


class SignInAttempt(Identified, Base):
    """A try to sign in, counted before the password is checked, shared by all workers."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_key_created_at", "key", "created_at"),)

    key: Mapped[str] = mapped_column(Text(64))  # hash of the account's address or of the network address

    @classmethod
    def count_since(cls, key: str, moment: datetime) -> int:
        query = select(func.count()).select_from(cls).where(cls.key == key, cls.created_at >= moment)
        return db.session.scalar(query) or 0


class RecoveryCode(Identified, Base):
    """A one-time code for a person who lost the second factor; only its hash is kept."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(Text(64))
    used_at: Mapped[datetime | None]


class ConsentText(Identified, Base):
    """One version of a text that people agree to. Texts are added, never changed."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("kind", "version"),)

    kind: Mapped[str] = mapped_column(Text(30))  # terms, privacy, third_party, expert_pledge
    version: Mapped[int]
    valid_from: Mapped[date]
    required: Mapped[bool]
    title_ko: Mapped[str] = mapped_column(Text(200))
    title_en: Mapped[str] = mapped_column(Text(200))
    body_ko: Mapped[str] = mapped_column(Text(8000))
    body_en: Mapped[str] = mapped_column(Text(8000))
    roles: Mapped[list[str]]  # the doors at which it is asked

    @property
    def subject_ko(self) -> str:
        """What is agreed to, for a sentence that says so itself: the title without a closing 동의."""
        return self.title_ko.removesuffix(" 동의")

    @classmethod
    def in_force(cls, role: Role, on: date) -> list[ConsentText]:
        """The newest version of each text that this door asks for on a day."""
        newest: dict[str, ConsentText] = {}
        query = select(cls).where(cls.valid_from <= on).order_by(cls.kind, cls.version)
        for text in db.session.scalars(query):
            if role in text.roles:
                newest[text.kind] = text
        return list(newest.values())


class Consent(Identified, Base):
    """That a person agreed to one version of a text, and when."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("user_id", "text_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("consent_texts.id"))

    text: Mapped[ConsentText] = relationship()
