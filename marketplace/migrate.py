"""Run alembic from code, on the database of the settings."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def configuration() -> Config:
    """Alembic's configuration; there is no ini file because the settings know the database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def upgrade(to: str = "head") -> None:
    """Bring the database of the settings to a revision."""
    command.upgrade(configuration(), to)


def downgrade(to: str) -> None:
    """Take the database of the settings back to a revision."""
    command.downgrade(configuration(), to)
