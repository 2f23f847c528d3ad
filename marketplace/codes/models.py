"""Industries, regions and KPI as dated reference data. Rows end; they are never deleted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, Identified, Text, one_of


class Industry(Identified, Base):
    """A KSIC division, such as C26. Firms belong to manufacturing, experts may know any."""

    __tablename__ = "industries"

    code: Mapped[str] = mapped_column(Text(5), unique=True)
    name_ko: Mapped[str] = mapped_column(Text(120))
    name_en: Mapped[str] = mapped_column(Text(120))


class Region(Identified, Base):
    """A 시도 by its legal-dong prefix, with the days between which it exists. Both ends count."""

    __tablename__ = "regions"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="ends_after_start"
        ),
    )

    code: Mapped[str] = mapped_column(Text(5))
    name_ko: Mapped[str] = mapped_column(Text(60))
    short_ko: Mapped[str] = mapped_column(Text(20))
    name_en: Mapped[str] = mapped_column(Text(60))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    aliases: Mapped[list[str]]


class Kpi(Identified, Base):
    """An indicator of the catalogue; ``direction`` says whether more (up) or less (down) is better."""

    __tablename__ = "kpis"
    __table_args__ = (one_of("direction", ("up", "down")),)

    code: Mapped[str] = mapped_column(Text(5), unique=True)
    field: Mapped[str] = mapped_column(Text(2))  # P, Q, C, D, S, E or B
    name_ko: Mapped[str] = mapped_column(Text(80))
    name_en: Mapped[str] = mapped_column(Text(80))
    unit: Mapped[str] = mapped_column(Text(30))
    direction: Mapped[str] = mapped_column(Text(4))
    formula: Mapped[str] = mapped_column(Text(300))
    retired: Mapped[bool] = mapped_column(default=False)
