"""The running numbers of requests."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.companies.models import MentoringRequest
from marketplace.database import Base, db


class RequestNumber(Base):
    """The last running number given to a request in a year."""

    __tablename__ = "request_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    @classmethod
    def next_reference(cls, year: int) -> str:
        """A reference such as 2026-00042 that no request bears, within the running transaction.

        One statement counts and locks, so that two people at once get two numbers.
        """
        count_up = text(
            "INSERT INTO request_numbers (year, last) VALUES (:year, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = request_numbers.last + 1 RETURNING last"
        )
        while True:
            number = db.session.execute(count_up, {"year": year}).scalar_one()
            reference = f"{year}-{number:05d}"
            taken = select(MentoringRequest.id).where(MentoringRequest.reference == reference)
            if db.session.scalar(taken) is None:
                return reference
