"""Files that people brought: what each is, who brought it, and where its content lies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, one_of
from marketplace.errors import N_
from marketplace.files import storage
from marketplace.files.kinds import KEPT_KINDS, KIND_LABELS, MEDIA_TYPES, PICTURES, Kind
from marketplace.files.verdicts import QUARANTINES, Reason


class FileState(StrEnum):
    """Whether a file may be downloaded. Refused files leave no row."""

    KEPT = "kept"
    QUARANTINED = "quarantined"


FILE_STATE_LABELS = {FileState.KEPT: N_("보관"), FileState.QUARANTINED: N_("격리")}


class StoredFile(Identified, Base):
    """One person's upload. The same bytes of the same person are one row; the same content lies there once.

    ``sha256`` is of what is kept, ``source_sha256`` of what came in: pictures are written anew. ``taken_at`` is
    when a photo was taken, by the camera's clock. Rows are added, never changed.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        one_of("kind", KEPT_KINDS),
        one_of("state", FileState),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(sha256) = 64 AND length(source_sha256) = 64", name="hashes_are_whole"),
        CheckConstraint("(state = 'quarantined') = (reason IS NOT NULL)", name="quarantine_has_a_reason"),
        UniqueConstraint("uploaded_by_id", "source_sha256"),
    )

    sha256: Mapped[str] = mapped_column(Text(64), index=True)
    source_sha256: Mapped[str] = mapped_column(Text(64))
    name: Mapped[str] = mapped_column(Text(120))
    kind: Mapped[Kind] = mapped_column(Text(10))
    size: Mapped[int]  # bytes
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[FileState] = mapped_column(Text(12))
    reason: Mapped[Reason | None] = mapped_column(Text(20))
    taken_at: Mapped[datetime | None]

    uploaded_by: Mapped[User] = relationship()

    def belongs_to(self, user: User) -> bool:
        """A file belongs to whoever brought it."""
        return self.uploaded_by_id == user.id

    @property
    def is_quarantined(self) -> bool:
        return self.state == FileState.QUARANTINED

    @property
    def is_picture(self) -> bool:
        """Whether the file was decoded and written anew, so that a page may show it."""
        return self.kind in PICTURES

    @property
    def path(self) -> Path:
        """Where the content lies."""
        return storage.place(str(self.state), self.sha256)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[Kind(self.kind)]

    @property
    def kind_label(self) -> str:
        """Korean words; the template translates them."""
        return KIND_LABELS[Kind(self.kind)]

    @property
    def state_label(self) -> str:
        """Korean word; the template translates it."""
        return FILE_STATE_LABELS[FileState(self.state)]

    @property
    def why(self) -> str:
        """Why it is kept apart, a Korean sentence; empty when it is not."""
        return QUARANTINES[Reason(self.reason)] if self.reason else ""
