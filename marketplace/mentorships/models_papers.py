"""What was put before the parties to sign, and what was printed of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, Identified, Text, db, utcnow

LONGEST_TEXT = 100_000  # characters
AGREEMENT = "agreement"  # kind of document


class AgreementEdition(Identified, Base):
    """An agreement as it was put before the parties: its content, and the text whose SHA-256 they sign.

    ``content`` as ``content.content_of`` gives it; never changed. ``moved`` is set once, when the last signature
    came after the start: the term and the days of the visits from then on (see ``actions.signing``).
    """

    __tablename__ = "agreement_editions"
    __table_args__ = (
        UniqueConstraint("mentorship_id", "edition"),
        CheckConstraint("edition >= 1", name="editions_count_from_one"),
        CheckConstraint("length(text_hash) = 64", name="hash_is_whole"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    edition: Mapped[int]
    content: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text(LONGEST_TEXT))
    text_hash: Mapped[str] = mapped_column(Text(64))
    moved: Mapped[dict[str, Any] | None]

    @classmethod
    def of(cls, mentorship_id: int, edition: int) -> AgreementEdition | None:
        """The edition with this number, if it was ever put before the parties."""
        return db.session.scalar(
            select(cls).where(cls.mentorship_id == mentorship_id, cls.edition == edition)
        )


class Document(Identified, Base):
    """A printed paper of a mentorship, byte for byte as it was first handed out. Never changed, never deleted."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("mentorship_id", "kind", "edition"),
        CheckConstraint("length(sha256) = 64", name="hash_is_whole"),
    )

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    kind: Mapped[str] = mapped_column(Text(20))
    edition: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)

    @classmethod
    def of(cls, mentorship_id: int, kind: str, edition: int) -> Document | None:
        """The paper, if it was printed."""
        query = select(cls).where(cls.mentorship_id == mentorship_id, cls.kind == kind)
        return db.session.scalar(query.where(cls.edition == edition))
