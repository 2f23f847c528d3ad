"""The taxonomy in the database: one vocabulary for needs and skills, in versions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, Identified, Text


class Group(Identified, Base):
    """One of the groups of terms, such as QUA 품질."""

    __tablename__ = "taxonomy_groups"

    code: Mapped[str] = mapped_column(Text(5), unique=True)
    name_ko: Mapped[str] = mapped_column(Text(60))
    name_en: Mapped[str] = mapped_column(Text(60))
    position: Mapped[int]


class Term(Identified, Base):
    """One need or skill. Never deleted: ``replaced_by`` names the term that took its place."""

    __tablename__ = "taxonomy_terms"
    __table_args__ = (
        CheckConstraint("replaced_by IS NULL OR replaced_by <> code", name="not_replaced_by_itself"),
    )

    code: Mapped[str] = mapped_column(Text(10), unique=True)
    group_code: Mapped[str] = mapped_column(Text(5), index=True)
    name_ko: Mapped[str] = mapped_column(Text(80))
    name_en: Mapped[str] = mapped_column(Text(80))
    synonyms: Mapped[list[str]]
    symptoms_ko: Mapped[list[str]]
    symptoms_en: Mapped[list[str]]
    methods_ko: Mapped[list[str]]
    replaced_by: Mapped[str | None] = mapped_column(Text(10))
    since_version: Mapped[int]


class TaxonomyVersion(Identified, Base):
    """A state of the taxonomy that a ranking can name: its number and the digest of its content."""

    __tablename__ = "taxonomy_versions"

    number: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(Text(64))
    note: Mapped[str] = mapped_column(Text(300))
