"""Messages of a mentorship and their files. Rows are added, never changed, never deleted."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text
from marketplace.files.models import StoredFile
from marketplace.mentorships.models import Mentorship


class Message(Identified, Base):
    """One message of one person. ``key`` is drawn by the page, so that a message sent twice is one."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("mentorship_id", "by_id", "key"),)

    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(Text(36))
    body: Mapped[str] = mapped_column(Text(4000))

    mentorship: Mapped[Mentorship] = relationship()
    by: Mapped[User] = relationship()
    files: Mapped[list[MessageFile]] = relationship(back_populates="message", order_by="MessageFile.position")


class MessageFile(Base):
    """A file that came with a message, the first being 1."""

    __tablename__ = "message_files"
    __table_args__ = (CheckConstraint("position > 0", name="position_counts_from_one"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), primary_key=True, index=True)
    position: Mapped[int]

    message: Mapped[Message] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()
