"""Alembic's way to the database: the address comes from the settings."""

from alembic import context
from sqlalchemy import create_engine

from marketplace import database, settings
from marketplace.application import absolute_url
from marketplace.models import Base


def render_type(kind, obj, _):
    """Migrations name plain types, so that they never import the application."""
    if kind == "type" and isinstance(obj, database.UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(obj, database.Won):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(obj, database.Text):
        return f"sa.String({obj.length})"
    return False


def run() -> None:
    engine = create_engine(absolute_url(settings.current().database_url))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render_type,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
