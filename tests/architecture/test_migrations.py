"""The schema: one head, up and down, with every constraint that the models name."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, inspect

from marketplace import migrate
from marketplace import settings as settings_module
from marketplace.database import db
from marketplace.models import Base
from marketplace.reference import load_reference
from tests.conftest import settings_for


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(migrate.configuration()).get_heads()) == 1


@pytest.mark.both_databases
def test_the_migrated_database_equals_the_models(app):
    command.check(migrate.configuration())


@pytest.mark.both_databases
def test_every_named_constraint_of_the_models_stands_in_the_database(app):
    found = inspect(db.engine)
    missing = []
    for table in Base.metadata.sorted_tables:
        there = {c["name"] for c in found.get_check_constraints(table.name)}
        there |= {c["name"] for c in found.get_unique_constraints(table.name)}
        there |= {c["name"] for c in found.get_foreign_keys(table.name)}
        wanted = [
            c.name
            for c in table.constraints
            if isinstance(c, CheckConstraint | UniqueConstraint | ForeignKeyConstraint)
        ]
        missing += [name for name in wanted if name not in there]
    assert missing == []


@pytest.mark.both_databases
def test_the_schema_goes_down_and_up_again_with_data_in_it(app, database_url):
    db.session.rollback()
    db.engine.dispose()
    settings_module.use(settings_for(database_url))
    migrate.downgrade("base")
    migrate.upgrade()
    assert load_reference()["terms"] > 0


def test_a_migration_never_imports_the_application():
    for path in (migrate.MIGRATIONS / "versions").glob("*.py"):
        assert "marketplace" not in path.read_text("utf-8").split('"""', 2)[2]
