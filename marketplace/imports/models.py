"""Files that staff brought in: kept until decided, checked by a job, written all or nothing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.database import Base, Identified, Text, Versioned, one_of
from marketplace.errors import N_
from marketplace.jobs import Job


class ImportState(StrEnum):
    """Where an import stands. Checking is the dry run; writing happens only on a staff member's word."""

    WAITING = "waiting"
    CHECKED = "checked"
    FAULTY = "faulty"
    WRITING = "writing"
    WRITTEN = "written"
    DISCARDED = "discarded"


IMPORT_STATE_LABELS = {
    ImportState.WAITING: N_("점검 중"),
    ImportState.CHECKED: N_("점검 완료"),
    ImportState.FAULTY: N_("고칠 곳 있음"),
    ImportState.WRITING: N_("저장 중"),
    ImportState.WRITTEN: N_("저장 완료"),
    ImportState.DISCARDED: N_("취소됨"),
}


#: What a file holds.
IMPORT_KIND_LABELS = {"experts": N_("전문가"), "requests": N_("신청"), "payments": N_("은행 이체 결과")}


class ImportFile(Identified, Versioned, Base):
    """An uploaded spreadsheet of a kind of ``IMPORT_KIND_LABELS``, with what the check found."""

    __tablename__ = "import_files"
    __table_args__ = (
        one_of("state", ImportState),
        one_of("kind", IMPORT_KIND_LABELS),
        CheckConstraint("size > 0", name="not_empty"),
    )

    kind: Mapped[str] = mapped_column(Text(10))
    name: Mapped[str] = mapped_column(Text(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text(64))
    state: Mapped[ImportState] = mapped_column(Text(10), default=ImportState.WAITING)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    summary: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # rows, new, changed, same, faults, warnings
    faults: Mapped[list[Any]] = mapped_column(default=list)  # the first 1,000
    decided_at: Mapped[datetime | None]

    uploaded_by: Mapped[User] = relationship()
    job: Mapped[Job | None] = relationship()

    def belongs_to(self, user: User) -> bool:
        """A file belongs to the operating body whose person brought it in."""
        return user.organisation_id is not None and self.uploaded_by.organisation_id == user.organisation_id
