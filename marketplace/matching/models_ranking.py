"""The rankings that decisions rest on, with everything they were made from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, Identified, Text


class Snapshot(Base):
    """What a ranking was fed with, kept once by the SHA-256 of its JSON: a profile, the map from
    experts to profiles, a request, a vocabulary."""

    __tablename__ = "snapshots"

    digest: Mapped[str] = mapped_column(Text(64), primary_key=True)
    kind: Mapped[str] = mapped_column(Text(12))  # expert, experts, request, vocabulary
    content: Mapped[dict[str, Any]]


class StoredRanking(Identified, Base):
    """A ranking that a decision rests on. Replaying it from its snapshots gives the same ``result_hash``."""

    __tablename__ = "stored_rankings"

    case_id: Mapped[int] = mapped_column(ForeignKey("match_cases.id"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    request_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    vocabulary_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    experts_digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))  # the map: key -> digest
    weights: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]  # gates, how many at the top, whom besides, which day
    code_version: Mapped[str] = mapped_column(Text(40))
    result: Mapped[dict[str, Any]]  # the ranking as JSON: ranked and excluded
    result_hash: Mapped[str] = mapped_column(Text(64))
